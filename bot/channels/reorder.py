"""Sound that arrives out of order, put in order again without waiting long for what is lost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

PATIENCE: Final = 4
"""Frames that may wait for a missing one; 20 ms each."""
RESTART: Final = 100
"""A jump by more than this is a new count, not a loss."""


class Reorder:
    """Frames in by their number, frames out in order; late and repeated ones are dropped."""

    def __init__(self) -> None:
        self._next: int | None = None
        self._waiting: dict[int, bytes] = {}

    def put(self, number: int | None, payload: bytes) -> Iterator[bytes]:
        """`number` None: the line keeps its order, and the frame goes straight through."""
        if number is None:
            yield payload
            return
        if self._next is None or abs(number - self._next) > RESTART:
            self._next = number
            self._waiting.clear()
        if number >= self._next:
            self._waiting[number] = payload
        yield from self._in_order()

    def _in_order(self) -> Iterator[bytes]:
        assert self._next is not None
        while self._waiting:
            if self._next not in self._waiting:
                if len(self._waiting) <= PATIENCE:
                    return
                self._next = min(self._waiting)  # lost: go on without it
            yield self._waiting.pop(self._next)
            self._next += 1
