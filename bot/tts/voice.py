"""What the call needs of a voice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol


class Voice(Protocol):
    """Text to speech. Blocks; called in a worker thread; thread-safe."""

    def synthesize(self, text: str, speed: float = 1.0) -> Iterator[bytes]:
        """16-bit mono PCM at `events.SAMPLE_RATE`, in pieces of any length (a sentence each is usual).

        `speed` 0.5–2.0, 1.0 is usual. Raises VoiceError.
        """
        ...
