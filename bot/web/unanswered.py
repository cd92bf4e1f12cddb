"""Tickets without a caller on the line: call backs that were promised, and messages. Offered like callers are.

Who answers one reads or hears it, rings the number, and writes it up; a call back that reaches nobody is tried again.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Container, Iterable
from typing import Final

from bot.web.agent_line import AgentLine
from bot.web.centre import Centre
from bot.web.keeping import Keeping
from bot.web.ring_back import RingBack
from handoff.desk import Desk
from handoff.history import Happening, What
from handoff.model import Listed, Medium, Ticket, TicketStatus

AGAIN_AFTER: Final = dt.timedelta(minutes=15)
MAX_TRIES: Final = 3
"""So often in all; then it stays in the list of who wanted something, done."""


class Unanswered:
    def __init__(
        self, centre: Centre, desk: Desk, keeping: Keeping, clock: Callable[[], dt.datetime], ring_back: RingBack
    ) -> None:
        self.tickets: dict[str, Listed] = {}
        """Those that wait, at the last look."""
        self._answering: dict[str, Listed] = {}
        """Taken in the database, not yet theirs on the desk."""
        self._centre, self._desk, self._keeping, self._clock = centre, desk, keeping, clock
        self._ring_back = ring_back

    def __contains__(self, ticket_id: str) -> bool:
        return ticket_id in self.tickets

    def among(self, waiting: Iterable[Listed], on_line: Container[str]) -> list[Listed]:
        """Of all that wait. A caller who is just being promised something is still on the line."""
        found = (one for one in waiting if one.medium is not Medium.CALL and one.id not in on_line)
        gone = self._answering
        self.tickets = {one.id: one for one in found if one.id not in gone and not self._desk.talk_about(one.id)}
        return [*self.tickets.values(), *self._answering.values()]

    async def answer(self, agent: int, line: AgentLine, ticket_id: str) -> None:
        """Theirs, when the database says so; who asked to be called back is rung. Raises FrontdeskError."""
        if not self._desk.may_answer(agent, ticket_id):
            await line.tell("A colleague was quicker.")
            return
        self._answering[ticket_id] = self.tickets.pop(ticket_id)
        try:
            with self._desk.answering(agent):
                ticket = await asyncio.to_thread(self._take, ticket_id)
            if ticket and not self._desk.is_free(agent):  # gone meanwhile
                await asyncio.to_thread(self._centre.tickets.set_status, ticket_id, TicketStatus.WAITING, self._clock())
                return
            happened = self._desk.answered(agent, ticket, self._clock()) if ticket else []
        finally:
            del self._answering[ticket_id]
        if ticket is None:
            await line.tell("A colleague was quicker.")
        elif ticket.medium is Medium.CALLBACK:
            self._ring_back.ring(agent)
        await self._keeping.happened(happened)

    async def try_again(self, agent: int, line: AgentLine) -> None:
        """Nobody was reached: it waits again for a while. Raises FrontdeskError."""
        talk = self._desk.talks.get(agent)
        if talk is None or talk.ticket.medium is not Medium.CALLBACK:
            await line.tell("Only a call back can be tried again.")
            return
        now = self._clock()
        happened = self._desk.end(agent, now)
        await self._ring_back.let_go(talk.ticket)
        if talk.ticket.tries + 1 < MAX_TRIES:
            await asyncio.to_thread(self._centre.tickets.try_again, talk.ticket.id, now + AGAIN_AFTER, now)
        else:
            await asyncio.to_thread(self._centre.tickets.set_status, talk.ticket.id, TicketStatus.DONE, now)
        details = {"tries": talk.ticket.tries + 1}
        await self._keeping.happened([*happened, Happening(talk.ticket.id, What.UNREACHED, now, agent, details)])

    def _take(self, ticket_id: str) -> Ticket | None:
        tickets = self._centre.tickets
        return tickets.get(ticket_id) if tickets.take(ticket_id, self._clock()) else None
