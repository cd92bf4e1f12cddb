"""Dates of birth: days that look back, with the year said in every way."""

from __future__ import annotations

import datetime as dt
import re

from bot.nlu.calendar_words import exists
from bot.nlu.dates import find_dates
from bot.nlu.found import Found
from bot.nlu.numbers import digit_string, figures

OLDEST = 115
"""Years."""

NUMERIC = re.compile(
    r"\b(?:the )?(?P<day>0 [1-9]|(?:oh|o) [1-9]|[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?[ /.-]+(?:of )?(?:the )?"
    r"(?P<month>0 [1-9]|(?:oh|o) [1-9]|1[0-2]|0?[1-9])(?:st|nd|rd|th)?[ /.,-]+(?:of )?"
    r"(?P<year>(?:19|20) ?\d\d|(?:19|20) (?:oh|o|0) \d|\d\d|(?:19|20) hundred|(?:oh|o|0) \d)\b"
)
WITH_SHORT_YEAR = re.compile(r"^(?P<day>.+?) (?:in |of )?(?P<year>\d\d)$")
HINT = re.compile(r"\b(?:born|birth|birthday|d o b|dob)\b")


def find_birth_dates(text: str, today: dt.date) -> list[Found[dt.date]]:
    """Days in the past with a year; without a year only next to "born" or "date of birth". Offsets into `text`."""
    said = figures(text)
    found = [
        Found(day, *said.span(mention.start, mention.end))
        for mention in find_dates(said, today, "back")
        if (day := mention.value.first) == mention.value.last and _plausible(day, today)
        if _has_year(said.text[mention.start : mention.end]) or HINT.search(said.text)
    ]
    found = [_with_trailing_year(text, one, today) for one in found]
    return found or _numeric(text, today) or _short_year(text, today)


def read_birth_date(text: str, today: dt.date) -> dt.date | None:
    """An answer to "what is your date of birth?"; None when no whole date is in it."""
    found = find_birth_dates(text, today)
    return found[0].value if found else None


def _numeric(text: str, today: dt.date) -> list[Found[dt.date]]:
    said = figures(text)
    if m := NUMERIC.search(said.text):
        numbers = [re.sub(r"\b(?:oh|o)\b", "0", m[part]).replace("hundred", "00") for part in ("day", "month", "year")]
        day, month, year = (int(number.replace(" ", "")) for number in numbers)
        return [Found(date, *said.span(*m.span())) for date in _dates(day, month, year, today)]
    digits = digit_string(text)
    if len(digits) in (6, 8) and len(figures(text).text.split()) <= len(digits) + 3:
        parts = int(digits[:2]), int(digits[2:4]), int(digits[4:])
        return [Found(date, 0, len(text)) for date in _dates(*parts, today)]
    return []


def _short_year(text: str, today: dt.date) -> list[Found[dt.date]]:
    """ "the third of september eighty one"."""
    said = figures(text)
    for mention in find_dates(said, today, "back"):
        if m := re.match(r",? (?:in )?(\d\d)\b", said.text[mention.end :]):
            day = mention.value.first
            dates = _dates(day.day, day.month, int(m[1]), today)
            return [Found(date, *said.span(mention.start, mention.end + m.end())) for date in dates]
    return []


def _with_trailing_year(text: str, found: Found[dt.date], today: dt.date) -> Found[dt.date]:
    """ "born on the third of may eighty one": the year stands behind what was taken for a date without year."""
    if _has_year(figures(text[found.start : found.end]).text):
        return found
    short = _short_year(text, today)
    return short[0] if short else found


def _dates(day: int, month: int, year: int, today: dt.date) -> list[dt.date]:
    if month > 12:
        day, month = month, day
    if year < 100:
        year += 2000 if year + 2000 <= today.year else 1900
    if exists(year, month, day) and _plausible(dt.date(year, month, day), today):
        return [dt.date(year, month, day)]
    return []


def _has_year(said: str) -> bool:
    return bool(re.search(r"\b(?:19|20) ?(?:\d\d|(?:oh|o|0) \d)\b|/\d\d$", said))


def _plausible(day: dt.date, today: dt.date) -> bool:
    return day <= today and today.year - day.year <= OLDEST
