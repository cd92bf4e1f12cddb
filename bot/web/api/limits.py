"""How often a program may ask: a bucket of requests that fills up again steadily (the token bucket; J. Turner, "New
Directions in Communications", 1986). In memory, bounded; for threads. Reads no clock.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections import OrderedDict
from typing import Final

MAX_KEPT: Final = 10_000
BURST_S: Final = 10
"""What was not used for so many seconds may be used at once."""


class Buckets:
    def __init__(self, per_minute: int, at_once: int = 0) -> None:
        """`at_once`: the size of the bucket; 0: `BURST_S` of the rate."""
        self._rate = per_minute / 60
        self._size = at_once or max(1.0, self._rate * BURST_S)
        self._left: OrderedDict[str, tuple[float, dt.datetime]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, key: str, now: dt.datetime) -> float:
        """Uses one up; 0 when there was one, else the seconds until there is."""
        with self._lock:
            left = self._now(key, now)
            self._keep(key, left - 1 if left >= 1 else left, now)
        return 0.0 if left >= 1 else (1 - left) / self._rate

    def wait_s(self, key: str, now: dt.datetime) -> float:
        """The same without using one up."""
        with self._lock:
            left = self._now(key, now)
        return 0.0 if left >= 1 else (1 - left) / self._rate

    def _now(self, key: str, now: dt.datetime) -> float:
        left, at = self._left.get(key, (self._size, now))
        return min(self._size, left + max(0.0, (now - at).total_seconds()) * self._rate)

    def _keep(self, key: str, left: float, now: dt.datetime) -> None:
        self._left[key] = (left, now)
        self._left.move_to_end(key)
        while len(self._left) > MAX_KEPT:
            self._left.popitem(last=False)
