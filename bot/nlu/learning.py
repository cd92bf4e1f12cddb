"""How the two linear models learn, are joined, calibrated and given their gate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from bot.errors import UnderstandingError
from bot.nlu.encoder import encode
from bot.nlu.gate import Scores, energy, fit_temperature, fit_threshold, probabilities
from bot.nlu.noise import Noise
from bot.nlu.surface import Surface

FEW = 4_000
"""Up to so many phrases every one is held out once (five folds); beyond, one fold in ten is enough."""

NOISE_RATES = (0.05, 0.1, 0.2, 0.3)
"""Word error rates of the noisy copies learnt from."""

VALIDATION_RATE = 0.1
"""Word error rate of the noisy half of the held-out phrases, on which threshold and temperature are chosen."""

SHARES = (0.3, 0.5, 0.8, 1.2, 1.8)
"""Weights of the surface member tried on held-out phrases."""


@dataclass(frozen=True, slots=True)
class Learnt:
    """Everything a model knows; `surface_weights` are int8 rows (a feature each) times `surface_scales`."""

    intents: tuple[str, ...]
    exact: Mapping[str, str]
    surface: Surface
    meaning_weights: NDArray[np.float32]
    meaning_bias: NDArray[np.float32]
    surface_weights: NDArray[np.int8]
    surface_scales: NDArray[np.float32]
    surface_bias: NDArray[np.float32]
    share: float = 0.5
    temperature: float = 1.0
    threshold: float = 0.0

    def scores(self, texts: Sequence[str]) -> Scores:
        """A row a text, a column an intent; not yet probabilities."""
        return self.joined(*self.members(texts, encode(texts)))

    def joined(self, meaning: Scores, surface: Scores) -> Scores:
        return meaning + self.share * MARGIN * surface

    def members(self, texts: Sequence[str], vectors: NDArray[np.float32]) -> tuple[Scores, Scores]:
        meaning: Scores = (vectors @ self.meaning_weights + self.meaning_bias).astype(np.float64)
        surface = np.stack([self._surface_scores(text) for text in texts])
        return meaning, surface

    def _surface_scores(self, text: str) -> Scores:
        columns, values = self.surface.row(text)
        weighted = values * self.surface_scales[columns]
        found = weighted @ self.surface_weights[columns].astype(np.float32) + self.surface_bias
        scores: Scores = found.astype(np.float64)
        return scores

    def arrays(self) -> dict[str, NDArray[Any]]:
        return {
            "idf": self.surface.weights,
            "meaning_weights": self.meaning_weights,
            "meaning_bias": self.meaning_bias,
            "surface_weights": self.surface_weights,
            "surface_scales": self.surface_scales,
            "surface_bias": self.surface_bias,
        }


MARGIN = 4.0
"""Margins of the surface member run from about -1 to 1, scores of the other over ten: this brings them together."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """Clean phrases first, then a noisy copy of each."""

    texts: list[str]
    labels: NDArray[np.int64]
    vectors: NDArray[np.float32]
    clean: int

    def rows(self, phrases: NDArray[np.int64]) -> NDArray[np.int64]:
        """Rows of these phrases, clean and noisy."""
        return np.concatenate([phrases, phrases + self.clean])


def learn(phrases: Mapping[str, Sequence[str]], seed: int, calibrated: bool = True) -> Learnt:
    """From normalised phrases. The share of the members, the temperature and the gate come from held-out phrases."""
    intents = tuple(sorted(phrases))
    with threadpool_limits(1):  # several threads on such small matrices, beside calls, are many times slower
        corpus = _corpus(phrases, intents, seed)
        final = replace(_fit(corpus, np.arange(corpus.clean), intents), exact=_exact(phrases))
        if not calibrated:
            return final
        meaning, surface, right = _held_out(corpus, intents, seed)
        return _calibrated(final, meaning, surface, right) if len(right) else final


def _corpus(phrases: Mapping[str, Sequence[str]], intents: tuple[str, ...], seed: int) -> Corpus:
    clean = [text for intent in intents for text in phrases[intent]]
    labels = np.array([label for label, intent in enumerate(intents) for _ in phrases[intent]], dtype=np.int64)
    noise = Noise(clean, seed)
    noisy = [noise(text, NOISE_RATES[row % len(NOISE_RATES)]) for row, text in enumerate(clean)]
    texts = clean + noisy
    return Corpus(texts, np.concatenate([labels, labels]), encode(texts), len(clean))


def _held_out(corpus: Corpus, intents: tuple[str, ...], seed: int) -> tuple[Scores, Scores, NDArray[np.int64]]:
    """Scores of both members for phrases they did not learn from, clean and at the validation's error rate."""
    labels = corpus.labels[: corpus.clean]
    common = np.flatnonzero(np.bincount(labels, minlength=len(intents))[labels] >= 2)
    few = corpus.clean <= FEW
    folds = min(5 if few else 10, int(np.bincount(labels[common]).max(initial=0)))
    if folds < 2:
        empty = np.empty((0, len(intents)))
        return empty, empty, np.empty(0, dtype=np.int64)
    noise = Noise(corpus.texts[: corpus.clean], seed + 1)
    found: list[tuple[Scores, Scores, NDArray[np.int64]]] = []
    splitter = StratifiedKFold(folds, shuffle=True, random_state=seed)
    for _, picked in list(splitter.split(common, np.minimum(labels[common], len(intents))))[: folds if few else 1]:
        test = common[picked]
        learner = _fit(corpus, np.setdiff1d(np.arange(corpus.clean), test), intents)
        texts = [corpus.texts[row] for row in test]
        noisy = [noise(text, VALIDATION_RATE) for text in texts]
        vectors = np.concatenate([corpus.vectors[test], encode(noisy)])
        found.append((*learner.members(texts + noisy, vectors), np.concatenate([labels[test], labels[test]])))
    return (
        np.concatenate([meaning for meaning, _, _ in found]),
        np.concatenate([surface for _, surface, _ in found]),
        np.concatenate([right for _, _, right in found]),
    )


