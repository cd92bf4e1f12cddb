"""Two sides of a call in time: chunks come when they come, stereo sound goes out without gaps. Pure.

The caller is left; whoever speaks to them, the bot or people, is right, mixed where several speak at once.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.events import SAMPLE_RATE

LEFT: Final = 0
RIGHT: Final = 1

JITTER_MS: Final = 120
"""A chunk that is late by no more than this follows the one before it at once: lines deliver in little heaps."""

PER_MS: Final = SAMPLE_RATE // 1000


class Timeline:
    """Positions are milliseconds since the recording began; sound is 16-bit PCM at `SAMPLE_RATE`."""

    def __init__(self) -> None:
        self._taken = 0
        """Samples that were handed out."""
        self._sound: NDArray[np.int32] = np.zeros((0, 2), np.int32)
        self._ends: dict[object, int] = {}
        """By speaker: the sample after their last."""

    def put(self, who: object, side: int, pcm: bytes, at_ms: int) -> None:
        """A chunk of that speaker that arrived then; what comes too late for what was handed out is moved on."""
        samples = np.frombuffer(pcm[: len(pcm) // 2 * 2], np.int16)
        begin = max(self._begin(who, at_ms * PER_MS), self._taken)
        end = begin + len(samples)
        self._make_room(end - self._taken)
        self._sound[begin - self._taken : end - self._taken, side] += samples
        self._ends[who] = end

    def take(self, until_ms: int) -> NDArray[np.int16]:
        """Everything from the last taking until then, (samples, 2); silence where nobody spoke."""
        count = max(0, until_ms * PER_MS - self._taken)
        self._make_room(count)
        taken, self._sound = self._sound[:count], self._sound[count:].copy()
        self._taken += count
        return np.clip(taken, -32768, 32767).astype(np.int16)

    @property
    def end_ms(self) -> int:
        """Where the last sound that was put in ends."""
        return -(-max(self._ends.values(), default=0) // PER_MS)

    def _begin(self, who: object, arrived: int) -> int:
        end = self._ends.get(who)
        if end is None:
            return arrived
        return end if arrived - end <= JITTER_MS * PER_MS else arrived

    def _make_room(self, count: int) -> None:
        if (missing := count - len(self._sound)) > 0:
            self._sound = np.concatenate([self._sound, np.zeros((missing, 2), np.int32)])
