"""Whole phrases that answer a closed question: the grammar a recogniser is given while that question is open.

Whole phrases are recognised better than lists of words; digits are the exception. Pairs that sound alike and mean the
opposite ("that is correct", "not correct") are never in one grammar: confidence does not tell them apart.
All words are in the vocabulary of the small English Vosk model.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from bot.events import AnswerKind
from bot.nlu.numbers import TEENS, TENS

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
UNIT_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
ORDINALS = (
    *UNIT_ORDINALS, "tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth",
    "eighteenth", "nineteenth", "twentieth", *(f"twenty {unit}" for unit in UNIT_ORDINALS), "thirtieth", "thirty first",
)  # fmt: skip
HOURS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
MONTH_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

UNIVERSAL = (
    "repeat", "repeat that", "say that again", "say that again please", "pardon", "sorry what was that",
    "slower", "slower please", "help", "a person please", "a human please", "operator", "speak to someone",
    "speak to a person", "can i speak to someone", "can i speak to a person", "i want to speak to a person",
    "go back", "start again", "start over", "never mind", "goodbye", "hold on", "one moment", "just a moment",
    "cancel", "it's an emergency",
)  # fmt: skip
"""Said at any question."""

YES_NO = (
    "yes", "yes please", "yes thank you", "yes thanks", "yes that's right", "yes that's fine", "yes it is", "yes i am",
    "yes i do", "yes i would", "yes go ahead", "yeah", "yeah please", "yep", "sure", "okay", "all right", "of course",
    "absolutely", "exactly", "perfect", "great", "fine", "sounds good", "that's fine", "that works", "that's right",
    "please do", "go ahead", "i think so", "correct",
    "no", "no thank you", "no thanks", "no it isn't", "no i'm not", "no i don't", "no sorry", "nope", "not really",
    "no that's wrong", "no something else", "i don't think so", "please don't", "neither", "nothing else",
    "no that's all", "that's all", "i don't know", "i'm not sure", "i don't mind",
)  # fmt: skip

FAREWELLS = (
    "no thank you goodbye", "no thanks goodbye", "no thank you bye", "no thanks bye", "no thank you bye bye",
    "no goodbye", "no bye", "no that's all thank you", "no that's all thanks", "no that's it thank you",
    "no that's everything thank you", "that's all thank you", "that's everything thank you", "that's everything",
    "that's it", "that's it thank you", "that is all", "no nothing else thank you", "no i'm fine thank you",
    "no that's great thank you", "no that's all goodbye", "that's all thank you goodbye", "thank you goodbye",
    "thank you bye", "thanks bye", "bye", "bye bye",
)  # fmt: skip
"""How people say that there is nothing else: most say more than "no"."""

NO_PREFERENCE = (
    "any day",
    "any time",
    "i don't mind",
    "i don't know",
    "no preference",
    "it doesn't matter",
    "whenever",
)
PARTS = ("morning", "afternoon", "evening")
MINUTES_PAST = ("five past", "ten past", "quarter past", "twenty past", "twenty five past", "half past")
MINUTES_TO = ("twenty five to", "twenty to", "quarter to", "ten to", "five to")
MINUTES = (
    "oh five", "ten", "fifteen", "twenty", "twenty five", "thirty", "thirty five", "forty", "forty five", "fifty",
    "fifty five",
)  # fmt: skip
SPOKEN_DIGITS = (
    "oh", "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "double", "triple",
)  # fmt: skip


def phrases_for(kind: AnswerKind) -> tuple[str, ...]:
    """Phrases for `Expect.phrases`; () for kinds heard as free speech. "choice": only what is said at any question."""
    grammar = _GRAMMARS.get(kind)
    return grammar() if grammar else ()


@cache
def birth_date_phrases() -> tuple[str, ...]:
    """Days and months with and without years from 1915: a birth date in one breath. About 900 phrases."""
    years = [f"nineteen {_tens(year)}" for year in range(15, 100)]
    years += ["two thousand", *(f"two thousand and {_units(year)}" for year in range(1, 10))]
    years += [f"twenty {_tens(year)}" for year in range(10, 27)]
    days = _days_of_months(("the {day} of {month}", "{day} of {month}"))
    return _unique([*days, *years, "the first of january nineteen eighty", *UNIVERSAL])


@cache
def _yes_no() -> tuple[str, ...]:
    return _unique([*YES_NO, *UNIVERSAL])


@cache
def _dates() -> tuple[str, ...]:
    return _unique([*_relative_days(), *_weekdays(), *_days(), *NO_PREFERENCE, "yes", "no", *UNIVERSAL])


@cache
def _times() -> tuple[str, ...]:
    return _unique([*_clock_times(), *_stretches(), *NO_PREFERENCE, "yes", "no", *UNIVERSAL])


@cache
def _dates_and_times() -> tuple[str, ...]:
    """Heads and tails of "tuesday … at half past two": the recogniser's bigrams join them."""
    names = ["today", "tomorrow", *WEEKDAYS, *(f"next {day}" for day in WEEKDAYS)]
    tails = [
        *PARTS,
        "at lunchtime",
        *(f"at {hour}" for hour in HOURS),
        "after two",
        "before twelve",
        "at half past two",
    ]
    joined = [f"{name} {tail}" for name in names for tail in tails]
    clock = [f"at {when}" for when in _clock_core()]
    days = [*_relative_days(), *WEEKDAYS, *(f"the {day}" for day in ORDINALS)]
    days += _days_of_months(("the {day} of {month}",))
    return _unique([*days, *joined, *clock, *_stretches()[:60], *NO_PREFERENCE, "yes", "no", *UNIVERSAL])


