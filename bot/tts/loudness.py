"""One loudness for every voice, without the silence voices put around their sentences.

Levels are of active speech, after the idea of ITU-T P.56: pauses do not count. −23 dBFS leaves some 14 dB of room for
peaks, so that nothing has to be squashed and a telephone's μ-law has enough to work with.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from bot.audio.pcm import Samples, to_pcm
from bot.events import SAMPLE_RATE

TARGET_DBFS = -23.0
PEAK_DBFS = -1.0

PAUSE_DB = 30.0
"""Frames this far below the loudest are pause."""

SILENCE_DBFS = -60.0
FRAME = SAMPLE_RATE // 100

BEFORE_MS = 30
"""Kept before the first sound: a soft consonant begins below the threshold."""

AFTER_MS = 80
"""Kept after the last sound, which dies away."""

SENTENCE_GAP = bytes(2 * SAMPLE_RATE * 280 // 1000)
"""The breath between two sentences, as PCM."""


def frame_levels(samples: Samples) -> npt.NDArray[np.float64]:
    """dBFS of every 10 ms; a last incomplete frame is left out."""
    frames = samples[: len(samples) // FRAME * FRAME].reshape(-1, FRAME).astype(np.float64)
    levels: npt.NDArray[np.float64] = 10 * np.log10((frames**2).mean(axis=1) + 1e-12)
    return levels


def active_level(samples: Samples) -> float | None:
    """dBFS of the speech in it, pauses left out; None when there is none."""
    levels = frame_levels(samples)
    if not len(levels) or levels.max() < SILENCE_DBFS:
        return None
    active = levels[levels > levels.max() - PAUSE_DB]
    return float(10 * np.log10((10 ** (active / 10)).mean()))


def levelled(samples: Samples) -> Samples:
    """The same at TARGET_DBFS; less where a peak would be cut off."""
    active = active_level(samples)
    if active is None:
        return samples
    peak = 20 * np.log10(float(np.abs(samples).max()))
    gain_db = min(TARGET_DBFS - active, PEAK_DBFS - peak)
    return (samples * np.float32(10 ** (gain_db / 20))).astype(np.float32)


def trimmed(samples: Samples) -> Samples:
    """Without the near silence at both ends; empty when there is nothing but silence."""
    levels = frame_levels(samples)
    if not len(levels) or levels.max() < SILENCE_DBFS:
        return samples[:0]
    loud = np.flatnonzero(levels > max(levels.max() - PAUSE_DB - 10, SILENCE_DBFS))
    start = loud[0] * FRAME - BEFORE_MS * SAMPLE_RATE // 1000
    end = (loud[-1] + 1) * FRAME + AFTER_MS * SAMPLE_RATE // 1000
    return samples[max(start, 0) : end]


def finished(samples: Samples) -> bytes:
    """What a voice made, as it goes to the caller: silence cut, levelled, PCM."""
    return to_pcm(levelled(trimmed(samples)))
