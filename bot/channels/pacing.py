"""Sending audio by deadline, for lines that do not pace by themselves.

The other side plays in real time; we may be a little ahead of it so that a late wake-up is not heard, but not much:
what is under way when the caller cuts in is what they still hear. Deadlines are counted from the first chunk in whole
milliseconds and compared with a clock only here at the edge, so that a late wake-up never adds up to drift.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from bot.events import SAMPLE_RATE, SAMPLE_WIDTH

MAX_AHEAD_MS: Final = 100
"""Audio under way at most: sent and not yet played."""


class Pacer:
    """How much sent audio the other side has not played yet, and when the next chunk may go."""

    def __init__(
        self,
        ahead_ms: int = MAX_AHEAD_MS,
        clock: Callable[[], float] | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """`clock` tells seconds (default: the running loop's time); `sleep` waits seconds."""
        self._ahead_ms = ahead_ms
        self._clock = clock
        self._sleep = sleep
        self._started_at = 0.0
        self._sent_ms = 0

    def under_way_ms(self) -> int:
        """Milliseconds of audio that were sent and are not played yet."""
        return max(0, self._sent_ms - self._elapsed_ms())

    async def send(self, ms: int) -> None:
        """Note `ms` of audio as sent; returns when another chunk of that length fits into what may be under way."""
        if self.under_way_ms() == 0:
            self._started_at, self._sent_ms = self._now(), 0  # a new stretch of speech: its clock starts now
        self._sent_ms += ms
        while (wait_ms := self.under_way_ms() + ms - self._ahead_ms) > 0:
            await self._sleep(wait_ms / 1000)

    async def drain(self) -> None:
        """Returns when everything sent has been played."""
        while (wait_ms := self.under_way_ms()) > 0:
            await self._sleep(wait_ms / 1000)

    def clear(self) -> None:
        """What was under way has been thrown away by the other side."""
        self._sent_ms = 0

    def _elapsed_ms(self) -> int:
        return round((self._now() - self._started_at) * 1000)

    def _now(self) -> float:
        return self._clock() if self._clock else asyncio.get_running_loop().time()


def pcm_ms(pcm: bytes, sample_rate: int = SAMPLE_RATE) -> int:
    """Milliseconds of 16-bit mono PCM."""
    return 1000 * len(pcm) // (SAMPLE_WIDTH * sample_rate)
