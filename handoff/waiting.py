"""How long a caller has yet to wait, as they are told it. Pure.

While everybody talks, somebody becomes free every AHT / people on average, whatever was before (the exponential
handling times of Erlang's formulas have no memory); whoever is at place n waits for the n-th of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from handoff.seats import Presence, Seat

WORKS: Final = frozenset({Presence.READY, Presence.TALKING, Presence.WRAP_UP})


def staffed(seats: Iterable[Seat], queue: str) -> int:
    """People at work who answer that queue; who pauses does not count."""
    return sum(1 for seat in seats if seat.presence in WORKS and seat.lost_at is None and seat.answers(queue))


def expected_wait_s(place: int, people: int, aht_s: float | None) -> float | None:
    """Seconds; None when it cannot be told: nobody works, nothing was handled yet, or they do not wait."""
    if place < 1 or people < 1 or aht_s is None:
        return None
    return place * aht_s / people


def spoken_minutes(wait_s: float | None) -> int | None:
    """As callers are told: whole minutes, at least one, and never less than expected."""
    return None if wait_s is None else max(1, -int(-wait_s // 60))
