"""The browser's door: takes calls, keeps those who wait for a person, sees everybody off at the end."""

from __future__ import annotations

import asyncio
from contextlib import nullcontext
from typing import Final

import structlog

from bot.channels import browser_wire as wire
from bot.channels.browser import BrowserChannel, Ending, WebSocketLike
from bot.errors import FrontdeskError
from bot.logs import place_of
from bot.web.bell import Bell
from bot.web.centre import Centre
from bot.web.floor import Floor
from bot.web.links import Links
from bot.web.metrics import Metrics, Outcome
from handoff.model import WAITS, Ticket, TicketStatus

log = structlog.get_logger(__name__)

QUEUE_LOOK_S: Final = 2.0
"""How often a waiting caller's place in the queue is looked up."""

MAX_PAGES: Final = 500
"""Pages with a call or waiting after one."""


class CallDoor:
    def __init__(self, centre: Centre, links: Links, bell: Bell, metrics: Metrics, floor: Floor) -> None:
        self._centre, self._links, self._bell, self._metrics, self._floor = centre, links, bell, metrics, floor
        self._channels: set[BrowserChannel] = set()
        self._is_closing = False

    def tickets_on_line(self) -> set[str]:
        """Tickets whose caller still waits in an open page."""
        return {channel.ticket for channel in self._channels if channel.is_waiting}

    async def serve(self, socket: WebSocketLike) -> None:
        """One accepted WebSocket, until it is over."""
        channel = BrowserChannel(socket)
        await channel.open()
        if reason := self._refusal():
            await channel.end(reason)
            return
        self._channels.add(channel)
        try:
            await self._run(channel)
        finally:
            self._channels.discard(channel)

    async def close(self) -> None:
        """A kind end for everybody: the page says that we will be back and how to go on."""
        self._is_closing = True
        await asyncio.gather(*(channel.end("closing") for channel in self._channels))

    def _refusal(self) -> Ending:
        if self._is_closing:
            return "closing"
        if not self._centre.health().get("ready"):
            return "starting"
        if len(self._channels) >= MAX_PAGES or self._centre.is_full():
            return "busy"
        return ""

    async def _run(self, channel: BrowserChannel) -> None:
        await channel.show("connected", business=self._centre.business_name(channel.start.to))
        outcome: Outcome = "failed"
        try:
            await self._talk(channel, self._reminder(channel.start))
            outcome = outcome_of(channel)
        except Exception as error:
            log.error("call.failed", error=type(error).__name__, where=place_of(error))
            await channel.end("failed")
        finally:
            self._metrics.call_ended(outcome)
        if channel.is_waiting:
            await self._wait_for_person(channel)
        else:
            await channel.end("unnoted" if channel.queue else "bot")

    async def _talk(self, channel: BrowserChannel, reminder: str) -> None:
        with self._bell.talking(reminder) if reminder else nullcontext():
            report = await self._centre.take_call(channel, reminder)
        for turn in report.turns if report else ():
            if turn.response_ms is not None:
                self._metrics.observe_reply(turn.response_ms)

    def _reminder(self, start: wire.Start) -> str:
        """The reminder this page was rung for; the first to answer gets it, the others an ordinary call."""
        reminder = self._links.read_answer(start.answer) if start.answer else ""
        return reminder if reminder and self._bell.answered(reminder) else ""

    async def _wait_for_person(self, channel: BrowserChannel) -> None:
        """Until the call is over: waiting, and then talking, on the line they called on."""
        looking = asyncio.create_task(self._follow_ticket(channel))
        self._floor.caller_waits(channel)
        try:
            while not channel.ended:
                self._floor.talks.from_caller(channel, await channel.receive())
        finally:
            looking.cancel()
            self._floor.caller_left(channel)

    async def _follow_ticket(self, channel: BrowserChannel) -> None:
        """Tell the page its place in the queue, and when a person takes the ticket or is done with it.

        Who waits for nobody is told so in the end: their ticket stays in the list, to be rung back.
        """
        shown: object = None
        while not channel.ended:
            ticket, place, minutes = await self._standing(channel.ticket)
            status, alone_s = (ticket.status if ticket else None), self._floor.alone_s(channel)
            if status is TicketStatus.DONE:
                await channel.end("done")
            elif ticket and status in WAITS and alone_s > self._centre.settings.unstaffed_wait_s:
                await channel.show("call-back", number=ticket.packet.call_back)
                await channel.end("call-back")
            elif (status, place, minutes, alone_s > 0) != shown:
                shown = (status, place, minutes, alone_s > 0)
                await self._show_standing(channel, status, place=place, minutes=minutes, staffed=alone_s == 0)
            await asyncio.sleep(QUEUE_LOOK_S)

    async def _show_standing(self, channel: BrowserChannel, status: TicketStatus | None, **place: object) -> None:
        if not self._floor.talks.is_with_person(channel.ticket):  # the floor says itself who they talk to
            name = "taken" if status is TicketStatus.TAKEN else "waiting"
            await channel.show(name, queue=channel.queue, ticket=channel.ticket, **place)

    async def _standing(self, ticket_id: str) -> tuple[Ticket | None, int, int | None]:
        """The ticket, its place in the queue (1 is next; 0 when it cannot be told), minutes to wait."""
        try:
            ticket = await asyncio.to_thread(self._centre.tickets.get, ticket_id)
            place, minutes = await self._floor.place(ticket_id)
            return ticket, place, minutes
        except FrontdeskError as error:
            log.warning("queue.unreadable", code=error.code)
            return None, 0, None


def outcome_of(channel: BrowserChannel) -> Outcome:
    """How a call ended, seen from the door."""
    if channel.queue:
        return "escalated" if channel.ticket else "failed"
    if channel.ended in ("caller", "lost", "garbled"):
        return "abandoned"
    return "failed" if channel.ended == "failed" else "completed"
