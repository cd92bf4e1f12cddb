"""What a caller on the telephone is told when something befalls their talk, or the end of it. Pure."""

from __future__ import annotations

from typing import Final

WORDS: Final = {
    "person-lost": "One moment please, I lost my colleague. I'm getting you back to a person.",
    "call-back": "I'm sorry, nobody can take your call now. Your request is noted, and we will call you back. Goodbye.",
    "closing": "I'm sorry, our lines are closing for a moment. Your request is noted. Please call again later.",
}


def words_for(state: str) -> str:
    """A sentence or two for a state of `CallerLine.show`, or the end of a call; "" where music or silence says it."""
    return WORDS.get(state, "")
