"""What a skill has taken down, and where it goes: stored for good before the caller hears that it is done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Mail:
    """To be sent after the result is stored."""

    to: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class SkillResult:
    """One finished skill. `values` as they are kept, `written` as people read them; secret digits are in neither."""

    business: str
    call_id: str
    skill: str
    outcome: str
    caller: str
    customer_id: int | None
    values: Mapping[str, str]
    written: Mapping[str, str] = field(default_factory=dict)
    mail: Mail | None = None
    event: str = ""
    """The webhook event other programs are told, "" for none."""


class Results(Protocol):
    def keep(self, result: SkillResult, now: dt.datetime) -> str:
        """Its reference, some digits, once it is stored for good; raises FrontdeskError when it could not be."""
        ...


class NoResults:
    """Where nothing is kept: for dialogues without skills."""

    def keep(self, result: SkillResult, now: dt.datetime) -> str:
        return ""
