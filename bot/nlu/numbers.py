"""Numbers as people say them, turned into figures: "twenty five to seven" → "25 to 7", "the fourteenth" → "the 14th".

`figures` rewrites a text and remembers where every character came from, so that the small grammars for dates, times
and amounts are plain patterns over figures and still report spans of what was said. `digit_string` reads telephone
numbers and references: "oh seven double nine", "triple five", groups such as "twenty three".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

UNITS = {
    "zero": 0, "nought": 0, "naught": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9,
}  # fmt: skip
TEENS = {
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
    "ninety": 90,
}  # fmt: skip
UNIT_ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9,
}  # fmt: skip
ORDINALS = UNIT_ORDINALS | {
    "tenth": 10, "eleventh": 11, "twelfth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15, "sixteenth": 16,
    "seventeenth": 17, "eighteenth": 18, "nineteenth": 19, "twentieth": 20, "thirtieth": 30,
}  # fmt: skip
SCALES = {"hundred": 100, "thousand": 1000}
OH = {"oh", "o"}
REPEATS = {"double": 2, "triple": 3, "treble": 3, "quadruple": 4}

TOKEN = re.compile(r"\d+(?:st|nd|rd|th)?(?![a-z])|\d+|[^\W\d_]+(?:['’][^\W\d_]+)*|[^\w\s]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a run of figures or a sign, lower case, with its place in the text."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Figures:
    """`text` in figures, lower case, one space between tokens; `origins[i]`: where its i-th character came from."""

    text: str
    origins: tuple[tuple[int, int], ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original text behind characters `start` to `end` of this one."""
        return self.origins[start][0], self.origins[end - 1][1]


def tokens(text: str) -> list[Token]:
    return [Token(m.group().lower().replace("’", "'"), m.start(), m.end()) for m in TOKEN.finditer(text)]


@lru_cache(maxsize=256)  # each grammar asks for the same sentence and its words again
def figures(text: str) -> Figures:
    """Number words as figures: "a hundred and five" → "105", "twenty first" → "21st", "two thirty" → "2 30"."""
    words, index, pieces = tokens(text), 0, list[Token]()
    while index < len(words):
        value, length = _number(words, index)
        if length:
            pieces.append(Token(value, words[index].start, words[index + length - 1].end))
        else:
            pieces.append(words[index])
        index += max(length, 1)
    return _joined(text, pieces)


def digit_string(text: str) -> str:
    """The digits said, in order: "oh seven nine double one twenty three" → "0791123". Other words are passed over."""
    digits, repeat = "", 1
    for word in figures(text).text.split():
        if word in REPEATS:
            repeat = REPEATS[word]
            continue
        figure = "0" if word in OH else word
        if figure.isdigit():
            digits += figure[0] * (repeat - 1) + figure
        repeat = 1
    return digits


def _number(words: list[Token], at: int) -> tuple[str, int]:
    """The number starting at `at` as figures, and how many words it took; ("", 0) when there is none."""
    value, length = _below_hundred(words, at)
    scale = _word(words, at + length)
    if scale in SCALES and (length or _word(words, at) in SCALES):
        return _scaled(words, at, value if length else 1, length)
    if _word(words, at) == "a" and _word(words, at + 1) in SCALES:
        return _scaled(words, at, 1, 1)
    if ordinal := _ordinal(words, at, value, length):
        return ordinal
    return (str(value), length) if length else ("", 0)


def _scaled(words: list[Token], at: int, count: int, length: int) -> tuple[str, int]:
    """ "two thousand and five", "a hundred and five", "one thousand two hundred"."""
    total = count * SCALES[_word(words, at + length)]
    length += 1
    while True:
        skip = 1 if _word(words, at + length) == "and" else 0
        value, more = _below_hundred(words, at + length + skip)
        if not more or value == 0:
            return str(total), length
        length += skip + more
        if _word(words, at + length) == "hundred" and total >= 1000:
            value, length = value * 100, length + 1
            total += value
            continue
        return str(total + value), length


def _below_hundred(words: list[Token], at: int) -> tuple[int, int]:
    word = _word(words, at)
    if word in TENS:
        following = at + 2 if _word(words, at + 1) == "-" else at + 1
        unit = UNITS.get(_word(words, following), 0)
        return (TENS[word] + unit, following - at + 1) if unit else (TENS[word], 1)
    for table in (UNITS, TEENS):
        if word in table:
            return table[word], 1
    return 0, 0


def _ordinal(words: list[Token], at: int, value: int, length: int) -> tuple[str, int] | None:
    following = at + length + (1 if length and _word(words, at + length) == "-" else 0)
    word = _word(words, following)
    if length == 1 and value in TENS.values() and word in UNIT_ORDINALS:
        return _with_suffix(value + UNIT_ORDINALS[word]), following - at + 1
    if length == 0 and word in ORDINALS:
        return _with_suffix(ORDINALS[word]), 1
    return None


def _with_suffix(number: int) -> str:
    tail = "th" if number in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{tail}"


def _word(words: list[Token], at: int) -> str:
    return words[at].text if at < len(words) else ""


def _joined(text: str, pieces: list[Token]) -> Figures:
    """One space between tokens, but none around signs that were written tight ("2:30", "14/3", "p.m.")."""
    letters: list[str] = []
    origins: list[tuple[int, int]] = []
    for before, piece in zip([None, *pieces], pieces, strict=False):
        if before is not None and not _tight(before, piece):
            letters.append(" ")
            origins.append((before.end, piece.start))
        for offset, letter in enumerate(piece.text):
            letters.append(letter)
            same = len(piece.text) == piece.end - piece.start
            origins.append((piece.start + offset, piece.start + offset + 1) if same else (piece.start, piece.end))
    return Figures("".join(letters), tuple(origins))


def _tight(before: Token, piece: Token) -> bool:
    return before.end == piece.start and not (before.text[-1].isdigit() and piece.text[0].isalpha())
