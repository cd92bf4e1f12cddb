"""Calls: what happened, what was said; and placing one about an appointment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any, Final

import sqlalchemy as sa
from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, Field

from bot.appointments.reminders import next_call_time
from bot.clock import utc_now
from bot.store.schema import calls
from bot.web.api.access import Answering, Shelves, door_of
from bot.web.api.appointments import desk_at, standing
from bot.web.api.fields import Text
from bot.web.api.paging import After, Business, Limit, Page, newest_rows
from bot.web.api.problems import Refusal, missing

router = APIRouter(prefix="/calls", tags=["calls"])

NO_COLD_CALLS: Final = (
    "Calls are placed about an appointment: please send its reference. A bot that rings any number needs the consent "
    "of whoever answers (47 CFR 64.1200 in the US, PECR regulation 19 in the UK); a number alone says nothing of it."
)

CallId = Annotated[str, Path(max_length=64)]


class Line(BaseModel):
    """Milliseconds from the call's beginning; confidences from 0 to 1."""

    speaker: str = Field(description="caller, bot or agent")
    text: str
    start_ms: int
    end_ms: int
    confidence: float | None = None
    intent: str | None = None
    intent_confidence: float | None = None
    response_ms: int | None = None


class Call(BaseModel):
    id: str
    business: str
    channel: str
    caller: str
    caller_name: str = Field(description="As the line told it, which nobody has proven; empty on most lines.")
    started_at: dt.datetime
    outcome: str = Field(description="completed, escalated, abandoned or failed")
    appointment: dict[str, Any] | None
    ticket: dict[str, Any] | None


class CallWithTranscript(Call):
    turns: list[Line]


class Transcript(BaseModel):
    id: str
    turns: list[Line]


class Placing(BaseModel):
    business: Text
    reference: str | None = Field(default=None, pattern=r"^\d{5}$", description="Of the appointment to ring about.")
    phone: Text | None = Field(default=None, description="Not rung by itself: 422 `api.no_appointment` says why.")


class Placed(BaseModel):
    reference: str
    due_at: dt.datetime = Field(description="From then on it is rung, at a decent hour where the customer is.")


@router.get("")
def list_calls(
    token: Answering,
    store: Shelves,
    business: Business = None,
    outcome: Annotated[str | None, Query(max_length=32)] = None,
    limit: Limit = 50,
    after: After = None,
) -> Page[Call]:
    """Newest first, without what was said."""
    query = sa.select(calls)
    for column, value in ((calls.c.business, business), (calls.c.outcome, outcome)):
        query = query if value is None else query.where(column == value)
    rows, following = newest_rows(store.database, query, calls.c.started_at, calls.c.id, after, limit)
    return Page(items=[Call(**_facts(row["report"])) for row in rows], next=following)


@router.get("/{call_id}")
def show_call(token: Answering, store: Shelves, call_id: CallId) -> CallWithTranscript:
    """With everything that was said."""
    report = _report(store, call_id)
    return CallWithTranscript(**_facts(report), turns=_turns(report))


@router.get("/{call_id}/transcript")
def show_transcript(token: Answering, store: Shelves, call_id: CallId) -> Transcript:
    return Transcript(id=call_id, turns=_turns(_report(store, call_id)))


@router.post("", status_code=202)
def place_call(request: Request, token: Answering, asked: Placing) -> Placed:
    """Rings the customer about an appointment, as a reminder does. 409 `api.no_line` when no line places calls."""
    if asked.reference is None:
        raise Refusal(422, "api.no_appointment", NO_COLD_CALLS)
    desk = desk_at(request, asked.business)
    appointment = standing(desk, asked.reference)
    if door_of(request).lines() is None:
        raise Refusal(409, "api.no_line", "No line places calls: set up SIP or Twilio (docs/phone-lines.md).")
    now = utc_now()
    due_at = next_call_time(desk.business, appointment.customer, now)
    desk.snooze_reminder(appointment, due_at, f"token {token.id}", now)
    return Placed(reference=appointment.reference, due_at=due_at)


def _report(store: Shelves, call_id: str) -> Mapping[str, Any]:
    report = store.calls.get(call_id)
    if report is None:
        raise missing("call")
    return report


def _facts(report: Mapping[str, Any]) -> dict[str, Any]:
    names = {
        "channel": "",
        "caller": "",
        "caller_name": "",
        "business": "",
        "outcome": "",
        "appointment": None,
        "ticket": None,
    }
    facts = {name: report.get(name) or empty for name, empty in names.items()}
    return facts | {"id": report["call_id"], "started_at": report["started_at"]}


def _turns(report: Mapping[str, Any]) -> list[Line]:
    return [Line(**{key: turn[key] for key in turn if key in Line.model_fields}) for turn in report.get("turns", ())]
