"""Talks between a caller and a person: begun, held, passed on, ended; their sound, and who else hears it.

A caller keeps the line they have: their sound goes through here to the page of the person who answered, and back.
Between a check and its change nothing is awaited but the database, which alone decides whose a ticket is.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import structlog

from bot.channels.browser import WebSocketLike
from bot.channels.browser_wire import FromPage
from bot.errors import FrontdeskError
from bot.events import AudioChunk
from bot.web.agent_line import AgentLine, Command
from bot.web.caller_line import CallerLine
from bot.web.centre import Centre
from bot.web.keeping import Keeping
from bot.web.talk_sound import TalkSound
from bot.web.views import line_of
from handoff.desk import Desk
from handoff.history import What
from handoff.mixing import BothSides
from handoff.model import Ticket, TicketStatus

log = structlog.get_logger(__name__)


class Talks:
    def __init__(
        self,
        centre: Centre,
        desk: Desk,
        keeping: Keeping,
        clock: Callable[[], dt.datetime],
        wake: Callable[[], None],
    ) -> None:
        """`wake` is called when something changed that people should see."""
        self.callers: dict[str, CallerLine] = {}
        """Ticket → the line of its caller, who waits or talks."""
        self.lines: dict[int, AgentLine] = {}
        """By agent: their page, while it is open."""
        self._centre, self._desk, self._keeping, self._clock, self._wake = centre, desk, keeping, clock, wake
        self._sounds: dict[str, TalkSound] = {}
        """By ticket."""
        self._said: dict[str, list[dict[str, Any]]] = {}
        """By ticket: what was said in the talks that are being written up."""
        self._listeners: dict[int, dict[AgentLine, BothSides]] = {}
        """Whose talks are listened to → by whom."""
        self._taking: set[str] = set()

    def is_with_person(self, ticket_id: str) -> bool:
        """A live talk, or the moment before it begins."""
        return ticket_id in self._taking or self._desk.talk_about(ticket_id) is not None

    def said(self) -> dict[str, Sequence[dict[str, Any]]]:
        """By ticket: the lines of talks that go on or are being written up."""
        at_hand = [*self._desk.wrapping.values(), *(talk.ticket for talk in self._desk.talks.values())]
        kept = {ticket.id for ticket in at_hand}
        self._said = {ticket_id: said for ticket_id, said in self._said.items() if ticket_id in kept}
        return {**self._said, **{ticket_id: sound.said for ticket_id, sound in self._sounds.items()}}

    # Sound --------------------------------------------------------------------------------

    def from_caller(self, channel: CallerLine, message: FromPage | None) -> None:
        talk = self._desk.talk_about(channel.ticket)
        sound = self._sounds.get(channel.ticket)
        if talk and sound and isinstance(message, AudioChunk):
            sound.from_caller(message.pcm, self.lines.get(talk.agent), self._listeners.get(talk.agent, {}))

    def from_agent(self, agent: int, chunk: AudioChunk) -> None:
        talk = self._desk.talks.get(agent)
        if talk and (sound := self._sounds.get(talk.ticket.id)):
            sound.from_person(chunk.pcm, self._listeners.get(agent, {}))

    async def listen(self, socket: WebSocketLike, agent: int) -> None:
        """Somebody who oversees hears both sides of that person's talks, unheard, until their page closes."""
        listener = AgentLine(socket)
        self._listeners.setdefault(agent, {})[listener] = BothSides()
        try:
            while await listener.receive() is not None:
                pass
        finally:
            del self._listeners[agent][listener]
            self._keeping.later(listener.close())

    async def carry_out(self, agent: int, line: AgentLine, command: Command) -> None:
        """What an agent's page asks about their talk. Raises FrontdeskError."""
        match command.type:
            case "answer":
                await self.answer(agent, line, command.ticket)
            case "hold":
                await self.hold(agent, command.on)
            case "transfer":
                await self.pass_on(agent, line, command.agent or command.queue)
            case "end":
                await self.end(agent)

    # The course of a talk -----------------------------------------------------------------

    async def answer(self, agent: int, line: AgentLine, ticket_id: str) -> None:
        channel = self.callers.get(ticket_id)
        if channel is None or ticket_id in self._taking or not self._desk.may_answer(agent, ticket_id):
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

    async def _begin(self, agent: int, ticket: Ticket, channel: CallerLine) -> None:
        happened = self._desk.answered(agent, ticket, self._clock())
        self._sounds[ticket.id] = TalkSound(channel, self._centre.ear, self._clock, self._wake)
        await channel.clear()
        await self.show_caller(agent, lost=False)
        await self._keeping.happened(happened)
        if channel.ended:  # hung up while we took it
            await self.end(agent)

    async def hold(self, agent: int, on: bool | None) -> None:
        """None for `on`: the other way round."""
        happened = self._desk.hold(agent, on, self._clock())
        talk = self._desk.talks.get(agent)
        sound = self._sounds.get(talk.ticket.id) if talk else None
        if not happened or sound is None:
            return
        if happened[0].what is What.HELD:
            sound.hold()
        else:
            await sound.resume()
        await self.show_caller(agent, lost=False)
        await self._keeping.happened(happened)

    async def pass_on(self, agent: int, line: AgentLine, to: str | int) -> None:
        """Blind: the caller waits again on the same line, and what was said goes with them."""
        talk = self._desk.talks.get(agent)
        channel = self.callers.get(talk.ticket.id) if talk else None
        if talk is None or channel is None:
            return
        if to not in self.targets(agent):
            await line.tell("That queue or colleague is not there any more; choose another.")
            return
        queue = to if isinstance(to, str) else talk.ticket.packet.queue
        await self.put_back(talk.ticket, queue)
        happened = self._desk.pass_on(agent, to, self._clock())
        channel.queue = queue
        await channel.clear()
        await self._keeping.happened(happened)

    async def put_back(self, ticket: Ticket, queue: str) -> None:
        """It waits again, with what was said in its transcript."""
        said = [line_of(line, ticket.created_at) for line in await self._silence(ticket)]
        await asyncio.to_thread(self._centre.tickets.pass_on, ticket.id, queue, said, self._clock())

    def targets(self, agent: int) -> dict[str | int, str]:
        """Where this person may pass a caller on to: queues that somebody answers, colleagues at their desks."""
        talk = self._desk.talks.get(agent)
        seats = [seat for seat in self._desk.seats.values() if seat.agent != agent and seat.lost_at is None]
        queues = {queue for seat in seats for queue in seat.queues}
        own = {talk.ticket.packet.queue} if talk else set()
        found: dict[str | int, str] = {queue: f"queue {queue}" for queue in sorted(queues - own)}
        return found | {seat.agent: seat.name for seat in sorted(seats, key=lambda seat: seat.name)}

    async def end(self, agent: int) -> None:
        """By whichever side: the ticket is done, the caller's line ends, wrap-up begins."""
        talk = self._desk.talks.get(agent)
        if talk is None:
            return
        happened = self._desk.end(agent, self._clock())
        details = {"transcript": await self._silence(talk.ticket)}
        happened = [replace(one, details=details) for one in happened]
        if channel := self.callers.pop(talk.ticket.id, None):
            await channel.end("done")
        await asyncio.to_thread(self._centre.tickets.set_status, talk.ticket.id, TicketStatus.DONE, self._clock())
        await self._keeping.happened(happened)

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

    async def show_caller(self, agent: int, *, lost: bool) -> None:
        """Whether the person they talk to is there; nothing when they talk to nobody."""
        talk = self._desk.talks.get(agent)
        if talk and (channel := self.callers.get(talk.ticket.id)):
            name = "person-lost" if lost else "held" if talk.held_since else "person"
            await channel.show(name, who=self._desk.seats[agent].name)
