"""Is somebody speaking? Two opinions, 20 ms at a time: a cheap one for every chunk, a neural one that must agree.

webrtcvad (2 µs a chunk) hears every first consonant, but babble, a kitchen or a keyboard too; Silero (0.2 ms for 32 ms)
knows voices near the microphone from all that. Silero is asked only while webrtcvad says speech and shortly after,
and then hears what came just before as well, so that soft first words count.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import webrtcvad

from bot.audio.pcm import level_dbfs, to_samples
from bot.audio.silero import WINDOW_SAMPLES, Silero
from bot.errors import AudioError
from bot.events import CHUNK_BYTES, CHUNK_MS, SAMPLE_RATE, SAMPLE_WIDTH, AudioChunk

WINDOW_BYTES = WINDOW_SAMPLES * SAMPLE_WIDTH


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """Thresholds chosen on phrases mixed with white noise, hum and babble at 10 and 5 dB (tests/bench/vad.py)."""

    webrtc_mode: int = 2
    """0 lets everything through, 3 the least."""
    starts_at: float = 0.3
    """Silero's probability from which silence becomes speech."""
    holds_at: float = 0.2
    """The same while speech goes on: between two words it may waver."""
    hangover_ms: int = 40
    """Speech goes on through gaps this short (stops, soft endings)."""
    asleep_after_ms: int = 240
    """Without a sound for so long, Silero is no longer asked."""
    look_back_windows: int = 4
    """Windows before the first sound that Silero hears when it wakes: 128 ms."""
    windows_at_once: int = 2
    """While speech goes on Silero hears 64 ms at a time; silence is told by webrtcvad without it."""
    quietest_dbfs: float = -60.0
    """Below, nobody is speaking into this telephone."""
    starts_above_room_db: float = 8.0
    """Who speaks into the telephone is louder than the room; voices in the background are the room."""
    holds_above_room_db: float = 1.0
    """Soft syllables of a sentence under way may come close to it."""


ROOM_RISES_DB_PER_S = 3.0
"""Slowly, so that a sentence is not taken for the room; its pauses bring the level down again at once."""
ROOM_FALLS = 0.05
"""Share of the way down that the level takes in one chunk."""


LOUDEST_ROOM_DBFS = -36.0
"""At first: a caller who speaks from the first sample on is not the room."""


class Room:
    """How loud it is when nobody speaks: follows the quiet moments down fast and everything else up slowly."""

    def __init__(self) -> None:
        self._dbfs: float | None = None

    def hear(self, level_dbfs: float) -> float:
        """Take one chunk's level; the level of the room (dBFS)."""
        if self._dbfs is None:
            self._dbfs = min(level_dbfs, LOUDEST_ROOM_DBFS)
        elif level_dbfs < self._dbfs:
            self._dbfs += ROOM_FALLS * (level_dbfs - self._dbfs)
        else:
            self._dbfs = min(level_dbfs, self._dbfs + ROOM_RISES_DB_PER_S * CHUNK_MS / 1000)
        return self._dbfs


class SpeechDetector:
    """The detector of one call: keeps state from chunk to chunk; not for two threads at once."""

    def __init__(self, sensitivity: Sensitivity = Sensitivity()) -> None:
        self._limits = sensitivity
        self._webrtc = webrtcvad.Vad(sensitivity.webrtc_mode)
        self._silero = Silero()
        self._room = Room()
        self._levels: deque[float] = deque([sensitivity.quietest_dbfs], maxlen=3)
        self._audio = bytearray()
        self._waiting: deque[bytes] = deque(maxlen=sensitivity.look_back_windows)
        self._quiet_ms = sensitivity.asleep_after_ms
        self._probability = 0.0
        self._speaking = False
        self._gap_ms = 0

    def is_speech(self, chunk: AudioChunk) -> bool:
        """Whether the caller speaks in this chunk of 20 ms at 16 kHz. Raises AudioError `audio.format`."""
        if chunk.sample_rate != SAMPLE_RATE or len(chunk.pcm) != CHUNK_BYTES:
            raise AudioError("audio.format", f"Speech is detected in chunks of {CHUNK_MS} ms at {SAMPLE_RATE} Hz.")
        sounds = self._sounds_like_voice(chunk.pcm)
        self._quiet_ms = 0 if sounds else self._quiet_ms + CHUNK_MS
        self._ask_silero(chunk.pcm)
        limits = self._limits
        threshold = limits.holds_at if self._speaking else limits.starts_at
        self._gap_ms = 0 if sounds and self._probability >= threshold else self._gap_ms + CHUNK_MS
        self._speaking = self._gap_ms == 0 or (self._speaking and self._gap_ms <= limits.hangover_ms)
        return self._speaking

    __call__ = is_speech

    def _sounds_like_voice(self, pcm: bytes) -> bool:
        level = level_dbfs(to_samples(pcm))
        self._levels.append(level)
        room = self._room.hear(max(level, self._limits.quietest_dbfs))
        voiced: bool = self._webrtc.is_speech(pcm, SAMPLE_RATE)
        if self._speaking:
            return voiced and max(self._levels) > room + self._limits.holds_above_room_db
        return voiced and level > room + self._limits.starts_above_room_db

    def _ask_silero(self, pcm: bytes) -> None:
        """Feed whole windows; while asleep only keep the last of them."""
        self._audio += pcm
        while len(self._audio) >= WINDOW_BYTES:
            self._waiting.append(bytes(self._audio[:WINDOW_BYTES]))
            del self._audio[:WINDOW_BYTES]
        if self._quiet_ms >= self._limits.asleep_after_ms:
            self._probability = 0.0
        elif len(self._waiting) >= (self._limits.windows_at_once if self._speaking else 1):
            self._probability = self._silero.probability(to_samples(b"".join(self._waiting)))
            self._waiting.clear()
