"""What a skill is: a form of slots that takes what was said, and knows its next step.

A form never waits and never speaks by itself. `take` fills slots from a turn; `step` says what is due now: a
question, another form first, or done. Sentences go through `Talk`, which is all a form sees of the world.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bot.appointments.diary import Desk
from bot.appointments.model import Business
from bot.dialogue.counter import Counter, Urgency
from bot.dialogue.memory import Memory
from bot.dialogue.question import Option, Question, expect
from bot.dialogue.results import Results
from bot.dialogue.spoken import either
from bot.dialogue.turn import Turn
from bot.dialogue.wording import Wording
from bot.events import AnswerKind, Say


@dataclass(frozen=True, slots=True)
class Done:
    """The form is finished. `said_goodbye`: nothing more to ask, hang up."""

    said_goodbye: bool = False


@dataclass(frozen=True, slots=True)
class Begin:
    """Another form first; then this one's `step` again. `instead`: this form is over."""

    form: Form
    instead: bool = False


@dataclass(frozen=True, slots=True)
class GiveUp:
    """A person must go on."""

    reason: str
    queue: str = ""
    """"" for the usual one."""
    urgency: Urgency = Urgency.NORMAL
    more: tuple[str, ...] = ()
    """Further reasons."""
    wording: str = "handover"
    """What the caller is told."""
    call_back: bool = False
    """They asked to be rung."""


Step = Question | Done | Begin | GiveUp


class Form(Protocol):
    """Slots to fill, a read-back, and something done."""

    name: str
    """As the intent that starts it."""

    def take(self, turn: Turn, talk: Talk) -> bool:
        """Fill slots from what was said; False when nothing in it was for this form."""
        ...

    def step(self, talk: Talk) -> Step: ...

    def back(self, talk: Talk) -> bool:
        """Empty the slot filled last; False when there was none."""
        ...

    def leave(self, talk: Talk) -> None:
        """The caller gave it up: let go what is held."""
        ...

    def save(self) -> Mapping[str, str]:
        """What is filled in, for a person or for a call back."""
        ...


@dataclass(slots=True)
class Talk:
    """What forms use: the diary, the words, the memory of this call, and the moment."""

    desk: Desk
    wording: Wording
    memory: Memory
    faq: Mapping[str, str]
    call_id: str
    now: dt.datetime
    """Aware, in the business's time zone."""
    counter: Counter
    results: Results
    question: Question | None = None
    """The one the caller is answering."""
    says: list[Say] = field(default_factory=list)
    mentioned: list[Say] = field(default_factory=list)
    """Of what is said: not said again when the caller wants to hear it once more."""
    corrected: bool = False
    """This turn changed something that was already filled."""

    @property
    def business(self) -> Business:
        return self.desk.business

    @property
    def today(self) -> dt.date:
        return self.now.date()

    @property
    def asked(self) -> str:
        return self.question.slot if self.question else ""

    def say(self, key: str, **values: str) -> None:
        self.says.append(Say(self.wording.text(key, **values)))

    def tell(self, key: str, **values: str) -> None:
        """What did something: never cut off."""
        self.says.append(Say(self.wording.text(key, **values), interruptible=False))

    def mention(self, key: str) -> None:
        self.say(key)
        self.mentioned.append(self.says[-1])

    def say_text(self, text: str) -> None:
        self.says.append(Say(text))

    def ask(
        self,
        slot: str,
        kind: AnswerKind = "free",
        options: Sequence[Option] = (),
        phrases: Sequence[str] = (),
        digits: int | None = None,
        patience_ms: int | None = None,
        words: Mapping[str, str] | None = None,
    ) -> Question:
        """The question `utter_ask_<slot>`, and how it is asked differently (`…_again`) and by keypad (`…_keypad`)."""
        key, values = f"ask_{slot}", words or {}
        text = self.wording.text(key, **values)
        again = self.wording.text(f"{key}_again", **values) if self.wording.knows(f"{key}_again") else text
        return Question(
            slot=slot,
            text=text,
            again=again,
            keypad=self._keypad(key, kind, options, values),
            expect=expect(kind, self.business, slot, options, phrases, digits, patience_ms),
            options=tuple(options),
        )

    def _keypad(self, key: str, kind: AnswerKind, options: Sequence[Option], values: Mapping[str, str]) -> str:
        if self.wording.knows(f"{key}_keypad"):
            return self.wording.text(f"{key}_keypad", **values)
        if options:
            menu = either([f"{number} for {option.label}" for number, option in enumerate(options, start=1)])
            return self.wording.text("keypad_options", menu=menu)
        if self.wording.knows(f"keypad_{kind}"):
            return self.wording.text(f"keypad_{kind}")
        return self.wording.text("keypad_none")
