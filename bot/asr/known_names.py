"""Which reading of a spelled name is meant: rather one that makes a word of the dictionary than one that makes none.

Letters sound alike ("d e m t", "d e n t"), and a recogniser of speech has no idea of names. The dictionary of another
one has most surnames; where no reading is in it, the best one stays the best.
"""

from __future__ import annotations

from collections.abc import Callable

from bot.asr.recognizer import Recognizer
from bot.events import AudioChunk, Hypothesis

FEWEST_LETTERS = 2
"""Single letters in a reading from which on somebody is spelling."""

Knows = Callable[[str], bool]


class KnownFirst:
    """`recognizer`, with its readings of a spelled name in this order."""

    def __init__(self, recognizer: Recognizer, knows: Knows) -> None:
        self._recognizer, self._knows = recognizer, knows

    def accept(self, chunk: AudioChunk) -> str | None:
        return self._recognizer.accept(chunk)

    def glimpse(self) -> tuple[Hypothesis, ...]:
        return known_first(self._recognizer.glimpse(), self._knows)

    def finish(self) -> tuple[Hypothesis, ...]:
        return known_first(self._recognizer.finish(), self._knows)


def known_first(readings: tuple[Hypothesis, ...], knows: Knows) -> tuple[Hypothesis, ...]:
    """As they are, unless somebody spells and a later one makes a word while the first does not."""
    if not any(_is_spelled(reading.text) for reading in readings):
        return readings
    return tuple(sorted(readings, key=lambda reading: not knows(_joined(reading.text))))


def _is_spelled(text: str) -> bool:
    return sum(len(word) == 1 for word in text.split()) >= FEWEST_LETTERS


def _joined(text: str) -> str:
    """ "and" is what N sounds like."""
    return "".join("n" if word == "and" else word for word in text.split())
