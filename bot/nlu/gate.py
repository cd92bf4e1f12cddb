"""Is this one of our intents at all? The energy of all scores decides, better than the best probability.

Energy: T·logsumexp(scores/T), Liu et al. 2020, "Energy-based Out-of-distribution Detection". The threshold keeps a
fixed share of held-out phrases that were understood, among them phrases with recognition errors.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

KEPT = 0.95
"""Share of in-scope utterances that must pass."""

COVERED = 0.95
"""Share of in-scope utterances whose intent must be among those thought likely."""

SHARPNESS = 0.5
"""T of the energy. Sharper than one, so that many weak scores do not add up to a strong one."""

GOLDEN = (5**0.5 - 1) / 2
COLDEST, HOTTEST = -4.0, 3.0
"""Logarithms of the temperatures looked between."""

Scores = NDArray[np.float64]


def energy(scores: Scores, sharpness: float = SHARPNESS) -> Scores:
    """High for what belongs; a value a row."""
    top = scores.max(axis=1)
    summed: Scores = top + sharpness * np.log(np.exp((scores - top[:, None]) / sharpness).sum(axis=1))
    return summed


def no_idea(intents: int) -> float:
    """The energy of a sentence that speaks for all intents alike, that is for none."""
    return float(energy(np.zeros((1, intents)))[0])


def probabilities(scores: Scores, temperature: float) -> Scores:
    scaled = (scores - scores.max(axis=1, keepdims=True)) / temperature
    powers = np.exp(scaled)
    shares: Scores = powers / powers.sum(axis=1, keepdims=True)
    return shares


def fit_temperature(scores: Scores, right: NDArray[np.int64]) -> float:
    """The temperature at which held-out probabilities tell the truth (Guo et al. 2017).

    The loss has one valley, so golden-section search (Kiefer 1953) finds its floor.
    """

    def loss(log_temperature: float) -> float:
        shares = probabilities(scores, float(np.exp(log_temperature)))
        return float(-np.log(shares[np.arange(len(right)), right] + 1e-12).mean())

    low, high = COLDEST, HOTTEST
    while high - low > 1e-3:
        width = GOLDEN * (high - low)
        low, high = (low, low + width) if loss(high - width) < loss(low + width) else (high - width, high)
    return float(np.exp((low + high) / 2))


def fit_likely(shares: Scores, right: NDArray[np.int64], covered: float = COVERED) -> float:
    """The share that the right intent of `covered` of the examples reaches: those reaching it are a conformal set.

    Split conformal prediction (Vovk et al. 2005; Angelopoulos and Bates 2021, section 1).
    """
    own = shares[np.arange(len(right)), right]
    return float(np.quantile(own, max(0.0, 1 - covered * (1 + 1 / len(right)))))


def fit_threshold(energies: Scores, kept: float = KEPT) -> float:
    """The energy that `kept` of these in-scope examples reach."""
    return float(np.quantile(energies, 1 - kept))
