"""What a sentence is made of: words, pairs of words, pieces of words and sounds, weighted by TF-IDF.

The second opinion beside the encoder. Pieces and sounds survive a word that was recognised wrongly. There is no
vocabulary: a feature's hash says where it counts (Weinberger et al. 2009, "Feature hashing for large scale multitask
learning"), so a model stays small, and words never seen still take their part of a sentence's length: what is strange
lowers every score.
"""

from __future__ import annotations

import itertools
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from bot.nlu.normalise import sound

PIECES = (2, 3, 4, 5)
"""Lengths of pieces of words, in letters."""

COLUMNS = 4_096
"""Places for features. With half as many, a point is lost on thousands of phrases; with twice as many little is won."""

BUCKETS = 1 << 18
"""Places where features are counted: many more than there are features, so few share one."""

Hashes = tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]
"""Of words, pieces (characters) and sounds (metaphones): each kind is scaled to the same length by itself."""


class Surface:
    """`weights`: how rare the features of each bucket are (IDF), learnt from phrases."""

    def __init__(self, weights: NDArray[np.float32]) -> None:
        self.weights = weights

    @classmethod
    def fit(cls, texts: Iterable[str]) -> Surface:
        counts = np.zeros(BUCKETS)
        total = 0
        for text in texts:
            buckets = {hashed % BUCKETS for hashed in itertools.chain(*features(text))}
            counts[np.fromiter(buckets, dtype=np.int64, count=len(buckets))] += 1
            total += 1
        return cls((np.log((1 + total) / (1 + counts)) + 1).astype(np.float32))

    def row(self, text: str) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Columns (some more than once) and values of one text; all of it has unit length, without words none."""
        found = [self._scaled(hashes) for hashes in features(text) if hashes]
        if not found:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
        hashes = np.concatenate([kind for kind, _ in found])
        values = np.concatenate([scaled for _, scaled in found]) / np.sqrt(len(found))
        signs = 1 - 2 * (hashes >> 31)
        return (hashes >> 8) % COLUMNS, (signs * values).astype(np.float32)

    def _scaled(self, hashes: tuple[int, ...]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        counted = Counter(hashes)
        distinct = np.fromiter(counted, dtype=np.int64, count=len(counted))
        counts = np.fromiter(counted.values(), dtype=np.float64, count=len(counted))
        values = (1 + np.log(counts)) * self.weights[distinct % BUCKETS]
        return distinct, values / np.sqrt(values @ values)

    def transform(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """A dense row a text."""
        rows = np.zeros((len(texts), COLUMNS), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            columns, values = self.row(text)
            row += np.bincount(columns, values, minlength=COLUMNS)
        return rows


def features(text: str) -> Hashes:
    """Hashes of 32 bits; the same in every process."""
    words = text.split()
    alone = [_of_word(word) for word in words]
    pairs = [_of_pair(*pair) for pair in itertools.pairwise(words)]
    return (
        tuple(word for word, _, _ in alone) + tuple(pair for pair, _ in pairs),
        tuple(itertools.chain.from_iterable(pieces for _, pieces, _ in alone)),
        tuple(heard for _, _, heard in alone) + tuple(heard for _, heard in pairs),
    )


@lru_cache(maxsize=20_000)
def _of_word(word: str) -> tuple[int, tuple[int, ...], int]:
    padded = f" {word} "
    pieces = (padded[at : at + length] for length in PIECES for at in range(max(len(padded) - length + 1, 1)))
    return _hash(f"w{word}"), tuple(_hash(f"c{piece}") for piece in pieces), _hash(f"m{sound(word)}")


@lru_cache(maxsize=50_000)
def _of_pair(first: str, second: str) -> tuple[int, int]:
    return _hash(f"w{first} {second}"), _hash(f"m{sound(first)} {sound(second)}")


def _hash(feature: str) -> int:
    return zlib.crc32(feature.encode())
