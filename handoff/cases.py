"""Cases: what a caller wants, across calls, until it is solved. Decides; stores nothing.

A ticket is one wait for a person; a case holds all of them that are about the same. It is opened by the first ticket,
joined by those that follow, closed by who solved it, and open again when the caller comes back about it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from handoff.history import Happening, What
from handoff.model import Packet, Ticket

AGAIN: Final = dt.timedelta(days=7)
"""Who comes back within this about the same was not helped, however the case was closed (first call resolution counts
the same days)."""

SOLVED: Final = frozenset({"", "solved", "wrong number"})
"""What a person writes after a talk with which nothing is left to do."""

NEXT: Final = dt.timedelta(days=1)
"""When somebody has to look again, where nobody said a time."""


class CaseStatus(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class FollowUp(StrEnum):
    NONE = ""
    CALL_BACK = "call back"
    EMAIL = "e-mail"
    OTHER = "other"


class StepWhat(StrEnum):
    OPENED = "opened"
    CAME_AGAIN = "came again"
    REOPENED = "reopened"
    TAKEN = "taken"
    FOLLOW_UP = "follow-up"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Case:
    id: str
    business: str
    created_at: dt.datetime
    wants: str = ""
    caller: str = ""
    """Number as the line told it."""
    customer: str = ""
    status: CaseStatus = CaseStatus.OPEN
    owner: int | None = None
    """Who looks after it: whoever answered last."""
    due_at: dt.datetime | None = None
    follow_up: FollowUp = FollowUp.NONE
    closed_at: dt.datetime | None = None

    def is_overdue(self, now: dt.datetime) -> bool:
        return self.status is CaseStatus.OPEN and self.due_at is not None and self.due_at < now


@dataclass(frozen=True, slots=True)
class Step:
    """A line of a case's history."""

    what: StepWhat
    at: dt.datetime
    agent: int | None = None
    ticket_id: str = ""
    note: str = ""


Change = tuple[Case, Step]


def about(cases: Iterable[Case], packet: Packet, now: dt.datetime) -> Case | None:
    """The case that this is about: the same caller, who wants the same (or nobody knows what, and one is open).

    Open ones go first, then the one closed last; those closed longer than `AGAIN` ago are history.
    """
    alive = [one for one in cases if _is_theirs(one, packet) and _is_alive(one, now)]
    same = [one for one in alive if _same(one.wants, packet.wants)]
    unknown = [] if packet.wants else [one for one in alive if one.status is CaseStatus.OPEN]
    found = sorted(
        same or unknown, key=lambda one: (one.status is CaseStatus.CLOSED, -(one.closed_at or now).timestamp())
    )
    return found[0] if found else None


def came(known: Case | None, ticket: Ticket, new_id: str, now: dt.datetime) -> Change:
    """A ticket came: about a known case, or a new one."""
    packet = ticket.packet
    if known is None:
        case = Case(new_id, packet.business, now, packet.wants, packet.caller, packet.customer)
        return case, Step(StepWhat.OPENED, now, ticket_id=ticket.id, note=packet.summary)
    was_closed = known.status is CaseStatus.CLOSED
    what = StepWhat.REOPENED if was_closed else StepWhat.CAME_AGAIN
    case = replace(known, status=CaseStatus.OPEN, closed_at=None, customer=known.customer or packet.customer)
    return case, Step(what, now, ticket_id=ticket.id, note=packet.summary)


def after(case: Case, happening: Happening) -> Change | None:
    """What happens to its ticket, as far as it changes the case."""
    at, agent, ticket_id = happening.at, happening.agent, happening.ticket_id
    match happening.what:
        case What.ANSWERED if agent is not None and agent != case.owner:
            return replace(case, owner=agent), Step(StepWhat.TAKEN, at, agent, ticket_id)
        case What.WRAPPED:
            disposition, notes = (str(happening.details.get(key) or "") for key in ("disposition", "notes"))
            note = " · ".join(filter(None, (disposition, notes)))
            if disposition in SOLVED and case.follow_up is FollowUp.NONE:
                return close(case, agent, at, note, ticket_id)
            return _kept_open(case, agent, at, note, ticket_id)
    return None


def follow(
    case: Case, kind: FollowUp, due_at: dt.datetime, owner: int, agent: int, now: dt.datetime, note: str = ""
) -> Change:
    """Something is to be done by then, by that colleague; a closed case is open again."""
    open_case = replace(case, status=CaseStatus.OPEN, closed_at=None, follow_up=kind, due_at=due_at, owner=owner)
    return open_case, Step(StepWhat.FOLLOW_UP, now, agent, note=" · ".join(filter(None, (kind.value, note))))


def close(case: Case, agent: int | None, now: dt.datetime, note: str = "", ticket_id: str = "") -> Change:
    closed = replace(case, status=CaseStatus.CLOSED, closed_at=now, due_at=None, follow_up=FollowUp.NONE)
    return closed, Step(StepWhat.CLOSED, now, agent, ticket_id, note)


def _kept_open(case: Case, agent: int | None, at: dt.datetime, note: str, ticket_id: str) -> Change:
    """Not solved: somebody has to look again, by tomorrow where nothing else was agreed."""
    kind = case.follow_up or (FollowUp.CALL_BACK if note.startswith("call back") else FollowUp.OTHER)
    kept = replace(case, due_at=case.due_at or at + NEXT, follow_up=kind)
    return kept, Step(StepWhat.FOLLOW_UP, at, agent, ticket_id, note)


def _is_theirs(case: Case, packet: Packet) -> bool:
    """Nobody who withholds number and name is anybody's like."""
    same_number = bool(packet.caller) and case.caller == packet.caller
    same_name = bool(packet.customer) and case.customer.casefold() == packet.customer.casefold()
    return case.business == packet.business and (same_number or same_name)


def _is_alive(case: Case, now: dt.datetime) -> bool:
    return case.status is CaseStatus.OPEN or (case.closed_at is not None and now - case.closed_at <= AGAIN)


def _same(one: str, other: str) -> bool:
    return one.casefold().split() == other.casefold().split()
