"""Callers who wait, and who is offered whom as time goes by; does what `handoff.desk` decides.

People at their desks are in `at_work`, what they see in `screens`, what happens once somebody answered in `talks`. One
process, one loop: between a check and its change nothing is awaited but the database, which alone decides whose a
ticket is.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable
from contextlib import suppress
from typing import Final

import structlog

from bot.clock import utc_now
from bot.dialogue.queueing import Door
from bot.errors import FrontdeskError
from bot.logs import place_of
from bot.web.at_work import AtWork
from bot.web.caller_line import CallerLine
from bot.web.centre import Centre
from bot.web.consultations import Consultations
from bot.web.keeping import Keeping
from bot.web.ring_back import RingBack
from bot.web.screens import Screens
from bot.web.talks import Talks
from bot.web.unanswered import Unanswered
from bot.web.upkeep import handling_s, recover
from handoff.attendance import Attendance
from handoff.desk import Desk
from handoff.history import Happening, What
from handoff.model import WAITS, Listed, Medium, Ticket
from handoff.urgency import served_order
from handoff.waiting import expected_wait_s, spoken_minutes, staffed

log = structlog.get_logger(__name__)

MEASURE_EVERY: Final = dt.timedelta(minutes=1)
QUEUES_EVERY: Final = dt.timedelta(seconds=5)
"""What a supervisor sets in this process holds at once; what another one sets, by then."""
KNOWN_FOR: Final = dt.timedelta(days=30)
"""Who served a caller last is preferred for so long."""
LOOK_S: Final = 0.5
"""How often time-outs are looked at; whatever happens is looked at right away."""


class Floor:
    def __init__(self, centre: Centre, desk: Desk, clock: Callable[[], dt.datetime] = utc_now) -> None:
        self.desk = desk
        self._centre, self._clock = centre, clock
        self.keeping = Keeping(lambda: centre.history)
        self._woken = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self.talks = Talks(centre, desk, self.keeping, self.now, self._woken.set)
        self.consultations = Consultations(desk, self.talks, self.keeping, self.now, self._woken.set)
        self._attendance = Attendance()
        self._waiting: dict[str, Listed] = {}
        self._broken: list[Ticket] = []
        """Their talks were broken off, and they do not wait again yet."""
        self._aht_s: float | None = None
        self._measured_at: dt.datetime | None = None
        self._queues_at: dt.datetime | None = None
        self.ring_back = RingBack(desk, self.talks, self._woken.set)
        self.unanswered = Unanswered(centre, desk, self.keeping, self.now, self.ring_back)
        self.people = AtWork(
            desk,
            self.talks,
            self.consultations,
            self.unanswered,
            self.ring_back,
            self.keeping,
            self.now,
            self._woken.set,
        )
        self.screens = Screens(centre, desk, self.talks, self.consultations, self.ring_back, self.now)

    async def run(self) -> None:
        """Until cancelled."""
        self._loop, is_recovered = asyncio.get_running_loop(), False
        while True:
            self._woken.clear()
            try:
                is_recovered = is_recovered or await self._recover()
                await self._measure()
                await self.read_queues()
                await self._look()
            except FrontdeskError as error:
                if error.code != "centre.loading":
                    log.warning("floor.unreadable", code=error.code)
            except Exception as error:  # else no caller would be offered to anybody any more, and nobody would know why
                log.error("floor.failed", error=type(error).__name__, where=place_of(error))
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_S):
                    await self._woken.wait()

    def now(self) -> dt.datetime:
        return self._clock()

    def wake(self) -> None:
        """Something changed that people should see; from any thread."""
        if self._loop:
            self._loop.call_soon_threadsafe(self._woken.set)

    # Callers --------------------------------------------------------------------------------

    def admits(self, queue: str) -> Door:
        """Whether one more caller may wait there."""
        length = sum(1 for ticket in self._waiting.values() if ticket.queue == queue)
        return self.desk.queue(queue).admits(length, self._clock()).value

    def caller_waits(self, channel: CallerLine) -> None:
        self.talks.callers[channel.ticket] = channel
        self.keeping.later(self.talks.caller_came(channel.ticket))
        self.keeping.later(self._note_last_agent(channel.ticket))
        self._woken.set()

    async def _note_last_agent(self, ticket_id: str) -> None:
        ticket = await asyncio.to_thread(self._centre.tickets.get, ticket_id)
        if ticket and self.desk.queue(ticket.packet.queue).last_agent_s:
            packet, since = ticket.packet, self._clock() - KNOWN_FOR
            agent = await asyncio.to_thread(self._centre.tickets.served_by, packet.business, packet.caller, since)
            if agent is not None and ticket_id in self.talks.callers:  # else they have left meanwhile
                self.desk.served_by[ticket_id] = agent

    def caller_left(self, channel: CallerLine) -> None:
        """Whoever ended it. A talk is written up; who left before that is counted as having given up."""
        self.talks.callers.pop(channel.ticket, None)
        self._attendance.forget(channel.ticket)
        self.desk.forget(channel.ticket)
        self._woken.set()
        if channel.ended != "closing":  # then ours is the fault, and the ticket stays as it is
            self.keeping.later(self._note_left(channel.ticket, was_let_go=channel.ended == "done"))

    async def _note_left(self, ticket_id: str, *, was_let_go: bool) -> None:
        if talk := self.desk.talk_about(ticket_id):
            await self.talks.end(talk.agent)
            return
        ticket = await asyncio.to_thread(self._centre.tickets.get, ticket_id)
        if ticket and ticket.status in WAITS and not was_let_go:  # else a mailbox, to be rung again
            what = {Medium.CALLBACK: What.PROMISED, Medium.MESSAGE: What.MESSAGE}.get(ticket.medium, What.ABANDONED)
            await self.keeping.happened([Happening(ticket_id, what, self._clock())])
            await asyncio.to_thread(self._centre.tickets.left, ticket_id, self._clock())

    async def place(self, ticket_id: str) -> tuple[int, int | None]:
        """Among callers on the line for the same queue: 1 is next, 0 for nobody who waits; and in how many minutes
        they can expect an answer, when that can be told. Raises StoreError.
        """
        if ticket_id not in self.talks.callers or self.talks.is_with_person(ticket_id):
            return 0, None
        if ticket_id not in self._waiting:  # they have just come
            await self.screens.list.read()
        order = self._on_line()
        mine = next((ticket for ticket in order if ticket.id == ticket_id), None)
        if mine is None:
            return 0, None
        place = [one.id for one in order if one.queue == mine.queue].index(ticket_id) + 1
        people = staffed(self.desk.seats.values(), mine.queue)
        return place, spoken_minutes(expected_wait_s(place, people, self._aht_s))

    def alone_s(self, channel: CallerLine) -> float:
        """Seconds for which nobody at work could have answered that caller; 0 while somebody can."""
        seat = self.desk.seats.get(self.desk.reserved.get(channel.ticket, -1))
        is_expected = bool(seat and seat.lost_at is None)  # by the colleague they were passed on to
        is_staffed = is_expected or staffed(self.desk.seats.values(), channel.queue) > 0
        is_staffed = is_staffed or self.talks.is_with_person(channel.ticket)
        return self._attendance.alone_s(channel.ticket, is_staffed, self._clock())

    def moved(self, ticket_id: str, queue: str) -> None:
        """A supervisor put them into another queue: who was asked for the old one is asked no more."""
        if line := self.talks.callers.get(ticket_id):
            line.queue = queue
        self.desk.withdraw(ticket_id)
        self._woken.set()

    def waiting(self) -> list[Listed]:
        """Callers on the line whom nobody has answered, at the last look; next first."""
        return [one for one in self._waiting.values() if not self.talks.is_with_person(one.id)]

    # Looking after time ----------------------------------------------------------------------------

    async def _measure(self) -> None:
        """Handling times change slowly: looked up once in a while."""
        now = self._clock()
        if self._measured_at is None or now - self._measured_at >= MEASURE_EVERY:
            self._measured_at, self._aht_s = now, await asyncio.to_thread(handling_s, self._centre, now)

    async def read_queues(self, *, at_once: bool = False) -> None:
        """The settings of the queues, as they are set now. Raises FrontdeskError."""
        now = self._clock()
        if at_once or self._queues_at is None or now - self._queues_at >= QUEUES_EVERY:
            self.desk.queues = await asyncio.to_thread(self._centre.queues.all)
            self._queues_at = now
            if at_once:
                self._woken.set()

    async def _recover(self) -> bool:
        """Once, as soon as the database is open."""
        await asyncio.to_thread(recover, self._centre, self._clock())
        return True

    async def _look(self) -> None:
        if self.talks.callers or self.desk.seats:
            await self.screens.list.read()
        on_line = self._on_line()
        answering = [one for one in self._waiting.values() if self._is_being_answered(one.id)]
        self._waiting = {ticket.id: ticket for ticket in [*on_line, *answering]}
        promised = self.unanswered.among(self.screens.list.queued, self.talks.callers)
        now = self._clock()  # one for both, or the desk would give a talk up that a colleague is to inherit
        await self.consultations.look(now)
        happened, broken = self.desk.look([*on_line, *promised, *answering], now)
        self.ring_back.tidy()
        self._broken += broken
        await self._put_back()
        await self.screens.show()
        await self.keeping.happened(happened)

    async def _put_back(self) -> None:
        """Callers whose agent stayed away wait again; whom the database does not take now is tried at each look."""
        for ticket in tuple(self._broken):
            try:
                await self.talks.put_back(ticket, ticket.packet.queue)
            except FrontdeskError as error:
                log.warning("floor.not_put_back", code=error.code)
                if error.code != "store.no_ticket":
                    continue
            self._broken.remove(ticket)

    def _is_being_answered(self, ticket_id: str) -> bool:
        """Taken in the database, the talk not begun: their offer stands, or they would be offered somebody else."""
        is_offered = any(offer.ticket_id == ticket_id for offer in self.desk.offers.values())
        return is_offered and self.talks.is_with_person(ticket_id) and self.desk.talk_about(ticket_id) is None

    def _on_line(self) -> list[Listed]:
        """In the order in which they are served; the list may be older than what happened since it was read."""
        stored, callers = self.screens.list.queued, self.talks.callers
        here = [one for one in stored if one.id in callers and not self.talks.is_with_person(one.id)]
        return served_order(here, self._clock(), self.desk.returned, self.desk.queues)
