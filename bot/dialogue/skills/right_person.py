"""Calls we make: is it the right person? Nothing personal is said before."""

from __future__ import annotations

from dataclasses import dataclass

from bot.appointments.model import Customer
from bot.dialogue.question import Question
from bot.dialogue.skill import Talk
from bot.dialogue.turn import Turn

WHO_CALLS = "who('s| is| are) (this|calling|you|speaking)|what('s| is) (it|this) (about|for|regarding)"
NOT_HERE = (
    r"(not|isn't|not at|n't) (here|in|home|available|at home|around)|(she|he|they)('s| is|'re| are) (just )?(out|away|"
    r"busy|asleep|at (work|school)|on holiday|in the)|this is (her|his|their) \w+|(take|leave) a message|"
    r"i'm (her|his|their) \w+"
)
WRONG = "wrong (number|person)"
THEMSELVES = "speaking|this is (she|he|her|him|me)|that's me|it is"


TOLD = "told"


def note_told(talk: Talk) -> None:
    """The right person has heard what we call about, whatever comes of it: nobody need try again."""
    if TOLD not in talk.memory.done:
        talk.memory.done.append(TOLD)


@dataclass(slots=True)
class RightPerson:
    customer: Customer
    right: bool | None = None
    absent: bool = False
    """Somebody else has answered for them."""

    @property
    def first_name(self) -> str:
        return self.customer.name.split()[0]

    def asks_who_we_are(self, turn: Turn, talk: Talk) -> bool:
        """Answered without a word of what it is about."""
        if turn.intent != "who_is_this" and not turn.says(WHO_CALLS):
            return False
        talk.say("who_is_calling", name=self.customer.name)
        return True

    def take(self, turn: Turn, talk: Talk, how: str) -> bool:
        """An answer to `ask`; `how` they came to be confirmed, for a person who takes over."""
        if turn.says(NOT_HERE) and not turn.says(WRONG):
            self.absent = True
        elif turn.intent == "wrong_person" or turn.no or turn.says(WRONG):
            self.right = False
        elif turn.yes or turn.says(THEMSELVES):
            self.right = True
            identity = talk.memory.identity
            identity.customer, identity.confirmed, identity.how = self.customer, True, how
        return self.absent or self.right is not None

    def ask(self, talk: Talk) -> Question:
        phrases = ("speaking", "this is me", "who is this", "wrong number", "she's not here", "he's not here")
        return talk.ask("right_person", "yes_no", phrases=phrases, words={"name": self.customer.name})

    def sorry(self, talk: Talk) -> None:
        """It is somebody else."""
        talk.memory.done.append("wrong person")
        talk.say("wrong_person")

    def leave_message(self, talk: Talk) -> None:
        """For a machine, or nobody there: nothing personal."""
        talk.memory.done.append("message left")
        talk.tell("voicemail", name=self.customer.name)
