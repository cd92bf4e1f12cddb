"""Nobody is sent to people without a ticket: where the dialogue could write none, one is written from the report.

The dialogue writes a better one. It cannot when it is what broke: then the call itself sends the caller to the
reception, with the recorded apology, and this is where that caller is not forgotten.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import structlog

from bot.channels.channel import Channel
from bot.dialogue.counter import Counter, TicketDraft, TicketLine, Urgency
from bot.errors import FrontdeskError
from bot.events import Effect, Event, Transfer
from bot.report import CallReport

log = structlog.get_logger(__name__)

REASON = "a technical fault (the bot could not go on)"
SUMMARY = "The bot broke down in this call; what was said until then is below."


class CallTickets:
    """The counter of one call, as the dialogue sees it, which knows whether a ticket was stored. In one thread at a
    time."""

    def __init__(self, counter: Counter, report: CallReport, business: Callable[[], str]) -> None:
        """`business`: the id of whose call it is, asked when it is needed."""
        self.ticket_id = ""
        """Of the last one; "" while there is none, or while it waits for the database."""
        self.owed = ""
        """The queue that the caller was sent to without a ticket."""
        self._counter, self._report, self._business = counter, report, business
        self._is_stored = False

    def open_ticket(self, draft: TicketDraft, now: dt.datetime) -> str:
        """See `TicketCounter.open_ticket`."""
        self.ticket_id = self._counter.open_ticket(replace(draft, caller_name=self._report.caller_name), now)
        self._is_stored = True
        return self.ticket_id

    def observe(self, item: Event | Effect) -> None:
        """A call's observer."""
        if isinstance(item, Transfer) and not item.ticket_id:
            self.owed = item.queue

    def rescue(self, queue: str, now: dt.datetime) -> str:
        """`ticket_id` of this call; where nothing was stored for it yet, now something is."""
        if not self._is_stored:
            try:
                self.open_ticket(self._draft(queue), now)
            except FrontdeskError as error:
                log.error("ticket.not_stored", code=error.code)
        return self.ticket_id

    def _draft(self, queue: str) -> TicketDraft:
        said = [turn for turn in self._report.turns if turn.speaker in ("caller", "bot")]
        return TicketDraft(
            business=self._business(),
            queue=queue,
            urgency=Urgency.HIGH,
            reasons=(REASON,),
            summary=SUMMARY,
            caller=self._report.caller,
            customer="",
            identity="unknown",
            wants="",
            transcript=tuple(TicketLine(turn.speaker, turn.text, turn.start_ms, turn.confidence) for turn in said),
            call_id=self._report.call_id,
        )


class TicketedChannel:
    """A channel as the call sees it: who is transferred over it without a ticket gets one first."""

    def __init__(self, channel: Channel, rescue: Callable[[str], str]) -> None:
        """`rescue`: the ticket's id, by queue; may block."""
        self._channel, self._rescue = channel, rescue
        self.play, self.clear, self.hang_up = channel.play, channel.clear, channel.hang_up

    def events(self) -> AsyncIterator[Event]:
        return self._channel.events()

    async def transfer(self, queue: str, ticket_id: str) -> None:
        await self._channel.transfer(queue, ticket_id or await asyncio.to_thread(self._rescue, queue))
