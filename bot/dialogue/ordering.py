"""The basket of an order while it is filled: things, then how many, then "anything else?"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.dialogue.items import basket, changed, items_in, items_words, removes
from bot.dialogue.question import Question
from bot.dialogue.scripted_questions import ask_aspect
from bot.dialogue.skill import Talk
from bot.dialogue.turn import Turn
from bot.dialogue.values import read_value, several
from bot.skills.model import Skill, Slot

ENOUGH = (
    r"that's (all|it|everything)|that is all|that'll be all|nothing else|nothing more|"
    r"(just|only) (that|this|it|the one|those)"
)
LARGEST = 999


@dataclass(slots=True)
class Ordering:
    pending: str = ""
    """Named without a number: how many?"""
    complete: bool = False

    def named(self, slot: Slot, turn: Turn) -> bool:
        return bool(items_in(slot, turn))

    def take(self, slot: Slot, value: str, aspect: str, turn: Turn, talk: Talk) -> str | None:
        """The basket afterwards, None when nothing in the turn was for it."""
        if aspect == "how_many" and self.pending and (counted := self._count(slot, value, turn, talk)) is not None:
            return counted
        found = items_in(slot, turn) if aspect != "how_many" or not turn.keypad else {}
        if found:
            return self._add(value, found, turn, talk)
        if aspect == "more" and (turn.no or turn.says(ENOUGH)):
            self.complete = True
            return value
        return value if aspect == "more" and turn.yes else None

    def _count(self, slot: Slot, value: str, turn: Turn, talk: Talk) -> str | None:
        number = read_value(slot.model_copy(update={"kind": "quantity"}), turn, talk, asked=True)
        if number is None or not 0 <= int(number) <= LARGEST:
            return None
        items = basket(value) | ({self.pending: int(number)} if int(number) else {})
        self.pending = ""
        return items_words(items)

    def _add(self, value: str, found: Mapping[str, int], turn: Turn, talk: Talk) -> str:
        before = basket(value)
        after = changed(before, turn, found)
        talk.corrected = talk.corrected or any(after.get(key, 0) < number for key, number in before.items())
        without = [key for key, number in found.items() if number == 0 and not removes(turn)]
        self.pending = without[0] if without else ""
        self.complete = False
        return items_words(after)

    def due(self, skill: Skill, slot: str, value: str, given: Mapping[str, str], talk: Talk) -> Question | None:
        """How many, or anything else; None when the basket is complete, or still empty."""
        given = {**given, slot: value}
        if self.pending:
            label = skill.slots[slot].options[self.pending].label
            words = {"item": label, "items_of_it": several(label)}
            return ask_aspect(skill, slot, "how_many", "choice", given, talk, words)
        if value and not self.complete:
            return ask_aspect(skill, slot, "more", "yes_no", given, talk)
        return None
