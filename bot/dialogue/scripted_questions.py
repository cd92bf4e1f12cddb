"""The questions of a skill from a file, in the form that all questions have: words, grammar, patience, keypad."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.dialogue.question import Option, Question
from bot.dialogue.scripted_words import all_words
from bot.dialogue.skill import Talk
from bot.dialogue.spoken import number
from bot.events import AnswerKind
from bot.skills.model import WITHOUT_KEYS, Skill, Slot

ANSWERS: dict[str, AnswerKind] = {
    "date": "date", "time": "time", "number": "free", "quantity": "choice", "money": "free", "name": "name",
    "phone": "digits", "email": "free", "postcode": "free", "choice": "choice", "yes_no": "yes_no", "text": "free",
    "digits": "digits", "secret_digits": "digits", "items": "free",
}  # fmt: skip
COUNTED = 30
"""Quantities that are in the grammar; larger ones are keyed in, or heard as free speech at the second try."""
TEXT_PATIENCE_MS = 1_800
"""Who tells a story pauses."""
TRIED = (
    "done", "i've done it", "i have done it", "okay done", "i've tried it", "ready", "i'm there", "not yet", "it works",
    "it's working", "it's back", "still the same", "no change", "it didn't help", "it's better", "no better",
)  # fmt: skip


def ask_slot(skill: Skill, slot: str, given: Mapping[str, str], talk: Talk) -> Question:
    spec = skill.slots[slot]
    question = talk.ask(
        f"{skill.id}.{slot}",
        ANSWERS[spec.kind],
        options=_options(spec),
        phrases=_phrases(spec),
        digits=_keys(spec),
        patience_ms=TEXT_PATIENCE_MS if spec.kind == "text" else None,
        words=all_words(skill, given, talk),
    )
    secret = spec.kind == "secret_digits"
    return replace(question, expect=replace(question.expect, secret=secret), takes_anything=spec.kind == "text")


def ask_aspect(
    skill: Skill,
    slot: str,
    aspect: str,
    kind: AnswerKind,
    given: Mapping[str, str],
    talk: Talk,
    words: Mapping[str, str] | None = None,
) -> Question:
    """ "How many?" or "anything else?" about a slot."""
    phrases = _counts(COUNTED) if kind == "choice" else _names(skill.slots[slot])
    said = all_words(skill, given, talk) | dict(words or {})
    question = talk.ask(f"{skill.id}.{slot}.{aspect}", kind, phrases=phrases, words=said, digits=0 if words else None)
    if aspect == "how_many":
        return replace(question, keypad=talk.wording.text("keypad_digits"))
    return question


def ask_calling_from(skill: Skill, slot: str, number: str, given: Mapping[str, str], talk: Talk) -> Question:
    """Whether the number the line shows will do."""
    words = all_words(skill, given, talk) | {"number": number}
    return talk.ask(f"{skill.id}.{slot}.calling_from", "yes_no", words=words)


def ask_wait(skill: Skill, slot: str, given: Mapping[str, str], talk: Talk) -> Question:
    """Something to try first."""
    key, words = f"{skill.id}.{slot}.wait", all_words(skill, given, talk)
    question = talk.ask(key, "yes_no", phrases=TRIED, patience_ms=TEXT_PATIENCE_MS, words=words)
    return replace(question, keypad=talk.wording.text("keypad_done"), leaves_time=True)


def read_back(skill: Skill, slot: str, values: Mapping[str, str], talk: Talk) -> Question:
    words = all_words(skill, values, talk)
    return talk.ask(f"{skill.id}.{slot}.right", "yes_no", words=words | {"value": words[slot]})


def confirmation(skill: Skill, outcome: str, given: Mapping[str, str], talk: Talk) -> Question:
    return talk.ask(f"{skill.id}.confirm.{outcome}", "yes_no", words=all_words(skill, given, talk))


def _options(spec: Slot) -> list[Option]:
    if spec.options:
        return [Option(key, option.label) for key, option in spec.options.items()]
    return [Option("skip", spec.skip)] if spec.skip and spec.kind in WITHOUT_KEYS else []


def _phrases(spec: Slot) -> tuple[str, ...]:
    if spec.kind == "quantity":
        return _counts(min(COUNTED, int(spec.most) if spec.most is not None else COUNTED))
    return _names(spec)


def _names(spec: Slot) -> tuple[str, ...]:
    ways = [way for option in spec.options.values() for way in option.ways()]
    return tuple(form.format(way) for form in ("{}", "the {}", "{} please", "it's the {}", "it's {}") for way in ways)


def _counts(most: int) -> tuple[str, ...]:
    numbers = [number(value).replace("-", " ") for value in range(1, most + 1)]
    return tuple(form.format(each) for form in ("{}", "{} please", "just {}", "{} of them") for each in numbers)


def _keys(spec: Slot) -> int | None:
    """How many keys are the whole answer; None where the kind tells, 0 where `#` ends it."""
    if spec.digits:
        return spec.digits
    return 0 if spec.kind in ("number", "quantity", "money", "phone", "digits", "secret_digits") else None
