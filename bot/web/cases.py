"""Cases on the desk: one's own and everybody's, what happened in them, follow-ups, and closing."""

from __future__ import annotations

import datetime as dt
from typing import Any

from fastapi import APIRouter, Request
from pydantic import AwareDatetime, BaseModel, Field
from starlette.responses import JSONResponse, Response

from bot.clock import utc_now
from bot.web.call_pages import names_of
from bot.web.call_views import name_of
from bot.web.guard import Answering, AnsweringChange, Denied
from bot.web.house import house_of
from handoff.cases import Case, FollowUp, close, follow

FURTHEST = dt.timedelta(days=366)

router = APIRouter(prefix="/cases", include_in_schema=False)


class Next(BaseModel, extra="forbid"):
    """What is to be done, and by when."""

    kind: FollowUp = FollowUp.CALL_BACK
    due_at: AwareDatetime
    note: str = Field(default="", max_length=1_500)


class Closing(BaseModel, extra="forbid"):
    note: str = Field(default="", max_length=1_500)


@router.get("")
def open_cases(request: Request, person: Answering) -> Response:
    """Open ones, the one due first of all; whose they are is told with each."""
    centre = house_of(request).centre
    names, now = names_of(centre), utc_now()
    found = centre.shelves.cases.open()
    return JSONResponse({"cases": [_described(one, names, now) | {"mine": one.owner == person.id} for one in found]})


@router.get("/of/{ticket_id}")
def of_ticket(request: Request, ticket_id: str, person: Answering) -> Response:
    """The case that a ticket belongs to, with its history; null for tickets without one."""
    centre = house_of(request).centre
    case = centre.shelves.cases.of_ticket(ticket_id[:16])
    if case is None:
        return JSONResponse({"case": None})
    names = names_of(centre)
    steps = [
        {
            "what": step.what.value,
            "at": step.at.isoformat(),
            "who": name_of(step.agent, names) if step.agent is not None else "",
            "note": step.note,
            "ticket": step.ticket_id,
        }
        for step in centre.shelves.cases.history(case.id)
    ]
    return JSONResponse({"case": _described(case, names, utc_now()) | {"steps": steps}})


@router.post("/{case_id}/follow-up")
def follow_up(request: Request, case_id: str, asked: Next, person: AnsweringChange) -> Response:
    """From now on theirs who asks, open until it is closed."""
    now = utc_now()
    if not now - dt.timedelta(minutes=5) <= asked.due_at <= now + FURTHEST:
        raise Denied(422, "Choose a time from now on, within a year.")
    due_at = asked.due_at.astimezone(dt.UTC)
    changed = house_of(request).centre.shelves.cases.change(
        case_id, lambda case: follow(case, asked.kind, due_at, person.id, person.id, now, asked.note)
    )
    return _answer(request, changed)


@router.post("/{case_id}/close")
def close_case(request: Request, case_id: str, asked: Closing, person: AnsweringChange) -> Response:
    now = utc_now()
    changed = house_of(request).centre.shelves.cases.change(
        case_id, lambda case: close(case, person.id, now, asked.note)
    )
    return _answer(request, changed)


def _answer(request: Request, changed: Case | None) -> Response:
    if changed is None:
        raise Denied(404, "There is no such case any more.")
    return JSONResponse(_described(changed, names_of(house_of(request).centre), utc_now()))


def _described(case: Case, names: Any, now: dt.datetime) -> dict[str, Any]:
    return {
        "id": case.id,
        "business": case.business,
        "wants": case.wants,
        "caller": case.caller,
        "customer": case.customer,
        "status": case.status.value,
        "owner": name_of(case.owner, names) if case.owner is not None else "",
        "due_at": case.due_at.isoformat() if case.due_at else None,
        "is_overdue": case.is_overdue(now),
        "follow_up": case.follow_up.value,
        "created_at": case.created_at.isoformat(),
    }
