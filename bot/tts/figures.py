"""Single figures in words, as a receptionist would say them: numbers, digits, times, days, years, money."""

from __future__ import annotations

import phonenumbers
from num2words import num2words

DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
MINUTES_PAST = {5: "five", 10: "ten", 15: "quarter", 20: "twenty", 25: "twenty-five", 30: "half"}
CURRENCIES = {"£": ("pound", "pence"), "$": ("dollar", "cents"), "€": ("euro", "cents")}
LARGEST = 10**12
"""Nobody follows a longer number as a number: it is read digit by digit."""

HOME_REGION = "GB"
"""Groups of phone numbers without a country code follow this country's habit."""


def number(figure: str) -> str:
    """`1,250` → one thousand, two hundred and fifty; `3.5` → three point five; `007` and giants digit by digit."""
    whole, _, decimals = figure.replace(",", "").partition(".")
    if (len(whole) > 1 and whole[0] == "0") or int(whole or 0) > LARGEST:
        words = digits(whole)
    else:
        words = str(num2words(int(whole or 0), lang="en_GB"))
    return f"{words} point {digits(decimals)}" if decimals else words


def ordinal(value: int) -> str:
    return str(num2words(value, lang="en_GB", to="ordinal"))


def digits(figures: str) -> str:
    return " ".join(DIGITS[int(figure)] for figure in figures)


def year(value: int) -> str:
    return str(num2words(value, lang="en", to="year"))


def day(day_of_month: int, month: int, of_year: int | None = None) -> str:
    """`(14, 3)` → the fourteenth of March."""
    words = f"the {ordinal(day_of_month)} of {MONTHS[month - 1]}"
    return f"{words} {year(of_year)}" if of_year else words


def clock(hour: int, minute: int) -> str:
    """Without the part of the day: half past two, quarter to ten, nine oh seven, noon, midnight."""
    if minute == 0 and hour in (0, 12):
        return "noon" if hour else "midnight"
    this, following = _hour(hour), _hour(hour + 1)
    if minute == 0:
        return f"{this} o'clock"
    if minute in MINUTES_PAST:
        return f"{MINUTES_PAST[minute]} past {this}"
    if 60 - minute in MINUTES_PAST:
        return f"{MINUTES_PAST[60 - minute]} to {following}"
    return f"{this} oh {number(str(minute))}" if minute < 10 else f"{this} {number(str(minute))}"


def _hour(hour: int) -> str:
    return number(str(hour % 12 or 12))


def part_of_day(hour: int, minute: int) -> str:
    """What follows the clock; nothing after noon and midnight."""
    if minute == 0 and hour in (0, 12):
        return ""
    if hour < 5 or hour >= 22:
        return " at night"
    return " in the morning" if hour < 12 else " in the afternoon" if hour < 18 else " in the evening"


def money(sign: str, figure: str) -> str:
    """`£45.50` → forty-five pounds fifty; `£0.50` → fifty pence; `£1` → one pound."""
    unit, small = CURRENCIES[sign]
    whole, _, cents = figure.replace(",", "").partition(".")
    pence = int((cents + "00")[:2])
    if int(whole or 0) == 0 and pence:
        return pennies(pence, small)
    words = f"{number(whole or '0')} {unit}{'' if int(whole or 0) == 1 else 's'}"
    return f"{words} {number(str(pence))}" if pence else words


def pennies(amount: int, small: str = "pence") -> str:
    one = "penny" if small == "pence" else "cent"
    return f"{number(str(amount))} {one if amount == 1 else small}"


def phone(written: str) -> str:
    """Digit by digit with a pause between groups; groups as written, else as its country writes them."""
    groups = written.replace("(", " ").replace(")", " ").replace("-", " ").split()
    if len(groups) < 2 or max(len(group) for group in groups) > 6:
        groups = _usual_groups("".join(groups)).replace("-", " ").replace("(", " ").replace(")", " ").split()
    return ", ".join(f"plus {digits(group[1:])}" if group[0] == "+" else digits(group) for group in groups)


def _usual_groups(written: str) -> str:
    try:
        parsed = phonenumbers.parse(written, HOME_REGION)
    except phonenumbers.NumberParseException:
        return spaced(written)
    style = phonenumbers.PhoneNumberFormat
    formatted = phonenumbers.format_number(parsed, style.INTERNATIONAL if written[0] == "+" else style.NATIONAL)
    return formatted if phonenumbers.is_possible_number(parsed) and " " in formatted else spaced(written)


def spaced(figures: str) -> str:
    """In threes, the last group of two or four rather than of one: `4821955` → `482 1955`."""
    groups = [figures[at : at + 3] for at in range(0, len(figures), 3)]
    if len(groups) > 1 and len(groups[-1]) == 1:
        groups[-2:] = [groups[-2] + groups[-1]]
    return " ".join(groups)


def code(written: str) -> str:
    """Letters and digits one by one, a pause between the groups: `FD-4821` → F D, four eight two one."""
    groups = written.replace("-", " ").replace("/", " ").split()
    return ", ".join(" ".join(_sign(sign) for sign in group) for group in groups)


def _sign(sign: str) -> str:
    """A letter stands for its name, except A, which voices take for the article."""
    return DIGITS[int(sign)] if sign.isdigit() else "eigh" if sign in "aA" else sign.upper()
