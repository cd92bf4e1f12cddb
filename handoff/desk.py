"""The people at work: who is ready, who is offered whom, who talks with whom. Decides; sends and stores nothing.

Every method takes `now`. What becomes of a change is returned as happenings, for whoever keeps the history.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final

from handoff.history import Happening, What
from handoff.model import Listed, Ticket
from handoff.people import Person
from handoff.queues import Queue, Strategy
from handoff.routing import State, route
from handoff.seats import Offer, Presence, Seat

REJOIN_S: Final = 30
"""So long a lost page may come back to its call; then the caller goes to the front of the queue."""

WRAP_UP_S: Final = 120
"""Wrap-up ends by itself after so long."""

PAUSES: Final = ("break", "lunch", "meeting", "training", "other work")
AWAY: Final = "just came"
MISSED: Final = "missed a call"


@dataclass(frozen=True, slots=True)
class Talk:
    ticket: Ticket
    agent: int
    since: dt.datetime
    held_since: dt.datetime | None = None


class Desk:
    def __init__(self, strategy: Strategy = Strategy.LONGEST_IDLE, seed: int = 0) -> None:
        """`strategy`: of queues without settings of their own; `seed`: what lots are drawn from."""
        self.strategy, self._seed = strategy, seed
        self.queues: Mapping[str, Queue] = {}
        """By name, as they are set now."""
        self.served_by: dict[str, int] = {}
        """Ticket → who served that caller last."""
        self.seats: dict[int, Seat] = {}
        self.offers: dict[int, Offer] = {}
        """By agent."""
        self.talks: dict[int, Talk] = {}
        """By agent."""
        self.wrapping: dict[int, Ticket] = {}
        """By agent: the call they are writing up."""
        self.returned: frozenset[str] = frozenset()
        """Tickets that are first of all: broken off on our side, or passed on."""
        self.reserved: dict[str, int] = {}
        self._declined: dict[tuple[str, int], dt.datetime] = {}
        self._answering: set[int] = set()

    def queue(self, name: str) -> Queue:
        """Its settings; as shipped where it has none."""
        return self.queues.get(name) or Queue(name or "?", self.strategy)

    # People come and go ----------------------------------------------------------------

    def arrive(self, person: Person, now: dt.datetime) -> None:
        """Their page is connected: anew, or again after it was lost."""
        seat = self.seats.get(person.id) or Seat(person.id, person.name, Presence.PAUSED, now, AWAY)
        self.seats[person.id] = replace(seat, name=person.name, queues=person.queues, lost_at=None)

    def lose(self, agent: int, now: dt.datetime) -> list[Happening]:
        """Their page is gone, perhaps to come back; what they were offered goes to somebody else at once."""
        self.seats[agent] = replace(self.seats[agent], lost_at=now)
        offer = self.offers.pop(agent, None)
        return [Happening(offer.ticket_id, What.MISSED, now, agent)] if offer else []

    def leave(self, agent: int, now: dt.datetime) -> list[Happening]:
        """They signed off. Nobody does so in mid-call: then it counts as lost."""
        if agent in self.talks:
            return self.lose(agent, now)
        happened = self.lose(agent, now) + (self.wrap_up(agent, "", "", now) if agent in self.wrapping else [])
        del self.seats[agent]
        return happened

    # Presence -----------------------------------------------------------------------------

    def ready(self, agent: int, now: dt.datetime) -> bool:
        """False while they talk or write up."""
        return self._set(agent, Presence.READY, now, "", {Presence.PAUSED})

    def pause(self, agent: int, reason: str, now: dt.datetime) -> bool:
        return agent not in self.offers and self._set(
            agent, Presence.PAUSED, now, reason, {Presence.READY, Presence.PAUSED}
        )

    # Offers and calls -----------------------------------------------------------------------

    def look(self, waiting: Sequence[Listed], now: dt.datetime) -> tuple[list[Happening], list[Ticket]]:
        """What is due by now: offers, and the tickets whose agent did not come back to them."""
        happened = self._withdraw({ticket.id for ticket in waiting}, now)
        for agent in [agent for agent in self.wrapping if self._is_written(agent, now)]:
            happened += self.wrap_up(agent, "", "", now)
        broken = self._give_up_lost(now)
        happened += [Happening(talk.ticket.id, What.RETURNED, now, talk.agent) for talk in broken]
        for offer in route(self._state(waiting), now):
            self.offers[offer.agent] = offer
            self.seats[offer.agent] = replace(self.seats[offer.agent], offered_at=now)
            happened.append(Happening(offer.ticket_id, What.OFFERED, now, offer.agent))
        return happened, [talk.ticket for talk in broken]

    def is_free(self, agent: int) -> bool:
        """At work, with nobody at hand."""
        seat = self.seats.get(agent)
        return seat is not None and seat.presence in (Presence.READY, Presence.PAUSED)

    @contextmanager
    def answering(self, agent: int) -> Iterator[None]:
        """While the database is asked they answer nobody else, on their page or their telephone. `is_free` then?"""
        self._answering.add(agent)
        try:
            yield
        finally:
            self._answering.discard(agent)

    def may_answer(self, agent: int, ticket_id: str) -> bool:
        """Their own offer, or anybody waiting whom nobody else is being offered."""
        if not self.is_free(agent) or agent in self._answering:
            return False
        own = self.offers.get(agent)
        if own:
            return own.ticket_id == ticket_id
        return all(offer.ticket_id != ticket_id for offer in self.offers.values())

    def answered(self, agent: int, ticket: Ticket, now: dt.datetime) -> list[Happening]:
        """After the database said that it is theirs."""
        self.offers = {who: offer for who, offer in self.offers.items() if offer.ticket_id != ticket.id}
        self.offers.pop(agent, None)
        self.forget(ticket.id)
        self.talks[agent] = Talk(ticket, agent, now)
        seat = self.seats[agent]
        self.seats[agent] = replace(seat, presence=Presence.TALKING, since=now, reason="", calls=seat.calls + 1)
        return [Happening(ticket.id, What.ANSWERED, now, agent)]

    def decline(self, agent: int, now: dt.datetime) -> list[Happening]:
        offer = self.offers.pop(agent, None)
        if offer is None:
            return []
        self._declined[offer.ticket_id, agent] = now
        return [Happening(offer.ticket_id, What.DECLINED, now, agent)]

    def hold(self, agent: int, on: bool | None, now: dt.datetime) -> list[Happening]:
        """None for `on`: the other way round."""
        talk = self.talks.get(agent)
        if talk is None or on is (talk.held_since is not None):
            return []
        on = talk.held_since is None
        self.talks[agent] = replace(talk, held_since=now if on else None)
        return [Happening(talk.ticket.id, What.HELD if on else What.RESUMED, now, agent)]

    def end(self, agent: int, now: dt.datetime) -> list[Happening]:
        """The talk is over, whoever hung up; wrap-up begins."""
        talk = self.talks.pop(agent, None)
        if talk is None:
            return []
        self.wrapping[agent] = talk.ticket
        seat, talked_s = self.seats[agent], (now - talk.since).total_seconds()
        talk_s = seat.talk_s + max(0.0, talked_s)
        self.seats[agent] = replace(seat, presence=Presence.WRAP_UP, since=now, talk_s=talk_s)
        return [Happening(talk.ticket.id, What.ENDED, now, agent)]

    def pass_on(self, agent: int, to: str | int, now: dt.datetime) -> list[Happening]:
        """The caller waits again, first of all, for that queue (a name) or person (a number); wrap-up begins."""
        talk = self.talks.get(agent)
        if talk is None:
            return []
        self.end(agent, now)
        self.returned |= {talk.ticket.id}
        if isinstance(to, int):
            self.reserved[talk.ticket.id] = to
        return [Happening(talk.ticket.id, What.TRANSFERRED, now, agent, {"to": to})]

    def withdraw(self, ticket_id: str) -> None:
        """Its offers are off; it is offered anew, to whom it concerns now."""
        self.offers = {agent: offer for agent, offer in self.offers.items() if offer.ticket_id != ticket_id}

    def forget(self, ticket_id: str) -> None:
        """It waits no more."""
        self.returned -= {ticket_id}
        self.reserved.pop(ticket_id, None)
        self.served_by.pop(ticket_id, None)

    def wrap_up(self, agent: int, disposition: str, notes: str, now: dt.datetime) -> list[Happening]:
        ticket = self.wrapping.pop(agent, None)
        if ticket is None:
            return []
        self.seats[agent] = replace(self.seats[agent], presence=Presence.READY, since=now)
        details = {"disposition": disposition, "notes": notes}
        return [Happening(ticket.id, What.WRAPPED, now, agent, details)]

    def talk_about(self, ticket_id: str) -> Talk | None:
        talks = tuple(self.talks.values())  # threads ask, too, while talks begin and end
        return next((talk for talk in talks if talk.ticket.id == ticket_id), None)

    # Inside ---------------------------------------------------------------------------------

    def _state(self, waiting: Sequence[Listed]) -> State:
        return State(
            waiting,
            tuple(self.seats.values()),
            tuple(self.offers.values()),
            self._declined,
            self.returned,
            self.reserved,
            self.strategy,
            self.queues,
            self.served_by,
            self._seed,
        )

    def _set(self, agent: int, presence: Presence, now: dt.datetime, reason: str, possible: set[Presence]) -> bool:
        seat = self.seats.get(agent)
        if seat is None or seat.presence not in possible:
            return False
        self.seats[agent] = replace(seat, presence=presence, since=now, reason=reason)
        return True

    def _withdraw(self, waiting: set[str], now: dt.datetime) -> list[Happening]:
        """Offers of callers who went, and those that were not answered: who misses one is asked no more until ready."""
        happened = []
        for agent, offer in list(self.offers.items()):
            if offer.ticket_id not in waiting:
                del self.offers[agent]
            elif offer.is_over(now):
                del self.offers[agent]
                self._declined[offer.ticket_id, agent] = now
                self._set(agent, Presence.PAUSED, now, MISSED, {Presence.READY})
                happened.append(Happening(offer.ticket_id, What.MISSED, now, agent))
        self._declined = {key: at for key, at in self._declined.items() if key[0] in waiting}
        return happened

    def _is_written(self, agent: int, now: dt.datetime) -> bool:
        return (now - self.seats[agent].since).total_seconds() >= WRAP_UP_S

    def _give_up_lost(self, now: dt.datetime) -> list[Talk]:
        broken = []
        for agent, seat in list(self.seats.items()):
            if seat.lost_at is None or (now - seat.lost_at).total_seconds() < REJOIN_S:
                continue
            if talk := self.talks.pop(agent, None):
                broken.append(talk)
            self.wrapping.pop(agent, None)
            del self.seats[agent]
        self.returned |= {talk.ticket.id for talk in broken}
        return broken
