"""What the call needs of whoever holds the conversation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Protocol

from bot.events import Action, Answered, Heard

Clock = Callable[[], dt.datetime]
"""Aware time now; asked at the edge of a call only."""


class Conversation(Protocol):
    """One per call, used by one thread at a time. Blocks (diary, understanding); reads no clock."""

    def open(self, answered: Answered, now: dt.datetime) -> Sequence[Action]:
        """The greeting and the first question."""
        ...

    def hear(self, heard: Heard, now: dt.datetime) -> Sequence[Action]:
        """What to do about what the caller said, pressed or did not say."""
        ...

    def fail(self, code: str, now: dt.datetime) -> Sequence[Action]:
        """A part of the bot failed (`errors.py`): a kind sentence and a person, the ticket already stored."""
        ...

    def hand_over(self, reason: str, now: dt.datetime) -> Sequence[Action]:
        """A person takes over although nobody asked for one; nothing once the call is over."""
        ...

    def close(self, now: dt.datetime) -> None:
        """The caller is gone: holds are released, what was filled in is kept for a call back within minutes."""
        ...
