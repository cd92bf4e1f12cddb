"""One caller in the queue: the bot keeps them company, takes down what they choose, goes when a person answers."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Final

import structlog

from bot.channels.browser_wire import FromPage
from bot.dialogue.errand import Errand
from bot.dialogue.queueing import Choice, Queueing, Standing
from bot.errors import FrontdeskError
from bot.logs import place_of
from bot.report import CallReport
from bot.web.caller_line import CallerLine
from bot.web.centre import Centre
from bot.web.message import record, stored
from bot.web.queue_line import QueueLine
from handoff.model import WAITS, Line, Priority, Ticket, TicketStatus

log = structlog.get_logger(__name__)

EMERGENCY: Final = "emergency"
SETTLED_S: Final = 0.5
FAULTS: Final = 2
"""After so many they hear music alone."""
AGAIN_S: Final = 10.0
"""After a fault there is music for so long before the bot tries again."""


class InQueue:
    """`hear` gets what comes from the caller while nobody has answered; `leave` is for the moment somebody does."""

    def __init__(
        self, centre: Centre, line: CallerLine, standing: Callable[[], Standing], clock: Callable[[], dt.datetime]
    ) -> None:
        self._centre, self._line, self._standing, self._clock = centre, line, standing, clock
        self._stretch: QueueLine | None = None
        self._company: asyncio.Task[None] | None = None
        self._with_bot = True
        self._was_told = False

    def hear(self, message: FromPage | None) -> None:
        if self._company is None:
            self._company = asyncio.create_task(self._keep_company())
        if self._stretch:
            self._stretch.hear(message)

    def leave(self) -> None:
        """A person has the line from now on; who comes back to the queue has company again."""
        if self._stretch:
            self._stretch.stop()
        self._company = None

    async def _keep_company(self) -> None:
        """Until they have chosen, are answered or hang up. A fault leaves nobody in silence."""
        for fault in range(1, FAULTS + 1):
            if await self._is_through():
                return
            await self._music_alone(AGAIN_S if fault < FAULTS else None)

    async def _is_through(self) -> bool:
        """False after a fault: they wait on."""
        try:
            await self._attend()
        except FrontdeskError as error:
            log.warning("queue.no_company", code=error.code)
        except Exception as error:
            log.error("queue.no_company", error=type(error).__name__, where=place_of(error))
        if self._stretch and self._is_present():
            self._stretch.stop()
        return not self._is_wanted()

    async def _music_alone(self, seconds: float | None) -> None:
        """None: until they are answered or hang up."""
        if not self._is_wanted():
            return
        self._stretch = stretch = QueueLine(self._line, with_music=True)
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                async for _ in stretch.events():
                    pass
        stretch.stop()

    async def _attend(self) -> None:
        """One talk after another, until they have chosen; to the first that broke, which was apologized for."""
        ticket = await asyncio.to_thread(self._centre.tickets.get, self._line.ticket)
        if ticket and ticket.status not in WAITS:  # a talk that has just ended, or is about to be put back
            await asyncio.sleep(SETTLED_S)
            if self._is_wanted():
                self._company = None
            return
        while ticket and self._is_wanted():
            if not await self._once(ticket):
                return

    def _is_wanted(self) -> bool:
        """Still the company of a line that is open."""
        return self._is_present() and not self._line.ended

    def _is_present(self) -> bool:
        """Nobody has answered them since this company began."""
        return self._company is asyncio.current_task()

    async def _once(self, ticket: Ticket) -> bool:
        """One stretch with the bot; False when there is no other after it."""
        talk = Queueing(
            self._centre.wording(ticket.packet.business),
            self._standing,
            partial(self._promise, ticket.id),
            ticket.call_back,
            self._zone(ticket.packet.business),
            with_bot=self._with_bot and bool(ticket.packet.call_id),
            again=self._was_told,
        )
        self._was_told = True
        self._stretch = stretch = QueueLine(self._line, with_music=True)
        await self._note(ticket, await self._centre.attend(stretch, talk))
        stretch.stop()
        if not self._is_present():  # a person was quicker than their choice
            return False
        match talk.choice:
            case Choice.BOT:
                await self._go_on_with_bot(ticket)
                return True
            case Choice.MESSAGE:
                return not await self._take_message(ticket)
            case Choice.LEAVE:
                await asyncio.to_thread(self._centre.tickets.set_status, ticket.id, TicketStatus.DONE, self._clock())
        if talk.choice is not Choice.STAY:
            await self._line.end("bot")
        return False

    def _zone(self, business: str) -> dt.tzinfo:
        """Of the business they called; of the default one where it is gone since."""
        office = self._centre.offices.all().get(business)
        return office.content.business.timezone if office else self._centre.timezone

    def _promise(self, ticket_id: str, number: str, due_at: dt.datetime | None, now: dt.datetime) -> bool:
        return self._centre.tickets.call_back(ticket_id, number, due_at, now)

    async def _go_on_with_bot(self, ticket: Ticket) -> None:
        """The bot that handed them over goes on, the ticket waits; an emergency goes to the front."""
        self._stretch = stretch = QueueLine(self._line, with_music=False)
        report = await self._centre.resume_call(stretch, ticket.packet.call_id, Errand("meanwhile", ""))
        stretch.stop()
        self._with_bot = report is not None
        if stretch.transferred_to == EMERGENCY and ticket.packet.queue != EMERGENCY:
            move = self._centre.tickets.move
            if await asyncio.to_thread(move, ticket.id, EMERGENCY, self._clock(), Priority.EMERGENCY):
                self._line.queue = EMERGENCY
        if report:
            await self._note(ticket, report)

    async def _take_message(self, ticket: Ticket) -> bool:
        """False when there was none, or it could not be stored: they wait on."""
        self._stretch = stretch = QueueLine(self._line, with_music=False)
        wording = self._centre.wording(ticket.packet.business)
        await self._speak(stretch, wording.text("queue_message"))
        pcm = await record(stretch)
        key = "queue_message_empty"
        if pcm:
            keep = partial(stored, self._centre, ticket.id, pcm, self._clock())
            key = "queue_message_noted" if await asyncio.to_thread(keep) else "queue_message_lost"
        await self._speak(stretch, wording.text(key))
        stretch.stop()
        if key == "queue_message_noted":
            await self._line.end("bot")
        return key == "queue_message_noted"

    async def _speak(self, stretch: QueueLine, sentence: str) -> None:
        await stretch.caption("bot", sentence, True)
        pieces = self._centre.voice.synthesize(sentence)
        while (piece := await asyncio.to_thread(next, pieces, None)) is not None:
            await stretch.play(piece)

    async def _note(self, ticket: Ticket, report: CallReport) -> None:
        """What was said while they waited is in the packet, for the person who answers."""
        began_ms = round((report.started_at - ticket.created_at).total_seconds() * 1000)
        said = [Line(one.speaker, one.text, began_ms + one.start_ms, one.confidence) for one in report.turns]
        if any(line.speaker == "caller" for line in said):
            await asyncio.to_thread(self._centre.tickets.add_lines, ticket.id, said, self._clock())
