"""Follow-up questions: "how much is a filling?" – "and a crown?", "how do I get to the Park branch?" – "the others?".

The same question about something else: of the entry answered last, the one whose name has another treatment, branch or
person in the same place ("price_filling", "price_crown").
"""

from __future__ import annotations

import re
from collections.abc import Collection

from bot.dialogue.skill import Talk
from bot.dialogue.turn import Turn

OTHER = re.compile(r"\bothers?( (one|branch|place|surgery|practice)(s|es)?)?$")
""" "And the other one?"."""

AND = r"^(and|or|what about|how about|then)"
LONGEST = 8
"""Words; a longer sentence says by itself what it is about."""

MOST = 2
"""Answers in a row; nobody listens to more."""

KINDS = ("service", "branch", "staff")


def siblings(turn: Turn, talk: Talk) -> list[str]:
    """The entries that answer it, as intents; [] when it is no such question."""
    follows = turn.says(AND) or turn.rest() == "" or OTHER.search(turn.text)
    if not talk.memory.topic.startswith("faq/") or not follows or len(turn.text.split()) > LONGEST:
        return []
    key = talk.memory.topic.removeprefix("faq/")
    for kind in KINDS:
        if told := _part(key, _ids(kind, talk)):
            return _found(_wanted(kind, told, turn, talk), key, told, talk)
    return []


def _found(wanted: list[str], key: str, told: str, talk: Talk) -> list[str]:
    keys = [f"_{key}_".replace(f"_{told}_", f"_{one}_").strip("_") for one in wanted]
    return [f"faq/{one}" for one in keys if one in talk.faq][:MOST]


def _wanted(kind: str, told: str, turn: Turn, talk: Talk) -> list[str]:
    if named := turn.first(kind):
        return [str(named.value)]
    return [one for one in _ids(kind, talk) if one != told] if OTHER.search(turn.text) and kind != "service" else []


def _part(key: str, ids: Collection[str]) -> str:
    """The longest of these names in an entry's name, "" when there is none."""
    return max((one for one in ids if f"_{one}_" in f"_{key}_"), key=len, default="")


def _ids(kind: str, talk: Talk) -> Collection[str]:
    business = talk.business
    return {"service": business.services, "branch": business.branches, "staff": business.staff}[kind]
