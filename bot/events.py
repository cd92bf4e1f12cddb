"""The vocabulary of a call: everything that can happen in it, and everything the bot can do about it.

Events are facts in the past, effects and actions imperatives. All of them are frozen: they travel between threads
and are kept as the witness of a call. This file imports nothing of ours.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

SAMPLE_RATE = 16_000
"""Hz. All audio inside is 16-bit little-endian mono PCM at this rate; channels convert at their door."""

SAMPLE_WIDTH = 2
"""Bytes a sample."""

CHUNK_MS = 20
"""Length of a chunk as channels deliver it, and as the mouth plays it."""

CHUNK_BYTES = SAMPLE_RATE * SAMPLE_WIDTH * CHUNK_MS // 1000


# What the next answer may be --------------------------------------------------

AnswerKind = Literal["free", "yes_no", "date", "time", "date_time", "digits", "name", "choice"]


@dataclass(frozen=True, slots=True)
class Expect:
    """What the dialogue expects to hear next; it chooses the ear, its grammar and the patience of the endpointer."""

    kind: AnswerKind = "free"
    phrases: tuple[str, ...] = ()
    """Whole phrases the recogniser may answer with, lower case; empty means free speech."""
    patience_ms: int = 700
    """Silence that ends the turn although what was heard does not sound complete."""
    digits: int = 0
    """How many keypad digits complete the answer; 0: until `#` or a pause."""
    secret: bool = False
    """The answer (a card number, a PIN) must not reach transcript, log or recording."""


FREE = Expect()


# From the channel ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Answered:
    """The line is open. `caller` is the caller's number or name as the line tells it ("" when withheld)."""

    caller: str
    called: str = ""
    """The number or door that was called; it picks the business."""
    name: str = ""
    """The caller's name as the line tells it, which nobody has proven; "" on most lines."""


@dataclass(frozen=True, slots=True)
class AudioChunk:
    """A piece of the caller's audio: 16-bit mono PCM at `sample_rate` Hz, usually 20 ms."""

    pcm: bytes
    sample_rate: int = SAMPLE_RATE

    @property
    def ms(self) -> int:
        return 1000 * len(self.pcm) // (SAMPLE_WIDTH * self.sample_rate)


@dataclass(frozen=True, slots=True)
class DigitPressed:
    """One of 0-9, * and #."""

    digit: str


@dataclass(frozen=True, slots=True)
class CallerHungUp:
    pass


# From our own workers, stamped with the turn they belong to ------------------------


@dataclass(frozen=True, slots=True)
class Word:
    """A recognised word; times are milliseconds from the start of its utterance, confidence 0 to 1."""

    text: str
    start_ms: int
    end_ms: int
    confidence: float


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One reading of an utterance: lower case, no punctuation, figures as words, confidence 0 to 1."""

    text: str
    confidence: float = 1.0
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class PartialTranscript:
    """Words while the caller still speaks, for live captions only."""

    text: str


@dataclass(frozen=True, slots=True)
class Glimpsed:
    """What was heard up to a pause: complete, and the turn ends at once; not, and we wait on."""

    turn: int
    hypotheses: tuple[Hypothesis, ...]


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was heard in a whole turn, best hypothesis first; empty when there were no words."""

    turn: int
    hypotheses: tuple[Hypothesis, ...] = ()

    @property
    def text(self) -> str:
        return self.hypotheses[0].text if self.hypotheses else ""


@dataclass(frozen=True, slots=True)
class Replied:
    """The dialogue's answer to the `Think` of that turn."""

    turn: int
    actions: tuple[Action, ...]


@dataclass(frozen=True, slots=True)
class StartedSpeaking:
    """The first sample of a `Say` went to the channel."""

    say: Say


@dataclass(frozen=True, slots=True)
class FinishedSpeaking:
    """The last sample of a `Say` went to the channel."""

    say: Say


@dataclass(frozen=True, slots=True)
class Failed:
    """A worker's surprise, as an event: `part` is ears, brain, mouth or channel; `code` is stable (see errors.py)."""

    part: str
    code: str


