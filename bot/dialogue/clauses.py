"""Two wishes in one sentence: "cancel my appointment and when are you open on Saturday?", one after the other."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

from bot.dialogue.agenda import TASKS, Tasks
from bot.events import FREE, Hypothesis, Utterance
from bot.nlu.understanding import Interpreter, Understanding

AND = re.compile(r"(?:,| (?:and|but|plus|then|also))(?: (?:and|then|also|after that|another thing))* (?=\w)")
SURE = 0.6
"""Least confidence of each part; a sentence is rather left whole."""

MOST_SMALL_WORDS = 4
"""Beside the treatment and other values: "and a filling for me please"."""

LEAST_WORDS = 3
"""Of a part: "Saturdays and Sundays" are no two wishes."""


def parted(
    utterance: Utterance, whole: Understanding, interpreter: Interpreter, now: dt.datetime, tasks: Tasks = TASKS
) -> list[Understanding]:
    """The wishes in their order, each understood by itself; [] when it is one wish (or none)."""
    text = whole.text or utterance.text
    for cut in AND.finditer(text):
        if any(start < cut.end() and cut.start() < end for start, end in (entity.span for entity in whole.entities)):
            continue  # "scale and polish" is one thing
        parts = text[: cut.start()], text[cut.end() :]
        first, second = (_alone(part, utterance.confidence, interpreter, now) for part in parts)
        if _is_wish(first, tasks) and _is_another_treatment(first, second):
            return [
                replace(whole, intent="book", accepted=True),
                replace(second, intent="book", accepted=True, confidence=first.confidence),
            ]
        if _is_wish(first, tasks) and _is_wish(second, tasks) and first.intent != second.intent:
            return [first, second]
    return []


def _alone(text: str, confidence: float, interpreter: Interpreter, now: dt.datetime) -> Understanding:
    return interpreter.understand(Utterance((Hypothesis(text, confidence),)), FREE, now)


def _is_wish(said: Understanding, tasks: Tasks) -> bool:
    kind = said.intent in tasks or said.intent == "opening_hours" or said.intent.startswith("faq/")
    return kind and said.accepted and said.confidence >= SURE and len(said.text.split()) >= LEAST_WORDS


def _is_another_treatment(first: Understanding, second: Understanding) -> bool:
    """ "Book a check-up, and a filling": one after the other, in two appointments."""
    one, other = first.first("service"), second.first("service")
    if first.intent != "book" or one is None or other is None or one.value == other.value:
        return False
    named = sum(len(entity.text.split()) for entity in second.entities if entity.kind != "place")
    return len(second.text.split()) - named <= MOST_SMALL_WORDS
