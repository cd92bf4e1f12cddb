"""What a person could answer to what the caller just said: entries of the FAQ, and things to do next."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from bot.dialogue.wording import Wording
from bot.errors import FrontdeskError
from bot.events import FREE, Hypothesis, Utterance
from bot.offices import Office


@dataclass(frozen=True, slots=True)
class Suggestion:
    intent: str
    title: str
    text: str
    """The answer; "" for something to do."""
    score: float
    """How likely it is about that, 0 to 1."""


LIKELY: Final = 0.15
"""Least score of an answer that is worth reading; a person judges it, so it may be lower than for the bot.

By 170 sentences about something we can suggest and 179 about something else, none of them taught (docs/people.md):
lower shows no more of the right ones and more of the needless, higher loses right ones.
"""

MOST: Final = 3

ACTIONS: Final = {
    "book": "Book an appointment",
    "move": "Move their appointment",
    "cancel": "Cancel their appointment",
    "ask_appointment": "Look their appointments up",
    "waiting_list": "Put them on the waiting list",
    "complaint": "Take the complaint down",
}
"""Intent → what to do."""


def suggest(office: Office, text: str, now: dt.datetime) -> list[Suggestion]:
    """Best first; empty when it was about nothing we know. `now` is aware."""
    understood = office.interpreter.understand(Utterance((Hypothesis(text),)), FREE, now)
    business = office.content.business
    wording = Wording({}, {**business.facts, "business": business.name})
    found = []
    for intent, score in understood.ranking:
        if score >= LIKELY and (made := _made(office, wording, intent, score)):
            found.append(made)
    return found[:MOST]


def _made(office: Office, wording: Wording, intent: str, score: float) -> Suggestion | None:
    if intent in ACTIONS:
        return Suggestion(intent, ACTIONS[intent], "", round(score, 2))
    entry = office.content.faq.get(intent.removeprefix("faq/"))
    if not intent.startswith("faq/") or entry is None:
        return None
    try:
        answer = wording.fill(entry.answer, intent)
    except FrontdeskError:  # an answer that needs more than the facts is not to be read out by anybody else
        return None
    return Suggestion(intent, intent.removeprefix("faq/").replace("_", " "), answer, round(score, 2))
