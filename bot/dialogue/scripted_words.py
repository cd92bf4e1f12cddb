"""The variables a skill's sentences may use: {slots} as they are said, {slot_total} and {total} of orders."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from bot.appointments.model import Business
from bot.dialogue.items import basket
from bot.dialogue.skill import Talk
from bot.dialogue.values import money, total, words_of
from bot.dialogue.written import written
from bot.skills.model import Skill, Slot


def all_words(skill: Skill, values: Mapping[str, str], talk: Talk) -> dict[str, str]:
    """Every slot of the skill, "" for those without a value."""
    words = {slot: words_of(spec, values.get(slot, ""), talk) for slot, spec in skill.slots.items()}
    return words | {"total": money(total_of(skill, values), talk)}


def total_of(skill: Skill, values: Mapping[str, str]) -> Decimal:
    """Prices times quantities of all orders in it, and the prices of what was chosen."""
    amount = Decimal(0)
    for slot, spec in skill.slots.items():
        if spec.kind == "items":
            amount += total(spec, values.get(slot, ""))
        elif spec.kind == "choice" and (option := spec.options.get(values.get(slot, ""))):
            amount += option.price or Decimal(0)
    return amount


def written_values(skill: Skill, values: Mapping[str, str]) -> dict[str, str]:
    """As people read them on a ticket or in a letter, under the names slots have in the file."""
    found = {slot: _written(skill, slot, value) for slot, value in values.items()}
    if amount := total_of(skill, values):
        found["total"] = f"{amount:.2f}"
    return found


def told_values(skill: Skill, values: Mapping[str, str], business: Business) -> list[str]:
    """For a summary: "once or monthly: every month"; what was left out and what was asked on the way stays unsaid."""
    told = [_told(skill, slot, value, business) for slot, value in values.items() if _tells(skill.slots[slot], value)]
    if amount := total_of(skill, values):
        told.append(f"{business.facts.get('currency', '£')}{amount:.2f} altogether")
    return told


def _tells(slot: Slot, value: str) -> bool:
    return bool(value) and slot.kind != "secret_digits"


def _told(skill: Skill, slot: str, value: str, business: Business) -> str:
    """What tells by itself needs no name: the things ordered, an amount."""
    spec, plain = skill.slots[slot], _written(skill, slot, value)
    if spec.kind == "money":
        return f"{business.facts.get('currency', '£')}{plain}"
    if spec.kind == "date":
        plain = written(business, "day", value)
    name = skill.label(slot).removeprefix("the ").removeprefix("your ")
    return plain if spec.kind in ("items", "text") else f"{name}: {plain}"


def _written(skill: Skill, slot: str, value: str) -> str:
    spec = skill.slots[slot]
    if not value:
        return "left open by the caller"
    if spec.kind == "choice":
        return spec.options[value].label
    if spec.kind == "items":
        return ", ".join(f"{number} × {spec.options[key].label}" for key, number in basket(value).items())
    return value
