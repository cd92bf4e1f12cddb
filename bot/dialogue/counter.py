"""What the dialogue needs of the people side and of memory between calls, in plain data of its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Protocol


class Urgency(IntEnum):
    """Lower is served first."""

    EMERGENCY = 0
    HIGH = 1
    NORMAL = 2


@dataclass(frozen=True, slots=True)
class TicketLine:
    """A line of the conversation; card numbers are already out of it."""

    speaker: str
    """caller or bot."""
    text: str
    at_ms: int
    """Milliseconds since the call was answered."""
    confidence: float | None = None
    """How sure the recogniser was, 0 to 1; None for the bot and for the keypad."""
    doubtful: tuple[str, ...] = ()
    """Words heard with little confidence."""


@dataclass(frozen=True, slots=True)
class TicketDraft:
    """Everything a person should know before they say a word."""

    business: str
    queue: str
    urgency: Urgency
    reasons: tuple[str, ...]
    summary: str
    caller: str
    customer: str
    identity: str
    wants: str
    slots: Mapping[str, str] = field(default_factory=dict)
    transcript: tuple[TicketLine, ...] = ()
    call_id: str = ""
    business_name: str = ""
    written: Mapping[str, str] = field(default_factory=dict)
    """The slots as people read them."""
    caller_name: str = ""
    """As the line told it; the call's counter knows it."""


class Counter(Protocol):
    """Where people take over."""

    def open_ticket(self, draft: TicketDraft, now: dt.datetime) -> str:
        """Stored for good when this returns the ticket's id; raises FrontdeskError when it could not be."""
        ...


class Unfinished(Protocol):
    """What a caller who was cut off had filled in, per business and number, for some minutes."""

    def keep(self, caller: str, slots: Mapping[str, str], now: dt.datetime) -> None: ...
    def recall(self, caller: str, now: dt.datetime) -> Mapping[str, str] | None:
        """None when there is nothing, or it is too long ago."""
        ...

    def forget(self, caller: str) -> None: ...
