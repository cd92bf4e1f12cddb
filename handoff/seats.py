"""The people at work and what they are offered, as routing sees them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from handoff.queues import OFFER_S


class Presence(StrEnum):
    READY = "ready"
    PAUSED = "paused"
    TALKING = "talking"
    WRAP_UP = "wrap-up"


@dataclass(frozen=True, slots=True)
class Seat:
    """A person at work, as routing sees them."""

    agent: int
    name: str
    presence: Presence
    since: dt.datetime
    """When this presence began."""
    reason: str = ""
    """Why they pause."""
    queues: Mapping[str, int] = field(default_factory=dict)
    """Queue → level, 1 is best; empty: every queue."""
    calls: int = 0
    """Answered since they came."""
    offered_at: dt.datetime | None = None
    """The last time they were offered anybody."""
    lost_at: dt.datetime | None = None
    """Since when their page is not connected."""
    talk_s: float = 0.0
    """Seconds they talked since they came."""

    def answers(self, queue: str) -> bool:
        return not self.queues or queue in self.queues

    def level(self, queue: str) -> int:
        return self.queues.get(queue, 1)


@dataclass(frozen=True, slots=True)
class Offer:
    ticket_id: str
    agent: int
    at: dt.datetime
    lasts_s: int = OFFER_S

    def is_over(self, now: dt.datetime) -> bool:
        return (now - self.at).total_seconds() >= self.lasts_s
