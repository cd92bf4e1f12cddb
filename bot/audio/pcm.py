"""Bytes to numbers: 16-bit little-endian mono PCM as it travels, float32 in −1…1 as it is computed with."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import cast

import numpy as np
import numpy.typing as npt
import soxr

from bot.events import CHUNK_MS, SAMPLE_RATE, SAMPLE_WIDTH, AudioChunk

Samples = npt.NDArray[np.float32]
"""Mono samples in −1…1."""

FULL_SCALE = 32_768.0
SILENCE_DBFS = -100.0
"""What an all-zero clip is said to have; 16 bits cannot go below −96."""


def to_samples(pcm: bytes) -> Samples:
    """An odd last byte (half a sample, cut off on the wire) is left out."""
    whole = len(pcm) // SAMPLE_WIDTH * SAMPLE_WIDTH
    return np.frombuffer(pcm[:whole], dtype="<i2").astype(np.float32) / np.float32(FULL_SCALE)


def to_pcm(samples: Samples) -> bytes:
    """Louder than full scale is clipped, never wrapped around."""
    scaled = np.rint(np.asarray(samples, dtype=np.float64) * FULL_SCALE)
    return np.clip(scaled, -FULL_SCALE, FULL_SCALE - 1).astype("<i2").tobytes()


def level_dbfs(samples: Samples) -> float:
    """RMS level in decibels under full scale: 0 for a full-scale square wave, `SILENCE_DBFS` for nothing."""
    if not len(samples):
        return SILENCE_DBFS
    power = float(np.dot(samples, samples)) / len(samples)  # for 20 ms a third of what a mean of squares costs
    return max(SILENCE_DBFS, 10 * math.log10(power)) if power > 0 else SILENCE_DBFS


def resample(samples: Samples, source_rate: int, target_rate: int) -> Samples:
    """A whole clip at another rate (Hz); for live audio a channel keeps its own running resampler."""
    if source_rate == target_rate or not len(samples):
        return samples
    return cast(Samples, soxr.resample(samples, source_rate, target_rate).astype(np.float32))


def silence(ms: int, sample_rate: int = SAMPLE_RATE) -> bytes:
    return bytes(SAMPLE_WIDTH * sample_rate * ms // 1000)


def chunks(pcm: bytes, ms: int = CHUNK_MS, sample_rate: int = SAMPLE_RATE) -> Iterator[AudioChunk]:
    """`pcm` in pieces of `ms`; the last one is filled up with silence, as a line would."""
    size = SAMPLE_WIDTH * sample_rate * ms // 1000
    for start in range(0, len(pcm), size):
        yield AudioChunk(pcm[start : start + size].ljust(size, b"\0"), sample_rate)
