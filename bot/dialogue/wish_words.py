"""How callers say what they wish: soon, any, not that one, another one; and what of the named is really wanted."""

from __future__ import annotations

import re

from bot.appointments.model import Business
from bot.dialogue.turn import FILLERS, Turn
from bot.nlu.understanding import Entity

SOON = re.compile(
    r"\b(as soon as (possible|you can)|soonest|earliest (possible|available|you|appointment|slot)|the earliest|"
    r"^(um |uh |hello |hi )*earliest|first thing|"
    r"first available|"
    r"next available|asap|urgently|right away|whenever you have|when (can|could) (i|you|we)|when (have|do) you|"
    r"what (have you got|do you have|times? (have|do) you))\b"
)
ANY = re.compile(
    r"\b(any (time|day|branch|one|of them|dentist|body)|anytime|anyone|anybody|either|don't mind|do not mind|"
    r"no preference|"
    r"doesn't matter|does not matter|don't care|whenever|wherever|whoever|whatever|you choose|not bothered|"
    r"not fussed|any)\b"
)
ANY_OF = {
    "branch": re.compile(
        r"\b(any|either|whichever|whatever) (branch|location|place)|(don't mind|doesn't matter|not bothered|no matter)"
        r"( about| which| what| the| where)* ?(branch|location|place|where)\b|\b(wherever|anywhere)\b"
    ),
    "staff": re.compile(
        r"\b(anyone|anybody|whoever|any (dentist|hygienist|vet|doctor|nurse|one of them)|(don't mind|"
        r"doesn't matter) who)\b"
    ),
}
ANY_TIME = re.compile(r"\b(any ?time|whenever|no matter when)\b")
NOT_THAT = {
    "branch": re.compile(
        r"\b(not (that|this|the same) (branch|place|location|one)|(another|different|other) branch)\b"
    ),
    "staff": re.compile(
        r"\b(not (him|her|them|that (dentist|person|one))|((some|any)(one|body) else)|(another|different) (dentist|"
        r"person|vet))\b"
    ),
    "day": re.compile(r"\b(not that day|(another|different|other) day)\b"),
    "time": re.compile(r"\b(not that time|(another|different|other) time)\b"),
    "service": re.compile(r"\b((something|another|different) (treatment|service|kind of appointment))\b"),
}
OWN_NAME = re.compile(r"^(um |uh |yes |hello |hi |my name is |my name's |it's |it is |this is |i'm |i am )+")
NO_NAME = re.compile(
    r"if|as|when|who|any|only|again|next|this|has|does|is|was|will|today|tomorrow|doctor|dr|mister|miss|mrs|mr|nurse|"
    r"not|see|seeing|just|but|instead|rather|prefer|first|second|later|earlier|by|from|there|all"
)
VALUES = ("date", "time", "service", "branch", "role", "number")
HURTS = re.compile(
    r"\b(hurts?|hurting|aching|aches|throbbing|killing me|in (a lot of |terrible |real |so much |bad )?(pain|agony)|"
    r"really painful|(a bit |very |so |really )?sore|tooth ?ache|swollen)\b"
)
REASON = re.compile(r"\b(because|'cause|as i (have|am|work)|since i)\b")
"""What comes after it is why, and no wish."""
SINCE = re.compile(
    r"\b(ever )?since( last| this| about| the)?( (mon|tues|wednes|thurs|fri|satur|sun)day)?( at| around)?\s*$"
)
"""What comes next is when it began: "sore since Sunday lunch"."""
BEFORE_NEGATED = re.compile(
    r"\b(not|isn't|no longer|instead of|rather than|can't do|can't make|except|but not)( the| on| at| with)?\s*$"
)


def wanted(turn: Turn, kind: str, last: bool = False) -> Entity | None:
    """What is named and not turned down: "not Anna, Ben". Of several, the `last` one corrects the earlier ones."""
    named = [entity for entity in turn.all(kind) if kind != "staff" or not _is_own_name(turn, entity)]
    before = [(entity, turn.text[: entity.span[0]]) for entity in named]
    found = [
        entity
        for entity, text in before
        if not (BEFORE_NEGATED.search(text) or REASON.search(text) or SINCE.search(text))
    ]
    if not found:
        return None
    corrected = last or turn.says("no|sorry|actually|i mean|rather|instead")
    return found[-1] if corrected else found[0]


def _is_own_name(turn: Turn, entity: Entity) -> bool:
    """ "Sarah Wilkins" is no Doctor Sarah Thompson: a caller who says a name, and shares half of it with somebody."""
    start, end = entity.span
    if " " in entity.text.strip() or any(other.span != entity.span for other in turn.all("staff")):
        return False
    before = OWN_NAME.sub("", turn.text[:start], count=1).split()
    after = turn.text[end:].split()
    first = not before and bool(after) and _is_name(after[0], turn, end)
    last = len(before) == 1 and not after and _is_name(before[0], turn, 0)
    return first or last


def _is_name(word: str, turn: Turn, at: int) -> bool:
    """No small word, and nothing that was recognised as something else."""
    here = turn.text.find(word, at)
    taken = any(start <= here < end for start, end in (each.span for each in turn.entities if each.kind in VALUES))
    return not taken and word.isalpha() and FILLERS.sub("", word) != "" and not NO_NAME.fullmatch(word)


def role_in(turn: Turn, business: Business) -> str | None:
    """A role ("the hygienist") named instead of a person."""
    entity = wanted(turn, "role")
    if entity:
        return str(entity.value)
    roles = {member.role for member in business.staff.values() if member.role}
    return next((role for role in sorted(roles) if turn.says(re.escape(role.lower()) + "s?")), None)
