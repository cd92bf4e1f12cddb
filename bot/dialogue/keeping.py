"""What a caller who was cut off had begun: kept from its first turn on, offered when they ring again within minutes.

A crash asks nobody, so it is kept all along; it is forgotten when it ends well, or when the caller does not want it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from bot.dialogue.counter import Unfinished
from bot.dialogue.floor import Floor
from bot.dialogue.skill import Form, Talk
from bot.dialogue.skills.booking import BookingForm, restored
from bot.dialogue.skills.scripted import ScriptedForm, resumed
from bot.skills.model import Skill

EARLIER_CALL = "call"
"""Beside what is kept: the call it was filled in, whose hold is for nobody else than who calls again."""

SKILL = "skill"
"""… and the skill it is of; without one it is a booking."""


class Keeping:
    """One per call."""

    def __init__(self, unfinished: Unfinished, skills: Mapping[str, Skill], call_id: str) -> None:
        self._unfinished, self._skills, self._call_id = unfinished, skills, call_id
        self._kept: Mapping[str, str] | None = {}
        """As it was last put into the store; None: something of an earlier call is there."""

    def left_by(self, caller: str, talk: Talk) -> Form | None:
        """What that caller was about when they were cut off. It stays in the store until they say what of it."""
        saved = dict(self._unfinished.recall(caller, talk.now) or {}) if caller else {}
        if not saved:
            return None
        talk.desk.release(saved.pop(EARLIER_CALL, self._call_id))
        self._kept = None
        skill = saved.pop(SKILL, "")
        if not skill:
            return restored(saved)
        return resumed(self._skills[skill], saved) if skill in self._skills else None

    def keep(self, floor: Floor, now: dt.datetime, *, is_offered: bool) -> None:
        """`is_offered`: whether to go on is asked and not answered yet. Raises FrontdeskError."""
        caller = floor.memory.caller
        state = {} if floor.person else _worth_keeping(floor.agenda.stack)
        if not caller or state == self._kept or (is_offered and not state):
            return
        self._kept = state
        if state:
            self._unfinished.keep(caller, {**state, EARLIER_CALL: self._call_id}, now)
        else:
            self._unfinished.forget(caller)


def _worth_keeping(stack: Sequence[Form]) -> dict[str, str]:
    """The task on top; empty where nothing was filled in yet."""
    for form in reversed(stack):
        if isinstance(form, ScriptedForm):
            state = form.state()
            return {**state, SKILL: form.name} if state else {}
        if isinstance(form, BookingForm):
            return dict(form.save())
    return {}
