"""Missed phrases grouped by meaning, so that twenty ways of asking one thing are labelled at once.

Average-linkage agglomeration over the sentence vectors of understanding: the two nearest groups are joined until none
are as near as `NEAR`. (Sokal and Michener 1958, UPGMA.)
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

NEAR = 0.6
"""Cosine. At 0.6 of the sentence encoder paraphrases are together and neighbouring questions apart."""
MOST = 500
"""Phrases grouped at once: the cost grows with the square."""


def grouped(vectors: NDArray[np.float32], near: float = NEAR) -> list[list[int]]:
    """Row numbers by group, the largest group first; rows are unit vectors."""
    rows = vectors[:MOST]
    groups = [[row] for row in range(len(rows))]
    if not groups:
        return []
    nearness = (rows @ rows.T).astype(np.float64)
    np.fill_diagonal(nearness, -1.0)
    while len(groups) > 1:
        first, second = sorted(int(place) for place in np.unravel_index(nearness.argmax(), nearness.shape))
        if nearness[first, second] < near:
            break
        sizes = len(groups[first]), len(groups[second])
        joined = (sizes[0] * nearness[first] + sizes[1] * nearness[second]) / sum(sizes)
        nearness[first], nearness[:, first] = joined, joined
        nearness[first, first] = -1.0
        nearness = np.delete(np.delete(nearness, second, 0), second, 1)
        groups[first] += groups.pop(second)
    return sorted(groups, key=lambda group: (-len(group), group[0]))


def centre_of(vectors: NDArray[np.float32], group: Sequence[int]) -> int:
    """The phrase most like the others: the name of the group."""
    chosen = vectors[list(group)]
    return group[int((chosen @ chosen.mean(axis=0)).argmax())]
