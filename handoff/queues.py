"""What a supervisor sets for a queue, while callers wait in it: who is asked, when it is open, when it is full. Pure.

A queue without settings is open day and night, has no end, and asks whoever has been ready longest.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any, Final, Protocol

OFFER_S: Final = 20
"""An offer that nobody answers goes to somebody else after so long, unless a queue says otherwise."""

WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
END_OF_DAY: Final = "24:00"


class Strategy(StrEnum):
    LONGEST_IDLE = "longest_idle"
    ROUND_ROBIN = "round_robin"
    """Whoever was offered a caller longest ago."""
    FEWEST_CALLS = "fewest_calls"
    LEAST_TALK_TIME = "least_talk_time"
    BEST_LEVEL = "best_level"
    """The best level for the queue; among equals the longest idle."""
    RING_ALL = "ring_all"
    """Everybody who can is asked at once; the first to answer has the caller."""
    RANDOM = "random"
    """By lot, drawn from the state's seed: the same question has the same answer."""


class Admission(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Opening:
    """Of one weekday (0 is Monday), in the queue's own time; `closes` is "24:00" at the earliest after `opens`."""

    weekday: int
    opens: str
    closes: str

    def __post_init__(self) -> None:
        if self.weekday not in range(7) or not 0 <= _minutes(self.opens) < _minutes(self.closes) <= 24 * 60:
            raise ValueError(
                "Opening hours need a weekday and two times such as 09:00 and 17:30, the later one second."
            )


@dataclass(frozen=True, slots=True)
class Queue:
    """The settings of one queue. Raises ValueError with a sentence for what cannot be meant."""

    name: str
    strategy: Strategy = Strategy.LONGEST_IDLE
    opening: tuple[Opening, ...] = ()
    """Empty: always open."""
    timezone: str = "UTC"
    max_length: int | None = None
    """Callers who may wait at a time; None: any number."""
    max_wait_s: int | None = None
    """After so long a caller is offered a call back instead; None: never."""
    overflow_to: str = ""
    """The queue whose people help out; "": nobody."""
    overflow_after_s: int | None = None
    overflow_above: int | None = None
    """They help callers who waited so long, and all while more callers than this wait."""
    last_agent_s: int = 0
    """For so long a caller waits for the person who served them last, if they are at work; 0: for nobody."""
    widen_s: int = 0
    """At first only level 1 is asked, and one level more each time so long has passed; 0: all levels at once."""
    offer_s: int = OFFER_S
    priority: int = 0
    """Steps of urgency that its callers are ahead (negative) or behind (positive) of other queues' ones."""
    vips: frozenset[str] = field(default_factory=frozenset)
    """Numbers whose callers are as urgent as HIGH."""

    def __post_init__(self) -> None:
        if not 0 < len(self.name.strip()) <= 64:
            raise ValueError("A queue needs a name of 1 to 64 letters.")
        if self.overflow_to == self.name:
            raise ValueError("A queue cannot overflow into itself; choose another one.")
        if not 5 <= self.offer_s <= 300:
            raise ValueError("An offer lasts 5 to 300 seconds.")
        limits = (self.max_length, self.max_wait_s, self.overflow_after_s, self.overflow_above)
        if any(limit is not None and limit < 0 for limit in limits) or min(self.last_agent_s, self.widen_s) < 0:
            raise ValueError("Lengths and seconds must not be negative.")
        if not -3 <= self.priority <= 3:
            raise ValueError("The priority of a queue goes from -3 (first) to 3 (last).")
        try:
            zoneinfo.ZoneInfo(self.timezone)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError("The time zone is none; choose one such as Europe/London.") from error

    def is_open(self, now: dt.datetime) -> bool:
        """By the clock on the wall there, so that a change of the clocks changes nothing for its callers."""
        if not self.opening:
            return True
        local = now.astimezone(zoneinfo.ZoneInfo(self.timezone))
        minute = local.hour * 60 + local.minute
        today = (one for one in self.opening if one.weekday == local.weekday())
        return any(_minutes(one.opens) <= minute < _minutes(one.closes) for one in today)

    def admits(self, waiting: int, now: dt.datetime) -> Admission:
        """Whether one more caller may wait beside those `waiting`."""
        if not self.is_open(now):
            return Admission.CLOSED
        is_full = self.max_length is not None and waiting >= self.max_length
        return Admission.FULL if is_full else Admission.OPEN

    def overflows(self, waited_s: float, waiting: int) -> bool:
        """Whether the people of `overflow_to` may answer a caller who waited so long among so many."""
        if not self.overflow_to:
            return False
        is_late = self.overflow_after_s is not None and waited_s >= self.overflow_after_s
        return is_late or (self.overflow_above is not None and waiting > self.overflow_above)

    def levels(self, waited_s: float) -> int | None:
        """The worst level that is asked by now; None: any."""
        return None if self.widen_s == 0 else 1 + int(waited_s // self.widen_s)


class QueueStore(Protocol):
    """Where queues are kept; raises on failure."""

    def all(self) -> Mapping[str, Queue]: ...
    def put(self, queue: Queue, now: dt.datetime) -> None: ...
    def remove(self, name: str, move_to: str, now: dt.datetime) -> int:
        """Its waiting tickets go to `move_to` in the same moment; how many."""
        ...


def queue_as_plain(queue: Queue) -> dict[str, Any]:
    """For JSON."""
    return asdict(queue) | {"strategy": queue.strategy.value, "vips": sorted(queue.vips)}


def queue_from(plain: Mapping[str, Any]) -> Queue:
    """From what `queue_as_plain` made; what is left out is as shipped. Raises ValueError, TypeError or KeyError."""
    parts = dict(plain)
    if "strategy" in parts:
        parts["strategy"] = Strategy(parts["strategy"])
    if "opening" in parts:
        parts["opening"] = tuple(one if isinstance(one, Opening) else Opening(**one) for one in parts["opening"])
    if "vips" in parts:
        parts["vips"] = frozenset(parts["vips"])
    return Queue(**parts)


def weekly(days: Mapping[int, Sequence[tuple[str, str]]]) -> tuple[Opening, ...]:
    """From weekday → its stretches."""
    return tuple(Opening(day, opens, closes) for day, stretches in sorted(days.items()) for opens, closes in stretches)


def without(queues: Mapping[str, Queue], name: str) -> dict[str, Queue]:
    """What is left when that queue is gone: nobody overflows into it any more."""
    left = (queue for queue in queues.values() if queue.name != name)
    return {one.name: replace(one, overflow_to="") if one.overflow_to == name else one for one in left}


def _minutes(time: str) -> int:
    hours, colon, minutes = time.partition(":")
    if not (colon and hours.isdecimal() and minutes.isdecimal() and len(minutes) == 2 and int(minutes) < 60):
        raise ValueError("A time is written as 09:00.")
    return int(hours) * 60 + int(minutes)
