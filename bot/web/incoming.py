"""What comes from a caller's line, for those who read it in turns: the waiting room, and the bot once more.

A line has one reader at a time, and its next message may be long in coming. So the wait for it outlives who waits:
whoever stops reading, by their own will or cancelled, loses nothing for the next, and breaks no line.
"""

from __future__ import annotations

import asyncio

from bot.channels.browser_wire import FromPage
from bot.web.caller_line import CallerLine


class Incoming:
    """`close` it when the line is kept by nobody any more."""

    def __init__(self, line: CallerLine) -> None:
        self._line = line
        self._next: asyncio.Task[FromPage | None] | None = None

    async def receive(self) -> FromPage | None:
        """The next message; None when the line is over instead."""
        message = await asyncio.shield(self._coming())
        self._next = None
        return message

    async def receive_unless(self, sign: asyncio.Future[None]) -> FromPage | None:
        """The same; None also when the sign is given first, with the message left for the next reader."""
        await asyncio.wait((self._coming(), sign), return_when=asyncio.FIRST_COMPLETED)
        return None if sign.done() else await self.receive()

    def close(self) -> None:
        if self._next:
            self._next.cancel()

    def _coming(self) -> asyncio.Task[FromPage | None]:
        if self._next is None:
            self._next = asyncio.create_task(self._line.receive())
        return self._next
