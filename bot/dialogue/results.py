"""Where skills keep what they took down: stored for good before the caller hears that it is done."""

from __future__ import annotations

import datetime as dt
from typing import Protocol

from bot.skills.results import SkillResult


class Results(Protocol):
    def keep(self, result: SkillResult, now: dt.datetime) -> str:
        """Its reference, some digits, once it is stored for good; raises FrontdeskError when it could not be."""
        ...


class NoResults:
    """Where nothing is kept: for dialogues without skills."""

    def keep(self, result: SkillResult, now: dt.datetime) -> str:
        return ""
