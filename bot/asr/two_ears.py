"""Two ears: closed questions go to the one with a grammar, free speech to the one without; each can stand in.

Where the grammar hears nothing it knows, the free ear hears the same audio: "could I speak to somebody" after "morning
or afternoon?" is a sentence, not noise. Where both agree, both are right (93–100 % of the time, measured).
"""

from __future__ import annotations

import time
from collections.abc import Callable

from bot.asr.known_names import KnownFirst
from bot.asr.recognizer import Ear, Recognizer
from bot.errors import HearingError
from bot.events import FREE, AudioChunk, Expect, Hypothesis

DOUBTFUL = 0.75
"""A closed answer less sure than this is heard again by the free ear."""
AGREED = 0.95
NAME = Expect("name")
WHOLE = ("yes_no", "choice")
"""Kinds whose phrases are whole answers; dates, times and figures are put together from theirs."""
CAPTIONS_BEHIND_MS = 600
"""Captions that lag so far behind the caller are given up for this utterance."""


class TwoEars:
    """`closed` hears with a grammar, `free` without. With one of them missing the other hears everything.

    `captions`, if given, follows free speech word by word while `captions_allowed()` says that there is time for it.
    `knows` tells whether a word is in a dictionary; it helps to choose among readings of a spelled name.
    """

    def __init__(
        self,
        closed: Ear | None,
        free: Ear | None,
        captions: Ear | None = None,
        captions_allowed: Callable[[], bool] = lambda: False,
        knows: Callable[[str], bool] | None = None,
    ) -> None:
        streaming = free or closed
        if streaming is None:
            raise ValueError("at least one ear is needed")
        self._closed = closed
        self._free = streaming
        self._captions = captions
        self._captions_allowed = captions_allowed
        self._knows = knows

    def listen(self, expect: Expect) -> Recognizer:
        if self._closed and expect.kind != "free" and expect.phrases:
            return ClosedThenFree(self._closed.listen(expect), Deferred(self._free.listen(FREE)), expect)
        recognizer = self._free.listen(NAME if expect.kind == "name" else FREE)
        if expect.kind == "name" and self._knows:
            recognizer = KnownFirst(recognizer, self._knows)
        if self._captions and not expect.secret and self._captions_allowed():
            return Captioned(recognizer, self._captions.listen(FREE))
        return recognizer


class Deferred:
    """Keeps the audio and works only when asked: most closed answers never need the second ear."""

    def __init__(self, recognizer: Recognizer) -> None:
        self._recognizer = recognizer
        self._chunks: list[AudioChunk] = []

    def accept(self, chunk: AudioChunk) -> str | None:
        self._chunks.append(chunk)
        return None

    def _catch_up(self) -> None:
        for chunk in self._chunks:
            self._recognizer.accept(chunk)
        self._chunks.clear()

    def glimpse(self) -> tuple[Hypothesis, ...]:
        self._catch_up()
        return self._recognizer.glimpse()

    def finish(self) -> tuple[Hypothesis, ...]:
        self._catch_up()
        return self._recognizer.finish()


class ClosedThenFree:
    """Both get the audio; the free one is asked only when the closed one heard nothing or is not sure."""

    def __init__(self, closed: Recognizer, free: Recognizer, expect: Expect = FREE) -> None:
        self._closed = closed
        self._free = free
        self._whole = frozenset(expect.phrases) if expect.kind in WHOLE else None
        """The only answers a grammar of whole phrases may be believed before the end."""

    def accept(self, chunk: AudioChunk) -> str | None:
        self._free.accept(chunk)
        return self._closed.accept(chunk)

    def glimpse(self) -> tuple[Hypothesis, ...]:
        """A sentence against a grammar of phrases gives scraps of them ("do you no"): the free ear tells what it is."""
        closed = self._closed.glimpse()
        if closed and (self._whole is None or closed[0].text in self._whole):
            return closed
        return self._free.glimpse() or closed

    def finish(self) -> tuple[Hypothesis, ...]:
        closed = self._closed.finish()
        if closed and closed[0].confidence >= DOUBTFUL:
            return closed
        return combine(closed, self._free.finish())


def combine(closed: tuple[Hypothesis, ...], free: tuple[Hypothesis, ...]) -> tuple[Hypothesis, ...]:
    """Both lists as one, best first. The same words from both raise the confidence; else the surer one leads."""
    if not closed or not free:
        return closed or free
    first = closed[0]
    if any(first.text == other.text for other in free):
        sure = Hypothesis(first.text, max(AGREED, first.confidence), first.words)
        return (sure, *(other for other in free if other.text != first.text))
    return tuple(sorted((*closed, *free), key=lambda hypothesis: -hypothesis.confidence))


class Captioned:
    """`recognizer` decides; `captions` only shows words while they are said, and goes when it fails or falls behind."""

    def __init__(
        self, recognizer: Recognizer, captions: Recognizer, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._recognizer = recognizer
        self._captions: Recognizer | None = captions
        self._clock = clock
        self._behind_ms = 0.0

    def accept(self, chunk: AudioChunk) -> str | None:
        self._recognizer.accept(chunk)
        if self._captions is None:
            return None
        began = self._clock()
        try:
            return self._captions.accept(chunk)
        except HearingError:
            self._captions = None
            return None
        finally:
            self._count(1000 * (self._clock() - began) - chunk.ms)

    def _count(self, late_ms: float) -> None:
        """On a busy computer the answer matters more than the caption."""
        self._behind_ms = max(0.0, self._behind_ms + late_ms)
        if self._behind_ms > CAPTIONS_BEHIND_MS:
            self._captions = None

    def glimpse(self) -> tuple[Hypothesis, ...]:
        return self._recognizer.glimpse()

    def finish(self) -> tuple[Hypothesis, ...]:
        return self._recognizer.finish()
