"""The report page of those who oversee: a table, its plot, export; every figure says what it means."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import FileResponse, JSONResponse, Response

from bot.clock import utc_now
from bot.errors import StoreError
from bot.reporting import AT_ONCE, By, Report, make_report, reported_period, to_plain
from bot.web.api.fields import Day
from bot.web.api.reports import exported
from bot.web.guard import STATIC, Denied, Overseeing
from bot.web.house import house_of
from handoff.reports import DEFINITIONS

router = APIRouter(prefix="/board/reports", include_in_schema=False)

First = Annotated[Day | None, Query(alias="from")]
Last = Annotated[Day | None, Query(alias="to")]
Business = Annotated[str, Query(max_length=64)]


@router.get("")
def reports_page(person: Overseeing) -> Response:
    return FileResponse(STATIC / "reports.html")


@router.get("/figures")
def figures(
    request: Request,
    person: Overseeing,
    by: By = "day",
    first: First = None,
    last: Last = None,
    business: Business = "",
) -> Response:
    house = house_of(request)
    names = {key: office.content.business.name for key, office in house.centre.offices.all().items()}
    made = _report(request, by, first, last, business)
    return JSONResponse(to_plain(made) | {"definitions": dict(DEFINITIONS), "businesses": names})


@router.get("/export")
def export(
    request: Request,
    person: Overseeing,
    form: Annotated[Literal["csv", "png"], Query(alias="format")] = "csv",
    by: By = "day",
    first: First = None,
    last: Last = None,
    business: Business = "",
    wide: bool = False,
    dark: bool = False,
) -> Response:
    return exported(_report(request, by, first, last, business), form, wide=wide, dark=dark)


def _report(request: Request, by: By, first: dt.date | None, last: dt.date | None, business: str) -> Report:
    house = house_of(request)
    centre = house.centre
    try:
        period = reported_period(first, last, business, utc_now().astimezone(centre.timezone).date())
    except StoreError as error:
        raise Denied(422, error.message) from error
    businesses = {key: office.content.business for key, office in centre.offices.all().items()}
    return make_report(centre.shelves, businesses, by, period, most=AT_ONCE)
