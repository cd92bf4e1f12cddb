"""Card numbers have no business here: found, and kept out of transcript, slots and logs.

A card number has 13 to 19 digits (ISO/IEC 7812-1) and a Luhn check digit (the same standard, annex B). It may come
as figures ("4111 1111 …"), digit by digit ("four one double one …") or in pairs ("forty one eleven").
"""

from __future__ import annotations

import re
from collections.abc import Iterator

MASK = "[card number]"
LENGTHS = range(13, 20)
SPLIT = range(14, 20)
"""Shorter, a reference and a date of birth keyed one after the other would now and then be taken for a card."""
LEAST_BEGINNING = 4
"""Card numbers are said by the four; shorter runs are days, times and "the first one"."""
FOUR, FOURS_TELL = 4, 3
"""Figures at a time, and how many times in a row, which nothing else is said in."""
MISHEARD_FROM = 14
"""Digits: so many are a card number heard wrongly, check digit or not. With every prefix spoken, "plus four four oh …",
a phone number has 13; one that begins with noughts is no card (ISO/IEC 7812-1 keeps 0 for itself)."""
SPOKEN_OF = ((re.compile(r"card numbers?|long number|security code|cvv|expiry|sort code"), 3),
             (re.compile(r"\b(credit|debit|visa|mastercard|card)\b"), 8))  # fmt: skip
"""Where the sentence speaks of a card, fewer digits are enough: recognition loses and splits them."""

_UNITS = {
    word: str(value)
    for value, word in enumerate(["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"])
}
_UNITS |= {"oh": "0", "o": "0", "nought": "0", "to": "2", "too": "2", "for": "4"}
_TEENS = {
    word: str(value)
    for value, word in enumerate(
        ["ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"],
        start=10,
    )
}
_TENS = {
    word: str(value)
    for value, word in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2)
}
_TIMES = {"double": 2, "triple": 3, "treble": 3}
_FILLERS = {"um", "uh", "er", "and", "then"}
_TOKEN = re.compile(r"[A-Za-z']+|\d+|[^\w\s]")
_SOFT = {"to", "too", "for", "and", "then", "o"}


def passes_luhn(digits: str) -> bool:
    """ISO/IEC 7812-1 annex B: every second digit from the right doubled, digits summed, a multiple of ten."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def is_card_number(digits: str) -> bool:
    return len(digits) in LENGTHS and len(set(digits)) > 1 and passes_luhn(digits)


def has_card_number(text: str) -> bool:
    return any(True for _ in _cards(text))


def redact(text: str) -> str:
    """The text with every card number replaced by `[card number]`."""
    for start, end in reversed(list(_cards(text))):
        text = text[:start] + MASK + text[end:]
    return text


class CardWatch:
    """Redacts one call, sentence after sentence, so that a number said in several goes is found as well.

    The beginning has been written down when the end comes; what may be kept of a card number anyway are its first six
    or eight figures (PCI DSS 4.0, requirement 3.4.1), so the end goes entirely. Read out by fours, a card shows with
    the third of them: from there on everything goes, check digit or not.
    """

    def __init__(self) -> None:
        self._begun = ""
        """Figures that may be the beginning of a card number."""
        self._fours = 0
        """So many times in a row just four figures were said, the first of them as a card's."""

    def redact(self, text: str) -> str:
        """The text without card numbers and without the end of one begun before."""
        runs = [run for run in _runs(text) if len(_figures(run)) >= LEAST_BEGINNING]
        if not runs:
            return redact(text)
        if self._is_by_fours(text, runs):
            return text[: runs[0][0][1]] + MASK + text[runs[0][-1][2] :]
        first = _figures(runs[0])
        together = self._begun + first
        ends = bool(self._begun) and not _is_phone(first) and len(together) in SPLIT and is_card_number(together)
        goes_on = len(runs) == 1 and len(together) < max(LENGTHS)
        self._begun = "" if ends else _beginning(together if goes_on else _figures(runs[-1]))
        if ends:
            return text[: runs[0][0][1]] + MASK + redact(text[runs[0][-1][2] :])
        return redact(text)

    def _is_by_fours(self, text: str, runs: list[list[tuple[str, int, int]]]) -> bool:
        """Spoken only: days and times are keyed by the four, too."""
        first = _figures(runs[0])
        is_next = bool(self._fours) or first[0] in "23456"
        is_four = len(runs) == 1 and len(first) == FOUR and is_next and not text.strip("#").isdigit()
        self._fours = self._fours + 1 if is_four else 0
        return self._fours >= FOURS_TELL


def _beginning(figures: str) -> str:
    """Cards for payment begin with 2 to 6 (ISO/IEC 7812-1, major industry identifier)."""
    return figures if figures[0] in "23456" and not _is_phone(figures) else ""


def _is_phone(figures: str) -> bool:
    """British, at home or from abroad."""
    return (figures.startswith("0") and len(figures) in (10, 11)) or (figures.startswith("44") and len(figures) == 12)


def _figures(run: list[tuple[str, int, int]]) -> str:
    return "".join(part for part, _, _ in run)


def _cards(text: str) -> Iterator[tuple[int, int]]:
    """Spans of runs of digits that hold a card number, or nearly; the whole run goes, expiry date and all."""
    enough = min((digits for words, digits in SPOKEN_OF if words.search(text.lower())), default=MISHEARD_FROM)
    for run in _runs(text):
        digits = "".join(part for part, _, _ in run)
        if _holds_card_number(digits) or (len(digits) >= enough and len(set(digits)) > 1 and digits[0] != "0"):
            yield run[0][1], run[-1][2]


def _holds_card_number(digits: str) -> bool:
    starts = ((start, length) for length in LENGTHS for start in range(len(digits) - length + 1))
    return any(is_card_number(digits[start : start + length]) for start, length in starts)


def _runs(text: str) -> Iterator[list[tuple[str, int, int]]]:
    """Stretches of tokens that are digits, each with its digits and its span."""
    run: list[tuple[str, int, int]] = []
    times = 1
    for match in _TOKEN.finditer(text.lower()):
        word, start, end = match[0], match.start(), match.end()
        if word in _TIMES:
            times = _TIMES[word]
            continue
        digits = _digits(word, run)
        if digits:
            run.append((digits * times, start, end))
        elif word not in _FILLERS and not re.fullmatch(r"[-.,/]", word):
            yield from _trimmed(run, text)
            run = []
        times = 1
    yield from _trimmed(run, text)


def _digits(word: str, run: list[tuple[str, int, int]]) -> str:
    if word.isdigit():
        return word
    if word in _TENS:
        return _TENS[word] + "0"
    digit = _UNITS.get(word) or _TEENS.get(word, "")
    if digit and len(digit) == 1 and run and run[-1][0][-1:] == "0" and len(run[-1][0]) == 2 and digit != "0":
        before, start, end = run[-1]
        run[-1] = (before[0], start, end)  # "forty" + "one" is 41, not 401
    return digit


def _trimmed(run: list[tuple[str, int, int]], text: str) -> Iterator[list[tuple[str, int, int]]]:
    """Without "to" and "for" at the ends, which are more likely words than digits."""
    while run and text[run[0][1] : run[0][2]].lower() in _SOFT:
        run = run[1:]
    while run and text[run[-1][1] : run[-1][2]].lower() in _SOFT:
        run = run[:-1]
    if run:
        yield run
