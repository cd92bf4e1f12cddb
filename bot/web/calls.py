"""The browser's door: takes calls, keeps those who wait for a person, sees everybody off at the end."""

from __future__ import annotations

import asyncio
from contextlib import nullcontext
from typing import Final

import structlog

from bot.channels import browser_wire as wire
from bot.channels.browser import BrowserChannel, Ending
from bot.channels.web_socket import WebSocketLike
from bot.logs import place_of
from bot.web.bell import Bell
from bot.web.busy_lines import BusyLines
from bot.web.centre import Centre
from bot.web.links import Links
from bot.web.metrics import Metrics, Outcome
from bot.web.waiting_room import WaitingRoom

log = structlog.get_logger(__name__)

MAX_PAGES: Final = 500
"""Pages with a call or waiting after one."""


class CallDoor:
    def __init__(
        self, centre: Centre, links: Links, bell: Bell, metrics: Metrics, room: WaitingRoom, busy: BusyLines
    ) -> None:
        self._centre, self._links, self._bell, self._metrics, self._room = centre, links, bell, metrics, room
        self._busy = busy
        self._channels: set[BrowserChannel] = set()
        self._is_closing = False

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
        if len(self._channels) >= MAX_PAGES or (self._centre.is_full() and not self._busy.has_room()):
            return "busy"
        return ""

    async def _run(self, channel: BrowserChannel) -> None:
        await channel.show("connected", business=self._centre.business_name(channel.start.to))
        outcome: Outcome = "failed"
        try:
            if self._centre.is_full():
                outcome = "escalated" if await self._busy.take(channel) else "abandoned"
            else:
                await self._talk(channel, self._reminder(channel.start))
                outcome = outcome_of(channel)
        except Exception as error:
            log.error("call.failed", error=type(error).__name__, where=place_of(error))
            await channel.end("failed")
        finally:
            self._metrics.call_ended(outcome)
        if channel.is_waiting:
            await self._room.keep(channel)
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


def outcome_of(channel: BrowserChannel) -> Outcome:
    """How a call ended, seen from the door."""
    if channel.queue:
        return "escalated" if channel.ticket else "failed"
    if channel.ended in ("caller", "lost", "garbled"):
        return "abandoned"
    return "failed" if channel.ended == "failed" else "completed"
