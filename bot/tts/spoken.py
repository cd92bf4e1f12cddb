"""Text as it is written → text as it is spoken: no figure, sign or abbreviation left for a voice to misread.

Every voice misreads some of them ("020 7946" lost its zeros), and over a telephone nobody can look again. Rules run in
order, the special before the general; each turns what it matches into words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from bot.tts import figures

MONTH = (
    r"(?P<month>Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?"
    r"|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b(?:\.(?= [a-z\d]))?"
)
HALF = r"\s?(?:[ap]m\b|[ap]\.m\.)"
TIME = rf"(?<![\d:.])(?:\d{{1,2}}:[0-5]\d(?::[0-5]\d)?(?:{HALF})?|\d{{1,2}}(?:\.[0-5]\d)?{HALF})(?![\d:])"
BETWEEN = r"(?:, or |, and |, | or | and | to |\s?[–—-]\s?)"
ABBREVIATIONS = {
    r"\bDr\b\.?": "Doctor",
    r"\bProf\b\.?": "Professor",
    r"\bMr\b\.?": "Mister",
    r"\bMrs\b\.?": "Missis",
    r"\bMs\b\.?": "Miz",
    r"\bSt\b\.?(?= [A-Z])": "Saint",
    r"\bSt\b(?:\.(?=,| [a-z\d]))?": "Street",
    r"\bRd\b(?:\.(?=,| [a-z\d]))?": "Road",
    r"\bAve\b(?:\.(?=,| [a-z\d]))?": "Avenue",
    r"\b(?:No|no)\.\s?(?=\d)": "number ",
    r"\be\.g\.": "for example",
    r"\bi\.e\.": "that is",
    r"\betc\b": "and so on",
    r"\bA&E\b": "eigh and E",
    r"\s?&\s?": " and ",
    r"(?<=\d)\s?kg\b": " kilograms",
    r"(?<=\d)\s?mg\b": " milligrams",
    r"(?<=\d)\s?ml\b": " millilitres",
    r"(?<=\d)\s?cm\b": " centimetres",
    r"(?<=\d)\s?mm\b": " millimetres",
    r"(?<=\d) (?=1/2\b|1/4\b|3/4\b)|(?<=\d)(?=½|¼|¾)": " and ",
    r"(?<=\d)\s?mins?\b(?:\.(?=,| [a-z\d]))?": " minutes",
    r"(?<=\d)\s?hrs?\b(?:\.(?=,| [a-z\d]))?": " hours",
    r"(?<=\d)\s?km\b": " kilometres",
    r"(?<=\d)\s?°\s?C?\b": " degrees",
    r"(?:\b1/2|½) an? (?=\w)": "half an ",
    "½": " a half",
    "¼": " a quarter",
    "¾": " three quarters",
}
FRACTIONS = {"1/2": "a half", "1/4": "a quarter", "3/4": "three quarters", "1/3": "a third", "2/3": "two thirds"}

Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]


def speakable(text: str) -> str:
    """The same sentence for a voice: times, dates, prices, numbers, codes and abbreviations in words."""
    text = "".join(_plain(sign) for sign in text)
    for pattern, words in ABBREVIATIONS.items():
        text = re.sub(pattern, words, text)
    for rule, say in RULES:
        text = rule.sub(say, text)
    return re.sub(r"[ \t]+", " ", text).strip()


def sentences(text: str) -> list[str]:
    """A spoken text in its sentences (abbreviations are words by now, so a full stop is a full stop)."""
    return [sentence for sentence in re.split(r"(?<=[.!?…])\s+|\s*\n\s*", text.strip()) if sentence]


def _plain(sign: str) -> str:
    """Digits of any script as 0–9."""
    value = unicodedata.digit(sign, None)
    return sign if value is None else str(value)


def _month(name: str) -> int:
    return next(at for at, month in enumerate(figures.MONTHS, 1) if month.startswith(name[:3].title()))


def _date(match: re.Match[str]) -> str:
    day, year = int(match["day"]), match["year"]
    if not 1 <= day <= 31:
        return match[0]
    return figures.day(day, _month(match["month"]), int(year) if year else None)


def _numeric_date(match: re.Match[str]) -> str:
    day, month, year = int(match["day"]), int(match["month"]), int(match["year"])
    if not (1 <= day <= 31 and 1 <= month <= 12):
        return match[0]
    return figures.day(day, month, year if year >= 100 else year + (2000 if year < 50 else 1900))


def _times(match: re.Match[str]) -> str:
    """One time or several: "14:00, 14:30 or 15:00" names the part of the day once, at the end."""
    pieces = re.split(f"({TIME})", match[0])
    times = [_read_time(piece) for piece in pieces[1::2]]
    told = match.string[match.end() :].lstrip().startswith(("in the", "at night", "this ", "tomorrow "))
    out = []
    for at, (clock, part) in enumerate(times):
        last = at + 1 == len(times)
        between = "" if last else pieces[2 * at + 2]
        part = "" if (told if last else part == times[at + 1][1]) else part
        out.append(clock + part + (" to " if between.strip() in ("–", "—", "-") else between))
    return "".join(out)


def _read_time(written: str) -> tuple[str, str]:
    """Clock and part of the day; none where `2:30` leaves it open."""
    found = re.match(r"(\d{1,2})(?:[:.](\d\d))?(?::\d\d)?\s?([ap])?", written)
    assert found is not None
    hour, minute, half = int(found[1]), int(found[2] or 0), found[3]
    if hour > 24 or (half and hour > 12):
        return figures.number(str(hour)) + " " + figures.number(str(minute)), ""
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    open_ended = not half and len(found[1]) == 1
    clock = figures.clock(hour % 24, minute)
    return clock, "" if open_ended else figures.part_of_day(hour % 24, minute)


def _money(match: re.Match[str]) -> str:
    first, last = match["amount"], match["to"]
    if last is None:
        return figures.money(match["sign"], first)
    return f"{figures.number(first)} to {figures.money(match['sign'], last)}"


def _fraction(match: re.Match[str]) -> str:
    return FRACTIONS.get(match[0]) or f"{figures.number(match[1])} {figures.number(match[2])}"


def _email(match: re.Match[str]) -> str:
    """Endings of two letters are spelled: dot co dot U K."""
    name, _, ending = match[0].rpartition(".")
    name = name.replace("@", " at ").replace(".", " dot ").replace("-", " dash ").replace("_", " underscore ")
    return f"{name} dot {figures.code(ending) if len(ending) == 2 else ending}"


def _rule(pattern: str, say: Callable[[re.Match[str]], str]) -> Rule:
    return re.compile(pattern), say


NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)|\d+(?:\.\d+)?"
YEAR = r"(?:,? (?P<year>(?:19|20)\d\d)(?!\d))?"
RULES: tuple[Rule, ...] = (
    _rule(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", _email),
    _rule(
        r"\b(?P<year>(?:19|20)\d\d)-(?P<month>\d\d)-(?P<day>\d\d)(?!\d)(?P<at>T(?=\d\d:))?",
        lambda m: _numeric_date(m) + (" at " if m["at"] else ""),
    ),
    _rule(r"(?<![\d/])(?P<day>\d{1,2})[/.](?P<month>\d{1,2})[/.](?P<year>(?:19|20)?\d\d)(?![\d/])", _numeric_date),
    _rule(
        rf"(?<![\d:.,-])\b(?P<first>\d{{1,2}})(?:st|nd|rd|th)?\s?[–-]\s?(?=\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {MONTH})",
        lambda m: f"the {figures.ordinal(int(m['first']))} to ",
    ),
    _rule(rf"(?:\b[Tt]he )?(?<![\d:.,])\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {MONTH}{YEAR}", _date),
    _rule(rf"\b{MONTH} (?:the )?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?![:.,]?\d|\s?[ap]m){YEAR}", _date),
    _rule(rf"(?i:{TIME}(?:{BETWEEN}{TIME})*)", _times),
    _rule(
        rf"(?P<sign>[£$€])\s?(?P<amount>{NUMBER})(?:\s?[–-]\s?[£$€]?(?P<to>{NUMBER}))?(?!\d)",
        _money,
    ),
    _rule(r"\b(\d{1,3})p\b", lambda m: figures.pennies(int(m[1]))),
    _rule(rf"({NUMBER})\s?%", lambda m: figures.number(m[1]) + " per cent"),
    _rule(r"(?<![\w.,])(?:\+\d|\(?0)(?:[ ()-]{0,2}\d){8,13}(?![\w])", lambda m: figures.phone(m[0])),
    _rule(
        r"\b([A-Z]{1,2}\d[A-Z\d]?) ?(\d[A-Z]{2})\b",
        lambda m: figures.code(f"{m[1]} {m[2]}"),
    ),
    _rule(
        r"(?i:\b(?P<word>reference|code|ref|pin|ticket|booking)(?P<link>(?: number)?(?: is)?:? ))"
        r"(?P<code>\d{3,}\b(?!,\d))",
        lambda m: m["word"] + m["link"] + figures.code(figures.spaced(m["code"])),
    ),
    _rule(r"(?<=day )(?=\d{1,2}(?:st|nd|rd|th)\b)", lambda m: "the "),
    _rule(r"\b(\d+)(?:st|nd|rd|th)\b", lambda m: figures.ordinal(int(m[1])) if len(m[1]) < 7 else m[1]),
    _rule(r"(?<=\d)-(?=[a-z]{2,})|(?<=[a-z]{2})-(?=\d)|(?<=\b[A-Z]{5})-(?=\d)", lambda m: " "),
    _rule(r"(?<=\d)(?=[a-z]{2,}\b)", lambda m: " "),
    _rule(
        r"\b(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[A-Za-z\d]+(?:-[A-Za-z\d]+)*\b",
        lambda m: figures.code(m[0]) if m[0].isascii() else m[0],
    ),
    _rule(r"(?<![\d/])(\d{1,3})/(\d{1,3})(?![\d/])", _fraction),
    _rule(
        rf"(?<![\d.,-])({NUMBER})\s?[–-]\s?({NUMBER})(?![\d-])",
        lambda m: f"{figures.number(m[1])} to {figures.number(m[2])}",
    ),
    _rule(r"(?<![\d.,])((?:19|20)\d\d)(?![\d.,]\d|\d)", lambda m: figures.year(int(m[1]))),
    _rule(r"(?<![\d.,])(\d{5,})(?![.,]?\d)", lambda m: figures.code(figures.spaced(m[1]))),
    _rule(rf"(?<!\w)[−-](?={NUMBER})", lambda m: "minus "),
    _rule(NUMBER, lambda m: f" {figures.number(m[0])} "),
    _rule(r"\d", lambda m: f" {figures.DIGITS[int(m[0])]} "),
    _rule(r" +(?=[.,;:!?])", lambda m: ""),
)
