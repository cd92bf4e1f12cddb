"""What was probably said instead of what was heard: a noisy channel over the business's own phrases.

Each word may stand for itself or, at a price, for a word of the phrases that sounds alike; the likeliest sequence by a
bigram model of the phrases wins (Viterbi). A wrong repair is possible, so whoever asks weighs both readings.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import lru_cache

from bot.nlu.noise import sounds_near

PRICE = 8.0
"""Of a word being another one, in nats. Of 3 to 12 tried on held-out phrases; below, clean sentences suffer. Cheaper
for words in no phrase it must not be: with ten phrases an intent many good words are in none."""

PAIRS, SINGLES = 0.7, 0.28
"""Shares of pairs and of single words in the model; the rest is for words never seen."""

CANDIDATES = 8
LONGEST = 40
"""Words; longer sentences are left as they are."""


class Repair:
    """Immutable once made."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._pairs: Counter[tuple[str, str]] = Counter()
        self._words: Counter[str] = Counter()
        for text in texts:
            words = ["", *text.split(), ""]
            self._words.update(words[:-1])
            self._pairs.update(itertools.pairwise(words))
        self._total = max(sum(self._words.values()), 1)
        self._by_sound: dict[str, set[str]] = defaultdict(set)
        for word in filter(None, self._words):
            for key in sounds_near(word):
                self._by_sound[key].add(word)
        self._candidates = lru_cache(maxsize=10_000)(self._candidates_of)

    def __call__(self, text: str) -> str:
        """The likeliest reading; often the text itself."""
        words = text.split()
        if not words or len(words) > LONGEST:
            return text
        best: dict[str, tuple[float, tuple[str, ...]]] = {"": (0.0, ())}
        for word in words:
            best = {candidate: self._reached(best, candidate, price) for candidate, price in self._candidates(word)}
        ended = ((value + self._likely(last, ""), path) for last, (value, path) in best.items())
        return " ".join(max(ended)[1])

    def _reached(
        self, best: dict[str, tuple[float, tuple[str, ...]]], word: str, price: float
    ) -> tuple[float, tuple[str, ...]]:
        value, path = max((value + self._likely(last, word), path) for last, (value, path) in best.items())
        return value - price, (*path, word)

    def _likely(self, first: str, second: str) -> float:
        """Logarithm of the probability of a word after another; "" is the end of a sentence."""
        after = self._pairs[first, second] / self._words[first] if self._words[first] else 0.0
        return math.log(PAIRS * after + SINGLES * self._words[second] / self._total + 0.02 / self._total)

    def _candidates_of(self, word: str) -> list[tuple[str, float]]:
        """With their prices."""
        near = {other for key in sounds_near(word) for other in self._by_sound.get(key, ()) if other != word}
        usual = sorted(near, key=lambda other: (-self._words[other], other))[: CANDIDATES - 1]
        return [(word, 0.0), *((other, PRICE) for other in usual)]
