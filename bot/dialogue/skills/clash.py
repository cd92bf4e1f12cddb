"""Nobody can be in two places at once: a customer who has an appointment at that time is asked what to do about it."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.appointments.model import Appointment, Slot
from bot.dialogue.offers import slot_words
from bot.dialogue.question import Option, Question
from bot.dialogue.skill import Talk
from bot.dialogue.turn import Turn

CHOICES = (
    Option("move", "moving the one you have"),
    Option("both", "keeping both"),
    Option("other", "another time for the new one"),
)
SAID = {
    "both": r"both|keep (it|them|that|the two)|two|book it anyway|anyway|as well",
    "other": r"another time|other time|different time|the new one|new one|something else|neither",
    "move": r"move|moving|change|reschedule|instead|the (one i have|old one|first one)|old one|that one",
}
PHRASES = ("move that one", "move it", "keep both", "both", "another time", "yes move it", "no")


@dataclass(slots=True)
class Clash:
    """`kept`: times the caller wants although there is something else at that time."""

    kept: set[Slot] = field(default_factory=set)
    with_: Appointment | None = None
    """The appointment asked about."""

    def found(self, slot: Slot, talk: Talk) -> bool:
        """Whether the customer has something during `slot` and does not want it so."""
        customer = talk.memory.identity.known
        theirs = talk.desk.appointments_of(customer, talk.now) if customer and slot not in self.kept else ()
        self.with_ = next((each for each in theirs if _overlap(each.slot, slot)), None)
        return self.with_ is not None

    def ask(self, talk: Talk) -> Question:
        assert self.with_ is not None
        words = slot_words(self.with_.slot, talk.business, talk.today)
        return talk.ask("clash", "choice", options=CHOICES, phrases=PHRASES, words=words)

    def answer(self, turn: Turn) -> str:
        """move, both, other; "" when it was none of these."""
        if turn.option is not None:
            return CHOICES[turn.option - 1].value if turn.option <= len(CHOICES) else ""
        said = next((value for value, pattern in SAID.items() if turn.says(pattern)), "")
        return said or ("other" if turn.no else "move" if turn.yes and turn.rest() == "" else "")


def _overlap(one: Slot, other: Slot) -> bool:
    return one.start < other.end and other.start < one.end