@cache
def _digits() -> tuple[str, ...]:
    """Words, not phrases: strings of digits come out of a list of words best, checked by length and read back."""
    return _unique([*SPOKEN_DIGITS, "repeat", "help", "a person please", "go back", "i don't know"])


def _relative_days() -> list[str]:
    days = "today|tomorrow|the day after tomorrow|this week|next week|the week after next|this month|next month"
    spans = "in a week|in two weeks|in three weeks|in a fortnight|in a month|in two days|in three days|a week today"
    wishes = (
        "a week tomorrow|the weekend|this weekend|next weekend|as soon as possible|the earliest|the first available"
    )
    return [phrase for group in (days, spans, wishes) for phrase in group.split("|")]


def _weekdays() -> list[str]:
    forms = ("{}", "on {}", "next {}", "this {}", "a week on {}", "{} week", "{} next week", "no {}", "{} please")
    return [form.format(day) for form in forms for day in WEEKDAYS]


def _days() -> list[str]:
    plain = [form.format(day) for form in ("the {}", "on the {}") for day in ORDINALS]
    named = [f"{name} the {day}" for name in WEEKDAYS for day in ORDINALS]
    return plain + named + _days_of_months(("the {day} of {month}", "{day} of {month}", "{month} the {day}"))


def _days_of_months(forms: tuple[str, ...]) -> list[str]:
    return [
        form.format(day=ORDINALS[day], month=month)
        for form in forms
        for month, length in zip(MONTHS, MONTH_DAYS, strict=True)
        for day in range(length)
    ]


def _clock_core() -> list[str]:
    """Times without preposition, every five minutes, in the ways people say them."""
    whole = [form.format(hour) for hour in HOURS for form in ("{}", "{} o'clock", "{} p m", "{} a m")]
    past = [f"{minutes} {hour}" for hour in HOURS for minutes in (*MINUTES_PAST, *MINUTES_TO)]
    plain = [f"{hour} {minutes}" for hour in HOURS for minutes in MINUTES]
    return [*whole, *past, *plain, "noon", "midday"]


def _clock_times() -> list[str]:
    half = [f"{hour} {minutes} {part}" for hour in HOURS for minutes in MINUTES[1::2] for part in ("p m", "a m")]
    at = [f"at {when}" for hour in HOURS for when in (hour, f"{hour} o'clock", f"half past {hour}", f"{hour} thirty")]
    parts = [f"{hour} in the {part}" for hour in HOURS for part in PARTS]
    return [
        *_clock_core(),
        *half,
        *at,
        *parts,
        *(f"around {hour}" for hour in HOURS),
        *(f"about {hour}" for hour in HOURS),
    ]


def _stretches() -> list[str]:
    named = ["in the morning", "in the afternoon", "in the evening", "at lunchtime", "lunchtime", *PARTS, "first thing"]
    named += ["early morning", "late morning", "early afternoon", "late afternoon", "the earliest", "the latest"]
    around = [f"{word} {hour}" for word in ("after", "before", "any time after", "not before") for hour in HOURS]
    return named + around + [f"between {a} and {b}" for a in HOURS for b in HOURS if a != b]


def _tens(number: int) -> str:
    if number < 20:
        return (*TEENS,)[number - 10]
    return f"{(*TENS,)[number // 10 - 2]} {_units(number % 10)}".strip()


def _units(number: int) -> str:
    return ("", *HOURS[:9])[number]


def _unique(phrases: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(phrases))


_GRAMMARS: dict[AnswerKind, Callable[[], tuple[str, ...]]] = {
    "yes_no": _yes_no,
    "date": _dates,
    "time": _times,
    "date_time": _dates_and_times,
    "digits": _digits,
    "choice": lambda: UNIVERSAL,
}
