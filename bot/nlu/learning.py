"""How an intent model learns: one regression over meaning and surface together, calibrated on phrases held out.

Everyday talk of no business is learnt from too, as meaning nothing (`background`). Recognition errors come in where
it is decided what to believe: half of what calibration and gate see is as a recogniser would have it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from bot.nlu.corpus import ONE, SURFACE_SHARE, Corpus, joined
from bot.nlu.encoder import Encoder
from bot.nlu.gate import Scores, energy, fit_likely, fit_temperature, fit_threshold, no_idea, probabilities
from bot.nlu.noise import Noise
from bot.nlu.repair import Repair
from bot.nlu.surface import Surface

FOLDS = 5
CALIBRATING = 500
"""So many held-out phrases are enough to calibrate on; each fold that is judged costs one more fit."""

VALIDATION_RATE = 0.1
"""Word error rate of the noisy half of the held-out phrases, on which threshold and temperature are chosen."""


REPAIRED_SAY = 0.3
"""Of the scores of what was probably said. A half is no better at 20 % word errors, and costs clean sentences."""


@dataclass(frozen=True, slots=True)
class Learnt:
    """Everything a model knows."""

    encoder: Encoder
    intents: tuple[str, ...]
    exact: Mapping[str, str]
    surface: Surface
    meaning_weights: NDArray[np.float32]
    surface_weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    temperature: float = 1.0
    threshold: float = 0.0
    likely: float = 0.5
    """An intent with this share may be meant (`gate.fit_likely`)."""
    repair: Repair = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "repair", Repair(self.exact))

    def scores(self, texts: Sequence[str]) -> Scores:
        """A row a text, a column an intent; not yet probabilities. What was probably said has its say."""
        readings = [text if text in self.exact else self.repair(text) for text in texts]
        again = [row for row, text in enumerate(texts) if readings[row] != text]
        found = self._scores([*texts, *(readings[row] for row in again)])
        scores = found[: len(texts)]
        scores[again] += REPAIRED_SAY * (found[len(texts) :] - scores[again])
        return scores

    def _scores(self, texts: Sequence[str]) -> Scores:
        surface = np.stack([self._surface_scores(text) for text in texts])
        scores: Scores = (self.encoder.encode(texts) @ self.meaning_weights + surface + self.bias).astype(np.float64)
        return scores

    def _surface_scores(self, text: str) -> NDArray[np.float32]:
        columns, values = self.surface.row(text)
        scores: NDArray[np.float32] = values @ self.surface_weights[columns]
        return scores

    def arrays(self) -> dict[str, NDArray[Any]]:
        return {
            "rarity": self.surface.weights,
            "meaning_weights": self.meaning_weights,
            "surface_weights": self.surface_weights,
            "bias": self.bias,
        }


@dataclass(frozen=True, slots=True)
class Judged:
    """Phrases (numbers in the corpus) scored by a model that did not learn them: clean, and with word errors."""

    phrases: NDArray[np.int64]
    right: NDArray[np.int64]
    clean: Scores
    noisy: Scores
    weights: NDArray[np.float32] | None = None
    """Of the last of these models: near to what all phrases will teach."""

    def calibrate(self, learnt: Learnt) -> Learnt:
        """With temperature and threshold; as it is where nothing was judged."""
        if not len(self.phrases):
            return learnt
        scores, right = self._both()
        temperature = fit_temperature(scores, right)
        likely = fit_likely(probabilities(scores, temperature), right)
        return replace(learnt, temperature=temperature, threshold=self.threshold(), likely=likely)

    def threshold(self) -> float:
        """The energy most of what was understood reaches. What was misunderstood need not pass, so it has no say."""
        scores, right = self._both()
        understood = scores.argmax(axis=1) == right
        return fit_threshold(energy(scores[understood] if understood.any() else scores))

    def _both(self) -> tuple[Scores, NDArray[np.int64]]:
        return np.concatenate([self.clean, self.noisy]), np.concatenate([self.right, self.right])


def learn(phrases: Mapping[str, Sequence[str]], seed: int, encoder: Encoder) -> Learnt:
    """From normalised phrases. Temperature and gate come from held-out ones."""
    with threadpool_limits(1):  # several threads on such small matrices, beside calls, are many times slower
        corpus = Corpus.of(phrases, seed, encoder)
        judged = judge(corpus, seed, CALIBRATING)
        weights = corpus.weights(np.arange(len(corpus.labels)), judged.weights)
        meaning = encoder.dimensions
        learnt = Learnt(
            encoder=encoder,
            intents=corpus.intents,
            exact=exact(phrases),
            surface=corpus.surface,
            meaning_weights=weights[:meaning],
            surface_weights=SURFACE_SHARE * weights[meaning:-1],
            bias=ONE * weights[-1],
            threshold=no_idea(len(corpus.intents)),
        )
        return judged.calibrate(learnt)


def judge(corpus: Corpus, seed: int, enough: int | None = None) -> Judged:
    """Five folds of the phrases (fewer once there are `enough`), each scored by a model learnt from the other four.

    Phrases alone in their intent are left out.
    """
    noise = Noise(corpus.texts, seed + 1)
    folds = split(corpus.labels, FOLDS, seed)
    if enough is not None and folds:
        folds = folds[: max(1, -(-enough // len(folds[0])))]
    found: list[tuple[Scores, Scores]] = []
    weights = None
    with threadpool_limits(1):
        for fold in folds:
            weights = corpus.weights(np.setdiff1d(np.arange(len(corpus.labels)), fold))
            repair = Repair(np.delete(corpus.texts, fold))
            said = [corpus.texts[row] for row in fold]
            noisy = [noise(text, VALIDATION_RATE) for text in said]
            found.append((_scored(corpus, weights, said, repair), _scored(corpus, weights, noisy, repair)))
    nothing = np.empty((0, len(corpus.intents)))
    phrases = np.concatenate([np.empty(0, dtype=np.int64), *folds])
    clean = np.concatenate([nothing, *(clean for clean, _ in found)])
    noisy_scores = np.concatenate([nothing, *(heard for _, heard in found)])
    return Judged(phrases, corpus.labels[phrases], clean, noisy_scores, weights)


def _scored(corpus: Corpus, weights: NDArray[np.float32], texts: list[str], repair: Repair) -> Scores:
    """As `Learnt.scores` does it."""
    both = [*texts, *(repair(text) for text in texts)]
    scores = joined(corpus.surface, both, corpus.encoder.encode(both)) @ weights
    own, repaired = scores.astype(np.float64).reshape(2, len(texts), -1)
    weighed: Scores = (1 - REPAIRED_SAY) * own + REPAIRED_SAY * repaired
    return weighed


def split(labels: NDArray[np.int64], folds: int, seed: int) -> list[NDArray[np.int64]]:
    """Row numbers by fold, every label spread as evenly as can be; labels with a single row are in none."""
    random = np.random.default_rng(seed)
    dealt: list[NDArray[np.int64]] = []
    for label in np.unique(labels):
        rows = random.permutation(np.flatnonzero(labels == label))
        if len(rows) >= 2:
            dealt.append(rows)
    order = np.concatenate([np.empty(0, dtype=np.int64), *dealt])
    found = [np.sort(order[fold::folds]) for fold in range(folds)]
    return [rows for rows in found if len(rows)]


def exact(phrases: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Phrase → intent, where the phrase belongs to one intent only."""
    owners: dict[str, set[str]] = {}
    for intent, said in phrases.items():
        for text in said:
            owners.setdefault(text, set()).add(intent)
    return {text: next(iter(intents)) for text, intents in owners.items() if len(intents) == 1}
