"""What a sentence is made of: words, pairs of words, pieces of words and sounds, weighted by TF-IDF.

The second opinion beside the encoder. Pieces and sounds survive a word that was recognised wrongly.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from bot.nlu.normalise import sound

PIECES = (2, 3, 4, 5)
"""Lengths of pieces of words, in letters."""

KINDS = "wcm"
"""Words and pairs, pieces (characters), metaphones: each kind is scaled to unit length by itself."""


class Surface:
    """Feature → column and weight, learnt from phrases; `transform` makes sparse rows."""

    def __init__(self, columns: dict[str, int], weights: NDArray[np.float32]) -> None:
        self.columns = columns
        self.weights = weights

    @classmethod
    def fit(cls, texts: Sequence[str], rarest: int = 1) -> Surface:
        """`rarest`: features in fewer phrases than this are left out."""
        counts: Counter[str] = Counter()
        for text in texts:
            counts.update(set(features(text)))
        kept = sorted(feature for feature, count in counts.items() if count >= rarest)
        documents = np.array([counts[feature] for feature in kept], dtype=np.float32)
        idf = np.log((1 + len(texts)) / (1 + documents)) + 1
        return cls({feature: column for column, feature in enumerate(kept)}, idf.astype(np.float32))

    def row(self, text: str) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Columns and values of one text; features never seen in training are passed over."""
        counts = Counter(feature for feature in features(text) if feature in self.columns)
        if not counts:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
        columns = np.fromiter((self.columns[feature] for feature in counts), dtype=np.int64, count=len(counts))
        kinds = np.fromiter((KINDS.index(feature[0]) for feature in counts), dtype=np.int64, count=len(counts))
        values = (1 + np.log(np.fromiter(counts.values(), dtype=np.float32, count=len(counts)))) * self.weights[columns]
        lengths = np.sqrt(np.bincount(kinds, values**2, minlength=len(KINDS)))
        return columns, (values / lengths[kinds]).astype(np.float32)

    def transform(self, texts: Iterable[str]) -> sparse.csr_matrix:
        rows = [self.row(text) for text in texts]
        pointers = np.cumsum([0, *(len(columns) for columns, _ in rows)])
        columns = np.concatenate([columns for columns, _ in rows])
        values = np.concatenate([values for _, values in rows])
        return sparse.csr_matrix((values, columns, pointers), shape=(len(rows), len(self.weights)))


def features(text: str) -> Iterator[str]:
    """Each feature starts with the letter of its kind."""
    words = text.split()
    sounds = [sound(word) for word in words]
    for kind, items in (("w", words), ("m", sounds)):
        for item in items:
            yield f"{kind}{item}"
        for pair in itertools.pairwise(items):
            yield f"{kind}{pair[0]} {pair[1]}"
    for word in words:
        padded = f" {word} "
        for length in PIECES:
            for start in range(max(len(padded) - length + 1, 1)):
                yield f"c{padded[start : start + length]}"
