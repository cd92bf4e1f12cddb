"""What is wrong with a skill although its file is well written: dead ends, steps nobody reaches, questions without a
keypad way, names and variables that are not there."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Literal

from bot.skills.conditions import GIVEN, LEFT_OUT, Clause
from bot.skills.model import WITHOUT_KEYS, Skill, Slot
from bot.skills.paths import NUMBERS, explore

VARIABLE = re.compile(r"{([a-z][a-z0-9_]*)}")
ALWAYS = frozenset({"total", "business"})
SHOWN = 3
"""Dead ends named; one is mostly the cause of the others."""


@dataclass(frozen=True, slots=True)
class Finding:
    """`where`: the way to it in the file, as names and places from 0."""

    level: Literal["error", "warning"]
    message: str
    where: tuple[str | int, ...] = ()


def check(skill: Skill, facts: Collection[str], services: Collection[str]) -> list[Finding]:
    """`facts`: the variables of the business; `services`: what can be booked there."""
    unknown = [*_unknown_names(skill, services)]
    texts = [*_unknown_variables(skill, facts)]
    return [*unknown, *texts, *_slots(skill), *([] if unknown else _ways(skill))]


def _unknown_names(skill: Skill, services: Collection[str]) -> Iterator[Finding]:
    for place, step in enumerate(skill.steps):
        if step.ask and step.ask not in skill.slots:
            yield _error(f"there is no slot “{step.ask}”; add it under slots.", "steps", place, "ask")
        if step.finish and step.finish not in skill.outcomes:
            yield _error(f"there is no outcome “{step.finish}”; add it under outcomes.", "steps", place, "finish")
        for clause in step.when.clauses:
            if problem := _clause_problem(skill, clause):
                yield _error(problem, "steps", place, "when", clause.slot)
    for name, outcome in skill.outcomes.items():
        if outcome.appointment and outcome.appointment.service not in services:
            known = ", ".join(sorted(services))
            where = ("outcomes", name, "appointment", "service")
            yield _error(f"there is no service “{outcome.appointment.service}”; use one of {known}.", *where)


def _clause_problem(skill: Skill, clause: Clause) -> str:
    slot = skill.slots.get(clause.slot)
    if slot is None:
        return f"there is no slot “{clause.slot}”; add it under slots."
    if clause.comparison:
        return "" if slot.kind in NUMBERS else f"“{clause.slot}” is no number and cannot be compared."
    if clause.values in ((GIVEN,), (LEFT_OUT,)):
        return "" if slot.skip else f"“{clause.slot}” cannot be left out, as it has no “skip”."
    known = {"choice": tuple(slot.options), "yes_no": ("yes", "no")}.get(slot.kind)
    if known is None:
        return f"only choices, yes_no and numbers can be told apart; “{clause.slot}” is of kind {slot.kind}."
    wrong = [value for value in clause.values if value not in known]
    return f"“{clause.slot}” is never “{wrong[0]}”; use one of {', '.join(known)}." if wrong else ""


def _unknown_variables(skill: Skill, facts: Collection[str]) -> Iterator[Finding]:
    known = {*skill.slots, *facts, *ALWAYS}
    for where, text, more in _texts(skill):
        for name in VARIABLE.findall(text):
            if name not in known | more:
                yield _error(f"{{{name}}} is not known; use a slot of this skill or a fact of business.yml.", *where)
            elif name in skill.slots and skill.slots[name].kind == "secret_digits":
                yield _error(f"{{{name}}} is secret and never said or written.", *where)
        if "{" in VARIABLE.sub("", text) or "}" in VARIABLE.sub("", text):
            yield _error("variables are small letters in curly brackets, like {phone}.", *where)


def _texts(skill: Skill) -> Iterator[tuple[tuple[str | int, ...], str, set[str]]]:
    """Every sentence with where it is and what else it may name."""
    for name, slot in skill.slots.items():
        for text in slot.ask:
            yield ("slots", name, "ask"), text, set()
        for field in ("again", "keypad", "sorry", "more", "wait"):
            yield ("slots", name, field), getattr(slot, field), set()
        yield ("slots", name, "read_back"), slot.read_back, {"value"}
        yield ("slots", name, "how_many"), slot.how_many, {"item", "items_of_it"}
        yield ("slots", name, "calling_from"), slot.calling_from, {"number"}
    for place, step in enumerate(skill.steps):
        yield ("steps", place, "say"), step.say or "", set()
    for name, outcome in skill.outcomes.items():
        yield ("outcomes", name, "confirm"), outcome.confirm, set()
        yield ("outcomes", name, "say"), outcome.say, {"reference"}
        yield ("outcomes", name, "ticket", "reason"), outcome.ticket.reason if outcome.ticket else "", set()
        for field in ("to", "subject", "text") if outcome.email else ():
            yield ("outcomes", name, "email", field), getattr(outcome.email, field), {"caller"}


def _slots(skill: Skill) -> Iterator[Finding]:
    asked = {step.ask for step in skill.steps}
    for name, slot in skill.slots.items():
        if name not in asked:
            yield _error(f"“{name}” is never asked; add a step “- ask: {name}”, or remove the slot.", "slots", name)
        if slot.kind in WITHOUT_KEYS and not (slot.skip or slot.keypad):
            what = "letters cannot be keyed in: add “skip: …” (key 1 then leaves it out), or “keypad: …” saying how."
            yield _error(f"“{name}” has no keypad way; {what}", "slots", name)
        yield from _ambiguous(name, slot)


def _ambiguous(name: str, slot: Slot) -> Iterator[Finding]:
    owner: dict[str, str] = {}
    for key, option in slot.options.items():
        for way in option.ways():
            if owner.setdefault(way, key) != key:
                where = ("slots", name, "options", key)
                yield _error(f"“{way}” also means {owner[way]}; only one option may be said so.", *where)


def _ways(skill: Skill) -> Iterator[Finding]:
    paths = explore(skill)
    if paths.overflow:
        yield Finding(
            "warning", "there are too many ways through it to look at all; make two skills of it.", ("steps",)
        )
        return
    for given in paths.dead_ends[:SHOWN]:
        answers = ", ".join(f"{slot}: {value or LEFT_OUT}" for slot, value in given.items() if value != "*")
        after = f"after “{answers}”" if answers else "at the end"
        yield _error(f"a dead end: {after} no step is due; add a “- finish: …” for it.", "steps", len(skill.steps) - 1)
    for place in range(len(skill.steps)):
        if place not in paths.visited:
            yield _error("no caller ever gets to this step; look at its condition and at those before.", "steps", place)
    finished = {skill.steps[place].finish for place in paths.visited}
    for name in skill.outcomes:
        if name not in finished:
            yield _error(f"“{name}” is never reached; add a step “- finish: {name}”.", "outcomes", name)


def _error(message: str, *where: str | int) -> Finding:
    return Finding("error", message, where)
