"""Live resampling between a telephone's 8 kHz and our 16 kHz, chunk by chunk.

Between these two a half-band filter in numpy does it: a tenth of what going into a library and back costs, and it
keeps the interpreter's lock, which fifty calls at once would otherwise queue for at every chunk. Other rates go through
libswresample (`av`), which like it has some 2 ms of delay and gives out everything at every call; streaming `soxr` is
cleaner by some dB but holds back 64 to 118 ms in bursts, which a caller would feel.

That delay is padded once at the start, so each chunk in gives a chunk of the same length out and it never grows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import av
import numpy as np
import numpy.typing as npt

from bot.errors import AudioError
from bot.events import SAMPLE_WIDTH

DELAY_MS: Final = 3
"""Silence before the first sample where `av` is at work; a little more than the longest filter of the rates in use."""

RATES: Final = frozenset({8_000, 12_000, 16_000, 24_000, 32_000, 44_100, 48_000})
"""Hz that telephones, browsers and sound cards use."""

HALF_WIDTH: Final = 32
"""Samples at the higher rate on each side of the filter's middle: 2 ms at 16 kHz."""

KAISER_BETA: Final = 6.0
"""60 dB of stop band; with this width the pass band ends at 3.6 kHz, where a telephone's does."""


def _half_band() -> npt.NDArray[np.float32]:
    """A windowed sinc (Oppenheim & Schafer, "Discrete-Time Signal Processing", 7.6) for twice or half the rate."""
    at = np.arange(-HALF_WIDTH, HALF_WIDTH + 1)
    taps = np.sinc(at / 2) * np.kaiser(len(at), KAISER_BETA)
    return np.asarray(taps / taps.sum(), np.float32)


TAPS: Final = _half_band()
ON_SAMPLES, BETWEEN = 2 * TAPS[0::2], 2 * TAPS[1::2]
"""The filter's two phases for doubling: for the samples there are, and for those between them."""


class Resampler:
    """One direction of one call: 16-bit mono PCM in at `source_rate`, out at `target_rate` (Hz)."""

    def __init__(self, source_rate: int, target_rate: int) -> None:
        """Raises AudioError for a rate that no line has."""
        if not {source_rate, target_rate} <= RATES:
            raise AudioError("audio.rate", f"Audio at {source_rate} Hz cannot be used here; please offer 8 or 16 kHz.")
        self._odd = b""
        self._convert = _converter(source_rate, target_rate)

    def convert(self, pcm: bytes) -> bytes:
        """As much audio as came in, in milliseconds; a cut-off half sample waits for its other half."""
        if self._odd or len(pcm) % SAMPLE_WIDTH:
            pcm = self._odd + pcm
            whole = len(pcm) // SAMPLE_WIDTH * SAMPLE_WIDTH
            pcm, self._odd = pcm[:whole], pcm[whole:]
        return self._convert(pcm) if pcm else b""


def _converter(source_rate: int, target_rate: int) -> Callable[[bytes], bytes]:
    if source_rate == target_rate:
        return bytes
    if target_rate == 2 * source_rate:
        return Doubling()
    if source_rate == 2 * target_rate:
        return Halving()
    return AnyRate(source_rate, target_rate)


class Doubling:
    """Twice as many samples, `HALF_WIDTH` of them late."""

    def __init__(self) -> None:
        self._past = np.zeros(HALF_WIDTH, np.float32)

    def __call__(self, pcm: bytes) -> bytes:
        samples = np.concatenate((self._past, np.frombuffer(pcm, "<i2")), dtype=np.float32)
        self._past = samples[-HALF_WIDTH:]
        out = np.empty(2 * (len(samples) - HALF_WIDTH), np.float32)
        out[0::2] = np.convolve(samples, ON_SAMPLES, "valid")
        out[1::2] = np.convolve(samples[1:], BETWEEN, "valid")
        return _to_pcm(out)


class Halving:
    """Every second sample of what is left below half the target rate; an odd one waits for its partner."""

    def __init__(self) -> None:
        self._past = np.zeros(2 * HALF_WIDTH, np.float32)
        self._skips = False
        """The next sample in is one of those left out."""

    def __call__(self, pcm: bytes) -> bytes:
        samples = np.concatenate((self._past, np.frombuffer(pcm, "<i2")), dtype=np.float32)
        count = len(samples) - 2 * HALF_WIDTH
        self._past = samples[len(samples) - 2 * HALF_WIDTH :]
        out = np.convolve(samples, TAPS, "valid")[0 if self._skips else 1 :: 2]
        self._skips ^= bool(count % 2)
        return _to_pcm(out)


def _to_pcm(samples: npt.NDArray[np.float32]) -> bytes:
    return np.clip(np.rint(samples), -32_768, 32_767).astype("<i2").tobytes()


class AnyRate:
    """libswresample, for rates that are not half or double."""

    def __init__(self, source_rate: int, target_rate: int) -> None:
        self._source_rate, self._target_rate = source_rate, target_rate
        self._filter = av.AudioResampler(format="s16", layout="mono", rate=target_rate)
        self._ready = bytearray(target_rate * DELAY_MS // 1000 * SAMPLE_WIDTH)
        self._in = self._out = 0

    def __call__(self, pcm: bytes) -> bytes:
        samples = len(pcm) // SAMPLE_WIDTH
        frame = av.AudioFrame(format="s16", layout="mono", samples=samples, align=1)
        frame.sample_rate = self._source_rate
        frame.planes[0].update(pcm)
        for out in self._filter.resample(frame):
            self._ready += bytes(out.planes[0])[: out.samples * SAMPLE_WIDTH]
        return self._take(samples)

    def _take(self, samples: int) -> bytes:
        """Counted from the start in whole samples, so that odd lengths and ratios never add up to a drift."""
        self._in += samples
        due = self._in * self._target_rate // self._source_rate
        size = min((due - self._out) * SAMPLE_WIDTH, len(self._ready))
        self._out += size // SAMPLE_WIDTH
        taken = bytes(self._ready[:size])
        del self._ready[:size]
        return taken
