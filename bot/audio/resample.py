"""Live resampling between a telephone's 8 kHz and our 16 kHz, chunk by chunk.

libswresample (through `av`) keeps a filter's worth of history, 2 ms, and gives out everything it has at every call;
that little is padded once at the start, so that each chunk in gives a chunk of the same length out and the delay
never grows. Streaming `soxr` is cleaner by some dB but holds back 64 to 118 ms in bursts, which a caller would feel.
"""

from __future__ import annotations

from typing import Final

import av
import numpy as np

from bot.errors import AudioError
from bot.events import SAMPLE_WIDTH

DELAY_MS: Final = 3
"""Silence before the first sample; a little more than the longest filter of the rates in use (2 ms)."""

RATES: Final = frozenset({8_000, 12_000, 16_000, 24_000, 32_000, 44_100, 48_000})
"""Hz that telephones, browsers and sound cards use."""


class Resampler:
    """One direction of one call: 16-bit mono PCM in at `source_rate`, out at `target_rate` (Hz)."""

    def __init__(self, source_rate: int, target_rate: int) -> None:
        """Raises AudioError for a rate that no line has."""
        if not {source_rate, target_rate} <= RATES:
            raise AudioError("audio.rate", f"Audio at {source_rate} Hz cannot be used here; please offer 8 or 16 kHz.")
        self._source_rate, self._target_rate = source_rate, target_rate
        self._filter = av.AudioResampler(format="s16", layout="mono", rate=target_rate)
        self._ready = bytearray(0 if source_rate == target_rate else target_rate * DELAY_MS // 1000 * SAMPLE_WIDTH)
        self._odd = b""
        self._in = self._out = 0

    def convert(self, pcm: bytes) -> bytes:
        """As much audio as came in, in milliseconds; a cut-off half sample waits for its other half."""
        pcm = self._odd + pcm
        whole = len(pcm) // SAMPLE_WIDTH * SAMPLE_WIDTH
        pcm, self._odd = pcm[:whole], pcm[whole:]
        if self._source_rate == self._target_rate or not pcm:
            return pcm
        self._ready += self._filtered(pcm)
        return self._take(whole // SAMPLE_WIDTH)

    def _filtered(self, pcm: bytes) -> bytes:
        frame = av.AudioFrame.from_ndarray(np.frombuffer(pcm, "<i2").reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = self._source_rate
        return b"".join(out.to_ndarray().astype("<i2").tobytes() for out in self._filter.resample(frame))

    def _take(self, samples: int) -> bytes:
        """Counted from the start in whole samples, so that odd lengths and ratios never add up to a drift."""
        self._in += samples
        due = self._in * self._target_rate // self._source_rate
        size = min((due - self._out) * SAMPLE_WIDTH, len(self._ready))
        self._out += size // SAMPLE_WIDTH
        taken = bytes(self._ready[:size])
        del self._ready[:size]
        return taken
