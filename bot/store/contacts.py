"""One call's rows (its report, its ticket, what happened to that) become one line of the book. Pure."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any, Final

from handoff.cases import Case, CaseStatus
from handoff.history import Entry, Happening, What
from handoff.kpis import Journey, journeys
from handoff.model import Ticket
from handoff.reports import Contact
from handoff.scoring import Scored

MANNERS: Final = frozenset(
    {
        *("greet", "goodbye", "thanks", "affirm", "deny", "dont_know", "inform", "correct", "repeat", "slower"),
        *("go_back", "start_over", "never_mind", "help", "hold_on", "who_is_this", "no_recording"),
    }
)
"""Intents that steer a talk; what it is about is the first of the others."""

FINISHED: Final = frozenset({"", "solved"})
"""What a person writes after a talk with which nothing is left to do; "" when the time for it ran out."""


@dataclass(frozen=True, slots=True)
class Rows:
    """All that is stored of one call; `report` or `ticket` is there."""

    id: str
    business: str
    report: Mapping[str, Any] | None
    ticket: Ticket | None
    happened: Sequence[Happening] = ()
    """Oldest first."""
    case: Case | None = None
    scores: Sequence[Scored] = ()
    """That the call was given."""


def contact_of(rows: Rows, zone: dt.tzinfo) -> Contact:
    report, ticket = rows.report or {}, rows.ticket
    started_at = dt.datetime.fromisoformat(report["started_at"]) if report else _created(rows)
    local = started_at.astimezone(zone)
    journey = _journey(rows)
    contained = report.get("outcome") == "completed" and ticket is None
    answered = bool(journey and journey.answered_at)
    return Contact(
        id=rows.id,
        business=rows.business,
        started_at=started_at,
        day=local.date(),
        hour=local.hour,
        caller=digest(rows.business, report.get("caller") or (ticket.packet.caller if ticket else "")),
        intent=about(report),
        queue=ticket.packet.queue if ticket else "",
        agent=str(journey.agent) if journey and journey.agent is not None else "",
        by_bot=bool(report) or bool(ticket and ticket.packet.call_id),
        contained=contained,
        answered=answered,
        abandoned=bool(journey and journey.abandoned_at),
        transferred=bool(journey and journey.transfers),
        case_id=rows.case.id if rows.case else "",
        resolved=contained or (answered and _is_solved(rows)),
        wait_ms=round((journey.waited_s or 0) * 1000) if journey else 0,
        handled_ms=round((journey.talk_s + journey.wrap_up_s) * 1000) if journey and journey.talk_s else 0,
        score=score(rows),
        quality=_quality(rows.scores, journey.agent) if journey else None,
    )


def about(report: Mapping[str, Any]) -> str:
    """What the call was about: the first intent that is more than manners; "" when there was none."""
    intents = (turn.get("intent") for turn in report.get("turns", ()))
    return next((str(intent)[:64] for intent in intents if intent and intent not in MANNERS), "")


def score(rows: Rows) -> int:
    """The survey's answer, 1 to 5, from the call's report or from what happened to its ticket; else 0."""
    told: list[Any] = [one.details for one in rows.happened if one.what is What.SURVEYED]
    told.append((rows.report or {}).get("survey"))
    ratings = [str(one.get("rating", "")) for one in told if isinstance(one, Mapping)]
    return next((int(rating) for rating in reversed(ratings) if rating in {"1", "2", "3", "4", "5"}), 0)


def digest(business: str, caller: str) -> str:
    """The same for the same caller of the same business, and no number any more; "" for nobody."""
    return hashlib.blake2b(f"{business}\n{caller}".encode(), digest_size=12).hexdigest() if caller else ""


def _created(rows: Rows) -> dt.datetime:
    assert rows.ticket, "a call has a report or a ticket"
    return rows.ticket.created_at


def _journey(rows: Rows) -> Journey | None:
    if rows.ticket is None:
        return None
    entry = Entry(rows.ticket.id, rows.ticket.packet.queue, rows.ticket.created_at)
    return journeys([entry], rows.happened)[0]


def _is_solved(rows: Rows) -> bool:
    """By its case, which whoever wrote it up, or followed it up later, has closed; by what was written, without one."""
    is_written = any(one.what is What.WRAPPED for one in rows.happened)
    return rows.case.status is CaseStatus.CLOSED if rows.case and is_written else _is_finished(rows.happened)


def _quality(scores: Sequence[Scored], agent: int | None) -> int | None:
    """Of those that whoever handled it last was given."""
    theirs = [one.score for one in scores if one.agent == agent]
    return round(100 * fmean(theirs)) if theirs else None


def _is_finished(happened: Sequence[Happening]) -> bool:
    wrapped = [str(one.details.get("disposition") or "") for one in happened if one.what is What.WRAPPED]
    is_over = any(one.what is What.ENDED for one in happened)
    return is_over and (not wrapped or wrapped[-1] in FINISHED)
