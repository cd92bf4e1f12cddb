"""A few questions at the end of a call: how satisfied from one to five (CSAT), was it solved, anything to add.

Any of them may be left out; whoever does not answer twice is let go with thanks. Answers are kept as they come, so that
a caller who hangs up half-way is counted with what they said.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.dialogue.question import Option
from bot.dialogue.skill import Done, Step, Talk
from bot.dialogue.turn import Turn

MARKS = ("one", "two", "three", "four", "five")
OPTIONS = tuple(Option(str(mark), word) for mark, word in enumerate(MARKS, start=1))
BY_WORD = {word: mark for mark, word in enumerate(MARKS, start=1)} | {
    "to": 2,
    "too": 2,
    "for": 4,
    "very satisfied": 5,
    "excellent": 5,
    "satisfied": 4,
    "good": 4,
    "all right": 3,
    "dissatisfied": 2,
    "terrible": 1,
}
"""How a mark is said, or heard: "to" is how a lone "two" comes out of a recogniser."""

DECLINES = re.compile(r"^(no|no thanks|no thank you|not now|goodbye|bye|i'd rather not|skip)( please)?$")
NOTHING = re.compile(r"^(no|nope|nothing|none|no thanks|no thank you|that's all|that's it|goodbye|bye)\b.{0,25}$")
TRIES = 2


@dataclass(slots=True)
class SurveyForm:
    """Asks what is not yet among `memory.survey`."""

    name: str = "survey"
    is_over: bool = False
    tries: int = 0

    def take(self, turn: Turn, talk: Talk) -> bool:
        """Always True: whatever is said here is an answer, or none."""
        taken = {"survey_rating": _rating, "survey_resolved": _resolved, "survey_comment": _comment}[talk.asked](turn)
        if taken is not None:
            talk.memory.survey[talk.asked.removeprefix("survey_")] = taken
            self.tries = 0
        elif DECLINES.match(turn.text):
            self.is_over = True
        else:
            self.tries += 1
            if self.tries < TRIES:
                talk.say("not_understood")
        return True

    def step(self, talk: Talk) -> Step:
        given = talk.memory.survey
        if self.is_over or self.tries >= TRIES or "comment" in given:
            talk.say("survey_thanks", business=talk.business.name)
            return Done(said_goodbye=True)
        if "rating" not in given:
            return talk.ask("survey_rating", "choice", options=OPTIONS, phrases=tuple(BY_WORD))
        if "resolved" not in given:
            return talk.ask("survey_resolved", "yes_no")
        return talk.ask("survey_comment", "free", digits=1)

    def back(self, talk: Talk) -> bool:
        return False

    def leave(self, talk: Talk) -> None:
        """Nothing is held."""

    def save(self) -> Mapping[str, str]:
        return {}


def _rating(turn: Turn) -> int | None:
    """1 to 5; the longest words that are in the answer win: "very satisfied" before "satisfied"."""
    if turn.option:
        return turn.option
    said = [word for word in BY_WORD if re.search(rf"\b{word}\b", turn.text)]
    return BY_WORD[max(said, key=len)] if said else None


def _resolved(turn: Turn) -> bool | None:
    return True if turn.yes else False if turn.no else None


def _comment(turn: Turn) -> str | None:
    """Without any words of theirs: ""."""
    return "" if turn.keypad or NOTHING.match(turn.text) else turn.text
