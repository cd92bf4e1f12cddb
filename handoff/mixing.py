"""Two sides of a talk in one ear: 16-bit mono PCM in, 16-bit mono PCM out."""

from __future__ import annotations

from typing import Final

import numpy as np

MAX_AHEAD: Final = 6_400
"""Bytes (200 ms) of one side kept until the other side's clock gets there; older ones are dropped."""


def mix(one: bytes, other: bytes) -> bytes:
    """Both at once, as long as the longer one; what is too loud for 16 bits is clipped, not wrapped around."""
    length = max(len(one), len(other)) // 2
    total = np.zeros(length, np.int32)
    for pcm in (one, other):
        total[: len(pcm) // 2] += np.frombuffer(pcm, "<i2")
    return bytes(np.clip(total, -32_768, 32_767).astype("<i2").tobytes())


class BothSides:
    """The caller's chunks, which come all the time, are the clock; the other side is mixed in as it has come."""

    def __init__(self) -> None:
        self._agent = b""

    def agent(self, pcm: bytes) -> None:
        self._agent = (self._agent + pcm)[-MAX_AHEAD:]

    def caller(self, pcm: bytes) -> bytes:
        """What is heard meanwhile."""
        said, self._agent = self._agent[: len(pcm)], self._agent[len(pcm) :]
        return mix(pcm, said)
