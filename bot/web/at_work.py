"""People at their desks: their pages come and go, and what they ask for is done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from bot.channels.web_socket import WebSocketLike
from bot.errors import FrontdeskError
from bot.events import AudioChunk
from bot.web.agent_line import AgentLine, Command
from bot.web.consultations import Consultations
from bot.web.keeping import Keeping
from bot.web.ring_back import RingBack
from bot.web.talks import Talks
from bot.web.unanswered import Unanswered
from handoff.desk import AWAY, PAUSES, Desk
from handoff.people import ANSWERS, Person


class AtWork:
    def __init__(
        self,
        desk: Desk,
        talks: Talks,
        consultations: Consultations,
        unanswered: Unanswered,
        ring_back: RingBack,
        keeping: Keeping,
        clock: Callable[[], dt.datetime],
        wake: Callable[[], None],
    ) -> None:
        """`wake` is called when something changed that people should see."""
        self._desk, self._talks, self._consultations = desk, talks, consultations
        self._unanswered, self._ring_back = unanswered, ring_back
        self._keeping, self._clock, self._wake = keeping, clock, wake

    async def serve(self, socket: WebSocketLike, person: Person) -> None:
        """One accepted WebSocket of an agent's page, until it is over. A newer page takes over from an older one."""
        line = AgentLine(socket)
        if older := self._talks.sounds.lines.get(person.id):
            await older.tell("The desk was opened elsewhere; this page rests.")
            await older.close(4000)
        self._talks.sounds.lines[person.id] = line
        self._desk.arrive(person, self._clock())
        await self._talks.show_caller(person.id, lost=False)
        self._wake()
        try:
            while (message := await line.receive()) is not None:
                if isinstance(message, AudioChunk):
                    self._talks.sounds.from_agent(person.id, message)
                else:
                    await self.obey(person.id, line, message)
        finally:
            self._keeping.later(line.close())
            if self._talks.sounds.lines.get(person.id) is line:
                self._lose(person.id)

    async def changed(self, person: Person) -> None:
        """What an admin decides holds at once: other queues, or no desk any more."""
        line = self._talks.sounds.lines.get(person.id)
        if line is None:
            return
        if person.is_active and person.role in ANSWERS:
            self._desk.arrive(person, self._clock())
            self._wake()
        else:
            await line.tell("You were signed out by an admin.")
            await line.close(1008)

    def _lose(self, agent: int) -> None:
        del self._talks.sounds.lines[agent]
        if agent in self._desk.seats:
            self._keeping.later(self._keeping.happened(self._desk.lose(agent, self._clock())))
        self._keeping.later(self._talks.show_caller(agent, lost=True))
        self._wake()

    async def obey(self, agent: int, line: AgentLine, command: Command) -> None:
        """What that person wants; what cannot be done is told on their page."""
        try:
            if not await self._consultations.carry_out(agent, line, command):
                await self._carry_out(agent, line, command)
        except FrontdeskError as error:
            await line.tell(error.message)
        self._wake()

    async def _carry_out(self, agent: int, line: AgentLine, command: Command) -> None:
        now = self._clock()
        match command.type:
            case "ready":
                self._desk.ready(agent, now)
            case "pause":
                self._desk.pause(agent, command.reason if command.reason in PAUSES else AWAY, now)
            case "decline":
                await self._keeping.happened(self._desk.decline(agent, now))
            case "wrap":
                await self._keeping.happened(self._desk.wrap_up(agent, command.disposition, command.notes, now))
            case "sign-off":
                await self._keeping.happened(self._desk.leave(agent, now))
                await line.close()
            case "answer" if command.ticket in self._unanswered:
                await self._unanswered.answer(agent, line, command.ticket)
            case "again":
                await self._unanswered.try_again(agent, line)
            case "ring":
                self._ring_back.ring(agent)
            case _:
                await self._talks.carry_out(agent, line, command)
