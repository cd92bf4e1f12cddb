"""What a line delivers, read by a task of its own, for one listener after the other: first the bot, then a person."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

from bot.channels.inbox import Inbox
from bot.events import Answered, Event


class LineEvents:
    """Reading begins with the first listener and goes on between two, so that nothing is lost and nothing piles up."""

    def __init__(self, inbox: Inbox, read: Callable[[], Awaitable[None]]) -> None:
        """`read` fills `inbox` until the line is over; what it raises reaches the listener."""
        self._inbox, self._read = inbox, read
        self._reading: asyncio.Task[None] | None = None

    async def listen(self, answered: Answered) -> AsyncIterator[Event]:
        """`answered` is told once, to the first."""
        if self._reading is None:
            self._reading = asyncio.create_task(self._run())
            yield answered
        async for event in self._inbox.events():
            yield event
        if self._reading.done() and not self._reading.cancelled():
            self._reading.result()

    def stop(self) -> None:
        self._inbox.close()
        reading = self._reading
        if reading and reading.done():
            reading.cancelled() or reading.exception()  # looked at, should nobody have listened any more
        elif reading and reading is not asyncio.current_task():
            reading.cancel()

    async def _run(self) -> None:
        try:
            await self._read()
        finally:
            self._inbox.close()
