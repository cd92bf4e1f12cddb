"""Soft voices made as loud as the models know them: 20 dB too soft, one short answer in ten is lost.

Telephone speech has some −26 dBFS (ITU-T P.56). Gain is decided by the first moments of speech, given to both ears
alike, and only ever taken back: a voice of usual loudness goes through bit by bit as it came.
"""

from __future__ import annotations

import math
from collections import deque
from typing import Final

import numpy as np

from bot.asr.recognizer import Recognizer
from bot.audio.pcm import SILENCE_DBFS, level_dbfs, to_pcm, to_samples
from bot.events import CHUNK_MS, AudioChunk, Hypothesis

SOFT_DBFS: Final = -33.0
"""Loudest 60 ms of an utterance below which it is raised; a usual voice has −20 and more."""
RAISED_DBFS: Final = -20.0
"""Where the loudest 60 ms of a soft voice are brought to."""
MOST_DB: Final = 30.0
WINDOW_MS: Final = 60
HELD_MS: Final = 480
"""Audio that waits at first: the 300 ms of the room that come with an utterance, and its first vowel."""


class Level:
    """The gain (dB) for one utterance, from the levels of its chunks so far."""

    def __init__(self) -> None:
        self._powers: deque[float] = deque(maxlen=WINDOW_MS // CHUNK_MS)
        self._loudest_dbfs = SILENCE_DBFS

    def hear(self, level_dbfs: float) -> None:
        self._powers.append(10 ** (level_dbfs / 10))
        if len(self._powers) == self._powers.maxlen:
            self._loudest_dbfs = max(self._loudest_dbfs, 10 * math.log10(sum(self._powers) / len(self._powers)))

    @property
    def gain_db(self) -> float:
        if self._loudest_dbfs >= SOFT_DBFS:
            return 0.0
        return min(MOST_DB, RAISED_DBFS - self._loudest_dbfs)


class Levelled:
    """`recognizer` hears the same utterance at a usual level."""

    def __init__(self, recognizer: Recognizer) -> None:
        self._recognizer = recognizer
        self._level = Level()
        self._held: list[AudioChunk] = []
        self._held_ms = 0
        self._is_open = False

    def accept(self, chunk: AudioChunk) -> str | None:
        self._level.hear(level_dbfs(to_samples(chunk.pcm)))
        if self._is_open:
            return self._pass(chunk)
        self._held.append(chunk)
        self._held_ms += chunk.ms
        return self._open() if self._held_ms >= HELD_MS else None

    def _open(self) -> str | None:
        self._is_open = True
        words = [self._pass(chunk) for chunk in self._held]
        self._held.clear()
        return next((text for text in reversed(words) if text), None)

    def _pass(self, chunk: AudioChunk) -> str | None:
        gain_db = self._level.gain_db
        if gain_db:
            chunk = AudioChunk(to_pcm(to_samples(chunk.pcm) * np.float32(10 ** (gain_db / 20))), chunk.sample_rate)
        return self._recognizer.accept(chunk)

    def glimpse(self) -> tuple[Hypothesis, ...]:
        self._open()
        return self._recognizer.glimpse()

    def finish(self) -> tuple[Hypothesis, ...]:
        self._open()
        return self._recognizer.finish()
