"""Orders: "two of the mesh routers and a cable, no, make that three cables" → things with quantities."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.dialogue.turn import Turn
from bot.nlu.numbers import figures
from bot.skills.model import Slot

COUPLE = (("half a dozen", "6"), ("a dozen", "12"), ("dozen", "12"), ("a couple of", "2"), ("a couple", "2"),
          ("a pair of", "2"), ("another", "1"), ("a single", "1"))  # fmt: skip
BETWEEN = r"(?: (?:more|of|the|those|these|bags?|boxes?|packs?|tins?|cans?|bottles?|pieces?|times))*"
"""Small words between a number and what is counted."""
REMOVES = re.compile(r"\b(without|no|not|remove|take (?:off|out|away)|cancel|drop|don't want|forget)\b")
INSTEAD = re.compile(r"\b(make (?:it|that)|change|instead|actually|i meant|i mean|only|just|rather)\b")


def items_in(slot: Slot, turn: Turn) -> dict[str, int]:
    """Option → how many; 0 where no number was said with it. By key: the thing, and no number."""
    if turn.option is not None:
        keys = list(slot.options)
        return {keys[turn.option - 1]: 0} if turn.option <= len(keys) else {}
    text = turn.text.lower()
    for words, number in COUPLE:
        text = re.sub(rf"\b{words}\b", number, text)
    text = figures(text).text
    found: dict[str, int] = {}
    for way, key in _ways(slot):
        match = re.search(rf"(?:\b(\d{{1,3}}|an?|some)\b{BETWEEN} )?\b{re.escape(way)}(e?s)?\b", text)
        if match and key not in found:
            found[key] = _number(match[1])
        if match:
            text = text[: match.start()] + " · " + text[match.end() :]
    return found


def _ways(slot: Slot) -> list[tuple[str, str]]:
    """Longest first: "mesh router" before "router"."""
    ways = [(figures(way).text, key) for key, option in slot.options.items() for way in option.ways()]
    return sorted(ways, key=lambda each: -len(each[0]))


def _number(said: str | None) -> int:
    if said is None or said == "some":
        return 0
    return int(said) if said.isdigit() else 1


def changed(before: Mapping[str, int], turn: Turn, found: Mapping[str, int]) -> dict[str, int]:
    """The order after what was said: added to, a number set anew ("make that three"), or taken out ("no cable")."""
    text = turn.text.lower()
    after = dict(before)
    for key, number in found.items():
        if REMOVES.search(text) and key in after and number == 0:
            del after[key]
        elif key in after and not INSTEAD.search(text):
            after[key] += number
        else:
            after[key] = number
    return {key: number for key, number in after.items() if number}


def removes(turn: Turn) -> bool:
    return REMOVES.search(turn.text.lower()) is not None


def basket(value: str) -> dict[str, int]:
    """ "mesh=2,cable=1" as it is kept."""
    pairs = (part.split("=") for part in value.split(",") if part)
    return {key: int(number) for key, number in pairs}


def items_words(items: Mapping[str, int]) -> str:
    return ",".join(f"{key}={number}" for key, number in items.items())
