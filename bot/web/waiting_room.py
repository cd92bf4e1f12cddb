"""Callers whom the bot has handed over, from then on to the end: they wait, are told how they stand, and talk.

The same for every line: the page shows what the bot says meanwhile (`in_queue`).
"""

from __future__ import annotations

import asyncio
from typing import Final

import structlog

from bot.dialogue.queueing import Door, Standing
from bot.errors import FrontdeskError
from bot.events import CHUNK_BYTES
from bot.logs import place_of
from bot.report import CallReport
from bot.tts import apology
from bot.web.caller_line import CallerLine
from bot.web.centre import Centre
from bot.web.floor import Floor
from bot.web.in_queue import InQueue
from bot.web.incoming import Incoming
from bot.web.line_channel import LineChannel
from bot.web.returns import GivenBack
from handoff.model import WAITS, Ticket, TicketStatus

log = structlog.get_logger(__name__)

QUEUE_LOOK_S: Final = 2.0
"""How often a waiting caller's place in the queue is looked up."""

STORE_TRIES: Final = 5
STORE_AGAIN_S: Final = 1.0
"""A caller whom the bot failed waits again as soon as the database takes it; so long we try."""

UNDECIDED_S: Final = 60.0
"""So long who cannot wait, or has waited longest, is asked what they would like; then they are promised a call back."""


