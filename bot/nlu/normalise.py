"""One spelling for training phrases and for what was heard: lower case, no punctuation, figures as words."""

from __future__ import annotations

import re
from functools import lru_cache

import jellyfish
from num2words import num2words

MAX_CHARACTERS = 600
"""Longer text is cut: nobody says more in one turn, and time stays bounded."""

_FIGURES = re.compile(r"\d+")
_OTHER = re.compile(r"[^\w' ]|_")


def normalise(text: str) -> str:
    """ "What's £50 in Euros?" → "what's fifty in euros"."""
    cut = text[:MAX_CHARACTERS].lower().replace("’", "'").replace("-", " ")
    spoken = _FIGURES.sub(lambda m: f" {_spoken(m.group())} ", cut)
    return " ".join(word for word in _OTHER.sub(" ", spoken).split() if word.strip("'"))


@lru_cache(maxsize=2_000)
def _spoken(figures: str) -> str:
    if len(figures) > 6 or (len(figures) > 1 and figures[0] == "0"):
        return " ".join(num2words(int(figure)) for figure in figures)
    words: str = num2words(int(figures))
    return words.replace("-", " ").replace(",", "")


@lru_cache(maxsize=50_000)
def sound(word: str) -> str:
    """How a word sounds, roughly (metaphone): words a recogniser mixes up share it."""
    return jellyfish.metaphone(word) or word
