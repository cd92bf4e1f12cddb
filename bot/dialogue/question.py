"""A question to the caller: what to say, what may come back, and how to answer it by keypad."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.appointments.model import Business
from bot.events import AnswerKind, Expect
from bot.nlu.grammars import birth_date_phrases, phrases_for

PATIENCE_MS: dict[AnswerKind, int] = {
    "free": 900,
    "yes_no": 600,
    "date": 900,
    "time": 800,
    "date_time": 500,
    "digits": 1_500,
    "name": 1_200,
    "choice": 800,
}
"""Silence that ends a turn. Figures are said in groups with pauses, names with thought; "yes" is over at once."""

KEYPAD_DIGITS: dict[AnswerKind, int] = {"yes_no": 1, "date": 4, "date_time": 4, "time": 4, "free": 1}
"""How many keys complete an answer; where it varies, `#` or a pause does."""


@dataclass(frozen=True, slots=True)
class Option:
    """One of a few answers: by its number on the keypad, or by saying its label."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Question:
    """`slot` is what the answer fills; `text` is how it was asked, the others are for when no good answer came."""

    slot: str
    text: str
    again: str
    keypad: str
    expect: Expect
    options: tuple[Option, ...] = ()
    takes_anything: bool = False
    """Whatever is said is the answer: somebody tells what happened."""
    leaves_time: bool = False
    """The caller is doing something meanwhile: silence is no misunderstanding."""

    def at(self, slot: str) -> Question:
        """The same question for another slot."""
        return replace(self, slot=slot)

    @property
    def is_yes_no(self) -> bool:
        return self.expect.kind == "yes_no"


def expect(
    kind: AnswerKind,
    business: Business,
    slot: str,
    options: Sequence[Option] = (),
    phrases: Sequence[str] = (),
    digits: int | None = None,
    patience_ms: int | None = None,
) -> Expect:
    """What the ear should listen for: the grammar of the kind, and the names this business uses."""
    if digits is None:
        digits = _digits_for(kind, options)
    return Expect(
        kind=kind,
        phrases=_phrases(kind, business, slot, options, phrases),
        patience_ms=patience_ms or PATIENCE_MS[kind],
        digits=digits,
    )


def _digits_for(kind: AnswerKind, options: Sequence[Option]) -> int:
    if options:
        return 1 if len(options) < 10 else 0
    return KEYPAD_DIGITS.get(kind, 0)


def _phrases(
    kind: AnswerKind, business: Business, slot: str, options: Sequence[Option], phrases: Sequence[str]
) -> tuple[str, ...]:
    if slot.startswith("birth_date"):
        return birth_date_phrases()
    grammar = phrases_for(kind)
    if kind in ("free", "name") or not grammar:
        return ()
    names = {"service": _services, "branch": _branches}.get(slot, _none)(business)
    numbers = _ordinals(len(options)) if kind == "choice" else ()
    spoken = [option.label.lower() for option in options if option.label.replace(" ", "").replace("'", "").isalpha()]
    return tuple(dict.fromkeys([*grammar, *spoken, *numbers, *names, *(phrase.lower() for phrase in phrases)]))


def _ordinals(count: int) -> tuple[str, ...]:
    words = ("first", "second", "third", "fourth", "fifth")[:count]
    numbers = ("one", "two", "three", "four", "five")[:count]
    said = [form.format(word) for word in words for form in ("the {} one", "the {}", "{}")]
    said += [f"option {number}" for number in numbers]
    both = ["the last one", "the later one", "the earlier one", "the later", "the earlier", "the earliest"]
    return (*said, *numbers, *both, "neither", "none of them", "something else", "either", "i don't mind", "yes", "no")


def _services(business: Business) -> tuple[str, ...]:
    said = [phrase for service in business.services.values() for phrase in service.spoken]
    return tuple(form.format(phrase) for form in ("{}", "a {}", "{} please", "a {} please") for phrase in said)


def _branches(business: Business) -> tuple[str, ...]:
    said = [phrase for branch in business.branches.values() for phrase in branch.spoken]
    loose = ("i don't mind", "any of them", "any branch", "it doesn't matter", "the nearest", "any")
    return (*(form.format(phrase) for form in ("{}", "the {}", "at {}", "{} please") for phrase in said), *loose)


def _none(business: Business) -> tuple[str, ...]:
    return ()
