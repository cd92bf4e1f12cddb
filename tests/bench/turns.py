"""Turn-taking without a clock: pauses inside sentences, in the call's own time. `python -m tests.bench.turns [dev]`.

The detector, the ears and the call are the real ones; what they would take of time (hearing, deciding, speaking) is
given, so the figures are the same however busy the computer is, and two ways of taking turns can be compared. Each
sentence of `pauses/` is said, in pieces or in one, to a bot that waits; the reply's first sound is due when the
caller's turn was taken for over and the given times have passed.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from bot.asr.ears import load_ears
from bot.asr.recognizer import Ear, Recognizer
from bot.audio.pcm import chunks
from bot.audio.vad import SpeechDetector
from bot.bench.figures import Figure, percentile, share, table
from bot.bench.speech import SPEAKERS, Clip, line_noise, say
from bot.call import Call
from bot.config import load_settings
from bot.events import (
    CHUNK_MS,
    SAMPLE_RATE,
    Answered,
    AudioChunk,
    Effect,
    Event,
    Expect,
    FinishUtterance,
    Glimpse,
    Glimpsed,
    Hypothesis,
    Listen,
    Recognize,
    Replied,
    Say,
    StartedSpeaking,
    StopSpeaking,
    Think,
    Transcript,
    Utterance,
)
from bot.nlu.completeness import patience_after
from bot.tts.voices import load_voice
from tests.bench.pausing import HEARING_MS, HEARING_WITH_GRAMMAR_MS, PAUSES_MS, SETS, Sentence, at_once, sentences

FINISHING_MS, THINKING_MS, SPEAKING_MS = 10, 10, 50
"""The end of a hearing that has been heard, an answer, the voice's first sound: measured, alone."""
AFTER_S = 2.5
REPLY = Say("I see. And what would you like to do about it, now that we have talked about it for a while?")
Patience = Callable[[str, Expect], int]


@dataclass
class Result:
    """Times are milliseconds of audio."""

    sentence: Sentence
    reply_ms: float | None = None
    """From the last sample to the first sound of the reply to the whole."""
    heard_over_ms: int = 0
    """The bot was heard inside the sentence for so long."""
    is_whole: bool = False
    """The last words to be answered were all of the sentence's."""


class Remembering:
    """What an ear made of some audio is what it makes of it again: the second way of being patient costs no hearing."""

    def __init__(self, ear: Ear) -> None:
        self._ear = ear
        self._known: dict[tuple[str, bytes], tuple[Hypothesis, ...]] = {}

    def listen(self, expect: Expect) -> Recognizer:
        return _Session(self._ear.listen(expect), self._known, expect.kind)


class _Session:
    def __init__(self, session: Recognizer, known: dict[tuple[str, bytes], tuple[Hypothesis, ...]], kind: str) -> None:
        self._session, self._known, self._kind = session, known, kind
        self._chunks: list[AudioChunk] = []
        self._fed = 0

    def accept(self, chunk: AudioChunk) -> str | None:
        self._chunks.append(chunk)
        return None

    def glimpse(self) -> tuple[Hypothesis, ...]:
        return self._hear("glimpse", self._session.glimpse)

    def finish(self) -> tuple[Hypothesis, ...]:
        return self._hear("finish", self._session.finish)

    def _hear(self, what: str, hear: Callable[[], tuple[Hypothesis, ...]]) -> tuple[Hypothesis, ...]:
        key = f"{what} {self._kind}", hashlib.sha256(b"".join(chunk.pcm for chunk in self._chunks)).digest()
        if key not in self._known:
            for chunk in self._chunks[self._fed :]:
                self._session.accept(chunk)
            self._fed = len(self._chunks)
            self._known[key] = hear()
        return self._known[key]


