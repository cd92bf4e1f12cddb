"""Whom the next caller is offered to. Pure: what is known goes in, new offers come out; nothing is changed here.

An offer is no promise: whoever answers takes the ticket in the database, where only one can be first.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from handoff.model import Priority, Ticket

OFFER_S: Final = 20
"""An offer that nobody answers goes to somebody else after so long."""

DECLINED_S: Final = 60
"""Who declined a caller is asked about the same one again only after so long."""

AGEING_S: Final = 300
"""For every five minutes of waiting a caller counts as one step more urgent, up to HIGH: nobody waits for ever."""


class Presence(StrEnum):
    READY = "ready"
    PAUSED = "paused"
    TALKING = "talking"
    WRAP_UP = "wrap-up"


class Strategy(StrEnum):
    LONGEST_IDLE = "longest_idle"
    ROUND_ROBIN = "round_robin"
    """Whoever was offered a caller longest ago."""
    FEWEST_CALLS = "fewest_calls"
    BEST_LEVEL = "best_level"
    """The best level for the queue; among equals the longest idle."""


@dataclass(frozen=True, slots=True)
class Seat:
    """A person at work, as routing sees them."""

    agent: int
    name: str
    presence: Presence
    since: dt.datetime
    """When this presence began."""
    reason: str = ""
    """Why they pause."""
    queues: Mapping[str, int] = field(default_factory=dict)
    """Queue → level, 1 is best; empty: every queue."""
    calls: int = 0
    """Answered since they came."""
    offered_at: dt.datetime | None = None
    """The last time they were offered anybody."""
    lost_at: dt.datetime | None = None
    """Since when their page is not connected."""

    def answers(self, queue: str) -> bool:
        return not self.queues or queue in self.queues

    def level(self, queue: str) -> int:
        return self.queues.get(queue, 1)


@dataclass(frozen=True, slots=True)
class Offer:
    ticket_id: str
    agent: int
    at: dt.datetime

    def is_over(self, now: dt.datetime) -> bool:
        return (now - self.at).total_seconds() >= OFFER_S


@dataclass(frozen=True, slots=True)
class State:
    waiting: Sequence[Ticket]
    """Callers on the line whom nobody has answered."""
    seats: Sequence[Seat]
    offers: Sequence[Offer] = ()
    """Those that are open."""
    declined: Mapping[tuple[str, int], dt.datetime] = field(default_factory=dict)
    """(ticket, agent) → when: declined, or not answered in time."""
    returned: frozenset[str] = frozenset()
    """Tickets whose call was broken off on our side: first of all."""
    reserved: Mapping[str, int] = field(default_factory=dict)
    """Ticket → the person it was passed on to: asked first, if they are free; else it is anybody's."""
    strategy: Strategy = Strategy.LONGEST_IDLE


def served_order(tickets: Iterable[Ticket], now: dt.datetime, returned: frozenset[str] = frozenset()) -> list[Ticket]:
    """Whom we broke off, then by urgency with waiting time counted in, then whoever came first."""

    def place(ticket: Ticket) -> tuple[bool, int, dt.datetime, str]:
        return ticket.id not in returned, urgency(ticket, now), ticket.created_at, ticket.id

    return sorted(tickets, key=place)


def urgency(ticket: Ticket, now: dt.datetime) -> int:
    """Lower is more urgent; an emergency is only ever matched by another one."""
    given = ticket.packet.priority
    if given <= Priority.HIGH:
        return int(given)
    steps = int(max(0.0, (now - ticket.created_at).total_seconds()) // AGEING_S)
    return max(int(Priority.HIGH), given - steps)


def route(state: State, now: dt.datetime) -> list[Offer]:
    """New offers: most urgent ticket first, each to one person, each person at most one."""
    busy = {offer.agent for offer in state.offers}
    taken = {offer.ticket_id for offer in state.offers}
    free = {seat.agent: seat for seat in state.seats if _is_free(seat) and seat.agent not in busy}
    made: list[Offer] = []
    for ticket in served_order(state.waiting, now, state.returned):
        if not free:
            break
        if ticket.id not in taken and (seat := _choose(ticket, free.values(), state, now)):
            made.append(Offer(ticket.id, seat.agent, now))
            del free[seat.agent]
    return made


def _is_free(seat: Seat) -> bool:
    return seat.presence is Presence.READY and seat.lost_at is None


def _choose(ticket: Ticket, free: Iterable[Seat], state: State, now: dt.datetime) -> Seat | None:
    queue = ticket.packet.queue
    asked = [seat for seat in free if not _just_declined(ticket.id, seat.agent, state, now)]
    if wanted := [seat for seat in asked if seat.agent == state.reserved.get(ticket.id)]:
        return wanted[0]
    able = [seat for seat in asked if seat.answers(queue)]
    order = ORDERS[state.strategy]
    return min(able, key=lambda seat: (order(seat, queue), seat.since, seat.agent), default=None)


def _just_declined(ticket_id: str, agent: int, state: State, now: dt.datetime) -> bool:
    at = state.declined.get((ticket_id, agent))
    return at is not None and (now - at).total_seconds() < DECLINED_S


def _offered_before(seat: Seat) -> float:
    return seat.offered_at.timestamp() if seat.offered_at else 0.0


ORDERS: Final[Mapping[Strategy, Callable[[Seat, str], Any]]] = {
    Strategy.LONGEST_IDLE: lambda seat, queue: 0,
    Strategy.ROUND_ROBIN: lambda seat, queue: _offered_before(seat),
    Strategy.FEWEST_CALLS: lambda seat, queue: seat.calls,
    Strategy.BEST_LEVEL: lambda seat, queue: seat.level(queue),
}
"""Lower is chosen first; ties go to the longest idle."""
