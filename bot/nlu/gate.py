"""Is this one of our intents at all? The energy of all scores decides, better than the best probability.

Energy: T·logsumexp(scores/T), Liu et al. 2020, "Energy-based Out-of-distribution Detection". The threshold keeps a
fixed share of phrases that do belong, among them phrases with recognition errors.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

KEPT = 0.95
"""Share of in-scope utterances that must pass."""

Scores = NDArray[np.float64]


def energy(scores: Scores) -> Scores:
    """High for what belongs; a value a row."""
    top = scores.max(axis=1)
    summed: Scores = top + np.log(np.exp(scores - top[:, None]).sum(axis=1))
    return summed


def probabilities(scores: Scores, temperature: float) -> Scores:
    scaled = (scores - scores.max(axis=1, keepdims=True)) / temperature
    powers = np.exp(scaled)
    shares: Scores = powers / powers.sum(axis=1, keepdims=True)
    return shares


def fit_temperature(scores: Scores, right: NDArray[np.int64]) -> float:
    """The temperature at which held-out probabilities tell the truth (Guo et al. 2017)."""

    def loss(log_temperature: float) -> float:
        shares = probabilities(scores, float(np.exp(log_temperature)))
        return float(-np.log(shares[np.arange(len(right)), right] + 1e-12).mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-4, 3), method="bounded").x))


def fit_threshold(energies: Scores, kept: float = KEPT) -> float:
    """The energy that `kept` of these in-scope examples reach."""
    return float(np.quantile(energies, 1 - kept))
