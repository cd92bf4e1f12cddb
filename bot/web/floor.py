"""Where callers who wait and people at their desks meet: carries out what `handoff.desk` decides.

A caller keeps the line they have; when somebody answers, their sound goes through here to that person's page and
back. One process, one loop: between a check and its change nothing is awaited but the database, which alone decides
whose a ticket is.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

import structlog

from bot.channels.browser import BrowserChannel, WebSocketLike
from bot.channels.browser_wire import FromPage
from bot.clock import utc_now
from bot.errors import FrontdeskError
from bot.events import AudioChunk
from bot.logs import place_of
from bot.web.agent_line import AgentLine, Command
from bot.web.centre import Centre
from bot.web.talk_sound import TalkSound
from bot.web.upkeep import handling_s, recover
from bot.web.views import describe_desk, line_of
from handoff.attendance import Attendance
from handoff.desk import AWAY, PAUSES, Desk
from handoff.history import Happening, What
from handoff.mixing import BothSides
from handoff.model import WAITS, Ticket, TicketStatus
from handoff.people import ANSWERS, Person
from handoff.routing import served_order
from handoff.waiting import expected_wait_s, spoken_minutes, staffed

log = structlog.get_logger(__name__)

MEASURE_EVERY: Final = dt.timedelta(minutes=1)
LOOK_S: Final = 0.5
"""How often time-outs are looked at; whatever happens is looked at right away."""


class Floor:
    def __init__(self, centre: Centre, desk: Desk, clock: Callable[[], dt.datetime] = utc_now) -> None:
        self.desk = desk
        self._centre, self._clock = centre, clock
        self._callers: dict[str, BrowserChannel] = {}
        """Ticket → the line of its caller, who waits or talks."""
        self._lines: dict[int, AgentLine] = {}
        self._sounds: dict[str, TalkSound] = {}
        """By ticket."""
        self._said: dict[str, list[dict[str, Any]]] = {}
        """By ticket: what was said in the talks that are being written up."""
        self._listeners: dict[int, dict[AgentLine, BothSides]] = {}
        """Whose talks are listened to → by whom."""
        self._taking: set[str] = set()
        self._attendance = Attendance()
        self._waiting: dict[str, Ticket] = {}
        self._woken = asyncio.Event()
        self._aht_s: float | None = None
        self._measured_at: dt.datetime | None = None
        self._remaining: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Until cancelled."""
        is_recovered = False
        while True:
            self._woken.clear()
            try:
                is_recovered = is_recovered or await self._recover()
                await self._measure()
                await self._look()
            except FrontdeskError as error:
                if error.code != "centre.loading":
                    log.warning("floor.unreadable", code=error.code)
            except Exception as error:  # else no caller would be offered to anybody any more, and nobody would know why
                log.error("floor.failed", error=type(error).__name__, where=place_of(error))
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_S):
                    await self._woken.wait()

    # Callers --------------------------------------------------------------------------------

    def caller_waits(self, channel: BrowserChannel) -> None:
        self._callers[channel.ticket] = channel
        self._woken.set()

    def from_caller(self, channel: BrowserChannel, message: FromPage | None) -> None:
        talk = self.desk.talk_about(channel.ticket)
        sound = self._sounds.get(channel.ticket)
        if talk and sound and isinstance(message, AudioChunk):
            sound.from_caller(message.pcm, self._lines.get(talk.agent), self._listeners.get(talk.agent, {}))

    def caller_left(self, channel: BrowserChannel) -> None:
        """Whoever ended it. A talk is written up; who left before that is counted as having given up."""
        self._callers.pop(channel.ticket, None)
        self._attendance.forget(channel.ticket)
        self.desk.forget(channel.ticket)
        self._woken.set()
        if channel.ended != "closing":  # then ours is the fault, and the ticket stays as it is
            self._after(self._note_left(channel.ticket))

    async def _note_left(self, ticket_id: str) -> None:
        if talk := self.desk.talk_about(ticket_id):
            await self._end(talk.agent)
            return
        ticket = await asyncio.to_thread(self._centre.tickets.get, ticket_id)
        if ticket and ticket.status in WAITS:
            await self._keep([Happening(ticket_id, What.ABANDONED, self._clock())])

    def is_with_person(self, ticket_id: str) -> bool:
        """A live talk, or the moment before it begins."""
        return ticket_id in self._taking or self.desk.talk_about(ticket_id) is not None

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

    def alone_s(self, channel: BrowserChannel) -> float:
        """Seconds for which nobody at work could have answered that caller; 0 while somebody can."""
        seat = self.desk.seats.get(self.desk.reserved.get(channel.ticket, -1))
        is_expected = bool(seat and seat.lost_at is None)  # by the colleague they were passed on to
        is_staffed = is_expected or staffed(self.desk.seats.values(), channel.queue) > 0
        is_staffed = is_staffed or self.is_with_person(channel.ticket)
        return self._attendance.alone_s(channel.ticket, is_staffed, self._clock())

    def waiting(self) -> list[Ticket]:
        """Callers on the line whom nobody has answered, at the last look; next first."""
        return list(self._waiting.values())

    # People -----------------------------------------------------------------------------------

    async def serve(self, socket: WebSocketLike, person: Person) -> None:
        """One accepted WebSocket of an agent's page, until it is over. A newer page takes over from an older one."""
        line = AgentLine(socket)
        if older := self._lines.get(person.id):
            await older.tell("The desk was opened elsewhere; this page rests.")
            await older.close(4000)
        self._lines[person.id] = line
        self.desk.arrive(person, self._clock())
        await self._show_caller(person.id, lost=False)
        self._woken.set()
        try:
            while (message := await line.receive()) is not None:
                if isinstance(message, AudioChunk):
                    self._from_agent(person.id, message)
                else:
                    await self._obey(person.id, line, message)
        finally:
            self._after(line.close())
            if self._lines.get(person.id) is line:
                self._lose(person.id)

    async def changed(self, person: Person) -> None:
        """What an admin decides holds at once: other queues, or no desk any more."""
        line = self._lines.get(person.id)
        if line is None:
            return
        if person.is_active and person.role in ANSWERS:
            self.desk.arrive(person, self._clock())
            self._woken.set()
        else:
            await line.tell("You were signed out by an admin.")
            await line.close(1008)

    async def listen(self, socket: WebSocketLike, agent: int) -> None:
        """Somebody who oversees hears both sides of that person's talks, unheard, until their page closes."""
        listener = AgentLine(socket)
        self._listeners.setdefault(agent, {})[listener] = BothSides()
        try:
            while await listener.receive() is not None:
                pass
        finally:
            del self._listeners[agent][listener]
            self._after(listener.close())

    def _lose(self, agent: int) -> None:
        del self._lines[agent]
        if agent in self.desk.seats:
            self._after(self._keep(self.desk.lose(agent, self._clock())))
        self._after(self._show_caller(agent, lost=True))
        self._woken.set()

    def _from_agent(self, agent: int, chunk: AudioChunk) -> None:
        talk = self.desk.talks.get(agent)
        if talk and (sound := self._sounds.get(talk.ticket.id)):
            sound.from_person(chunk.pcm, self._listeners.get(agent, {}))

    async def _obey(self, agent: int, line: AgentLine, command: Command) -> None:
        try:
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
            case "answer":
                await self._answer(agent, line, command.ticket)
            case "decline":
                await self._keep(self.desk.decline(agent, now))
            case "hold":
                await self._hold(agent, command.on)
            case "transfer":
                await self._pass_on(agent, line, command.agent or command.queue)
            case "end":
                await self._end(agent)
            case "wrap":
                await self._keep(self.desk.wrap_up(agent, command.disposition, command.notes, now))
            case "sign-off":
                await self._keep(self.desk.leave(agent, now))
                await line.close()

    # Talks ---------------------------------------------------------------------------------------

    async def _answer(self, agent: int, line: AgentLine, ticket_id: str) -> None:
        channel = self._callers.get(ticket_id)
        if channel is None or ticket_id in self._taking or not self.desk.may_answer(agent, ticket_id):
            await line.tell("That caller is gone, or a colleague was quicker.")
            return
        self._taking.add(ticket_id)
        try:
            ticket = await asyncio.to_thread(self._take, ticket_id)
            if ticket is None:
                await line.tell("A colleague was quicker.")
                return
            await self._begin(agent, ticket, channel)
        finally:
            self._taking.discard(ticket_id)

    def _take(self, ticket_id: str) -> Ticket | None:
        """In the database, where only one can be first."""
        tickets = self._centre.tickets
        return tickets.get(ticket_id) if tickets.take(ticket_id, self._clock()) else None

    async def _begin(self, agent: int, ticket: Ticket, channel: BrowserChannel) -> None:
        happened = self.desk.answered(agent, ticket, self._clock())
        self._sounds[ticket.id] = TalkSound(channel, self._centre.ear, self._clock, self._woken.set)
        await channel.clear()
        await self._show_caller(agent, lost=False)
        await self._keep(happened)
        if channel.ended:  # hung up while we took it
            await self._end(agent)

    async def _hold(self, agent: int, on: bool | None) -> None:
        happened = self.desk.hold(agent, on, self._clock())
        talk = self.desk.talks.get(agent)
        sound = self._sounds.get(talk.ticket.id) if talk else None
        if not happened or sound is None:
            return
        if happened[0].what is What.HELD:
            sound.hold()
        else:
            await sound.resume()
        await self._show_caller(agent, lost=False)
        await self._keep(happened)

    async def _pass_on(self, agent: int, line: AgentLine, to: str | int) -> None:
        """Blind: the caller waits again on the same line, and what was said goes with them."""
        talk = self.desk.talks.get(agent)
        channel = self._callers.get(talk.ticket.id) if talk else None
        if talk is None or channel is None:
            return
        if to not in self.targets(agent):
            await line.tell("That queue or colleague is not there any more; choose another.")
            return
        queue = to if isinstance(to, str) else talk.ticket.packet.queue
        await self._put_back(talk.ticket, queue)
        happened = self.desk.pass_on(agent, to, self._clock())
        channel.queue = queue
        await channel.clear()
        await self._keep(happened)

    async def _put_back(self, ticket: Ticket, queue: str) -> None:
        """It waits again, with what was said in its transcript."""
        said = [line_of(line, ticket.created_at) for line in await self._silence(ticket)]
        await asyncio.to_thread(self._centre.tickets.pass_on, ticket.id, queue, said, self._clock())

    def targets(self, agent: int) -> dict[str | int, str]:
        """Where this person may pass a caller on to: queues that somebody answers, colleagues at their desks."""
        talk = self.desk.talks.get(agent)
        seats = [seat for seat in self.desk.seats.values() if seat.agent != agent and seat.lost_at is None]
        queues = {queue for seat in seats for queue in seat.queues}
        own = {talk.ticket.packet.queue} if talk else set()
        found: dict[str | int, str] = {queue: f"queue {queue}" for queue in sorted(queues - own)}
        return found | {seat.agent: seat.name for seat in sorted(seats, key=lambda seat: seat.name)}

    async def _end(self, agent: int) -> None:
        """By whichever side: the ticket is done, the caller's line ends, wrap-up begins."""
        talk = self.desk.talks.get(agent)
        if talk is None:
            return
        happened = self.desk.end(agent, self._clock())
        details = {"transcript": await self._silence(talk.ticket)}
        happened = [replace(one, details=details) for one in happened]
        if channel := self._callers.pop(talk.ticket.id, None):
            await channel.end("done")
        await asyncio.to_thread(self._centre.tickets.set_status, talk.ticket.id, TicketStatus.DONE, self._clock())
        await self._keep(happened)

    async def _silence(self, ticket: Ticket) -> list[dict[str, Any]]:
        """The talk's sound ends; what was said in it, which the call's report has from now on, too."""
        sound = self._sounds.pop(ticket.id, None)
        if sound is None:
            return []
        self._said[ticket.id] = sound.said
        await sound.stop()
        try:
            await asyncio.to_thread(self._centre.add_to_call, ticket.packet.call_id, sound.said)
        except FrontdeskError as error:
            log.error("talk.not_stored", code=error.code)
        return sound.said

    async def _show_caller(self, agent: int, *, lost: bool) -> None:
        """Whether the person they talk to is there; nothing when they talk to nobody."""
        talk = self.desk.talks.get(agent)
        if talk and (channel := self._callers.get(talk.ticket.id)):
            name = "person-lost" if lost else "held" if talk.held_since else "person"
            await channel.show(name, who=self.desk.seats[agent].name)

    def _after(self, work: Coroutine[Any, Any, None]) -> None:
        """What remains to be done when a line is gone; its own task may be cancelled by then."""
        task = asyncio.create_task(self._finish(work))
        self._remaining.add(task)
        task.add_done_callback(self._remaining.discard)

    async def _finish(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except FrontdeskError as error:
            log.error("floor.unfinished", code=error.code)

    # Looking after time ----------------------------------------------------------------------------

    async def _measure(self) -> None:
        """Handling times change slowly: looked up once in a while."""
        now = self._clock()
        if self._measured_at is None or now - self._measured_at >= MEASURE_EVERY:
            self._measured_at, self._aht_s = now, await asyncio.to_thread(handling_s, self._centre, now)

    async def _recover(self) -> bool:
        """Once, as soon as the database is open."""
        await asyncio.to_thread(recover, self._centre, self._clock())
        return True

    async def _look(self) -> None:
        waiting = await asyncio.to_thread(self._centre.tickets.waiting) if self._callers else ()
        on_line = self._on_line(waiting)
        self._waiting = {ticket.id: ticket for ticket in on_line}
        happened, broken = self.desk.look(on_line, self._clock())
        for ticket in broken:
            await self._put_back(ticket, ticket.packet.queue)
        await self._show_all()
        await self._keep(happened)

    def _on_line(self, waiting: object) -> list[Ticket]:
        """In the order in which they are served; the list may be older than what happened since it was read."""
        assert isinstance(waiting, list | tuple)
        here = [one for one in waiting if one.id in self._callers and not self.is_with_person(one.id)]
        return served_order(here, self._clock(), self.desk.returned)

    async def _show_all(self) -> None:
        """What changed on whose screen."""
        kept = {one.id for one in self.desk.wrapping.values()} | {one.ticket.id for one in self.desk.talks.values()}
        self._said = {ticket_id: said for ticket_id, said in self._said.items() if ticket_id in kept}
        said = self._said | {ticket_id: sound.said for ticket_id, sound in self._sounds.items()}
        for agent, line in list(self._lines.items()):
            if agent in self.desk.seats:
                view = describe_desk(self.desk, agent, self._waiting, said)
                targets = [{"to": to, "name": name} for to, name in self.targets(agent).items()]
                await line.show(view | {"targets": targets}, self._clock().isoformat())

    async def _keep(self, happened: list[Happening]) -> None:
        """A history that cannot be written must not stop a call."""
        try:
            for one in happened:
                await asyncio.to_thread(self._centre.history.add, one)
        except FrontdeskError as error:
            log.error("history.not_stored", code=error.code)
