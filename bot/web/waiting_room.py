"""Callers whom the bot has handed over, from then on to the end: they wait, are told how they stand, and talk.

The same for every line: a page shows what a telephone says.
"""

from __future__ import annotations

import asyncio
from typing import Final

import structlog

from bot.errors import FrontdeskError
from bot.web.caller_line import CallerLine
from bot.web.centre import Centre
from bot.web.floor import Floor
from handoff.model import WAITS, Ticket, TicketStatus

log = structlog.get_logger(__name__)

QUEUE_LOOK_S: Final = 2.0
"""How often a waiting caller's place in the queue is looked up."""


class WaitingRoom:
    def __init__(self, centre: Centre, floor: Floor) -> None:
        self._centre, self._floor = centre, floor
        self._lines: set[CallerLine] = set()

    def tickets_on_line(self) -> set[str]:
        """Tickets whose caller is still on the line, waiting or talking."""
        return {line.ticket for line in self._lines if not line.ended}

    async def keep(self, line: CallerLine) -> None:
        """Until the call is over: waiting, and then talking, on the line they called on."""
        self._lines.add(line)
        looking = asyncio.create_task(self._follow_ticket(line))
        self._floor.caller_waits(line)
        try:
            while not line.ended:
                self._floor.talks.from_caller(line, await line.receive())
        finally:
            looking.cancel()
            self._lines.discard(line)
            self._floor.caller_left(line)

    async def _follow_ticket(self, line: CallerLine) -> None:
        """Tell the caller their place in the queue, and when a person takes the ticket or is done with it.

        Who waits for nobody is told so in the end: their ticket stays in the list, to be rung back.
        """
        shown: object = None
        while not line.ended:
            ticket, place, minutes = await self._standing(line.ticket)
            status, alone_s = (ticket.status if ticket else None), self._floor.alone_s(line)
            if status is TicketStatus.DONE:
                await line.end("done")
            elif ticket and status in WAITS and alone_s > self._centre.settings.unstaffed_wait_s:
                await line.show("call-back", number=ticket.packet.call_back)
                await line.end("call-back")
            elif (status, place, minutes, alone_s > 0) != shown:
                shown = (status, place, minutes, alone_s > 0)
                await self._show_standing(line, status, place=place, minutes=minutes, staffed=alone_s == 0)
            await asyncio.sleep(QUEUE_LOOK_S)

    async def _show_standing(self, line: CallerLine, status: TicketStatus | None, **place: object) -> None:
        if not self._floor.talks.is_with_person(line.ticket):  # the floor says itself who they talk to
            name = "taken" if status is TicketStatus.TAKEN else "waiting"
            await line.show(name, queue=line.queue, ticket=line.ticket, **place)

    async def _standing(self, ticket_id: str) -> tuple[Ticket | None, int, int | None]:
        """The ticket, its place in the queue (1 is next; 0 when it cannot be told), minutes to wait."""
        try:
            ticket = await asyncio.to_thread(self._centre.tickets.get, ticket_id)
            place, minutes = await self._floor.place(ticket_id)
            return ticket, place, minutes
        except FrontdeskError as error:
            log.warning("queue.unreadable", code=error.code)
            return None, 0, None
