"""Names of days and months, and which date they mean on a given day."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator
from functools import cache
from typing import Literal

import holidays

Direction = Literal["forward", "back"]
"""A booking looks forward, a birth date back."""

DAY = dt.timedelta(days=1)
WEEK = dt.timedelta(days=7)

WEEKDAYS = {
    "monday": 0, "mon": 0, "tuesday": 1, "tues": 1, "tue": 1, "wednesday": 2, "weds": 2, "wed": 2, "thursday": 3,
    "thurs": 3, "thur": 3, "thu": 3, "friday": 4, "fri": 4, "saturday": 5, "sunday": 6,
}  # fmt: skip
MONTHS = {
    "january": 1, "jan": 1, "february": 2, "feb": 2, "march": 3, "mar": 3, "april": 4, "apr": 4, "may": 5, "june": 6,
    "jun": 6, "july": 7, "jul": 7, "august": 8, "aug": 8, "september": 9, "sept": 9, "sep": 9, "october": 10, "oct": 10,
    "november": 11, "nov": 11, "december": 12, "dec": 12,
}  # fmt: skip

FIXED_FEASTS = {
    "christmas": (12, 25), "christmas day": (12, 25), "christmas eve": (12, 24), "boxing day": (12, 26),
    "new year's eve": (12, 31), "new year's day": (1, 1), "new year's": (1, 1), "valentine's day": (2, 14),
    "halloween": (10, 31), "bonfire night": (11, 5), "st patrick's day": (3, 17),
}  # fmt: skip
"""Said as days although not all are public holidays, or observed on another day."""

COUNTRIES = (("GB", "ENG"), ("US", None))
"""Whose public holidays are known by name, the first wins."""


def exists(year: int, month: int, day: int) -> bool:
    return 1 <= year <= 9999 and 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]


def month_of(year: int, month: int) -> tuple[dt.date, dt.date]:
    """First and last day."""
    return dt.date(year, month, 1), dt.date(year, month, calendar.monthrange(year, month)[1])


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day so many months on, the last of a shorter month: 31 January + 1 → 28 February."""
    total = day.year * 12 + day.month - 1 + months
    year, month = divmod(total, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def week_of(day: dt.date) -> dt.date:
    """Its Monday."""
    return day - day.weekday() * DAY


def weekday_after(today: dt.date, weekday: int, include_today: bool = False) -> dt.date:
    ahead = (weekday - today.weekday()) % 7
    return today + DAY * (ahead if ahead or include_today else 7)


def weekday_before(today: dt.date, weekday: int) -> dt.date:
    return today - DAY * ((today.weekday() - weekday) % 7 or 7)


def days_of_month(today: dt.date, day: int, direction: Direction) -> Iterator[dt.date]:
    """ "the fourteenth": the nearest first, today included, months without that day left out."""
    step = 1 if direction == "forward" else -1
    for months in range(13):
        year, month = divmod(today.year * 12 + today.month - 1 + step * months, 12)
        if exists(year, month + 1, day):
            found = dt.date(year, month + 1, day)
            if (found - today).days * step >= 0:
                yield found


def days_of_year(today: dt.date, month: int, day: int, direction: Direction) -> Iterator[dt.date]:
    """ "the fourteenth of march": the nearest year first; 29 February waits for a leap year."""
    step = 1 if direction == "forward" else -1
    for years in range(0, 13):
        year = today.year + step * years
        if exists(year, month, day):
            found = dt.date(year, month, day)
            if (found - today).days * step >= 0:
                yield found


def feast(name: str, today: dt.date, direction: Direction) -> dt.date | None:
    """A holiday by name: the next (or the last) one of that name."""
    name = name.replace("years ", "year's ").replace("valentines", "valentine's").removeprefix("st. ")
    if name in FIXED_FEASTS:
        return next(days_of_year(today, *FIXED_FEASTS[name], direction), None)
    step = 1 if direction == "forward" else -1
    for years in (0, 1, 2):
        found = _public_holidays(today.year + step * years).get(name)
        if found and (found - today).days * step >= 0:
            return found
    return None


@cache
def feast_names() -> tuple[str, ...]:
    """Longest first, so that "christmas eve" is not read as "christmas"."""
    names = {*FIXED_FEASTS, *_public_holidays(2024), *_public_holidays(2025)}
    spoken = names | {name.replace("'s", "s") for name in names}
    return tuple(sorted(spoken, key=len, reverse=True))


@cache
def _public_holidays(year: int) -> dict[str, dt.date]:
    found: dict[str, dt.date] = {}
    for country, part in reversed(COUNTRIES):
        calendar_of_country = holidays.country_holidays(country, subdiv=part, years=year, language="en_US")
        for day, names in sorted(calendar_of_country.items(), reverse=True):
            for name in names.lower().split("; "):
                found |= dict.fromkeys(_aliases(name.replace(" (observed)", "").strip()), day)
    thanksgiving = found.get("thanksgiving day")
    easter = found.get("easter monday")
    if thanksgiving:
        found["thanksgiving"] = thanksgiving
    if easter:
        found |= {"easter": easter - DAY, "easter sunday": easter - DAY, "easter saturday": easter - 2 * DAY}
    return found


def _aliases(name: str) -> list[str]:
    other = {
        "may day": ["early may bank holiday"],
        "spring bank holiday": ["late may bank holiday"],
        "late summer bank holiday": ["august bank holiday", "summer bank holiday"],
        "labor day": ["labour day"],
    }
    return [name, *other.get(name, [])]
