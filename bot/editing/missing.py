"""What was missed in a call: sentences below the out-of-scope gate, and those the caller then corrected.

Read from the call's report when it is over. A sentence in which a value was found (a day, a name) answered something,
so it is no miss. Sentences are masked here, before anybody keeps them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.editing.model import Miss
from bot.nlu.understanding import Understanding

CORRECTS = frozenset({"correct", "start_over", "go_back"})
BELOW, CORRECTED = "below the gate", "corrected"
FEWEST_WORDS = 2
"""One word below the gate is most often noise."""

Mask = Callable[[str], str]


def missed(
    turns: Sequence[Mapping[str, Any]],
    heard: Mapping[str, Understanding],
    business: str,
    call_id: str,
    at: dt.datetime,
    mask: Mask,
) -> list[Miss]:
    """`turns` as in the stored report; `heard`: text of a turn → what was understood (secret turns are in none)."""
    found = []
    for index, turn in enumerate(turns):
        understood = heard.get(turn["text"]) if turn["speaker"] == "caller" else None
        why = _why(understood, _next(turns, index, "caller"), heard) if understood else ""
        text = mask(turn["text"]) if why else ""
        if understood and why and _is_worth(text):
            found.append(
                Miss(
                    business=business,
                    call_id=call_id,
                    at=at,
                    text=text,
                    why=why,
                    guess=understood.intent,
                    confidence=round(understood.confidence, 3),
                    asked=mask(_said(turns[:index][::-1])),
                    answered=mask(_said(turns[index + 1 :])),
                    start_ms=int(turn.get("start_ms", 0)),
                    end_ms=int(turn.get("end_ms", 0)),
                )
            )
    return found


def _why(understood: Understanding, after: str, heard: Mapping[str, Understanding]) -> str:
    later = heard.get(after)
    if understood.entities:
        return ""
    if not understood.accepted:
        return BELOW
    return CORRECTED if later and later.accepted and later.intent in CORRECTS else ""


def _next(turns: Sequence[Mapping[str, Any]], index: int, speaker: str) -> str:
    return next((str(turn["text"]) for turn in turns[index + 1 :] if turn["speaker"] == speaker), "")


def _said(turns: Sequence[Mapping[str, Any]]) -> str:
    """What the bot said nearest to there."""
    said: list[str] = []
    for turn in turns:
        if turn["speaker"] != "bot":
            break
        said.append(str(turn["text"]))
    return " ".join(said)


def _is_worth(text: str) -> bool:
    """Something must be left to learn from."""
    return len([word for word in text.split() if not word.startswith("[")]) >= FEWEST_WORDS
