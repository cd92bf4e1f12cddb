"""Word errors as recognisers make them: words lost, doubled by small words, and swapped for words that sound alike.

Training and thresholds see them, or the gate would send every caller on a bad line to a person.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable

from bot.nlu.normalise import sound

SMALL_WORDS = ("the", "a", "to", "and", "in", "i", "it", "of", "you", "is", "for", "that", "on", "uh")
LOST, ADDED = 0.25, 0.15
"""Shares of losses and additions among word errors; the rest are swaps (about what small recognisers do)."""


class Noise:
    """Swaps come from the words given, by sound; `random.Random(seed)` makes it repeatable."""

    def __init__(self, texts: Iterable[str], seed: int = 0) -> None:
        self.random = random.Random(seed)
        self.words = sorted({word for text in texts for word in text.split()})
        self._by_sound: dict[str, list[str]] = defaultdict(list)
        for word in self.words:
            for key in sounds_near(word):
                self._by_sound[key].append(word)

    def __call__(self, text: str, rate: float) -> str:
        """The text with about `rate` of its words wrong; never empty when it was not."""
        heard: list[str] = []
        for word in text.split():
            if self.random.random() >= rate:
                heard.append(word)
                continue
            kind = self.random.random()
            if kind < LOST:
                continue
            heard += [word, self.random.choice(SMALL_WORDS)] if kind < LOST + ADDED else [self.swapped(word)]
        return " ".join(heard) or text

    def swapped(self, word: str) -> str:
        near = [other for key in sorted(sounds_near(word)) for other in self._by_sound.get(key, ()) if other != word]
        return self.random.choice(near) if near else self.random.choice(self.words or [word])


def sounds_near(word: str) -> set[str]:
    """The sound of a word, and the sound with one of its letters missing: neighbours share one of these."""
    whole = sound(word)
    return {whole, *(whole[:at] + whole[at + 1 :] for at in range(len(whole)) if len(whole) > 2)}
