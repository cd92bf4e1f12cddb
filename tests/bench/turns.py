"""Turn-taking without a clock: pauses inside sentences, in the call's own time. `python -m tests.bench.turns`.

The detector, the ears and the call are the real ones; what they would take of time (hearing, deciding, speaking) is
given, so the figures are the same however busy the computer is, and two ways of taking turns can be compared. A
sentence in two halves, or in one piece, is said to a bot that waits; the reply's first sound is due when the caller's
turn was taken for over and the given times have passed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from bot.asr.ears import load_ears
from bot.asr.recognizer import Ear, Recognizer
from bot.audio.pcm import chunks
from bot.audio.vad import SpeechDetector
from bot.bench.calls import load_casting
from bot.bench.figures import Figure, percentile, share, table
from bot.bench.script import SCENARIOS, kind_of
from bot.bench.speech import Clip, line_noise
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
from bot.nlu.completeness import is_complete, patience_after

HEARING_MS, FINISHING_MS, THINKING_MS, SPEAKING_MS = 160, 10, 10, 50
"""A free hearing, the end of one that is already heard, an answer, the voice's first sound: measured, alone."""
AFTER_S = 2.5
REPLY = Say("I see. And what would you like to do about it, now that we have talked about it for a while?")
ASKED = Expect("free", patience_ms=900)
Patience = Callable[[str, Expect], int]


@dataclass
class Result:
    """Times are milliseconds of audio."""

    text: str
    reply_ms: float | None = None
    """From the last sample to the first sound of the reply to the whole."""
    heard_over_ms: int = 0
    """The bot was heard inside the sentence for so long."""
    is_whole: bool = False
    """The last words to be answered were all of the sentence's."""


class Conversation:
    """One sentence said to a call."""

    def __init__(self, ear: Ear, patience: Patience) -> None:
        self._call = Call(SpeechDetector().is_speech, patience)
        self._ear, self._session = ear, None
        self._due: list[tuple[int, Event]] = []
        self._now = 0
        self._speaks_since: int | None = None
        self.started: list[int] = []
        """When the bot began to speak, and `stopped` when it fell silent."""
        self.stopped: list[int] = []
        self.thought: list[str] = []
        for event in (Answered(""), Replied(0, (Listen(ASKED),))):
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
                    self._after(HEARING_MS, Glimpsed(turn, self._of_session().glimpse()))
                case FinishUtterance(turn, _, _):
                    self._after(FINISHING_MS, Transcript(turn, self._of_session().finish()))
                case Think(turn, Utterance() as heard):
                    self.thought.append(heard.text)
                    self._after(THINKING_MS, Replied(turn, (REPLY, Listen(ASKED))))
                case Say():
                    self._after(SPEAKING_MS, StartedSpeaking(effect))
                case StopSpeaking():
                    self._due = [item for item in self._due if not isinstance(item[1], StartedSpeaking)]
                    self.stopped += [self._now] * (len(self.started) > len(self.stopped))

    def _of_session(self) -> Recognizer:
        assert self._session
        return self._session


def say_to(ear: Ear, patience: Patience, clip: Clip) -> Result:
    conversation = Conversation(ear, patience)
    noise = np.frombuffer(line_noise(clip.length_s + 1 + AFTER_S), "<i2").astype(np.int32)
    sound = noise.copy()
    voice = np.frombuffer(clip.pcm, "<i2")
    sound[SAMPLE_RATE : SAMPLE_RATE + len(voice)] += voice
    conversation.hear(sound.clip(-32768, 32767).astype("<i2").tobytes())
    began, ended = 1000 + 1000 * clip.starts_s, 1000 + 1000 * clip.ends_s
    result = Result(clip.text)
    spoke = list(zip(conversation.started, [*conversation.stopped, 10**9][: len(conversation.started)], strict=False))
    result.heard_over_ms = int(sum(max(0, min(stop, ended) - max(start, began)) for start, stop in spoke))
    answers = [start for start, _ in spoke if start >= ended]
    result.reply_ms = answers[0] - ended if answers else None
    result.is_whole = len(conversation.thought) == 1 or (
        bool(conversation.thought) and conversation.thought[-1].startswith(conversation.thought[0])
    )
    return result


def results(ear: Ear, patience: Patience) -> Iterator[Result]:
    casting = load_casting(SCENARIOS, speakers=5)
    wishes = sorted({wish for scenario in SCENARIOS for wish in scenario.wishes})
    for clips in casting.clips:
        for wish in wishes:
            yield say_to(ear, patience, clips[wish])


def figures(found: list[Result]) -> list[Figure]:
    rows = []
    for kind in ("free", "paused"):
        mine = [one for one in found if kind_of(one.text) == kind]
        times = [one.reply_ms for one in mine if one.reply_ms is not None]
        over = [one.heard_over_ms for one in mine if one.heard_over_ms]
        rows += [
            Figure(f"{kind}: reply p50", percentile(times, 0.5), count=len(times)),
            Figure(f"{kind}: reply p95", percentile(times, 0.95), count=len(times)),
            Figure(f"{kind}: bot heard inside the sentence", share(len(over), len(mine)), "%", 5, len(mine)),
            Figure(f"{kind}: for 0.3 s or more", share(sum(ms >= 300 for ms in over), len(mine)), "%", 5, len(mine)),
            Figure(
                f"{kind}: answered as a whole", share(sum(o.is_whole for o in mine), len(mine)), "%", count=len(mine)
            ),
        ]
    return rows


def at_once(text: str, expect: Expect) -> int:
    """How it would be without patience for sentences that like to go on."""
    return 0 if is_complete(text, expect) else expect.patience_ms


def main() -> None:
    ear, _ = load_ears("auto", load_settings().models)
    for name, patience in (("complete sentences at once", at_once), ("with patience for what goes on", patience_after)):
        found = list(results(ear, patience))
        print(f"\n{name}\n{table(figures(found))}")
        for text, times in sorted(Counter(one.text for one in found if one.heard_over_ms).items()):
            print(f"  heard inside, {times} times: {text}")


if __name__ == "__main__":
    main()
