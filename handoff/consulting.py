"""A person who talks to a caller asks a colleague in: privately first, then all three, then either goes. Decides only.

While the caller is on hold the two colleagues hear each other and the caller hears music; once the caller is resumed
all three talk. Whoever of the two goes, and however, the caller stays with the other:

    ask ──▶ asked ──answer──▶ with a colleague ──hand over, or the asker goes──▶ the colleague's own talk
             │ refuse, time-out, cancel │ leave, cancel, colleague lost
             └────────────▶ the asker's talk as before ◀┘
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from handoff.desk import REJOIN_S, Desk, Talk
from handoff.history import Happening, What
from handoff.model import Ticket
from handoff.seats import Presence, Seat

ASK_S: Final = 30
"""So long colleagues are asked; they may be with somebody in the room."""

FREE: Final = (Presence.READY, Presence.PAUSED)


@dataclass(frozen=True, slots=True)
class Consultation:
    ticket: Ticket
    asker: int
    asked: frozenset[int]
    """Whose pages ring; the first to answer is the colleague. Empty for an outside number."""
    at: dt.datetime
    colleague: int | None = None
    outside: str = ""
    """The number that is rung instead of a colleague."""
    is_outside_there: bool = False

    @property
    def is_answered(self) -> bool:
        return self.colleague is not None or self.is_outside_there


class Consulting:
    def __init__(self, desk: Desk) -> None:
        self.by_asker: dict[int, Consultation] = {}
        self._desk = desk
        self._before: dict[int, Seat] = {}
        """Colleague → how they sat before they answered."""

    def of_colleague(self, agent: int) -> Consultation | None:
        return next((one for one in self.by_asker.values() if one.colleague == agent), None)

    def asked_of(self, agent: int) -> Consultation | None:
        """What they are being asked now."""
        return next((one for one in self.by_asker.values() if agent in one.asked), None)

    def about(self, ticket_id: str) -> Consultation | None:
        return next((one for one in self.by_asker.values() if one.ticket.id == ticket_id), None)

    def names(self, asker: int) -> list[str]:
        """Whom their caller talks to: the asker, and the colleague who is there too."""
        one = self.by_asker.get(asker)
        agents = [asker, *([one.colleague] if one and one.colleague is not None else [])]
        return [self._desk.seats[agent].name for agent in agents if agent in self._desk.seats]

    def can_be_asked(self, asker: int, to: str | int) -> frozenset[int]:
        """That colleague, or whoever is ready in that queue; nobody who talks, writes up or is not connected."""
        seats = self._askable(asker)
        if isinstance(to, int):
            return frozenset(one.agent for one in seats if one.agent == to)
        return frozenset(one.agent for one in seats if one.presence is Presence.READY and one.answers(to))

    def free_among(self, asker: int, targets: Iterable[str | int]) -> set[str | int]:
        """Of those people and queues: where somebody can be asked."""
        seats = self._askable(asker)
        people = {one.agent for one in seats}
        ready = [one for one in seats if one.presence is Presence.READY]
        return {
            to for to in targets if (to in people if isinstance(to, int) else any(one.answers(to) for one in ready))
        }

    def _askable(self, asker: int) -> list[Seat]:
        asked = {agent for one in self.by_asker.values() for agent in one.asked}
        seats = (one for one in self._desk.seats.values() if one.presence in FREE and one.lost_at is None)
        return [one for one in seats if one.agent != asker and one.agent not in asked]

    def ask(self, asker: int, to: str | int, now: dt.datetime) -> Consultation | None:
        """None when nobody can be asked there, or somebody is asked already."""
        talk, asked = self._desk.talks.get(asker), self.can_be_asked(asker, to)
        if talk is None or not asked or asker in self.by_asker:
            return None
        self.by_asker[asker] = Consultation(talk.ticket, asker, asked, now)
        return self.by_asker[asker]

    def ring_outside(self, asker: int, number: str, now: dt.datetime) -> Consultation | None:
        talk = self._desk.talks.get(asker)
        if talk is None or asker in self.by_asker:
            return None
        self.by_asker[asker] = Consultation(talk.ticket, asker, frozenset(), now, outside=number)
        return self.by_asker[asker]

    def outside_answered(self, asker: int) -> bool:
        """False when they are not wanted any more."""
        one = self.by_asker.get(asker)
        if one is None or not one.outside:
            return False
        self.by_asker[asker] = replace(one, is_outside_there=True)
        return True

    def answer(self, colleague: int, ticket_id: str, now: dt.datetime) -> Consultation | None:
        """The first of those who are asked; from now on they are offered nobody else."""
        one, seat = self.asked_of(colleague), self._desk.seats.get(colleague)
        if one is None or one.ticket.id != ticket_id or seat is None or seat.presence not in FREE:
            return None
        self._desk.offers.pop(colleague, None)  # goes to somebody else at the next look
        self._before[colleague] = seat
        self._desk.seats[colleague] = replace(seat, presence=Presence.TALKING, since=now, reason="")
        self.by_asker[one.asker] = replace(one, asked=frozenset(), colleague=colleague)
        return self.by_asker[one.asker]

    def refuse(self, colleague: int) -> Consultation | None:
        """What is left of it: nobody else is asked when `asked` is empty, and then it is over."""
        one = self.asked_of(colleague)
        if one is None:
            return None
        left = replace(one, asked=one.asked - {colleague})
        self.by_asker[one.asker] = left
        if not left.asked:
            self.over(one.asker)
        return left

    def over(self, asker: int) -> Consultation | None:
        """The asker has the caller alone again, or nobody has; the colleague sits as before."""
        one = self.by_asker.pop(asker, None)
        if one and one.colleague is not None:
            before, seat = self._before.pop(one.colleague), self._desk.seats.get(one.colleague)
            if seat:
                as_before = replace(seat, presence=before.presence, since=before.since, reason=before.reason)
                self._desk.seats[one.colleague] = as_before
        return one

    def hand_over(self, asker: int, now: dt.datetime) -> list[Happening]:
        """The caller is the colleague's from now on, and off hold; the asker writes up. Empty while nobody answered."""
        one, talk = self.by_asker.get(asker), self._desk.talks.get(asker)
        seat = self._desk.seats.get(one.colleague) if one and one.colleague is not None else None
        if one is None or talk is None or seat is None:
            return []
        del self.by_asker[asker]
        self._before.pop(seat.agent)
        happened = self._desk.hold(asker, False, now)
        self._desk.end(asker, now)
        self._desk.talks[seat.agent] = Talk(talk.ticket, seat.agent, now)
        self._desk.seats[seat.agent] = replace(seat, calls=seat.calls + 1)
        details = {"to": seat.agent, "warm": True}
        passed = Happening(talk.ticket.id, What.TRANSFERRED, now, asker, details)
        return [*happened, passed, Happening(talk.ticket.id, What.ANSWERED, now, seat.agent)]

    def due(self, now: dt.datetime) -> tuple[list[int], list[int]]:
        """Askers whose caller is to go to the colleague, for they did not come back; askers who are alone again."""
        inherited, alone = [], []
        for asker, one in self.by_asker.items():
            talk = self._desk.talks.get(asker)
            is_over = talk is None or talk.ticket.id != one.ticket.id
            if is_over or self._is_lost(one.colleague, now) or self._is_vain(one, now):
                alone.append(asker)
            elif self._is_lost(asker, now) and one.colleague is not None:
                inherited.append(asker)
        return inherited, alone

    def _is_lost(self, agent: int | None, now: dt.datetime) -> bool:
        """For so long that nobody waits for them any more."""
        if agent is None:
            return False
        seat = self._desk.seats.get(agent)
        return seat is None or (seat.lost_at is not None and (now - seat.lost_at).total_seconds() >= REJOIN_S)

    def _is_vain(self, one: Consultation, now: dt.datetime) -> bool:
        seats = (self._desk.seats.get(agent) for agent in one.asked)
        is_anybody = bool(one.outside) or any(seat and seat.lost_at is None for seat in seats)
        is_late = not one.outside and (now - one.at).total_seconds() >= ASK_S
        return not one.is_answered and (is_late or not is_anybody)