class Conversation:
    """One sentence said to a call that asked for it."""

    def __init__(self, ear: Ear, patience: Patience, asked: Expect) -> None:
        self._call = Call(SpeechDetector().is_speech, patience)
        self._asked = asked
        self._ear, self._session = ear, None
        self._due: list[tuple[int, Event]] = []
        self._now = 0
        self._speaks_since: int | None = None
        self.started: list[int] = []
        """When the bot began to speak, and `stopped` when it fell silent."""
        self.stopped: list[int] = []
        self.thought: list[str] = []
        for event in (Answered(""), Replied(0, (Listen(asked),))):
            self._do(self._call.handle(event))

    def hear(self, pcm: bytes) -> None:
        for chunk in chunks(pcm):
            self._now += CHUNK_MS
            while self._due and self._due[0][0] <= self._now:
                event = self._due.pop(0)[1]
                if isinstance(event, StartedSpeaking):
                    self.started.append(self._now)
                self._do(self._call.handle(event))
            self._do(self._call.handle(AudioChunk(chunk.pcm)))

    def _after(self, ms: int, event: Event) -> None:
        self._due.append((self._now + ms, event))
        self._due.sort(key=lambda item: item[0])

    def _do(self, effects: list[Effect]) -> None:
        for effect in effects:
            match effect:
                case Recognize(chunk, starts):
                    self._session = self._ear.listen(starts) if starts else self._session
                    self._of_session().accept(chunk)
                case Glimpse(turn):
                    hearing_ms = HEARING_MS.get(self._asked.kind, HEARING_WITH_GRAMMAR_MS)
                    self._after(hearing_ms, Glimpsed(turn, self._of_session().glimpse()))
                case FinishUtterance(turn, _, _):
                    self._after(FINISHING_MS, Transcript(turn, self._of_session().finish()))
                case Think(turn, Utterance() as heard):
                    self.thought.append(heard.text)
                    self._after(THINKING_MS, Replied(turn, (REPLY, Listen(self._asked))))
                case Say():
                    self._after(SPEAKING_MS, StartedSpeaking(effect))
                case StopSpeaking():
                    self._due = [item for item in self._due if not isinstance(item[1], StartedSpeaking)]
                    self.stopped += [self._now] * (len(self.started) > len(self.stopped))

    def _of_session(self) -> Recognizer:
        assert self._session
        return self._session


def say_to(ear: Ear, patience: Patience, sentence: Sentence, clip: Clip) -> Result:
    conversation = Conversation(ear, patience, sentence.expect)
    noise = np.frombuffer(line_noise(clip.length_s + 1 + AFTER_S), "<i2").astype(np.int32)
    sound = noise.copy()
    voice = np.frombuffer(clip.pcm, "<i2")
    sound[SAMPLE_RATE : SAMPLE_RATE + len(voice)] += voice
    conversation.hear(sound.clip(-32768, 32767).astype("<i2").tobytes())
    began, ended = 1000 + 1000 * clip.starts_s, 1000 + 1000 * clip.ends_s
    result = Result(sentence)
    spoke = list(zip(conversation.started, [*conversation.stopped, 10**9][: len(conversation.started)], strict=False))
    result.heard_over_ms = int(sum(max(0, min(stop, ended) - max(start, began)) for start, stop in spoke))
    answers = [start for start, _ in spoke if start >= ended]
    result.reply_ms = answers[0] - ended if answers else None
    result.is_whole = len(conversation.thought) == 1 or (
        bool(conversation.thought) and conversation.thought[-1].startswith(conversation.thought[0])
    )
    return result


def spoken(said: Sequence[Sentence]) -> Iterator[tuple[Sentence, Clip]]:
    """By five speakers in turn, with the pauses of `PAUSES_MS` in turn."""
    with tempfile.TemporaryDirectory() as home:
        voice, _ = load_voice(load_settings(home=home))
        for index, sentence in enumerate(said):
            pauses_s = [PAUSES_MS[(7 * index + 5 * more) % len(PAUSES_MS)] / 1000 for more in range(4)]
            yield sentence, say(voice, sentence.text, SPEAKERS[index % len(SPEAKERS)], pauses_s)


def figures(found: Sequence[Result]) -> list[Figure]:
    rows = []
    for name, is_free in (("free", True), ("closed", False)):
        mine = [one for one in found if (one.sentence.asked == "free") == is_free]
        if not mine:
            continue
        whole = [one for one in mine if not one.sentence.is_paused]
        paused = [one for one in mine if one.sentence.is_paused]
        times = [one.reply_ms for one in whole if one.reply_ms is not None]
        over = [one.heard_over_ms for one in paused if one.heard_over_ms]
        n = len(paused)
        rows += [
            Figure(f"{name}, whole: reply p50", percentile(times, 0.5), "ms", 450 if is_free else 350, len(times)),
            Figure(f"{name}, whole: reply p95", percentile(times, 0.95), "ms", 750 if is_free else 500, len(times)),
            Figure(f"{name}, paused: bot heard inside the sentence", share(len(over), n), "%", 5, n),
            Figure(f"{name}, paused: for 0.3 s or more", share(sum(ms >= 300 for ms in over), n), "%", count=n),
            Figure(f"{name}, paused: answered as a whole", share(sum(o.is_whole for o in paused), n), "%", count=n),
        ]
    return rows


def main() -> None:
    ear, _ = load_ears("auto", load_settings().models)
    remembering = Remembering(ear)
    for half in sys.argv[1:] or SETS:
        clips = list(spoken(sentences(half)))
        for name, patience in (("at once", at_once), ("with patience", patience_after)):
            found = [say_to(remembering, patience, sentence, clip) for sentence, clip in clips]
            print(f"\n{half}, {name}\n{table(figures(found))}", flush=True)
            for one in found:
                if one.heard_over_ms and one.sentence.is_paused:
                    print(f"  heard inside, {one.heard_over_ms} ms: {one.sentence.text}")


if __name__ == "__main__":
    main()
