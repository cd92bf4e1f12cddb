"""What waiting callers say, and what it means: a choice, a number to ring, a time to ring at."""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

from bot.nlu.contact import find_phones
from bot.nlu.dates import find_dates
from bot.nlu.numbers import digit_string, figures
from bot.nlu.times import daytime, find_points

KEYS: Final = {"1": "stay", "2": "call back", "3": "message", "4": "bot", "0": "repeat", "*": "repeat"}

SAID: Final = {
    "call back": (
        "call me back", "call back", "ring me back", "please call me back", "can you call me back", "a call back",
        "a call back please", "callback", "phone me back", "give me a call back", "call me later",
    ),
    "message": (
        "leave a message", "a message", "a message please", "i want to leave a message", "voicemail",
        "can i leave a message", "take a message",
    ),
    "bot": (
        "go on with you", "something else", "go on", "carry on with you", "ask something", "ask a question",
        "i have a question", "book an appointment", "talk to you", "the receptionist", "meanwhile",
    ),
    "leave": ("goodbye", "bye", "never mind", "hang up", "forget it", "i'll call again", "i will call again"),
    "repeat": ("repeat", "repeat that", "say that again", "pardon", "how long", "what number am i", "sorry", "help"),
    "stay": (
        "keep waiting", "wait", "i'll wait", "i will wait", "stay", "stay on the line", "i'll stay", "hold",
        "i'll hold", "continue waiting", "keep holding", "okay", "fine", "yes", "no", "no thank you",
    ),
}  # fmt: skip

WANTS: Final = tuple(phrase for phrases in SAID.values() for phrase in phrases)
"""Whole phrases for the recogniser."""

_RULES: Final = tuple(
    (wanted, re.compile(r"\b(?:" + "|".join(map(re.escape, sorted(phrases, key=len, reverse=True))) + r")\b"))
    for wanted, phrases in SAID.items()
)
_SHORT: Final = {"stay", "repeat", "leave"}
"""Words such as "yes" mean a choice only when there is little else beside them."""

SOONEST: Final = dt.timedelta(minutes=5)


def choice_of(said: str, *, pressed: bool = False) -> str:
    """stay, call back, message, bot, leave, repeat; "" for what is none of them."""
    if pressed:
        return KEYS.get(said[:1], "")
    words = " ".join(said.split())
    found = (wanted for wanted, rule in _RULES if rule.search(words))
    return next((wanted for wanted in found if wanted not in _SHORT or len(words.split()) <= 6), "")


def callback_number(said: str) -> str:
    """The number in it, said or pressed: E.164 where it is a valid one, else at least six figures as they came."""
    if found := find_phones(figures(said)):
        return found[0].value
    digits = said if said.isdigit() else digit_string(said)
    return digits if 6 <= len(digits) <= 15 else ""


def callback_time(said: str, now: dt.datetime) -> dt.datetime | None:
    """The next such moment there, at least a few minutes ahead; None for "as soon as you can" and for no time at all.

    A day without a time means nine in the morning, when people begin; an hour that is over means tomorrow's.
    """
    text = figures(said)
    days = find_dates(text, now.date())
    points = find_points(text, now, days)
    if not days and not points:
        return None
    if not points:
        return _at(max(days[0].value.first, now.date() + dt.timedelta(days=1)), dt.time(9), now)
    time = daytime(points[0].value).first
    at = _at(days[0].value.first if days else now.date(), time, now)
    while at < now + SOONEST:
        at = _at(at.date() + dt.timedelta(days=1), time, now)
    return at


def _at(day: dt.date, time: dt.time, now: dt.datetime) -> dt.datetime:
    return dt.datetime.combine(day, time, now.tzinfo)
