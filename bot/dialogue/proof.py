"""What proves who is calling: birth dates, postcodes and first names against those it could be, misheard or not.

What the recogniser heard second or third counts as well, but only when it fits somebody on file exactly: a caller is
never let in because their date of birth was nearly right.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from bot.appointments.model import Customer
from bot.dialogue.skill import Talk
from bot.dialogue.turn import Turn
from bot.nlu.birth_dates import read_birth_date
from bot.nlu.identity import Register
from bot.nlu.spelling import postcodes
from bot.nlu.understanding import DateMention

SOUNDS_LIKE = 0.7
"""Similarity (0 to 1) from which a first name is the one of a family member on file; nothing is proven by it alone."""


def birth_dates(turn: Turn, today: dt.date) -> list[dt.date]:
    """All readings of the date that was said, best first."""
    found: list[dt.date] = []
    for entity in turn.all("birth_date"):
        found += [value for value in (entity.value, *entity.others) if isinstance(value, dt.date)]
    for entity in turn.all("date"):
        if isinstance(entity.value, DateMention) and entity.value.first == entity.value.last < today:
            found.append(entity.value.first)
    return found


def proven(turn: Turn, candidates: Sequence[Customer], today: dt.date) -> list[Customer]:
    """Those whose birth date or postcode was said, in the best hypothesis or another one."""
    said = turn.first("postcode")
    codes = {compact(str(said.value))} if said else set()
    return _matching(candidates, birth_dates(turn, today), codes) or _matching(
        candidates,
        [day for text in turn.alternatives if (day := read_birth_date(text, today))],
        {compact(code.value) for text in turn.alternatives for code in postcodes(text)},
    )


def named(name: str, turn: Turn, candidates: Sequence[Customer], today: dt.date) -> list[Customer]:
    """The one of a family who is called so, by letters, else by sound."""
    first = name.split()[0].lower()
    exact = [each for each in candidates if first in each.name.lower().split()]
    if exact or not candidates:
        return exact
    register = Register.of({"name": each.name.split()[0], "id": str(each.id)} for each in candidates)
    alike = register.similarity("name", (name.split()[0], *turn.alternatives), today)
    near = [each for each, similarity in zip(candidates, alike, strict=True) if similarity >= SOUNDS_LIKE]
    return near if len(near) == 1 else []


def confirm(talk: Talk, customer: Customer, how: str) -> None:
    """From here on personal things may be said."""
    identity = talk.memory.identity
    identity.customer, identity.confirmed, identity.how = customer, True, how
    talk.say("thanks_name", name=customer.name.split()[0])


def _matching(candidates: Sequence[Customer], days: Sequence[dt.date], codes: set[str]) -> list[Customer]:
    return [
        each
        for each in candidates
        if (each.birth_date and each.birth_date in days) or (each.postcode and compact(each.postcode) in codes)
    ]


def compact(postcode: str) -> str:
    return "".join(postcode.upper().split())
