"""Letters as they are spelled on the telephone: "t for tommy", "alpha", "double u", and postcodes made of them."""

from __future__ import annotations

import re

from bot.nlu.found import Found
from bot.nlu.numbers import REPEATS, Token, figures, tokens

NATO = {
    "alpha": "a", "alfa": "a", "bravo": "b", "charlie": "c", "delta": "d", "echo": "e", "foxtrot": "f", "golf": "g",
    "hotel": "h", "india": "i", "juliet": "j", "juliett": "j", "kilo": "k", "lima": "l", "mike": "m", "november": "n",
    "oscar": "o", "papa": "p", "quebec": "q", "romeo": "r", "sierra": "s", "tango": "t", "uniform": "u", "victor": "v",
    "whiskey": "w", "whisky": "w", "xray": "x", "yankee": "y", "zulu": "z",
}  # fmt: skip
LETTER_NAMES = {
    "ay": "a", "bee": "b", "cee": "c", "dee": "d", "ef": "f", "eff": "f", "gee": "g", "aitch": "h", "haitch": "h",
    "jay": "j", "kay": "k", "el": "l", "ell": "l", "em": "m", "en": "n", "pee": "p", "cue": "q", "queue": "q",
    "ar": "r", "ess": "s", "tee": "t", "vee": "v", "ex": "x", "wye": "y", "zed": "z", "zee": "z",
}  # fmt: skip
HEARD_AS = {
    "be": "b", "see": "c", "sea": "c", "are": "r", "you": "u", "why": "y", "tea": "t", "pea": "p", "eye": "i",
    "oh": "o", "to": "2", "too": "2", "for": "4", "ate": "8", "won": "1", "hey": "a", "our": "r", "and": "n",
}  # fmt: skip
"""Words a recogniser writes for letters and figures; taken only where spelling is going on."""

POSTCODE = re.compile(r"(?=([a-z]{1,2})([\do])([a-z\d]?)([\do])([a-z]{2}))")
"""Area, figure, figure or letter; figure, two letters. An "oh" where a figure belongs is a nought."""
VOWELS = frozenset("aeiouy")
"""Short words without any are letters written together: "ls", "qg"."""

WRITTEN = re.compile(r"\b([a-z]{1,2}\d[a-z\d]?) ?(\d[a-z]{2})\b", re.IGNORECASE)
LIKE = ("for", "as", "like")


def spelled(text: str, loose: bool = False) -> list[Found[str]]:
    """Runs of two or more letters and figures; offsets into `text`. `loose` reads "see" as c and "to" as 2."""
    words = tokens(text)
    runs: list[Found[str]] = []
    index, start, letters, end = 0, 0, "", 0
    while index <= len(words):
        found, used = _character(words, index, loose) if index < len(words) else ("", 0)
        if found:
            start = words[index].start if not letters else start
            letters, end = letters + found, words[index + used - 1].end
            index += used
            continue
        if len(letters) > 1:
            runs.append(Found(letters, start, end))
        letters, index = "", index + 1
    return runs


def postcodes(text: str) -> list[Found[str]]:
    """British postcodes, written ("M4 0QG") or spelled, as "M4 0QG"; offsets into `text`."""
    written = [Found(f"{m[1]} {m[2]}".upper(), *m.span()) for m in WRITTEN.finditer(text)]
    if written:
        return written
    for loose in (False, True):
        runs = [(run, POSTCODE.search(run.value)) for run in spelled(text, loose)]
        found = [
            Found(f"{m[1]}{_nought(m[2])}{m[3]} {_nought(m[4])}{m[5]}".upper(), run.start, run.end)
            for run, m in runs
            if m and sum(map(len, m.groups())) >= len(run.value) - 2
        ]
        if found:
            return found
    return []


def _nought(figure: str) -> str:
    return "0" if figure == "o" else figure


def characters(text: str) -> str:
    """Every letter and figure of a spelled answer, read loosely; words that are none are passed over."""
    words, index, letters = tokens(text), 0, ""
    while index < len(words):
        found, used = _character(words, index, loose=True)
        letters, index = letters + found, index + max(used, 1)
    return letters


def _character(words: list[Token], at: int, loose: bool) -> tuple[str, int]:
    """The letters or figures said at `at`, and how many words they took."""
    word, following = words[at].text, words[at + 1].text if at + 1 < len(words) else ""
    if word == "double" and following in ("u", "you"):
        return "w", 2
    if word in REPEATS and at + 1 < len(words):
        found, used = _character(words, at + 1, loose)
        return (found[0] * (REPEATS[word] - 1) + found, used + 1) if found else ("", 0)
    letter = _letter(word, loose)
    if not letter:
        return "", 0
    if len(letter) == 1 and letter.isalpha() and following in LIKE:
        return letter, _comparison(words, at)
    return letter, 1


def _comparison(words: list[Token], at: int) -> int:
    """ "m for mother", "s as in sugar": words used, 1 when it is no comparison."""
    after = [token.text for token in words[at + 1 : at + 4]]
    if after[:2] == ["as", "in"] and len(after) == 3:
        return 4
    if len(after) >= 2 and after[0] in ("for", "like") and len(after[1]) > 1 and after[1] not in LETTER_NAMES:
        return 3
    return 1


def _letter(word: str, loose: bool) -> str:
    if len(word) == 1 and word.isalnum():
        return word
    if word in NATO:
        return NATO[word]
    if word in LETTER_NAMES:
        return LETTER_NAMES[word]
    if word.isdigit():
        return word
    figure = figures(word).text
    if figure.isdigit():
        return figure
    if loose and 2 <= len(word) <= 3 and word.isascii() and word.isalpha() and not VOWELS & set(word):
        return word
    return HEARD_AS.get(word, "") if loose else ""
