"""The tones of a telephone's keys (ITU-T Q.23), made; `dtmf` hears them. Pure."""

from __future__ import annotations

from typing import Final

import numpy as np

from bot.audio.dtmf import COLUMNS_HZ, KEYS, ROWS_HZ
from bot.events import SAMPLE_RATE

TONE_MS: Final = 120
PAUSE_MS: Final = 80
"""Both well above the 40 ms that receivers need (ITU-T Q.24), for lines that swallow some."""

PEAK: Final = 8_000
"""Of each of the two tones, of 32767: about -12 dBFS, loud enough for machines and bearable for ears."""


def tones_of(digits: str) -> bytes:
    """16-bit mono PCM at 16 kHz; what is no key is left out."""
    rows = {key: (ROWS_HZ[i], COLUMNS_HZ[j]) for i, row in enumerate(KEYS) for j, key in enumerate(row)}
    return b"".join(_tone(*rows[digit]) for digit in digits.upper() if digit in rows)


def _tone(row_hz: int, column_hz: int) -> bytes:
    seconds = np.arange(SAMPLE_RATE * TONE_MS // 1000) / SAMPLE_RATE
    wave = PEAK * (np.sin(2 * np.pi * row_hz * seconds) + np.sin(2 * np.pi * column_hz * seconds))
    return bytes(wave.astype("<i2").tobytes()) + bytes(2 * (SAMPLE_RATE * PAUSE_MS // 1000))
