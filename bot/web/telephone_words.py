"""What a caller on the telephone is told when something befalls their talk, or the end of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.dialogue.wording import Wording

BETWEEN: Final = ("person-lost", "unreached")
"""Said on the way, and the line stays."""

KEYS: Final[Mapping[str, str]] = {
    "person-lost": "line_person_lost",
    "unreached": "line_unreached",
    "call-back": "line_call_back",
    "noted": "line_unreached_noted",
    "closing": "line_closing",
    "unnoted": "line_unnoted",
}
"""A state of `CallerLine.show`, or an end of a call → its sentence in `responses.yml`."""


def words_for(state: str, wording: Wording) -> str:
    """ "" where music, the bot or silence says it. Raises ContentError."""
    return wording.text(KEYS[state]) if state in KEYS else ""
