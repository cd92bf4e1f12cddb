"""What comes before a skill's question: the number the line shows is offered, and time is left to try something."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.dialogue import spoken
from bot.dialogue.naming import full_number
from bot.dialogue.question import Question
from bot.dialogue.scripted_questions import ask_calling_from, ask_wait
from bot.dialogue.skill import Talk
from bot.dialogue.turn import Turn
from bot.dialogue.values import read_value
from bot.skills.model import Skill

CALLING_FROM, WAIT = "calling_from", "wait"

NOT_YET = re.compile(
    r"\b(not yet|not quite|still (trying|waiting|doing|starting|restarting|coming|booting|counting|blinking)|nearly|"
    r"almost|i'm (just )?(doing|trying|going|counting|waiting|on my way)|give me|it takes|hang on|hold on|wait|"
    r"(a|one|two|few) (minute|moment|second|sec)s?|i'll (just )?(go|try|do|have|look|see|get)|let me|going to)\b"
)
HELPED = re.compile(
    r"\b(it (works|helped|worked|does)|(it's|it is|that's|is) (working|back|green|fine|on|better|faster|fixed|up)|"
    r"much better|that (helped|did it|worked)|works (again|now)|(come|came|coming) back|lights? (is|are) on)\b"
)
IN_VAIN = re.compile(
    r"\b(still (the same|not|no|nothing|slow|dead|off|dropping|doesn't|isn't|red)|no (change|difference|better|luck)|"
    r"(doesn't|does not|didn't|did not|isn't|is not|not) (help|helped|work|working|better|back|changed?|on)|"
    r"nothing (happen\w*|changed)|same as before|the same)\b"
)
DONE = re.compile(r"\b(done|did|ready|okay|ok|yes|yeah|yep|tried|finished|there|i have|i've|all right|alright|go on)\b")


@dataclass(slots=True)
class BeforeAsking:
    """Of one skill that was begun."""

    past: set[str] = field(default_factory=set)
    """Slots whose own question is due."""

    def due(self, skill: Skill, slot: str, given: Mapping[str, str], talk: Talk) -> Question | None:
        spec, number = skill.slots[slot], full_number(talk.memory.caller, talk.business)
        if slot in self.past:
            return None
        if spec.calling_from and number:
            return ask_calling_from(skill, slot, spoken.phone(number), given, talk)
        return ask_wait(skill, slot, given, talk) if spec.wait else None

    def take(self, skill: Skill, slot: str, aspect: str, turn: Turn, talk: Talk) -> str | None:
        """The value, "" when the question itself comes next, None when nothing was said to it."""
        found = self._number(skill, slot, turn, talk) if aspect == CALLING_FROM else tried(turn)
        if found is not None:
            self.past.add(slot)
        return found

    def _number(self, skill: Skill, slot: str, turn: Turn, talk: Talk) -> str | None:
        other = None if turn.keypad else read_value(skill.slots[slot], turn, talk, asked=True)
        if other:
            return other
        if turn.no:
            return ""
        return full_number(talk.memory.caller, talk.business) if turn.yes else None

    def again(self, skill: Skill, slot: str) -> None:
        """Its value is open again: what was to be tried is tried again, the line's number is offered once."""
        if not skill.slots[slot].calling_from:
            self.past.discard(slot)


def tried(turn: Turn) -> str | None:
    """Who says at once what came of it ("yes", "no") is not asked; "": they are done, None: they are not."""
    if turn.keypad:
        return "" if turn.yes else None
    if NOT_YET.search(turn.text):
        return None
    if IN_VAIN.search(turn.text):
        return "no"
    if HELPED.search(turn.text):
        return "yes"
    if turn.no:
        return "no"
    return "" if DONE.search(turn.text) else None
