"""What a caller on the telephone is told while they wait for a person. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

WORDS: Final = {
    "person-lost": "One moment please, I lost my colleague. I'm getting you back to a person.",
    "call-back": "I'm sorry, nobody can take your call now. Your request is noted, and we will call you back. Goodbye.",
    "closing": "I'm sorry, our lines are closing for a moment. Your request is noted. Please call again later.",
}
ALONE: Final = "Nobody is at the desk right now. Please stay on the line a moment longer."


def words_for(state: str, details: Mapping[str, object]) -> str:
    """A sentence or two for a state of `CallerLine.show`, or the end of a call; "" where music or silence says it."""
    if state != "waiting":
        return WORDS.get(state, "")
    if details.get("staffed") is False:
        return ALONE
    return _place(details.get("place"), details.get("minutes"))


def _place(place: object, minutes: object) -> str:
    if not isinstance(place, int) or place < 1:
        return ""
    told = "You are next." if place == 1 else f"You are number {place} in the queue."
    if isinstance(minutes, int) and place > 1:
        told += f" The wait is about {minutes} minute{'' if minutes == 1 else 's'}."
    return told
