"""Everyday talk that belongs to no business. A model learns that it means none of its intents.

The sentences teach what they are about and, more, how little of a stranger's sentence should count (Hendrycks et al.
2019, "Deep anomaly detection with outlier exposure").
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from bot.nlu.encoder import Encoder
from bot.nlu.normalise import normalise

APART = 0.1
"""A sentence as near to a phrase as nine in ten phrases are to their nearest is the business's own, not background."""

BLOCK = 1_000
"""Phrases compared at once, so that memory stays bounded."""


def strangers(encoder: Encoder, vectors: NDArray[np.float32]) -> tuple[list[str], NDArray[np.float32]]:
    """Background sentences far from these phrases (unit vectors, a row a phrase), with their own vectors."""
    sentences = everyday()
    found = encoder.encode(sentences)
    nearest = (found @ vectors.T).max(axis=1)
    kept = np.flatnonzero(nearest < np.quantile(_nearest_others(vectors), APART))
    return [sentences[row] for row in kept], found[kept]


@cache
def everyday() -> list[str]:
    """The sentences of `background.toml`."""
    sections = tomllib.loads((files("bot.nlu") / "background.toml").read_text(encoding="utf-8"))
    return [normalise(sentence) for section in sections.values() for sentence in section["sentences"]]


def _nearest_others(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """For each phrase, how alike the most similar other one is."""
    found = np.empty(len(vectors), dtype=np.float32)
    for start in range(0, len(vectors), BLOCK):
        alike = vectors[start : start + BLOCK] @ vectors.T
        alike[np.arange(len(alike)), np.arange(start, start + len(alike))] = -1
        found[start : start + BLOCK] = alike.max(axis=1)
    return found
