"""The people side in plain data: what the bot (or anything else) hands to a person, and how it waits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Any, Final, Protocol


class Priority(IntEnum):
    """Lower is served first."""

    EMERGENCY = 0
    HIGH = 1
    NORMAL = 2
    LOW = 3


class TicketStatus(StrEnum):
    WAITING = "waiting"
    OFFERED = "offered"
    TAKEN = "taken"
    DONE = "done"
    ABANDONED = "abandoned"


WAITS: Final = (TicketStatus.WAITING, TicketStatus.OFFERED)
"""A caller in the queue."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the transcript; `confidence` None for what the bot said."""

    speaker: str
    """caller, bot or agent."""
    text: str
    at_ms: int = 0
    confidence: float | None = None
    doubtful: tuple[str, ...] = ()
    """Words heard with little confidence."""


@dataclass(frozen=True, slots=True)
class Packet:
    """Everything a person should know before they say a word."""

    business: str
    queue: str
    priority: Priority
    reasons: tuple[str, ...]
    """Why the bot gave up, in plain words."""
    summary: str
    caller: str = ""
    """Number as the line told it."""
    customer: str = ""
    """Who it is, when known."""
    identity: str = "unknown"
    """How sure and why: "number known, birth date confirmed"."""
    wants: str = ""
    slots: Mapping[str, str] = field(default_factory=dict)
    transcript: tuple[Line, ...] = ()
    call_id: str = ""
    business_name: str = ""
    written: Mapping[str, str] = field(default_factory=dict)
    """The slots as people read them; empty in packets that nobody wrote out."""

    @property
    def call_back(self) -> str:
        """The number on which to ring back, "" when none is known: the line's own, or the one they said."""
        return self.caller or self.slots.get("phone", "")


def packet_from(plain: Mapping[str, Any]) -> Packet:
    """From what `dataclasses.asdict` and JSON made of it. Raises KeyError, TypeError or ValueError for all else."""
    lines = (Line(**{**line, "doubtful": tuple(line["doubtful"])}) for line in plain["transcript"])
    parts = {
        "priority": Priority(plain["priority"]),
        "reasons": tuple(plain["reasons"]),
        "transcript": tuple(lines),
    }
    return Packet(**{**plain, **parts})


@dataclass(frozen=True, slots=True)
class Ticket:
    id: str
    created_at: dt.datetime
    packet: Packet
    status: TicketStatus = TicketStatus.WAITING


class TicketStore(Protocol):
    """Where tickets live; raises on failure, never loses silently."""

    def add(self, packet: Packet, now: dt.datetime) -> Ticket:
        """Stored for good when this returns."""
        ...

    def get(self, ticket_id: str) -> Ticket | None: ...
    def set_status(self, ticket_id: str, status: TicketStatus, now: dt.datetime) -> None: ...
    def take(self, ticket_id: str, now: dt.datetime) -> bool:
        """True for the one person who takes it, False when it does not wait any more."""
        ...

    def pass_on(self, ticket_id: str, queue: str, said: Sequence[Line], now: dt.datetime) -> None:
        """Waits again, in that queue, with what was said since in its transcript."""
        ...

    def newest(self, business: str | None = None, limit: int = 100) -> Sequence[Ticket]:
        """Newest first."""
        ...

    def waiting(self, business: str | None = None) -> Sequence[Ticket]:
        """By priority, then by age: the order in which people are served."""
        ...
