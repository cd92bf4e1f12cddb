"""The audio of an utterance, and how much voice is in it: whether a second hearing could bring anything new."""

from __future__ import annotations

import webrtcvad

from bot.audio.pcm import level_dbfs, to_samples
from bot.events import CHUNK_BYTES, CHUNK_MS, SAMPLE_RATE

UNDER_LOUDEST_DB = 25.0
"""A chunk this much quieter than the loudest is breath, echo or the room, whatever its spectrum."""
SHORTEST_SOUND_MS = 60
"""Three chunks in a row: shorter than the shortest vowel is a click."""


class VoicedBuffer:
    """Keeps all audio. `voiced_ms` counts chunks that sound like a voice and are loud enough to be the speaker's."""

    def __init__(self) -> None:
        self._audio = bytearray()
        self._judged = 0
        self._vad = webrtcvad.Vad(2)
        self._loudest_dbfs = -60.0
        self._run_ms = 0
        self.voiced_ms = 0

    @property
    def pcm(self) -> bytes:
        return bytes(self._audio)

    def append(self, pcm: bytes) -> None:
        self._audio += pcm
        while self._judged + CHUNK_BYTES <= len(self._audio):
            self._judge(bytes(self._audio[self._judged : self._judged + CHUNK_BYTES]))
            self._judged += CHUNK_BYTES

    def _judge(self, chunk: bytes) -> None:
        level = level_dbfs(to_samples(chunk))
        voiced = self._vad.is_speech(chunk, SAMPLE_RATE) and level > self._loudest_dbfs - UNDER_LOUDEST_DB
        if not voiced:
            self._run_ms = 0
            return
        self._loudest_dbfs = max(self._loudest_dbfs, level)
        self._run_ms += CHUNK_MS
        if self._run_ms == SHORTEST_SOUND_MS:
            self.voiced_ms += SHORTEST_SOUND_MS
        elif self._run_ms > SHORTEST_SOUND_MS:
            self.voiced_ms += CHUNK_MS
