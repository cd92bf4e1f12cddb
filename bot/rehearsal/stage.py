"""Where conversations are rehearsed: the real diary in memory, and in place of people and programs, lists of what they
would have got."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.dialogue.counter import TicketDraft
from bot.skills.results import SkillResult

FIRST_REFERENCE = 40_001


@dataclass
class Tickets:
    """Implements `dialogue.counter.Counter`."""

    opened: list[TicketDraft] = field(default_factory=list)

    def open_ticket(self, draft: TicketDraft, now: dt.datetime) -> str:
        self.opened.append(draft)
        return f"ticket-{len(self.opened)}"


@dataclass
class KeptResults:
    """Implements `dialogue.results.Results`."""

    kept: list[SkillResult] = field(default_factory=list)

    def keep(self, result: SkillResult, now: dt.datetime) -> str:
        self.kept.append(result)
        return str(FIRST_REFERENCE + len(self.kept) - 1)


@dataclass
class CutOff:
    """Implements `dialogue.counter.Unfinished`."""

    kept: dict[str, dict[str, str]] = field(default_factory=dict)

    def keep(self, caller: str, slots: Mapping[str, str], now: dt.datetime) -> None:
        self.kept[caller] = dict(slots)

    def recall(self, caller: str, now: dt.datetime) -> Mapping[str, str] | None:
        return self.kept.get(caller)

    def forget(self, caller: str) -> None:
        self.kept.pop(caller, None)
