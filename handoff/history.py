"""What happened to a ticket, kept for good: figures and reports are made of this and of nothing else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol


class What(StrEnum):
    OFFERED = "offered"
    DECLINED = "declined"
    MISSED = "missed"
    ANSWERED = "answered"
    HELD = "held"
    RESUMED = "resumed"
    ENDED = "ended"
    WRAPPED = "wrapped"
    ABANDONED = "abandoned"
    """The caller left before anybody answered."""
    PROMISED = "promised"
    """They hung up with the promise of a call back, and keep their place."""
    MESSAGE = "message"
    """They left a message instead of waiting."""
    UNREACHED = "unreached"
    """Rung back by a person, and nobody answered; it is tried again."""
    TRANSFERRED = "transferred"
    """Passed on to a queue or a person by whoever had answered."""
    CONSULTED = "consulted"
    """A colleague was asked in and came; details: colleague."""
    LEFT_OUTSIDE = "left outside"
    """The talk with somebody outside, to whom the caller was put through, is over."""
    GIVEN_BACK = "given back"
    """To the bot, by whoever had answered."""
    SURVEYED = "surveyed"
    """The caller said how it was: rating (1 to 5), resolved, comment."""
    RETURNED = "returned"
    """Broken off on our side: back to the front of the queue."""


@dataclass(frozen=True, slots=True)
class Happening:
    ticket_id: str
    what: What
    at: dt.datetime
    agent: int | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """A ticket as its queue saw it come."""

    ticket_id: str
    queue: str
    entered_at: dt.datetime


def broken_off(happened: Iterable[Happening]) -> list[Happening]:
    """Answers that nothing followed: talks that were going on when the call centre died. Oldest first in, and out."""
    going_on: dict[str, Happening] = {}
    for one in happened:
        if one.what is What.ANSWERED:
            going_on[one.ticket_id] = one
        elif one.what in (What.ENDED, What.TRANSFERRED, What.RETURNED):
            going_on.pop(one.ticket_id, None)
    return list(going_on.values())


class History(Protocol):
    """Raises on failure."""

    def add(self, happening: Happening) -> None: ...

    def since(self, at: dt.datetime) -> Sequence[Happening]:
        """Oldest first."""
        ...

    def entries(self, since: dt.datetime) -> Sequence[Entry]:
        """Tickets that came since then and to which anything happened, oldest first."""
        ...
