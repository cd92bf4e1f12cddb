"""Callers for tests of whole calls: what they say is spoken by the bot's own voices, over a simulated telephone.

SIMULATED speech, and simple: no accent, no hesitation, no street. It shows that the parts work together, not how well
people are understood; for that there are recordings of real people (`tests/telephone.py`), used here where they fit.

A caller here has a mind: they answer by what the bot asked last, so that a call whose bot asks again, or asks in
another order, goes on as with a person.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache

import numpy as np

from bot.audio.pcm import Samples, resample, to_pcm, to_samples
from bot.channels.wavfile import Saying, WavFileChannel
from bot.events import SAMPLE_RATE, Effect, Event, Say
from bot.tts.cache import NamedVoice
from bot.tts.hibari import HibariVoice
from bot.tts.pyttsx3 import Pyttsx3Voice
from bot.tts.spoken import speakable
from tests.telephone import over_the_phone

PAUSE = np.zeros(SAMPLE_RATE // 5, np.float32)
LONGEST_CALL = 40
"""Answers; a caller who was asked more often hangs up."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """A simulated person. `pitch` 0.9 is a tenth lower (and slower); `gain` scales the amplitude."""

    voice: str = "hibari"
    speed: float = 1.0
    pitch: float = 1.0
    gain: float = 1.0

    def says(self, text: str) -> bytes:
        """16-bit mono PCM at 16 kHz, as it comes out of a telephone line."""
        return _spoken(self, text)


ALICE = Speaker()
BRIAN = Speaker(speed=1.1, pitch=0.92)
CAROL = Speaker(speed=0.9, pitch=1.06, gain=0.5)
ROBOT = Speaker("pyttsx3", speed=0.9)
"""The second engine: a very different voice, and hard to understand over a telephone."""


@cache
def _voice(name: str) -> NamedVoice:
    return {"hibari": HibariVoice, "pyttsx3": Pyttsx3Voice}[name]()


@cache
def _spoken(speaker: Speaker, text: str) -> bytes:
    pcm = b"".join(_voice(speaker.voice).synthesize(speakable(text), speaker.speed))
    samples: Samples = to_samples(pcm)
    if speaker.pitch != 1.0:
        samples = resample(samples, round(SAMPLE_RATE * speaker.pitch), SAMPLE_RATE)
    line = over_the_phone(np.concatenate([PAUSE, speaker.gain * samples, PAUSE]).astype(np.float32))
    return to_pcm(line)


Words = str | bytes | Callable[[], str]
"""A text is spoken, `keys:12#` is pressed, bytes are sound; a function may do something first, and returns a text."""


@dataclass
class Person:
    """Answers by what was asked: `answers` are pairs (pattern of the bot's words, what they say).

    Each answer is used once, in order among those that fit; asked the same again, it is repeated. Asked something
    they have no answer to, they hang up.
    """

    answers: list[tuple[str, Words]]
    speaker: Speaker = ALICE
    asked: list[str] = field(default_factory=list)
    """What the bot said since our last answer."""
    unanswered: str = ""
    """The question that made them hang up."""
    said: list[tuple[str, Words]] = field(default_factory=list)
    """Question and answer, for the test's message."""

    def observe(self, item: Event | Effect) -> None:
        if isinstance(item, Say):
            self.asked.append(item.text)

    def sayings(self) -> Iterator[Saying]:
        """Each is decided when it is taken."""
        left = list(self.answers)
        for _ in range(LONGEST_CALL):
            asked, self.asked = " ".join(self.asked), []
            answer = self._answer_to(asked, left)
            if answer is None:
                self.unanswered = asked
                return
            self.said.append((asked, answer))
            yield self._sound(answer)

    def _answer_to(self, asked: str, left: list[tuple[str, Words]]) -> Words | None:
        for pair in left:
            if re.search(pair[0], asked, re.IGNORECASE):
                left.remove(pair)
                return pair[1]
        said = [answer for pattern, answer in self.answers if re.search(pattern, asked, re.IGNORECASE)]
        return said[-1] if said else None

    def _sound(self, answer: Words) -> Saying:
        if callable(answer):
            answer = answer()
        if isinstance(answer, bytes):
            return answer
        return answer.removeprefix("keys:") if answer.startswith("keys:") else self.speaker.says(answer)


class PersonChannel(WavFileChannel):
    """A line with that person at the other end."""

    def __init__(self, person: Person, caller: str = "", called: str = "") -> None:
        super().__init__(person.sayings(), caller, called)
        self._person = person
        self.outcome = ""

    def observe(self, item: Event | Effect) -> None:
        self._person.observe(item)
        super().observe(item)

    async def transfer(self, queue: str, ticket_id: str) -> None:
        self.outcome = f"transfer to {queue}"
        await super().transfer(queue, ticket_id)

    async def hang_up(self) -> None:
        self.outcome = "hung up"
        await super().hang_up()