@dataclass(frozen=True, slots=True)
class TakenOver:
    """Somebody of ours wants the caller now, in mid-call."""

    reason: str


Event = (
    Answered
    | AudioChunk
    | DigitPressed
    | CallerHungUp
    | PartialTranscript
    | Glimpsed
    | Transcript
    | Replied
    | StartedSpeaking
    | FinishedSpeaking
    | Failed
    | TakenOver
)


# What the caller did, as the dialogue sees it -----------------------------------------


@dataclass(frozen=True, slots=True)
class Utterance:
    """Words, best hypothesis first."""

    hypotheses: tuple[Hypothesis, ...]
    bot_heard_ms: int | None = None
    """When the caller cut the bot off: how many milliseconds of its sentence had been played; else None."""
    earlier: tuple[Hypothesis, ...] = ()
    """What was said just before and not understood: probably the same wish in other words."""

    @property
    def text(self) -> str:
        return self.hypotheses[0].text if self.hypotheses else ""

    @property
    def confidence(self) -> float:
        return self.hypotheses[0].confidence if self.hypotheses else 0.0


@dataclass(frozen=True, slots=True)
class Digits:
    """Keypad digits, together, without the closing `#`."""

    digits: str


@dataclass(frozen=True, slots=True)
class Silence:
    """Nothing came, or nothing with words in it."""


Heard = Utterance | Digits | Silence


# What the dialogue wants done ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Say:
    """Speak `text`. What did something ("you are booked for Tuesday") is not interruptible, never dropped."""

    text: str
    interruptible: bool = True
    speed: float = 1.0
    """0.5–2.0; a caller who asked for "slower" gets less than 1."""


@dataclass(frozen=True, slots=True)
class Listen:
    """What the next answer may be; holds until the next `Listen`."""

    expect: Expect = FREE


@dataclass(frozen=True, slots=True)
class Transfer:
    """Give the caller to a person; the ticket is stored before this is said."""

    queue: str
    reason: str
    ticket_id: str = ""


@dataclass(frozen=True, slots=True)
class HangUp:
    pass


@dataclass(frozen=True, slots=True)
class StopRecording:
    """The caller does not want this call recorded: nothing more is, and what was is deleted."""


Action = Say | Listen | Transfer | HangUp | StopRecording


# What the call asks its shell to carry out --------------------------------------------------


@dataclass(frozen=True, slots=True)
class Recognize:
    """Give this chunk to the ear of the running utterance; `starts` opens a new one for `expect`."""

    chunk: AudioChunk
    starts: Expect | None = None


@dataclass(frozen=True, slots=True)
class Glimpse:
    """Tell what was heard so far, without ending the utterance."""

    turn: int


@dataclass(frozen=True, slots=True)
class FinishUtterance:
    """The caller is done; the times are milliseconds of audio since the call was answered."""

    turn: int
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Think:
    turn: int
    heard: Heard


@dataclass(frozen=True, slots=True)
class Excuse:
    """A part failed: let the dialogue find kind words and a person."""

    turn: int
    code: str


@dataclass(frozen=True, slots=True)
class HandOver:
    """Somebody of ours takes over: let the dialogue write the ticket and say so."""

    turn: int
    reason: str


@dataclass(frozen=True, slots=True)
class StopSpeaking:
    pass


@dataclass(frozen=True, slots=True)
class ResumeSpeaking:
    """What interrupted the bot was nothing: go on with `say` from `from_ms` of its audio."""

    say: Say
    from_ms: int


@dataclass(frozen=True, slots=True)
class Apologize:
    """Play the recorded apology; it needs no engine."""


Effect = (
    Recognize
    | Glimpse
    | FinishUtterance
    | Think
    | Excuse
    | HandOver
    | StopSpeaking
    | ResumeSpeaking
    | Apologize
    | Action
)

Observe = Callable[[Event | Effect], None]
"""Sees everything of a call, in order; transcript, captions and figures are made from it. Must not wait."""
