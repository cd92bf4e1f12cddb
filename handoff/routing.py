"""Whom the next caller is offered to. Pure: what is known goes in, new offers come out; nothing is changed here.

An offer is no promise: whoever answers takes the ticket in the database, where only one can be first.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from handoff.choosing import in_order
from handoff.model import Listed, Medium
from handoff.queues import Queue, Strategy
from handoff.seats import Offer, Presence, Seat
from handoff.urgency import served_order

DECLINED_S: Final = 60
"""Who declined a caller is asked about the same one again only after so long."""


@dataclass(frozen=True, slots=True)
class State:
    waiting: Sequence[Listed]
    """Whom nobody has answered: callers on the line, call backs, messages."""
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
    """Of queues without settings."""
    queues: Mapping[str, Queue] = field(default_factory=dict)
    served_by: Mapping[str, int] = field(default_factory=dict)
    """Ticket → who served that caller last."""
    seed: int = 0
    """What lots are drawn from."""

    def queue(self, name: str) -> Queue:
        return self.queues.get(name) or Queue(name or "?", self.strategy)


def route(state: State, now: dt.datetime) -> list[Offer]:
    """New offers: most urgent ticket first; one person each, or everybody who can where the queue rings all."""
    return _Round(state, now).offers()


def is_due(ticket: Listed, queue: Queue, now: dt.datetime) -> bool:
    """Callers on the line always, whoever came before closing time; others when they asked to, in opening hours."""
    if ticket.medium is Medium.CALL:
        return True
    return queue.is_open(now) and (ticket.due_at is None or ticket.due_at <= now)


class _Round:
    """One decision. Free people are kept by queue, so that a queue without any costs nothing however long it is."""

    def __init__(self, state: State, now: dt.datetime) -> None:
        self._state, self._now = state, now
        busy = {offer.agent for offer in state.offers}
        self._free = {seat.agent: seat for seat in state.seats if _is_free(seat) and seat.agent not in busy}
        self._seats = {seat.agent: seat for seat in state.seats}
        self._settings: dict[str, Queue] = {}
        self._able: dict[str, dict[int, Seat]] = {}
        self._length: dict[str, int] = {}
        for ticket in state.waiting:
            self._length[ticket.queue] = self._length.get(ticket.queue, 0) + 1

    def offers(self) -> list[Offer]:
        taken = {offer.ticket_id for offer in self._state.offers}
        made: list[Offer] = []
        for ticket in served_order(self._state.waiting, self._now, self._state.returned, self._state.queues):
            if not self._free:
                break
            queue = self._queue(ticket.queue)
            if ticket.id in taken and queue.strategy is not Strategy.RING_ALL:
                continue
            if is_due(ticket, queue, self._now):
                made += [self._offer(ticket, seat, queue) for seat in self._chosen(ticket, queue)]
        return made

    def _offer(self, ticket: Listed, seat: Seat, queue: Queue) -> Offer:
        del self._free[seat.agent]
        for able in self._able.values():
            able.pop(seat.agent, None)
        return Offer(ticket.id, seat.agent, self._now, queue.offer_s)

    def _chosen(self, ticket: Listed, queue: Queue) -> list[Seat]:
        reserved = self._free.get(self._state.reserved.get(ticket.id, -1))
        if reserved and self._may_be_asked(ticket, reserved):
            return [reserved]
        waited_s = (self._now - ticket.since).total_seconds()
        if last := self._last_agent(ticket, queue, waited_s):
            return [last] if last.agent in self._free else []  # they are at work: worth a moment's wait
        able = self._own(ticket, queue, waited_s) or self._helping(ticket, queue, waited_s)
        ordered = in_order(able, queue, ticket.id, self._state.seed)
        return ordered if queue.strategy is Strategy.RING_ALL else ordered[:1]

    def _last_agent(self, ticket: Listed, queue: Queue, waited_s: float) -> Seat | None:
        """Who served this caller last, while it is worth waiting for them."""
        seat = self._seats.get(self._state.served_by.get(ticket.id, -1))
        if seat is None or waited_s >= queue.last_agent_s or seat.lost_at or seat.presence is Presence.PAUSED:
            return None
        return seat if seat.answers(queue.name) and self._may_be_asked(ticket, seat) else None

    def _own(self, ticket: Listed, queue: Queue, waited_s: float) -> list[Seat]:
        """The queue's own people, by level as the wait goes on; of a queue that is gone, everybody."""
        worst = queue.levels(waited_s)
        found = [seat for seat in self._free_for(queue.name).values() if self._may_be_asked(ticket, seat)]
        return [seat for seat in found if worst is None or seat.level(queue.name) <= worst]

    def _helping(self, ticket: Listed, queue: Queue, waited_s: float) -> list[Seat]:
        if not queue.overflows(waited_s, self._length[queue.name]):
            return []
        return [seat for seat in self._free_for(queue.overflow_to).values() if self._may_be_asked(ticket, seat)]

    def _free_for(self, name: str) -> dict[int, Seat]:
        if name not in self._able:
            is_gone = bool(self._state.queues) and name not in self._state.queues
            able = {agent: seat for agent, seat in self._free.items() if seat.answers(name)}
            self._able[name] = able or (dict(self._free) if is_gone else {})
        return self._able[name]

    def _may_be_asked(self, ticket: Listed, seat: Seat) -> bool:
        return not _declined_lately(ticket, seat, self._state, self._now)

    def _queue(self, name: str) -> Queue:
        if name not in self._settings:
            self._settings[name] = self._state.queue(name)
        return self._settings[name]


def _is_free(seat: Seat) -> bool:
    return seat.presence is Presence.READY and seat.lost_at is None


def _declined_lately(ticket: Listed, seat: Seat, state: State, now: dt.datetime) -> bool:
    at = state.declined.get((ticket.id, seat.agent))
    return at is not None and (now - at).total_seconds() < DECLINED_S
