"""A spelled name, put together from what recognisers make of letters, the spelling alphabet and "m for mother".

They write letters together ("m i l ler", "k o w alski") and mishear them (N as "and"), but hear whole words well: where
a letter was compared with a word, the word's first letter counts, and the letter itself only where there is no word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import takewhile

from rapidfuzz import fuzz, process

from bot.nlu.numbers import REPEATS
from bot.nlu.spelling import LETTER_NAMES, NATO

SOUNDS = {
    "be": "b", "see": "c", "sea": "c", "are": "r", "our": "r", "you": "u", "why": "y", "tea": "t", "pea": "p",
    "eye": "i", "oh": "o", "hey": "a", "and": "n", "aye": "a", "owe": "o", "jane": "j", "elle": "l", "yes": "s",
    "as": "s", "he": "e",
}  # fmt: skip
"""Words that are written for a letter among letters."""
SIGNS = {"hyphen": "-", "dash": "-", "apostrophe": "'"}
ASIDES = frozenset(
    ("um", "uh", "then", "it's", "its", "that's", "spelled", "spelt", "capital", "letter", "and", "okay")
)
"""Said before or between; "and" is mostly N, but not before another of these."""
BEFORE = re.compile(
    r"^(?:(?:um|uh|er|oh|yes|yeah|no|nope|sorry|actually|sure|okay|so|well|it's|its|it is|that's|that is|it would be|"
    r"my|the|last|first|name|surname|is|spelled|spelt)\b ?)+"
)
LIKENED = re.compile(r"(?:(?P<letter>\S+) )?\b(?:for|as in|is in|is for|as an|as a|like|as) (?P<word>[a-z]{3,})\b")
"""Also as it is misheard: "b is in bravo", "as an apple"."""
ALIKE = 74.0
"""Least likeness (0 to 100) of a word and one of the alphabet: "oskar", "gulf", "poppa"."""
DOUBLE_U = ("u", "you")
SHORTEST_NAME, SAME_NAME = 3, 60.0
"""Letters of a name said before it is spelled, and how like (0 to 100) the two must be."""
FEWEST = 2
"""Letters, words or comparisons: fewer are no spelling."""


def spelled_name(readings: Iterable[str]) -> str:
    """Small letters, hyphen and apostrophe, of the best reading (no punctuation) that spells; "" when none does."""
    return next((name for reading in readings if (name := _spelled(BEFORE.sub("", reading.lower())))), "")


def _spelled(text: str) -> str:
    return _by_likeness(text) or _by_alphabet(text.replace("x ray", "xray").split()) or _by_letters(text.split())


def _by_likeness(text: str) -> str:
    """ "M for mother, i for india, double l for lima"; plain letters between them as well."""
    matches = list(LIKENED.finditer(text))
    if sum(bool(_letter(match["letter"] or "")) for match in matches) < FEWEST:
        return ""
    name, at = "", 0
    for match in matches:
        before = text[at : match.start()].split()
        repeats = REPEATS.get(before[-1], 1) if before else 1
        name += _loose(before) + repeats * _likened(match["letter"] or "", match["word"])
        at = match.end()
    return name + _loose(text[at:].split())


def _likened(letter: str, word: str) -> str:
    """The word tells, but for words that have the letter elsewhere: there is no other way with X."""
    return letter if letter == "x" and "x" in word else word[0]


def _loose(words: Sequence[str]) -> str:
    return "".join(_letter(word) for word in words if word not in ASIDES)


def _by_alphabet(words: Sequence[str]) -> str:
    """At least half of it words of the alphabet, well or nearly heard; of others the first letter counts."""
    words = [word for word in words if word not in ASIDES]
    known = sum(bool(_of_alphabet(word)) for word in words)
    if known < FEWEST or 2 * known < len(words):
        return ""
    name, repeats = "", 1
    for word in words:
        if word in REPEATS:
            repeats = REPEATS[word]
            continue
        name += repeats * (SIGNS.get(word) or _of_alphabet(word) or word[0])
        repeats = 1
    return _said_once(name)


@lru_cache(maxsize=2_000)
def _of_alphabet(word: str) -> str:
    """Its letter; two where two words were written together ("echolima")."""
    if len(word) < 3:
        return ""
    return _nearest(word) or next(
        (a + b for at in range(3, len(word) - 2) if (a := _nearest(word[:at])) and (b := _nearest(word[at:]))), ""
    )


def _nearest(word: str) -> str:
    found = process.extractOne(word, NATO.keys(), scorer=fuzz.ratio, score_cutoff=ALIKE)
    return NATO[found[0]] if found else ""


def _said_once(name: str) -> str:
    """Without the beginning said again, or written twice by a recogniser that runs in circles."""
    again = (at for at in range(3, len(name) - 2) if name.startswith(name[at:]))
    return name[: next(again, len(name))]


def _by_letters(words: Sequence[str]) -> str:
    """Letters alone; not the name itself said before them: "miller, m i l l e r"."""
    said = list(takewhile(lambda word: len(word) >= SHORTEST_NAME and not _letter(word), words))
    spelled = _joined(words[len(said) :]) if said else ""
    if any(fuzz.ratio(word, spelled) >= SAME_NAME for word in said):
        return spelled
    return _joined(words)


def _joined(words: Sequence[str]) -> str:
    """Letters, and between them what was written of several together; "" when most are no letters."""
    name, letters, others, repeats = "", 0, 0, 1
    for at, word in enumerate(words):
        before, after = (words[at - 1] if at else ""), (words[at + 1] if at + 1 < len(words) else "")
        if word in REPEATS and after:
            repeats = 1 if after in DOUBLE_U else REPEATS[word]
            continue
        part = "w" if before == "double" and word in DOUBLE_U else _part(word, after)
        letters, others = letters + (len(part) == 1), others + (len(part) > 1)
        name += repeats * part[:1] + part[1:]
        repeats = 1
    return name if letters >= max(FEWEST, others + 1) else ""


def _part(word: str, following: str) -> str:
    if word in ASIDES and (word != "and" or following in ASIDES):
        return ""
    return SIGNS.get(word) or _letter(word) or (word if word.isalpha() else "")


def _letter(word: str) -> str:
    if len(word) == 1 and word.isalpha():
        return word
    return LETTER_NAMES.get(word) or SOUNDS.get(word, "")
