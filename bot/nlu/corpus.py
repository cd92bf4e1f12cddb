"""Phrases as numbers, and the one fit over them: what an intent model learns from.

Beside the phrases stand everyday sentences of no business, meaning nothing (`background`), and where there are many
phrases also copies with recognition errors.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bot.errors import UnderstandingError
from bot.nlu.background import strangers
from bot.nlu.encoder import Encoder
from bot.nlu.noise import Noise
from bot.nlu.normalise import normalise
from bot.nlu.regression import Task, fit
from bot.nlu.surface import COLUMNS, Surface

SURFACE_SHARE = 0.7
"""Length of a sentence's surface beside its meaning's one. Tried: 0.5, 0.7, 1.0; little hangs on it."""

ONE = 0.3
"""The constant column, small so that intents do not differ by frequency alone."""

PENALTY = 0.02
"""On squared weights. Tried on ten phrases an intent: 0.01 to 0.2; little hangs on it."""

BACKGROUND = 0.1
"""Importance of all background sentences together, as a share of all phrases'. Tried: 0.01 to 0.3."""

MANY = 50
"""With so many phrases an intent every second one is learnt with word errors too: 1 to 1.5 points at 20 % errors. With
ten an intent such copies took a point, and from clean sentences as well."""

NOISE_RATES = (0.05, 0.1, 0.2, 0.3)
"""Word error rates of the copies, in turn."""

MISHEARD = 0.5
"""Importance of such a copy, a phrase's being one."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """Phrases as numbers: `rows`, one for each label, and what is learnt beside them."""

    encoder: Encoder
    intents: tuple[str, ...]
    texts: list[str]
    labels: NDArray[np.int64]
    surface: Surface
    rows: NDArray[np.float32]
    misheard: NDArray[np.float32]
    """Copies with word errors."""
    misheard_of: NDArray[np.int64]
    """The phrase each of these is a copy of."""
    foreign: NDArray[np.float32]
    """Background sentences."""

    @classmethod
    def of(cls, phrases: Mapping[str, Sequence[str]], seed: int, encoder: Encoder) -> Corpus:
        """From normalised phrases."""
        intents = tuple(sorted(phrases))
        texts = [text for intent in intents for text in phrases[intent]]
        labels = np.array([label for label, intent in enumerate(intents) for _ in phrases[intent]], dtype=np.int64)
        vectors = encoder.encode(texts)
        foreign, foreign_vectors = strangers(encoder, vectors)
        misheard_of, misheard = _misheard(texts, len(intents), seed)
        surface = Surface.fit(texts + foreign + misheard)
        rows = joined(surface, texts, vectors)
        copies, away = joined(surface, misheard, encoder.encode(misheard)), joined(surface, foreign, foreign_vectors)
        return cls(encoder, intents, texts, labels, surface, rows, copies, misheard_of, away)

    def of_surface(self) -> Corpus:
        """The same without meaning: surface and the constant only."""
        rest = slice(self.encoder.dimensions, None)
        rows, misheard, foreign = self.rows[:, rest], self.misheard[:, rest], self.foreign[:, rest]
        return replace(self, rows=rows, misheard=misheard, foreign=foreign)

    def weights(self, picked: NDArray[np.int64], start: NDArray[np.float32] | None = None) -> NDArray[np.float32]:
        """Learnt from these phrases and all of the background, from `start` on.

        Raises UnderstandingError when nothing was learnt.
        """
        copies = np.flatnonzero(np.isin(self.misheard_of, picked))
        labels = self.labels[np.concatenate([picked, self.misheard_of[copies]])]
        rows = np.concatenate([self.rows[picked], self.misheard[copies], self.foreign])
        targets = np.full((len(rows), len(self.intents)), 1 / len(self.intents), dtype=np.float32)
        targets[: len(labels)] = 0
        targets[np.arange(len(labels)), labels] = 1
        importance = np.ones(len(rows), dtype=np.float32)
        importance[len(picked) :] = MISHEARD
        importance[len(labels) :] = BACKGROUND * len(picked) / max(len(self.foreign), 1)
        weights = fit(Task(rows, targets, importance, PENALTY), start)
        if not np.isfinite(weights).all() or not weights.any():
            message = "The intent model did not learn; check that the phrases of different intents differ."
            raise UnderstandingError("understanding.not_learnt", message)
        return weights


def _misheard(texts: list[str], intents: int, seed: int) -> tuple[NDArray[np.int64], list[str]]:
    """Which phrases have a copy with word errors, and the copies; none where there are few phrases an intent."""
    if len(texts) < MANY * intents:
        return np.empty(0, dtype=np.int64), []
    noise = Noise(texts, seed)
    picked = np.arange(0, len(texts), 2)
    return picked, [noise(texts[row], NOISE_RATES[turn % len(NOISE_RATES)]) for turn, row in enumerate(picked)]


THIN = 5
"""With fewer phrases an intent's name is one more: 3 to 5 points on three phrases an intent, none on ten."""

SPOKEN = 3
"""Letters of a name that is one: "a" is none."""


def normalised(examples: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """Intent → its phrases in one spelling, each once. Raises UnderstandingError where fewer than two have any."""
    phrases = {intent: found for intent, said in examples.items() if (found := _spelt(intent, said))}
    if len(phrases) < 2:
        message = "An intent model needs phrases of at least two intents; add some to nlu.yml."
        raise UnderstandingError("understanding.too_little", message)
    return phrases


def _spelt(intent: str, said: Sequence[str]) -> tuple[str, ...]:
    """ "faq/pet_passport" with two phrases is asked for by "pet passport" too."""
    found = dict.fromkeys(text for one in said if (text := normalise(one)))
    name = normalise(intent.rpartition("/")[2].replace("_", " "))
    return tuple(found | {name: None} if found and len(found) < THIN and len(name) >= SPOKEN else found)


def joined(surface: Surface, texts: Sequence[str], vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Rows for the regression: meaning, surface, and a constant."""
    rows = np.empty((len(texts), vectors.shape[1] + COLUMNS + 1), dtype=np.float32)
    meaning = vectors.shape[1]
    rows[:, :meaning] = vectors
    rows[:, meaning:-1] = surface.transform(texts)
    rows[:, meaning:-1] *= SURFACE_SHARE
    rows[:, -1] = ONE
    return rows
