"""What the call needs of speech recognition: an ear shared by all calls, and a session for one utterance."""

from __future__ import annotations

from typing import Protocol

from bot.events import AudioChunk, Expect, Hypothesis


class Recognizer(Protocol):
    """One utterance of one caller. Every method may block and runs in a worker thread, one at a time."""

    def accept(self, chunk: AudioChunk) -> str | None:
        """Take the next audio; the words so far where they come for free, else None."""
        ...

    def glimpse(self) -> tuple[Hypothesis, ...]:
        """What was heard so far, at a pause; the utterance goes on."""
        ...

    def finish(self) -> tuple[Hypothesis, ...]:
        """What was heard, best first; () when there were no words. The session is over."""
        ...


class Ear(Protocol):
    """A loaded recogniser. Cheap to ask for a session; thread-safe."""

    def listen(self, expect: Expect) -> Recognizer: ...
