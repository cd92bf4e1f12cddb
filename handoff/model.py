"""The people side in plain data: what the bot (or anything else) hands to a person, and how it waits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
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


class Medium(StrEnum):
    CALL = "call"
    """The caller stays on the line."""
    CALLBACK = "callback"
    """They hung up with the promise to be rung back, and keep their place."""
    MESSAGE = "message"
    """They spoke a message; nobody waits on a line."""


PLACE_KEPT: Final = dt.timedelta(minutes=15)
"""A caller who left the queue and calls again within so long is where they were."""


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
    caller_name: str = ""
    """As the line told it; nobody has proven it."""

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
    medium: Medium = Medium.CALL
    placed_at: dt.datetime | None = None
    """The beginning of the wait that counts for their place, when it began in an earlier call."""
    due_at: dt.datetime | None = None
    """When they want to be rung back; None: as soon as it is their turn."""
    number: str = ""
    """On which they want to be rung back, when they named one."""
    recording: str = ""
    """The file of their message, in the folder of messages."""
    left_at: dt.datetime | None = None
    """Since when nobody is on the line."""
    tries: int = 0
    """How often ringing back reached nobody."""

    @property
    def since(self) -> dt.datetime:
        """Since when they wait, as their place counts it."""
        return self.placed_at or self.created_at

    @property
    def call_back(self) -> str:
        """The number to ring, "" when none is known."""
        return self.number or self.packet.call_back


@dataclass(frozen=True, slots=True)
class Listed:
    """A ticket without its packet, as routing and lists read it often: who is served when, and whether it changed."""

    id: str
    created_at: dt.datetime
    queue: str
    priority: Priority
    status: TicketStatus = TicketStatus.WAITING
    medium: Medium = Medium.CALL
    caller: str = ""
    """Number as the line told it."""
    placed_at: dt.datetime | None = None
    due_at: dt.datetime | None = None
    number: str = ""
    changed_at: dt.datetime | None = None

    @property
    def since(self) -> dt.datetime:
        """Since when they wait, as their place counts it."""
        return self.placed_at or self.created_at


class TicketStore(Protocol):
    """Where tickets live; raises on failure, never loses silently."""

    def add(self, packet: Packet, now: dt.datetime) -> Ticket:
        """Stored for good when this returns."""
        ...

    def get(self, ticket_id: str) -> Ticket | None: ...
    def several(self, ticket_ids: Collection[str]) -> Sequence[Ticket]:
        """Those there are, in any order."""
        ...

    def queued(self) -> Sequence[Listed]:
        """Who waits, by priority, then by age; cheap however much was said."""
        ...

    def settled(self, limit: int) -> Sequence[Listed]:
        """Newest first: taken, done, or given up by their callers; cheap, too."""
        ...

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

    def move(self, ticket_id: str, queue: str, now: dt.datetime, priority: Priority | None = None) -> bool:
        """To another queue, with its place; False when it does not wait any more."""
        ...

    def left(self, ticket_id: str, now: dt.datetime) -> None:
        """The caller hung up; their place is kept for `PLACE_KEPT`, for a call from the same number."""
        ...

    def call_back(self, ticket_id: str, number: str, due_at: dt.datetime | None, now: dt.datetime) -> bool:
        """They are promised a call back and keep their place; False when the ticket does not wait any more."""
        ...

    def keep_message(self, ticket_id: str, recording: str, now: dt.datetime) -> bool:
        """What they said is in that file; False when the ticket does not wait any more."""
        ...

    def try_again(self, ticket_id: str, due_at: dt.datetime, now: dt.datetime) -> None:
        """Ringing back reached nobody: it waits again, until then."""
        ...

    def nobody_is_on_line(self, now: dt.datetime) -> int:
        """After a start: whoever waited on a line has left it, and keeps their place from now on; how many."""
        ...

    def served_by(self, business: str, caller: str, since: dt.datetime) -> int | None:
        """Who answered that number last; None when it is longer ago or the number withheld."""
        ...

    def add_lines(self, ticket_id: str, said: Sequence[Line], now: dt.datetime) -> None:
        """What was said while they wait joins the packet's transcript."""
        ...

    def waiting(self, business: str | None = None) -> Sequence[Ticket]:
        """By priority, then by age: the order in which people are served."""
        ...
