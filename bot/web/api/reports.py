"""Figures over any days, as JSON, CSV or a picture; and how many people it takes."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field, create_model
from starlette.responses import Response

from bot.clock import utc_now
from bot.errors import StoreError
from bot.reporting import AT_ONCE, By, Report, make_report, reported_period, to_csv, to_plain
from bot.web.api.access import Overseeing, door_of
from bot.web.api.appointments import contents_of
from bot.web.api.fields import Day
from bot.web.api.problems import Refusal
from handoff.kpis import TARGET_S
from handoff.reports import DEFINITIONS, Kpis
from handoff.staffing import Load, agents_needed, erlang_a, erlang_c

router = APIRouter(tags=["reports"])

COUNTS = ("calls", "offered", "answered", "abandoned", "surveyed", "scored")
MAX_ERLANGS = 1_000

KpisOut = create_model(  # one place says what a figure means
    "KpisOut",
    **{
        name: (int if name in COUNTS else float | None, Field(description=sentence))
        for name, sentence in DEFINITIONS.items()
    },  # type: ignore[call-overload]
)


class RowOut(KpisOut):  # type: ignore[misc, valid-type]
    key: str
    label: str


class ReportOut(BaseModel):
    by: By
    first: dt.date = Field(alias="from")
    last: dt.date = Field(alias="to")
    business: str
    target_s: float
    rows: list[RowOut]
    total: KpisOut  # type: ignore[valid-type]
    pending: int = Field(description="Calls, about, that are not in it yet; 0 but for the first hours of a large one.")


class StaffingOut(BaseModel):
    agents: int
    service_level: float
    asa_s: float | None = Field(description="null: the queue grows without end.")
    occupancy: float
    abandonment: float


FORMATS = {
    200: {
        "content": {
            "text/csv": {"schema": {"type": "string"}},
            "image/png": {"schema": {"type": "string", "format": "binary"}},
        }
    }
}


@router.get("/reports", responses=FORMATS, response_model=ReportOut)  # type: ignore[arg-type]
def report(
    request: Request,
    token: Overseeing,
    by: By = "day",
    first: Annotated[Day | None, Query(alias="from", description="Thirty days in all when left out.")] = None,
    last: Annotated[Day | None, Query(alias="to", description="Today when left out.")] = None,
    business: Annotated[str, Query(max_length=64)] = "",
    target_s: Annotated[float, Query(gt=0, le=3600, description="The Y of service level X/Y.")] = TARGET_S,
    form: Annotated[Literal["json", "csv", "png"], Query(alias="format")] = "json",
) -> object:
    """Days are local to each business. What each figure means stands in its description."""
    made = report_of(request, by, first, last, business, target_s)
    return to_plain(made) if form == "json" else exported(made, form)


@router.get("/staffing")
def staffing(
    token: Overseeing,
    calls_per_hour: Annotated[float, Query(ge=0, le=100_000)],
    aht: Annotated[float, Query(ge=1, le=36_000, description="Talk + hold + wrap-up, seconds.")],
    agents: Annotated[int | None, Query(ge=1, le=10_000, description="Left out: how many are needed.")] = None,
    target_s: Annotated[float, Query(ge=0, le=3600)] = 20.0,
    target_level: Annotated[float, Query(ge=0, le=0.999, description="Share from 0 to 1.")] = 0.8,
    patience_s: Annotated[float | None, Query(ge=1, le=36_000, description="Mean patience of callers.")] = None,
) -> StaffingOut:
    """By Erlang C; with `patience_s` by Erlang A."""
    if calls_per_hour * aht / 3600 > MAX_ERLANGS:
        raise Refusal(422, "api.wrong", f"Please ask for {MAX_ERLANGS:,} people's work at most.")
    load = Load(calls_per_hour, aht)
    people = agents or agents_needed(load, target_level, target_s, patience_s)
    if patience_s is None:
        return StaffingOut(agents=people, **asdict(erlang_c(load, people, target_s)))
    return StaffingOut(agents=people, **asdict(erlang_a(load, people, patience_s, target_s)))


def report_of(
    request: Request, by: By, first: dt.date | None, last: dt.date | None, business: str, target_s: float = TARGET_S
) -> Report:
    """Raises Refusal, StoreError."""
    door = door_of(request)
    businesses = {key: content.business for key, content in contents_of(request).items()}
    try:
        period = reported_period(first, last, business, utc_now().astimezone(door.house.centre.timezone).date())
    except StoreError as error:
        raise Refusal(422, error.code, error.message) from error
    return make_report(door.store, businesses, by, period, target_s, AT_ONCE)


def exported(report: Report, form: str, *, wide: bool = False, dark: bool = False) -> Response:
    """`wide` and `dark` are for pictures on a page."""
    name = f"report-by-{report.by}-{report.period.first}-{report.period.last}.{form}"
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    if form == "csv":
        return Response(to_csv(report), media_type="text/csv; charset=utf-8", headers=disposition)
    from bot.report_plot import to_png  # its library takes a second to load

    return Response(to_png(report, wide=wide, dark=dark), media_type="image/png", headers=disposition)


assert set(DEFINITIONS) == set(Kpis.__dataclass_fields__), "every figure has its definition"
