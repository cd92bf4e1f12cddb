"""What a finished skill has taken down, in plain data: made by the dialogue, kept by the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


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
    """What other programs are told by webhook, "" for nothing."""