def _calibrated(final: Learnt, meaning: Scores, surface: Scores, right: NDArray[np.int64]) -> Learnt:
    def loss(share: float) -> float:
        scores = replace(final, share=share).joined(meaning, surface)
        shares = probabilities(scores, fit_temperature(scores, right))
        return float(-np.log(shares[np.arange(len(right)), right] + 1e-12).mean())

    final = replace(final, share=min(SHARES, key=loss))
    scores = final.joined(meaning, surface)
    return replace(final, temperature=fit_temperature(scores, right), threshold=fit_threshold(energy(scores)))


def _fit(corpus: Corpus, phrases: NDArray[np.int64], intents: tuple[str, ...]) -> Learnt:
    rows = corpus.rows(phrases)
    texts, labels = [corpus.texts[row] for row in rows], corpus.labels[rows]
    meaning_weights, meaning_bias = _meaning(corpus.vectors[rows], labels, len(intents))
    surface = Surface.fit(texts, rarest=1 if len(texts) <= 2 * FEW else 3)
    margins = LinearSVC(C=0.5, tol=1e-3, random_state=0, max_iter=1_000)
    margins.fit(surface.transform(texts), labels)
    weights, bias = _all_classes(margins.coef_, margins.intercept_, margins.classes_, len(intents))
    scales = np.maximum(np.abs(weights).max(axis=1), 1e-9) / 127
    return Learnt(
        intents=intents,
        exact={},
        surface=surface,
        meaning_weights=meaning_weights,
        meaning_bias=meaning_bias,
        surface_weights=np.rint(weights / scales[:, None]).astype(np.int8),
        surface_scales=scales.astype(np.float32),
        surface_bias=bias,
    )


def _meaning(
    vectors: NDArray[np.float32], labels: NDArray[np.int64], classes: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Logistic regression. A loose tolerance stops at once on few balanced phrases and answers one class for all.

    Intents are not weighed to be equal: rare questions would take from what callers mostly say.
    """
    model = LogisticRegression(C=20.0, tol=1e-5, max_iter=400)
    model.fit(vectors, labels)
    if int(np.max(model.n_iter_)) < 2:
        message = "The intent model did not learn; check that the phrases of different intents differ."
        raise UnderstandingError("understanding.not_learnt", message)
    return _all_classes(model.coef_, model.intercept_, model.classes_, classes)


def _all_classes(
    coefficients: NDArray[np.float64], bias: NDArray[np.float64], seen: NDArray[np.int64], classes: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """A column for every class, also with two (one row stands for both) or with classes missing from a fold."""
    if len(seen) == 2 and len(coefficients) == 1:
        coefficients, bias = np.vstack([-coefficients, coefficients]), np.concatenate([-bias, bias])
    weights = np.zeros((coefficients.shape[1], classes), dtype=np.float32)
    offsets = np.full(classes, -10.0, dtype=np.float32)
    weights[:, seen], offsets[seen] = coefficients.T, bias
    return weights, offsets


def _exact(phrases: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Phrase → intent, where the phrase belongs to one intent only."""
    owners: dict[str, set[str]] = {}
    for intent, said in phrases.items():
        for text in said:
            owners.setdefault(text, set()).add(intent)
    return {text: next(iter(intents)) for text, intents in owners.items() if len(intents) == 1}
