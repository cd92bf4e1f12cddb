"""What a line delivers, read by a task of its own, for one listener after the other: first the bot, then a person.

Telephones that suppress silence send nothing while nobody speaks. But the time of a call and the ends of turns are
counted in what is heard, so what such a line leaves out is put in here as silence.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final

from bot.channels.inbox import Inbox
from bot.events import CHUNK_BYTES, CHUNK_MS, Answered, AudioChunk, Event

LOOK_MS: Final = 100
GAP_LOOKS: Final = 3
"""So many looks in a row without a chunk are a silent line; counted in looks, because in a process that was held up for
that long the sound is there, only not read yet."""


class LineEvents:
    """Reading begins with the first listener and goes on between two, so that nothing is lost and nothing piles up."""

    def __init__(
        self,
        inbox: Inbox,
        read: Callable[[], Awaitable[None]],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """`read` fills `inbox` until the line is over; what it raises reaches the listener. `sleep` waits seconds."""
        self._inbox, self._read, self._sleep = inbox, read, sleep
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
        filling = asyncio.create_task(self._fill_gaps())
        try:
            await self._read()
        finally:
            filling.cancel()
            self._inbox.close()

    async def _fill_gaps(self) -> None:
        """Until cancelled."""
        gaps, seen = 0, self._inbox.chunks
        while True:
            await self._sleep(LOOK_MS / 1000)
            gaps = gaps + 1 if self._inbox.chunks == seen else 0
            missing_ms = LOOK_MS * (GAP_LOOKS if gaps == GAP_LOOKS else 1 if gaps > GAP_LOOKS else 0)
            for _ in range(missing_ms // CHUNK_MS):
                self._inbox.put(AudioChunk(bytes(CHUNK_BYTES)))
            seen = self._inbox.chunks
