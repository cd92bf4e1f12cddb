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
    is_closed: bool = True
    """Nobody is in; else they wish to be called back."""
    number: str = ""
    declined: bool = False
    name: str = "ring_me"

    def take(self, turn: Turn, talk: Talk) -> bool:
        if turn.says("why") and not turn.keypad:
            talk.say("why_number")
            return True
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
            person = self.person
            return GiveUp(first, person.queue, person.urgency, tuple(more), person.wording, person.call_back)
        if self.number:
            return talk.ask("ring_me_right", "yes_no", words={"phone": spoken.phone(self.number)})
        return talk.ask("ring_me" if self.is_closed else "ring_me_later", "digits").at("ring_me")

    def back(self, talk: Talk) -> bool:
        had, self.number = bool(self.number), ""
        return had

    def leave(self, talk: Talk) -> None:
        return None

    def save(self) -> Mapping[str, str]:
        return {}
