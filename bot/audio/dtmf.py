"""Keypad tones in the sound itself, for lines that send digits no other way.

A digit is two tones at once, one of four low and one of four high frequencies (ITU-T Q.23). Each 10 ms a window of
20 ms is compared with all eight (the Goertzel transform, here as one small matrix product). Speech is full of tones
too, so a pair counts only if it is nearly all of the sound, its parts are about equally loud ("twist", ITU-T Q.24),
clearly stronger than the other six, and it lasts.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from bot.audio.pcm import to_samples
from bot.events import SAMPLE_RATE

ROWS_HZ: Final = (697, 770, 852, 941)
COLUMNS_HZ: Final = (1209, 1336, 1477, 1633)
KEYS: Final = ("123A", "456B", "789C", "*0#D")

WINDOW_MS, HOP_MS = 20, 10
MIN_WINDOWS: Final = 3
"""In a row with one digit: 40 ms, the shortest tone a receiver must take (Q.24)."""
GAP_WINDOWS: Final = 2
"""In a row without it, before the next digit: shorter gaps are drop-outs of the line."""
MAX_LOW_OVER_HIGH_DB: Final = 8.0
MAX_HIGH_OVER_LOW_DB: Final = 4.0
MIN_DOMINANCE_DB: Final = 6.0
"""How much a tone is above every other one of its group; neighbours leak in by the short window."""
MIN_SHARE: Final = 0.50
"""Of the sound's energy in the two tones; a clean pair that is off by the allowed 1.5 % still has this."""
MIN_LEVEL_DBFS: Final = -42.0
"""Of each tone."""

_WINDOW: Final = SAMPLE_RATE * WINDOW_MS // 1000
_HOP: Final = SAMPLE_RATE * HOP_MS // 1000


def _tones() -> npt.NDArray[np.complex64]:
    """One row per frequency; scaled so that a sine of amplitude a gives a²."""
    times = np.arange(_WINDOW) / SAMPLE_RATE
    waves = np.exp(-2j * np.pi * np.outer((*ROWS_HZ, *COLUMNS_HZ), times)) * 2 / _WINDOW
    return np.asarray(waves, dtype=np.complex64)


_TONES: Final = _tones()


class DtmfDetector:
    """One call's ear for digits: chunks of any length in, digits out as soon as they are certain (40 ms)."""

    def __init__(self) -> None:
        self._samples = np.zeros(0, dtype=np.float32)
        self._candidate, self._windows = "", 0
        self._pressed, self._gap = "", 0

    def hear(self, pcm: bytes) -> str:
        """The digits that became certain in `pcm` (0-9, *, #, A-D), usually none."""
        self._samples = np.concatenate((self._samples, to_samples(pcm)))
        digits = ""
        while len(self._samples) >= _WINDOW:
            digits += self._step(digit_in(self._samples[:_WINDOW]))
            self._samples = self._samples[_HOP:]
        return digits

    def _step(self, found: str) -> str:
        """A digit is told once, when it has lasted; again only after a gap."""
        self._windows = self._windows + 1 if found == self._candidate else 1
        self._candidate = found
        if found == self._pressed:
            self._gap = 0
        else:
            self._gap += 1
            if self._gap >= GAP_WINDOWS:
                self._pressed = ""
        if not found or found == self._pressed or self._windows < MIN_WINDOWS:
            return ""
        self._pressed, self._gap = found, 0
        return found


def digit_in(window: npt.NDArray[np.float32]) -> str:
    """The digit that 20 ms of samples (−1…1) consist of; "" when they are anything else."""
    energy = float(np.mean(np.square(window)))
    if energy < _power(MIN_LEVEL_DBFS):
        return ""
    powers = np.square(np.abs(_TONES @ window.astype(np.complex64)))
    low, high = powers[:4], powers[4:]
    row, column = int(np.argmax(low)), int(np.argmax(high))
    if not (_dominates(low, row) and _dominates(high, column)):
        return ""
    if not _power(-MAX_HIGH_OVER_LOW_DB) <= low[row] / high[column] <= _power(MAX_LOW_OVER_HIGH_DB):
        return ""
    if min(low[row], high[column]) / 2 < _power(MIN_LEVEL_DBFS) or (low[row] + high[column]) / 2 < MIN_SHARE * energy:
        return ""
    return KEYS[row][column]


def _dominates(group: npt.NDArray[np.float32], best: int) -> bool:
    others = np.delete(group, best)
    return bool(group[best] >= _power(MIN_DOMINANCE_DB) * others.max())


def _power(db: float) -> float:
    return float(10 ** (db / 10))
