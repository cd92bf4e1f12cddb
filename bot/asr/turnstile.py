"""Whose words are heard next, where more callers wait for the free ear than there are cores.

Who is done with a sentence is heard first, in the order of coming: that caller waits in silence. A look at a pause goes
behind all of them, and is given up when its time has passed: the sentence is heard at its end all the same, and a
second hearing of it would cost another caller the first. So on a busy computer a sentence costs one hearing, and on an
idle one the look at the pause answers at once.
"""

from __future__ import annotations

import heapq
import threading
import time
from collections.abc import Callable
from typing import Final

LOOK_WAITS_S: Final = 0.4
"""About the rest of the patience with a question: later, the end of the sentence is there itself."""


class Line:
    """Who waits, in order; no clock, no threads. Times are seconds on any clock."""

    def __init__(self, places: int) -> None:
        self._free = places
        self._waiting: list[tuple[int, int]] = []
        self._number = 0

    def join(self, *, is_look: bool) -> tuple[int, int]:
        """The place in the line: lower is earlier."""
        self._number += 1
        place = int(is_look), self._number
        heapq.heappush(self._waiting, place)
        return place

    def enter(self, place: tuple[int, int]) -> bool:
        """Whether that place is served now; it stands in the line no more then."""
        if not self._free or self._waiting[:1] != [place]:
            return False
        self._free -= 1
        heapq.heappop(self._waiting)
        return True

    def give_up(self, place: tuple[int, int]) -> None:
        self._waiting.remove(place)
        heapq.heapify(self._waiting)

    def leave(self) -> None:
        """One that was served is done."""
        self._free += 1


class Turnstile:
    """The line for threads: at most `places` inside at once."""

    def __init__(self, places: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._line, self._clock = Line(places), clock
        self._changed = threading.Condition()

    def enter(self, *, is_look: bool) -> bool:
        """Waits; False for a look whose time has passed. Who got in must `leave`."""
        until = self._clock() + LOOK_WAITS_S
        with self._changed:
            place = self._line.join(is_look=is_look)
            while not self._line.enter(place):
                left_s = until - self._clock() if is_look else None
                if left_s is not None and left_s <= 0:
                    self._line.give_up(place)
                    self._changed.notify_all()
                    return False
                self._changed.wait(left_s)
            self._changed.notify_all()  # there may be room for the next as well
            return True

    def leave(self) -> None:
        with self._changed:
            self._line.leave()
            self._changed.notify_all()
