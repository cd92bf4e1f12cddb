"""Nobody is in and the line shows no number: on which one to ring back, before the caller goes to the people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.dialogue import naming, spoken
from bot.dialogue.floor import PersonNeeded
from bot.dialogue.skill import GiveUp, Step, Talk
from bot.dialogue.turn import Turn

UNWILLING = r"don't (have|know)|haven't got|no (number|phone|telephone)|rather not|won't|never ?mind|skip|forget it"


@dataclass(slots=True)
class RingMeForm:
    person: PersonNeeded
    """Who is needed, once this is known."""
    number: str = ""
    declined: bool = False
    name: str = "ring_me"

    def take(self, turn: Turn, talk: Talk) -> bool:
        if talk.asked == "ring_me_right" and turn.yes and not turn.no:
            talk.memory.call_back = self.number
            return True
        number = naming.full_number(naming.digits_in(turn), talk.business)
        if number:
            self.number = number
        elif talk.asked == "ring_me_right" and turn.no:
            self.number = ""
        else:
            self.declined = not turn.keypad and (turn.no or turn.intent == "dont_know" or turn.says(UNWILLING))
            return self.declined
        return True

    def step(self, talk: Talk) -> Step:
        if talk.memory.call_back or self.declined:
            first, *more = self.person.reasons
            return GiveUp(first, self.person.queue, self.person.urgency, tuple(more), self.person.wording)
        if self.number:
            return talk.ask("ring_me_right", "yes_no", words={"phone": spoken.phone(self.number)})
        return talk.ask("ring_me", "digits")

    def back(self, talk: Talk) -> bool:
        had, self.number = bool(self.number), ""
        return had

    def leave(self, talk: Talk) -> None:
        return None

    def save(self) -> Mapping[str, str]:
        return {}
