"""Hours, days and lengths of time as people write them in `business.yml`.

"08:30-12:30, 13:30-18:00" · "closed" · "monday to friday" · "2026-12-24 to 2026-12-26" · "2 days"
"""

from __future__ import annotations

import datetime as dt
import re
from itertools import pairwise

from bot.appointments.model import Hours, WeekHours
from bot.content.yaml_form import Entry

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
UNITS = {"minute": 1, "hour": 60, "day": 1_440, "week": 10_080}
MAX_DAYS = 400

_CLOCK = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)")
_LENGTH = re.compile(r"(\d{1,4}) *(minute|hour|day|week)s?")


def stretches(entry: Entry) -> tuple[Hours, ...]:
    """The opening hours of one day; "closed" is none. Raises ContentError for wrong, doubled or backward times."""
    text = entry.text().lower()
    if text == "closed":
        return ()
    found = tuple(_stretch(entry, part.strip()) for part in text.split(","))
    for earlier, later in pairwise(found):
        if later.opens < earlier.closes:
            raise entry.wrong("the times overlap or are not in order; write the earlier ones first.")
    return found


def single_stretch(entry: Entry) -> Hours:
    """Exactly one stretch, such as when reminders may ring."""
    found = stretches(entry)
    if len(found) != 1:
        raise entry.wrong("one stretch is expected here, like 08:00-20:00.")
    return found[0]


def _stretch(entry: Entry, text: str) -> Hours:
    opens, dash, closes = (part.strip() for part in re.sub("[–—]", "-", text).partition("-"))
    if not dash:
        raise entry.wrong(f"“{text}” is no opening time; write it like 08:30-12:30, or closed.")
    hours = Hours(_clock(entry, opens), _clock(entry, closes))
    if hours.opens >= hours.closes:
        raise entry.wrong(f"“{text}” closes before it opens; swap the two, or split it at midnight.")
    return hours


def _clock(entry: Entry, text: str) -> dt.time:
    match = _CLOCK.fullmatch(text)
    if not match:
        raise entry.wrong(f"“{text}” is no time of day; write it like 08:30 or 17:00, on the 24 hour clock.")
    return dt.time(int(match[1]), int(match[2]))


def week(entry: Entry) -> WeekHours:
    """Weekday → hours. A line may name several days: "monday to friday". Days left out are closed."""
    found: dict[int, tuple[Hours, ...]] = {}
    for days, hours in entry.fields().items():
        for day in _weekdays(hours, days):
            if day in found:
                raise hours.wrong(f"{WEEKDAYS[day]} comes twice in this week; remove one.")
            found[day] = stretches(hours)
    return {day: hours for day, hours in sorted(found.items()) if hours}


def _weekdays(entry: Entry, text: str) -> range:
    names = [name.strip() for name in text.lower().split(" to ")]
    if len(names) > 2 or any(name not in WEEKDAYS for name in names):
        raise entry.wrong(f"“{text}” is no weekday; write monday, or monday to friday.")
    first, last = WEEKDAYS.index(names[0]), WEEKDAYS.index(names[-1])
    if first > last:
        raise entry.wrong(f"“{text}” runs backwards; the week starts on monday.")
    return range(first, last + 1)


def days(entry: Entry, text: str) -> tuple[dt.date, dt.date]:
    """First and last day of "2026-12-24" or "2026-12-24 to 2026-12-26"."""
    parts = [part.strip() for part in text.split(" to ")]
    try:
        first, last = dt.date.fromisoformat(parts[0]), dt.date.fromisoformat(parts[-1])
    except ValueError as error:
        raise entry.wrong(
            f"“{text}” is no day; write year-month-day like 2026-12-24, with “ to ” between two."
        ) from error
    if len(parts) > 2 or first > last or (last - first).days > MAX_DAYS:
        raise entry.wrong(f"“{text}” must be a first day, “ to ” and a later day within {MAX_DAYS} days.")
    return first, last


def each_day(first: dt.date, last: dt.date) -> list[dt.date]:
    return [first + dt.timedelta(days=count) for count in range((last - first).days + 1)]


def length(entry: Entry) -> dt.timedelta:
    """ "2 hours", "90 minutes", "1 day"."""
    match = _LENGTH.fullmatch(entry.text().lower())
    if not match or int(match[1]) == 0:
        raise entry.wrong(f"“{entry.text()}” is no length of time; write it like 2 hours or 3 days.")
    return dt.timedelta(minutes=int(match[1]) * UNITS[match[2]])
