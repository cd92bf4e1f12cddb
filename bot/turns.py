"""Whose turn is it? Endpointing, barge-in and silence, counted in milliseconds of audio.

No clock is read here: the only time is the length of the audio that was heard, so a recording and a live call take the
same decisions. A turn passes through

    listening ──start_ms of speech──▶ speaking ──glimpse_ms of silence──▶ pausing ──patience──▶ listening
                                         ▲────────────speech──────────────────┘
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final, Protocol

DOUBT_MS: Final = 60
"""More speech until whoever was not taken for the caller is judged anew."""


@dataclass(frozen=True, slots=True)
class TurnLimits:
    """Milliseconds of audio; `config.TurnSettings` explains and overrides them."""

    start_ms: int = 80
    barge_in_ms: int = 160
    glimpse_ms: int = 120
    glance_ms: int = 260
    """A second look: a recogniser with a grammar tells its last words up to 0.1 s after them."""
    longest_ms: int = 20_000
    silence_ms: int = 6_000
    pre_roll_ms: int = 300

    def __post_init__(self) -> None:
        if not 0 < self.start_ms <= self.barge_in_ms:
            raise ValueError("barge_in_ms must be at least start_ms, and both above 0")


class TurnEvent(Enum):
    STARTED = auto()
    """The caller speaks while the bot is silent."""
    BARGED_IN = auto()
    """The caller speaks while the bot speaks."""
    PAUSED = auto()
    """The caller fell silent; look at what was said so far."""
    ENDED = auto()
    """The silence is longer than the question's patience."""
    SILENT = auto()
    """Nobody spoke for a long time."""


class TurnTaker:
    def __init__(self, limits: TurnLimits | None = None) -> None:
        self.limits = limits or TurnLimits()
        self.reset()

    def reset(self) -> None:
        """The turn is over, or the bot spoke: begin to listen anew."""
        self.caller_is_speaking = False
        self.silence_ms = 0
        self.spoken_ms = 0
        """Speech in the running turn, its pauses not counted."""
        self._turn_ms = 0
        self._run_ms = 0

    @property
    def is_pausing(self) -> bool:
        return self.caller_is_speaking and self.silence_ms >= self.limits.glimpse_ms

    def hear(self, ms: int, is_speech: bool, *, bot_is_speaking: bool, patience_ms: int) -> TurnEvent | None:
        """Account for `ms` milliseconds of audio; tell what changed by them."""
        if is_speech:
            self._run_ms += ms
            self.silence_ms = 0
        else:
            self._run_ms = max(0, self._run_ms - 2 * ms)  # a gap of one frame inside a word is no new start
            self.silence_ms += ms
        if self.caller_is_speaking:
            return self._hear_speaker(ms, is_speech, patience_ms)
        return self._hear_listener(bot_is_speaking)

    def doubt(self) -> None:
        """It was not the caller who began just now; asked again when it goes on."""
        self.caller_is_speaking = False
        self._run_ms = max(0, self._run_ms - DOUBT_MS)

    def _hear_speaker(self, ms: int, is_speech: bool, patience_ms: int) -> TurnEvent | None:
        self._turn_ms += ms
        if self._turn_ms >= self.limits.longest_ms:
            return TurnEvent.ENDED  # a television, or somebody who talks to somebody else
        if is_speech:
            self.spoken_ms += ms
            return None
        if self.silence_ms >= max(patience_ms, self.limits.glimpse_ms + ms):
            return TurnEvent.ENDED
        looks = (self.limits.glimpse_ms, self.limits.glance_ms)
        return TurnEvent.PAUSED if any(self.silence_ms >= look > self.silence_ms - ms for look in looks) else None

    def _hear_listener(self, bot_is_speaking: bool) -> TurnEvent | None:
        needed_ms = self.limits.barge_in_ms if bot_is_speaking else self.limits.start_ms
        if self._run_ms >= needed_ms:
            self.caller_is_speaking = True
            self.spoken_ms = self._run_ms
            return TurnEvent.BARGED_IN if bot_is_speaking else TurnEvent.STARTED
        if bot_is_speaking:
            self.silence_ms = 0
        elif self.silence_ms >= self.limits.silence_ms:
            self.reset()
            return TurnEvent.SILENT
        return None


class Judge(Protocol):
    """Tells the caller from others while the bot speaks. 16-bit mono PCM at 16 kHz; quick, without I/O."""

    def spoke(self, pcm: bytes) -> None:
        """The caller said this while the bot was silent."""

    def by_caller(self, pcm: bytes) -> bool:
        """Whether the speech that has just begun at the end of `pcm` is the caller's."""


class Anybody:
    """A judge to whom everybody is the caller."""

    def spoke(self, pcm: bytes) -> None:
        pass

    def by_caller(self, pcm: bytes) -> bool:
        return True


MURMURS = frozenset(
    ["mm", "mhm", "mm hm", "mm hmm", "mmhmm", "mm mm", "uh huh", "uh", "um", "hmm", "huh", "ah", "oh", "er", "aha"]
)
ASSENTS = frozenset(["okay", "ok", "right", "yeah", "yep", "yes", "sure", "i see", "all right", "alright", "good"])


def is_backchannel(text: str, *, asks_yes_no: bool) -> bool:
    """ "mm-hm" while the bot talks means "go on", not "stop"; "yes" is an answer where yes or no was asked."""
    words = " ".join(text.replace("-", " ").split())
    return words in MURMURS or (words in ASSENTS and not asks_yes_no)