class WaitingRoom:
    def __init__(self, centre: Centre, floor: Floor) -> None:
        self._centre, self._floor = centre, floor
        self._lines: set[CallerLine] = set()
        self._standings: dict[CallerLine, Standing] = {}
        """As it was told last."""

    def tickets_on_line(self) -> set[str]:
        """Tickets whose caller is still on the line, waiting or talking."""
        return {line.ticket for line in tuple(self._lines) if not line.ended}  # threads ask, too

    async def keep(self, line: CallerLine, *, was_rung: bool = False) -> None:
        """Until the call is over: waiting, talking, perhaps with the bot again, on the line they called on.

        Whom we rang, or somebody took over from the bot, is in, whatever the queue's hours and length.
        """
        is_expected = was_rung or await self._is_taken_over(line)
        door: Door = "open" if is_expected else self._floor.admits(line.queue)
        incoming = Incoming(line)
        try:
            while (back := await self._with_people(line, incoming, door)) and await self._with_bot(
                line, incoming, back
            ):
                door = self._floor.admits(line.queue)
        finally:
            incoming.close()

    async def _with_people(self, line: CallerLine, incoming: Incoming, door: Door) -> GivenBack | None:
        """Until the call is over, or a person gives the caller back to the bot."""
        ticket, returns = line.ticket, self._floor.talks.returns
        came_back = returns.expect(ticket)
        self._lines.add(line)
        at_first = Standing(door=door)
        self._standings[line] = at_first
        company = InQueue(self._centre, line, lambda: self._standings.get(line, at_first), self._floor.now)
        looking = asyncio.create_task(self._follow_ticket(line, company))
        if door == "open":
            self._floor.caller_waits(line)
        try:
            while not line.ended:
                message = await incoming.receive_unless(came_back)
                if came_back.done():
                    break
                if self._floor.talks.is_with_person(line.ticket):
                    company.leave()
                    self._floor.talks.sounds.from_caller(line, message)
                else:
                    company.hear(message)
        finally:
            looking.cancel()
            company.leave()
            self._lines.discard(line)
            self._standings.pop(line, None)
            self._floor.caller_left(line)
            self._floor.talks.showed_person(ticket)
            back = returns.take(ticket)
        return None if line.ended else back

    async def _with_bot(self, line: CallerLine, incoming: Incoming, back: GivenBack) -> bool:
        """True when they wait for a person again."""
        ticket = line.ticket
        await line.show("bot")
        report = await self._resumed(line, incoming, back)
        if report and report.survey:
            await self._floor.talks.surveyed(ticket, back.agent, report.survey)
        if not line.ended and line.ticket != ticket:
            return bool(line.ticket)
        if report or line.ended or back.errand.goal == "survey":
            await line.end("bot" if report else "done")
            return False
        return await self._back_to_people(line)

    async def _resumed(self, line: CallerLine, incoming: Incoming, back: GivenBack) -> CallReport | None:
        """None when it broke, and when the bot does not know the call any more."""
        try:
            return await self._centre.resume_call(LineChannel(line, incoming), back.call_id, back.errand)
        except Exception as error:
            log.error("call.failed", error=type(error).__name__, where=place_of(error))
            return None

    async def _back_to_people(self, line: CallerLine) -> bool:
        """The bot could not do what they were given back for: with the recorded apology, and their ticket waits."""
        await apologize(line)
        if await self._waits_again(line.ticket, line.queue):
            return True
        await line.end("unnoted")
        return False

    async def _waits_again(self, ticket: str, queue: str) -> bool:
        for _ in range(STORE_TRIES):
            try:
                await asyncio.to_thread(self._centre.tickets.pass_on, ticket, queue, (), self._floor.now())
                return True
            except FrontdeskError as error:
                log.warning("queue.not_put_back", code=error.code)
            await asyncio.sleep(STORE_AGAIN_S)
        return False

    async def _follow_ticket(self, line: CallerLine, company: InQueue) -> None:
        """Tell the caller their place in the queue, and when a person takes the ticket or is done with it.

        Who waits for nobody is told so in the end: they are promised a call back.
        """
        shown: object = None
        while not line.ended and line.ticket not in self._floor.talks.returns:
            try:
                shown = await self._look(line, company, shown)
            except Exception as error:  # else nobody would follow that ticket any more, and nobody would know why
                log.error("queue.not_followed", error=type(error).__name__, where=place_of(error))
            await asyncio.sleep(QUEUE_LOOK_S)

    async def _look(self, line: CallerLine, company: InQueue, shown: object) -> object:
        """What they have been shown by now."""
        ticket, place, minutes = await self._place(line.ticket)
        status, alone_s = (ticket.status if ticket else None), self._floor.alone_s(line)
        door = self._door(line, ticket, alone_s)
        self._standings[line] = Standing(place, minutes, door)
        if line.ticket in self._floor.talks.returns:
            return shown
        if status in WAITS and not self._floor.talks.is_with_person(line.ticket):
            company.hear(None)  # also where the line brings no silence
        if status is TicketStatus.DONE:
            await line.end("done")
        elif ticket and status in WAITS and self._is_in_vain(door, ticket, alone_s):
            await self._promise_call_back(line, ticket)
        elif self._floor.talks.is_with_person(line.ticket):
            return shown  # the floor says itself who they talk to
        elif self._floor.talks.showed_person(line.ticket) or (status, place, minutes, door) != shown:
            staffed = door in ("open", "late")
            await self._show_standing(line, status, place=place, minutes=minutes, staffed=staffed)
            return status, place, minutes, door
        return shown

    def _door(self, line: CallerLine, ticket: Ticket | None, alone_s: float) -> Door:
        """Who was turned away stays so: they have been told."""
        before = self._standings[line].door
        if before in ("full", "closed"):
            return before
        max_wait_s = self._floor.desk.queue(line.queue).max_wait_s
        if ticket and max_wait_s is not None and self._waited_s(ticket) >= max_wait_s:
            return "late"
        return "alone" if alone_s > 0 else "open"

    def _is_in_vain(self, door: Door, ticket: Ticket, alone_s: float) -> bool:
        if alone_s > self._centre.settings.unstaffed_wait_s:
            return True
        if door in ("full", "closed"):
            return (self._floor.now() - ticket.created_at).total_seconds() >= UNDECIDED_S
        max_wait_s = self._floor.desk.queue(ticket.packet.queue).max_wait_s
        return door == "late" and max_wait_s is not None and self._waited_s(ticket) >= max_wait_s + UNDECIDED_S

    def _waited_s(self, ticket: Ticket) -> float:
        return (self._floor.now() - ticket.since).total_seconds()

    async def _is_taken_over(self, line: CallerLine) -> bool:
        try:
            return await self._floor.talks.is_taken_over(line.ticket)
        except FrontdeskError as error:
            log.warning("queue.unreadable", code=error.code)
            return False

    async def _promise_call_back(self, line: CallerLine, ticket: Ticket) -> None:
        """Offered to people like a call, when there is a number; else it stays in the list, and nothing is promised."""
        if not ticket.call_back:
            await line.end("noted")
            return
        promise = self._centre.tickets.call_back
        try:
            if not await asyncio.to_thread(promise, ticket.id, ticket.call_back, None, self._floor.now()):
                return  # somebody answers them at this moment
        except FrontdeskError as error:
            log.warning("queue.not_promised", code=error.code)
            return  # nothing is promised that is not stored: at the next look
        await line.show("call-back", number=ticket.call_back)
        await line.end("call-back")

    async def _show_standing(self, line: CallerLine, status: TicketStatus | None, **place: object) -> None:
        name = "taken" if status is TicketStatus.TAKEN else "waiting"
        await line.show(name, queue=line.queue, ticket=line.ticket, **place)

    async def _place(self, ticket_id: str) -> tuple[Ticket | None, int, int | None]:
        """The ticket, its place in the queue (1 is next; 0 when it cannot be told), minutes to wait."""
        try:
            ticket = await asyncio.to_thread(self._centre.tickets.get, ticket_id)
            place, minutes = await self._floor.place(ticket_id)
            return ticket, place, minutes
        except FrontdeskError as error:
            log.warning("queue.unreadable", code=error.code)
            return None, 0, None


async def apologize(line: CallerLine) -> None:
    """Recorded: the voice may be what broke. Raises nothing."""
    try:
        pcm = apology.apology()
        await line.clear()
        await line.caption("bot", apology.TEXT, True)
        for begin in range(0, len(pcm), CHUNK_BYTES):
            if line.ended:
                return
            await line.play(pcm[begin : begin + CHUNK_BYTES].ljust(CHUNK_BYTES, b"\0"))
    except Exception as error:
        log.error("queue.no_apology", error=type(error).__name__, where=place_of(error))
