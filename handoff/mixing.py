"""Several voices in one ear, and who hears whom. 16-bit mono PCM in and out, in chunks of 20 ms; no clocks.

Every ear has a mixer of its own, so that nobody hears themselves. What the parts of a talk may hear of each other is
one small table: it makes listening, whispering, barging in, consulting and conferences of the same few lines.
"""

from __future__ import annotations

from collections.abc import Hashable
from enum import StrEnum
from typing import Final

import numpy as np

CHUNK_BYTES: Final = 640
"""20 ms at 16 kHz."""

PATIENCE: Final = 3
"""Chunks (60 ms) that are waited for a voice that has been silent of late before the others go on without it."""


class Part(StrEnum):
    CALLER = "caller"
    AGENT = "agent"
    CONSULTED = "consulted"
    """A colleague who was asked in."""
    LISTENER = "listener"
    """Hears all of it, heard by nobody."""
    WHISPERER = "whisperer"
    """Hears all of it, heard by colleagues only."""
    BARGER = "barger"
    """Hears all of it, heard by all."""
    BOT = "bot"


def is_heard(speaker: Part, listener: Part, caller_on_hold: bool = False) -> bool:
    """A caller on hold hears nobody and is heard by nobody; colleagues go on hearing each other."""
    if speaker is Part.LISTENER or listener is Part.BOT:
        return False
    if Part.CALLER in (speaker, listener):
        return not caller_on_hold and speaker is not Part.WHISPERER
    return True


def mix(*voices: bytes) -> bytes:
    """All at once, as long as the longest; what is too loud for 16 bits is clipped, not wrapped around."""
    total = np.zeros(max((len(pcm) // 2 for pcm in voices), default=0), np.int32)
    for pcm in voices:
        total[: len(pcm) // 2] += np.frombuffer(pcm[: len(pcm) // 2 * 2], "<i2")
    return bytes(np.clip(total, -32_768, 32_767).astype("<i2").tobytes())


class Mixer:
    """What one ear hears. A lone voice passes straight through; others are waited for only while they keep coming."""

    def __init__(self) -> None:
        self._voices: dict[Hashable, bytes] = {}
        self._awaited: set[Hashable] = set()
        """Who was in what was heard last."""

    def put(self, speaker: Hashable, pcm: bytes) -> bytes:
        """What is heard now: some chunks, mostly one, "" while others are waited for."""
        self._voices[speaker] = self._voices.get(speaker, b"") + pcm
        heard = b""
        while self._is_complete(speaker):
            heard += self._take()
        return heard

    def leave(self, speaker: Hashable) -> None:
        self._voices.pop(speaker, None)
        self._awaited.discard(speaker)

    def _is_complete(self, speaker: Hashable) -> bool:
        ready = {other for other, pcm in self._voices.items() if len(pcm) >= CHUNK_BYTES}
        if speaker not in ready:
            return False
        return self._awaited <= ready or len(self._voices[speaker]) >= PATIENCE * CHUNK_BYTES

    def _take(self) -> bytes:
        parts = {other: pcm[:CHUNK_BYTES] for other, pcm in self._voices.items() if len(pcm) >= CHUNK_BYTES}
        self._awaited = set(parts)
        for other in parts:
            self._voices[other] = self._voices[other][CHUNK_BYTES:]
        return mix(*parts.values())
