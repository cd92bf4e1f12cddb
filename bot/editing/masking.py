"""Personal data out of a sentence before it is kept for editors: what they teach from has no names, numbers or days.

Found are values by the grammars of understanding (dates, times, numbers, postcodes, addresses, spelled letters, names)
and the names the call itself knows. What is on offer (services, staff, branches) stays: the sentence is about it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence

from bot.events import FREE, Expect
from bot.nlu.entities import find_entities
from bot.nlu.gazetteer import Gazetteer
from bot.nlu.understanding import Entity, Vocabulary

MASKS = {
    "date": "[date]",
    "time": "[time]",
    "birth_date": "[date]",
    "number": "[number]",
    "digits": "[number]",
    "phone": "[number]",
    "money": "[amount]",
    "postcode": "[postcode]",
    "email": "[address]",
    "letters": "[letters]",
    "name": "[name]",
}
LONGEST = 300
"""Characters; nobody labels more."""

_INTRODUCES = re.compile(
    r"\b(?:my name is|my name's|name's|this is|it's|i am|i'm|called|speaking to|mister|missus|mrs|mr|miss|ms)\s+"
    r"(?P<name>[a-z'-]{2,}(?:\s+(?!and\b|i\b|to\b|from\b|can\b|here\b|speaking\b)[a-z'-]{2,})?)",
    re.IGNORECASE,
)
_NOT_NAMES = frozenset(
    {
        *("a", "about", "afraid", "all", "calling", "coming", "fine", "for", "free", "from", "going", "good", "having"),
        *("here", "in", "interested", "just", "late", "looking", "my", "not", "okay", "on", "one", "out", "ready"),
        *("running", "sorry", "still", "sure", "that", "the", "there", "to", "trying", "very", "wondering"),
    }
)
_POSTCODE = re.compile(r"\b[a-z]{1,2}(?: [a-z])? \[number\](?: \[number\])? [a-z] [a-z]\b", re.IGNORECASE)
"""Spelled out, and not heard well enough for the grammar of postcodes."""
_FIGURES = re.compile(r"\d[\d\s.,:/-]*\d|\d")


def masked(text: str, now: dt.datetime, vocabulary: Vocabulary, names: Iterable[str] = (), asked: Expect = FREE) -> str:
    """`names`: words that are names in this call, such as the customer's. `asked` "name" makes bare words names."""
    gazetteer = Gazetteer(vocabulary)
    text = " ".join(text.split())[:LONGEST]
    kept = [one.span for one in gazetteer.find(text)]
    spans = [
        (one.span, MASKS[one.kind])
        for one in find_entities(text, asked, now, gazetteer)
        if one.kind in MASKS and not (one.kind == "name" and _inside(one, kept))
    ]
    spans += [((m.start("name"), m.end("name")), "[name]") for m in _INTRODUCES.finditer(text) if _is_name(m, kept)]
    text = _replaced(text, spans)
    for name in sorted({name for name in names if len(name) > 1}, key=len, reverse=True):
        text = re.sub(rf"(?<!\[)\b{re.escape(name)}\b(?!\])", "[name]", text, flags=re.IGNORECASE)
    return _POSTCODE.sub("[postcode]", _FIGURES.sub("[number]", text))


def _is_name(found: re.Match[str], kept: Sequence[tuple[int, int]]) -> bool:
    known = any(first < found.end("name") and found.start("name") < last for first, last in kept)
    return not known and found["name"].split()[0].lower() not in _NOT_NAMES and found["name"][-3:] != "ing"


def _inside(one: Entity, spans: Sequence[tuple[int, int]]) -> bool:
    return any(first <= one.span[0] and one.span[1] <= last for first, last in spans)


def _replaced(text: str, spans: Sequence[tuple[tuple[int, int], str]]) -> str:
    """From the end, the longer of two that overlap."""
    free = len(text)
    for (first, last), mask in sorted(spans, key=lambda one: (-one[0][1], one[0][0])):
        if last <= free:
            text, free = text[:first] + mask + text[last:], first
    return text
