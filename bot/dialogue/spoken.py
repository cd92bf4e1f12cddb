"""Days, times, choices and figures in the words of a receptionist.

Everything here is text to be spoken: no figures, no abbreviations, nothing a voice could stumble over.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from bot.appointments.model import Hours

WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
UNITS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
TENS = ["zero", "ten", "twenty", "thirty", "forty", "fifty"]
ORDINALS = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
    "twentieth",
]
PAST = {5: "five", 10: "ten", 15: "quarter", 20: "twenty", 25: "twenty-five", 30: "half"}


def number(value: int) -> str:
    """Below sixty: "twenty-five"."""
    if value < 20:
        return UNITS[value]
    return TENS[value // 10] + (f"-{UNITS[value % 10]}" if value % 10 else "")


def ordinal(value: int) -> str:
    """1 to 31: "twenty-first"."""
    if value <= 20:
        return ORDINALS[value - 1]
    if value == 30:
        return "thirtieth"
    return f"{TENS[value // 10]}-{ORDINALS[value % 10 - 1]}"


def day(date: dt.date, today: dt.date) -> str:
    """ "tomorrow, Tuesday the fourteenth"; "Friday the third of June"; with the year when it is not the coming one."""
    weekday = WEEKDAYS[date.weekday()]
    if date == today:
        return f"today, {weekday} the {ordinal(date.day)}"
    if date == today + dt.timedelta(days=1):
        return f"tomorrow, {weekday} the {ordinal(date.day)}"
    year = f", {year_words(date.year)}" if abs((date - today).days) > 300 else ""
    return f"{weekday} the {ordinal(date.day)} of {MONTHS[date.month - 1]}{year}"


def on(date: dt.date, today: dt.date) -> str:
    """ "on Tuesday the …", "tomorrow, …"."""
    words = day(date, today)
    return words if words.startswith(("today", "tomorrow")) else f"on {words}"


def birth_date(date: dt.date) -> str:
    return f"the {ordinal(date.day)} of {MONTHS[date.month - 1]} {year_words(date.year)}"


def year_words(year: int) -> str:
    """ "nineteen eighty-four", "two thousand and seven", "twenty twenty-six"."""
    century, rest = divmod(year, 100)
    if century == 20 and rest < 10:
        return "two thousand" + (f" and {UNITS[rest]}" if rest else "")
    tail = "hundred" if rest == 0 else f"oh {UNITS[rest]}" if rest < 10 else _below_hundred(rest)
    return f"{number(century)} {tail}"


def _below_hundred(value: int) -> str:
    if value < 60:
        return number(value)
    tens = ("sixty", "seventy", "eighty", "ninety")[value // 10 - 6]
    return tens + (f"-{UNITS[value % 10]}" if value % 10 else "")


def days(first: dt.date, last: dt.date, today: dt.date) -> str:
    """One day, or "between Monday the second of March and Friday the sixth of March"."""
    if first == last:
        return day(first, today)
    return f"between {day(first, today)} and {day(last, today)}"


def time(moment: dt.time, part: bool = False) -> str:
    """ "half past two", with `part` "half past two in the afternoon"; midday needs none."""
    hour, minute = moment.hour, moment.minute
    if (hour, minute) == (12, 0):
        return "midday"
    if (hour, minute) == (0, 0):
        return "midnight"
    words = _clock(hour, minute)
    if part:
        return f"{words} {part_of_day(moment)}"
    return words if minute else f"{words} o'clock"


def _clock(hour: int, minute: int) -> str:
    this, following = number(hour % 12 or 12), number((hour + 1) % 12 or 12)
    if minute == 0:
        return this
    if minute in PAST:
        return f"{PAST[minute]} past {this}"
    if 60 - minute in PAST:
        return f"{PAST[60 - minute]} to {following}"
    return f"{this} {'oh ' if minute < 10 else ''}{number(minute)}"


def part_of_day(moment: dt.time) -> str:
    if moment.hour < 12:
        return "in the morning"
    return "in the afternoon" if moment.hour < 18 else "in the evening"


def times(first: dt.time, last: dt.time) -> str:
    """A wish: "in the morning", "half past two", "after four o'clock", "between two and four o'clock"."""
    if first == last:
        return time(first, part=True)
    parts = {(6, 12): "in the morning", (12, 18): "in the afternoon", (17, 22): "in the evening"}
    if (part := parts.get((first.hour, last.hour))) and first.minute == last.minute == 0:
        return part
    if last >= dt.time(20, 0):
        return f"after {time(first)}" if first > dt.time(8, 0) else "any time"
    if first <= dt.time(7, 0):
        return f"before {time(last)}"
    return f"between {time(first)} and {time(last)}"


def stretches(hours: Sequence[Hours]) -> str:
    """ "from half past eight in the morning to six o'clock in the evening"."""
    return " and ".join(f"from {time(each.opens, part=True)} to {time(each.closes, part=True)}" for each in hours)


def either(items: Sequence[str], word: str = "or") -> str:
    """ "a, b or c"."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {word} {items[-1]}"


def figures(digits: str, group: int = 0) -> str:
    """Digit by digit, a pause after each `group`: "four eight two, one seven"."""
    words = [UNITS[int(digit)] for digit in digits if digit.isdigit()]
    if not group:
        return ", ".join(words)
    return ", ".join(" ".join(words[at : at + group]) for at in range(0, len(words), group))


def phone(number_: str) -> str:
    """A British number as it is said at home, others in threes: "zero seven seven zero zero, nine zero zero, …"."""
    digits = "".join(char for char in number_ if char.isdigit())
    if number_.startswith("+44"):
        digits = "0" + digits[2:]
    if len(digits) == 11:
        return ", ".join(figures(part, group=6) for part in (digits[:5], digits[5:8], digits[8:]))
    return figures(digits, group=3)


def letters(text: str) -> str:
    """ "S, M, I, T, H" """
    return ", ".join(char.upper() for char in text if char.isalpha())
