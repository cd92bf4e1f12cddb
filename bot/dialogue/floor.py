"""Where the conversation stands: what is to be done, which question is open, and how it ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.dialogue.agenda import Agenda, Farewell
from bot.dialogue.counter import Urgency
from bot.dialogue.handover import RECEPTION, number_of
from bot.dialogue.memory import Memory
from bot.dialogue.question import Option, Question
from bot.dialogue.skill import GiveUp, Talk
from bot.dialogue.skills.survey import SurveyForm
from bot.dialogue.spoken import either
from bot.dialogue.turn import Turn
from bot.nlu.grammars import FAREWELLS
from bot.skills.model import Skill

MENU = (
    Option("book", "booking an appointment"),
    Option("move", "moving one"),
    Option("cancel", "cancelling one"),
    Option("ask_appointment", "hearing when yours is"),
    Option("opening_hours", "our opening hours"),
    Option("nearest_branch", "finding the nearest branch"),
)
"""The main menu, by keypad from 1, after the skills of the business."""

MENU_KEYS = 9

NAMED = 3
"""Of a business's own things so many are told; more nobody remembers."""

APPOINTMENTS = "booking, moving or cancelling an appointment"
EXAMPLE = "I'd like to book an appointment"

NAMES = {
    "book": "booking an appointment",
    "move": "moving an appointment",
    "cancel": "cancelling an appointment",
    "ask_appointment": "when your appointment is",
    "waiting_list": "joining the waiting list",
    "opening_hours": "our opening hours",
    "nearest_branch": "finding the nearest branch",
}
"""Intent → how it is called where it is offered alone or beside any other."""


OPEN = ("service", "branch", "day", "time", "name", "spell")
"""Asked twice in a row, these are put differently the second time."""


@dataclass(frozen=True, slots=True)
class PersonNeeded:
    """Somebody must take over; the ticket is not yet written."""

    reasons: tuple[str, ...]
    queue: str = RECEPTION
    urgency: Urgency = Urgency.NORMAL
    wording: str = "handover"
    call_back: bool = False
    """They asked to be rung: on which number must be known."""


@dataclass(slots=True)
class Floor:
    memory: Memory
    agenda: Agenda = field(default_factory=Agenda)
    menu: tuple[Option, ...] = MENU
    names: Mapping[str, str] = field(default_factory=lambda: NAMES)
    """Of all that can be begun here."""
    question: Question | None = None
    prompt: str = ""
    """How the open question is put this time; "" when it has been said already."""
    guess: str = ""
    """The intent we offered with "did you mean …?"."""
    guessed: Turn | None = None
    finished: bool = False
    """Hang up after what is said now."""
    person: PersonNeeded | None = None
    skills: Mapping[str, Skill] = field(default_factory=dict)
    surveys: bool = False
    """Whoever says goodbye is asked how it was."""
    given_up: bool = False
    """The caller said goodbye in the middle of something."""

    @property
    def unfinished(self) -> bool:
        """Something was begun and is not done: whatever else was answered, the caller did not get what they wanted."""
        return self.given_up or any(form.name in self.agenda.tasks for form in self.agenda.stack)

    @property
    def number(self) -> str:
        """On which people reach the caller, "" when none is known."""
        return number_of(self.memory, self.agenda.stack)

    def ask(self, question: Question) -> None:
        self.question, self.prompt = question, question.text

    def ask_again(self) -> None:
        """The same question, in its other words."""
        if self.question:
            self.prompt = self.question.again

    def go_on(self, talk: Talk, noted: bool = False) -> None:
        """The next question of the agenda, or whether there is anything else. `noted`: something new was said."""
        before = len(talk.says)
        step = self.agenda.advance(talk)
        if isinstance(step, GiveUp):
            reasons = (step.reason, *step.more)
            self.person = PersonNeeded(reasons, step.queue or RECEPTION, step.urgency, step.wording, step.call_back)
        elif isinstance(step, Farewell):
            self.finished = True
        elif step is not None:
            same = self.question is not None and step.slot == self.question.slot and len(talk.says) == before == 0
            self.ask(step)
            self.prompt = step.again if same and step.slot in OPEN else step.text
            if same and noted and step.slot in OPEN:
                talk.say("noted")
        else:
            self.root(talk, said_something=len(talk.says) > before)

    def root(self, talk: Talk, said_something: bool = False) -> None:
        """The first question, or after something was done: anything else?"""
        if self.memory.done or said_something:
            self.ask(talk.ask("anything_else", "yes_no", phrases=FAREWELLS))
        else:
            self.ask(talk.ask("how_help", "free", options=self.menu))

    def need_person(self, *reasons: str, urgency: Urgency = Urgency.NORMAL, wording: str = "handover") -> None:
        self.person = PersonNeeded(reasons, urgency=urgency, wording=wording)

    def take_back(self) -> None:
        """From a person: no question is open and nobody else is needed any more."""
        self.question, self.prompt, self.guess, self.guessed = None, "", "", None
        self.finished, self.person, self.given_up = False, None, False

    def bye(self, talk: Talk) -> None:
        if any(form.name in ("book", "move", "waiting_list") for form in self.agenda.stack):
            talk.say("nothing_changed")
        self.given_up = self.unfinished
        self.agenda.drop_all(talk)
        if self.surveys and not self.memory.outbound:
            self.agenda.begin(SurveyForm(), None, talk)
            self.go_on(talk)
            return
        talk.say("goodbye_reminder" if self.memory.outbound else "goodbye")
        self.finished = True


def menu_with(skills: Mapping[str, Skill]) -> tuple[Option, ...]:
    """What this business has of its own first; as many as there are keys."""
    own = tuple(Option(key, skills[key].title) for key in in_their_places(skills))
    return (*own, *MENU)[:MENU_KEYS]


def names_with(skills: Mapping[str, Skill]) -> Mapping[str, str]:
    return {**NAMES, **{key: skill.title for key, skill in skills.items()}}


def in_their_places(skills: Mapping[str, Skill]) -> list[str]:
    return sorted(skills, key=lambda key: (skills[key].place or MENU_KEYS + 1, key))


def what_can_be_done(skills: Mapping[str, Skill]) -> dict[str, str]:
    """Variables for every sentence: {offers}, and {example}, a thing to say. A business may have facts instead."""
    own = in_their_places(skills)
    if not own:
        return {"offers": APPOINTMENTS, "example": EXAMPLE}
    phrases = skills[own[0]].phrases
    offers = either([*(skills[key].title for key in own[:NAMED]), "an appointment"])
    return {"offers": offers, "example": phrases[0] if phrases else EXAMPLE}
