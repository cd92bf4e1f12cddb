"""What a caller on hold hears: a soft tune in 20 ms chunks of 16-bit mono PCM at 16 kHz. Pure."""

from __future__ import annotations

import math
import struct
from functools import cache
from typing import Final

SAMPLE_RATE: Final = 16_000
CHUNK_MS: Final = 20
NOTE_MS: Final = 600
LOUDNESS: Final = 2_200
"""Peak of a note, of 32767: music must not startle."""

NOTES: Final = (261.63, 329.63, 392.00, 493.88, 440.00, 392.00, 329.63, 293.66)
"""Hertz: C E G B A G E D, equal temperament, over and over."""

TUNE_MS: Final = NOTE_MS * len(NOTES)


def hold_music(at_ms: int) -> bytes:
    """The chunk that begins `at_ms` after hold began."""
    return _tune_chunk(at_ms % TUNE_MS // CHUNK_MS)


@cache
def _tune_chunk(number: int) -> bytes:
    first = number * CHUNK_MS * SAMPLE_RATE // 1000
    samples = (round(_tune(first + i)) for i in range(CHUNK_MS * SAMPLE_RATE // 1000))
    return struct.pack(f"<{CHUNK_MS * SAMPLE_RATE // 1000}h", *samples)


def _tune(sample: int) -> float:
    """Each note swells within 30 ms and dies away, so that none clicks into the next."""
    note, within = divmod(sample, NOTE_MS * SAMPLE_RATE // 1000)
    seconds = within / SAMPLE_RATE
    left = NOTE_MS / 1000 - seconds
    swell = min(1.0, seconds / 0.03, left / 0.03) * math.exp(-3 * seconds)
    pitch = math.tau * NOTES[note] * seconds
    return LOUDNESS * swell * (math.sin(pitch) + 0.3 * math.sin(2 * pitch)) / 1.3
