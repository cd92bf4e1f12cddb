"""Callers who wait and people at their desks: offers, presence, looking after time; does what `handoff.desk` decides.

What happens once somebody answered is in `talks`. One process, one loop: between a check and its change nothing is
awaited but the database, which alone decides whose a ticket is.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

import structlog

from bot.channels.web_socket import WebSocketLike
from bot.clock import utc_now
from bot.dialogue.queueing import Door
from bot.errors import FrontdeskError
from bot.events import AudioChunk
from bot.logs import place_of
from bot.web.agent_line import AgentLine, Command
from bot.web.caller_line import CallerLine
from bot.web.centre import Centre
from bot.web.consultations import Consultations
from bot.web.keeping import Keeping
from bot.web.ring_back import RingBack
from bot.web.talks import Talks
from bot.web.unanswered import Unanswered
from bot.web.upkeep import handling_s, recover
from bot.web.views import describe_desk
from handoff.attendance import Attendance
from handoff.desk import AWAY, PAUSES, Desk
from handoff.history import Happening, What
from handoff.model import WAITS, Medium, Ticket
from handoff.people import ANSWERS, Person
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
        self._keeping = Keeping(lambda: centre.history)
        self._woken = asyncio.Event()
        self.talks = Talks(centre, desk, self._keeping, lambda: self._clock(), self._woken.set)
        self.consultations = Consultations(desk, self.talks, self._keeping, lambda: self._clock(), self._woken.set)
        self._attendance = Attendance()
        self._waiting: dict[str, Ticket] = {}
        self._broken: list[Ticket] = []
        """Their talks were broken off, and they do not wait again yet."""
        self._aht_s: float | None = None
        self._measured_at: dt.datetime | None = None
        self._queues_at: dt.datetime | None = None
        self.ring_back = RingBack(desk, self.talks, self._woken.set)
        self.unanswered = Unanswered(centre, desk, self._keeping, lambda: self._clock(), self.ring_back)

    async def run(self) -> None:
        """Until cancelled."""
        is_recovered = False
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

    # Callers --------------------------------------------------------------------------------

    def admits(self, queue: str) -> Door:
        """Whether one more caller may wait there."""
        length = sum(1 for ticket in self._waiting.values() if ticket.packet.queue == queue)
        return self.desk.queue(queue).admits(length, self._clock()).value

    def caller_waits(self, channel: CallerLine) -> None:
        self.talks.callers[channel.ticket] = channel
        self._keeping.later(self.talks.caller_came(channel.ticket))
        self._keeping.later(self._note_last_agent(channel.ticket))
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
            self._keeping.later(self._note_left(channel.ticket, was_let_go=channel.ended == "done"))

    async def _note_left(self, ticket_id: str, *, was_let_go: bool) -> None:
        if talk := self.desk.talk_about(ticket_id):
            await self.talks.end(talk.agent)
            return
        ticket = await asyncio.to_thread(self._centre.tickets.get, ticket_id)
        if ticket and ticket.status in WAITS and not was_let_go:  # else a mailbox, to be rung again
            what = {Medium.CALLBACK: What.PROMISED, Medium.MESSAGE: What.MESSAGE}.get(ticket.medium, What.ABANDONED)
            await self._keeping.happened([Happening(ticket_id, what, self._clock())])
            await asyncio.to_thread(self._centre.tickets.left, ticket_id, self._clock())

    async def place(self, ticket_id: str) -> tuple[int, int | None]:
        """Among callers on the line for the same queue: 1 is next, 0 for nobody who waits; and in how many minutes
        they can expect an answer, when that can be told. Raises StoreError.
        """
        order = self._on_line(await asyncio.to_thread(self._centre.tickets.waiting))
        mine = next((ticket for ticket in order if ticket.id == ticket_id), None)
        if mine is None:
            return 0, None
        place = [one.id for one in order if one.packet.queue == mine.packet.queue].index(ticket_id) + 1
        people = staffed(self.desk.seats.values(), mine.packet.queue)
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

    def waiting(self) -> list[Ticket]:
        """Callers on the line whom nobody has answered, at the last look; next first."""
        return [one for one in self._waiting.values() if not self.talks.is_with_person(one.id)]

    # People -----------------------------------------------------------------------------------

    async def serve(self, socket: WebSocketLike, person: Person) -> None:
        """One accepted WebSocket of an agent's page, until it is over. A newer page takes over from an older one."""
        line = AgentLine(socket)
        if older := self.talks.sounds.lines.get(person.id):
            await older.tell("The desk was opened elsewhere; this page rests.")
            await older.close(4000)
        self.talks.sounds.lines[person.id] = line
        self.desk.arrive(person, self._clock())
        await self.talks.show_caller(person.id, lost=False)
        self._woken.set()
        try:
            while (message := await line.receive()) is not None:
                if isinstance(message, AudioChunk):
                    self.talks.sounds.from_agent(person.id, message)
                else:
                    await self.obey(person.id, line, message)
        finally:
            self._keeping.later(line.close())
            if self.talks.sounds.lines.get(person.id) is line:
                self._lose(person.id)

    async def changed(self, person: Person) -> None:
        """What an admin decides holds at once: other queues, or no desk any more."""
        line = self.talks.sounds.lines.get(person.id)
        if line is None:
            return
        if person.is_active and person.role in ANSWERS:
            self.desk.arrive(person, self._clock())
            self._woken.set()
        else:
            await line.tell("You were signed out by an admin.")
            await line.close(1008)

    def _lose(self, agent: int) -> None:
        del self.talks.sounds.lines[agent]
        if agent in self.desk.seats:
            self._keeping.later(self._keeping.happened(self.desk.lose(agent, self._clock())))
        self._keeping.later(self.talks.show_caller(agent, lost=True))
        self._woken.set()

    async def obey(self, agent: int, line: AgentLine, command: Command) -> None:
        """What that person wants; what cannot be done is told on their page."""
        try:
            if not await self.consultations.carry_out(agent, line, command):
                await self._carry_out(agent, line, command)
        except FrontdeskError as error:
            await line.tell(error.message)
        self._woken.set()

    async def _carry_out(self, agent: int, line: AgentLine, command: Command) -> None:
        now = self._clock()
        match command.type:
            case "ready":
                self.desk.ready(agent, now)
            case "pause":
                self.desk.pause(agent, command.reason if command.reason in PAUSES else AWAY, now)
            case "decline":
                await self._keeping.happened(self.desk.decline(agent, now))
            case "wrap":
                await self._keeping.happened(self.desk.wrap_up(agent, command.disposition, command.notes, now))
            case "sign-off":
                await self._keeping.happened(self.desk.leave(agent, now))
                await line.close()
            case "answer" if command.ticket in self.unanswered:
                await self.unanswered.answer(agent, line, command.ticket)
            case "again":
                await self.unanswered.try_again(agent, line)
            case "ring":
                self.ring_back.ring(agent)
            case _:
                await self.talks.carry_out(agent, line, command)

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
        is_anybody = self.talks.callers or self.desk.seats
        waiting = await asyncio.to_thread(self._centre.tickets.waiting) if is_anybody else ()
        on_line = self._on_line(waiting)
        answering = [one for one in self._waiting.values() if self._is_being_answered(one.id)]
        self._waiting = {ticket.id: ticket for ticket in [*on_line, *answering]}
        promised = self.unanswered.among(waiting, self.talks.callers)
        now = self._clock()  # one for both, or the desk would give a talk up that a colleague is to inherit
        await self.consultations.look(now)
        happened, broken = self.desk.look([*on_line, *promised, *answering], now)
        self.ring_back.tidy()
        self._broken += broken
        await self._put_back()
        await self._show_all()
        await self._keeping.happened(happened)

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

    def _on_line(self, waiting: object) -> list[Ticket]:
        """In the order in which they are served; the list may be older than what happened since it was read."""
        assert isinstance(waiting, list | tuple)
        here = [one for one in waiting if one.id in self.talks.callers and not self.talks.is_with_person(one.id)]
        return served_order(here, self._clock(), self.desk.returned, self.desk.queues)

    def _recording_of(self, agent: int) -> dict[str, str] | None:
        """Of their talk; None where calls are not recorded."""
        talk = self.desk.talks.get(agent)
        state = self._centre.recording.state(talk.ticket.packet.call_id) if talk else "off"
        return {"call": talk.ticket.packet.call_id, "state": state} if talk and state != "off" else None

    async def _show_all(self) -> None:
        """What changed on whose screen, all at once: a page that does not read takes until its line is given up."""
        said, now = self.talks.sounds.said(), self._clock().isoformat()
        lines = [(agent, line) for agent, line in self.talks.sounds.lines.items() if agent in self.desk.seats]
        await asyncio.gather(*(line.show(self._view(agent, said), now) for agent, line in lines))

    def _view(self, agent: int, said: Mapping[str, Sequence[dict[str, Any]]]) -> dict[str, Any]:
        view = describe_desk(self.desk, agent, {**self._waiting, **self.unanswered.tickets}, said)
        view["ring"] = self.ring_back.state(agent)
        view["recording"] = self._recording_of(agent)
        view["suggestions"] = self.talks.sounds.suggestions_for(agent)
        view["targets"] = self.consultations.targets(agent)
        return view | self.consultations.view(agent)
