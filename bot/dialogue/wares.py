"""Things that can be ordered, named without a wish: "two routers and a cable", or "I'll take one" after its price."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from bot.dialogue.items import items_in
from bot.dialogue.turn import FILLERS, Turn
from bot.nlu.numbers import figures
from bot.skills.model import Skill, Slot

ASKS = r"how|what|when|where|which|who|why|do you|does|is|are|can you|cost\w*|prices?"
WANTS = r"like|take|want|have|order|buy|get|send|need|please|go for"
POINTS = re.compile(r"\b(?P<n>one|two|three|four|five|six|\d+|some|a few|a couple)(?: of (?:them|those|these))?\b|"
                    r"\b(?:it|that|this|them|those)\b")  # fmt: skip
SHORT = re.compile(r"\bi'(d|ll|ve)\b")
SMALL = re.compile(r"\b(\d+|some|few|couple|just|only|hello|hi|get|need|order|buy|send|us|another|more|too|also|for)\b")


def named(skills: Mapping[str, Skill], turn: Turn) -> dict[str, str]:
    """Skill → the first thing of its order that is named, as it is called."""
    found = ((key, slot, items_in(slot, turn)) for key, skill in skills.items() for slot in _orders(skill))
    return {key: slot.options[next(iter(items))].label for key, slot, items in found if items}


def ordered(skills: Mapping[str, Skill], turn: Turn) -> str:
    """The skill that takes an order, when the turn is nothing but things of it; "" else."""
    if turn.keypad or turn.says(ASKS):
        return ""
    return next((key for key in named(skills, turn) if not _besides(skills[key], turn)), "")


def pointed_at(turn: Turn, thing: str) -> Turn | None:
    """ "I'll take two of them", after a thing was talked about: the turn that names it; None when it does not."""
    if turn.keypad or turn.says(ASKS) or not turn.says(WANTS):
        return None
    text, count = POINTS.subn(lambda found: f"{found['n'] or 'one'} {thing}", turn.text, count=1)
    return replace(turn, text=text, entities=()) if count else None


def _orders(skill: Skill) -> list[Slot]:
    return [slot for slot in skill.slots.values() if slot.kind == "items"]


def _besides(skill: Skill, turn: Turn) -> str:
    """What else was said."""
    text = figures(turn.text.lower()).text
    ways = sorted((way for slot in _orders(skill) for each in slot.options.values() for way in each.ways()), key=len)
    for way in reversed(ways):
        text = re.sub(rf"\b{re.escape(figures(way).text)}(e?s)?\b", " ", text)
    return " ".join(SMALL.sub(" ", FILLERS.sub(" ", SHORT.sub(" ", text))).split())
