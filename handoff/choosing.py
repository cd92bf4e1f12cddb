"""Among people who can answer a caller: who is asked first, by the strategy of the queue. Pure."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from handoff.queues import Queue, Strategy
from handoff.seats import Seat


def in_order(able: Iterable[Seat], queue: Queue, ticket_id: str, seed: int) -> list[Seat]:
    """First who is asked first; ties go to who has been ready longest."""
    if queue.strategy is Strategy.RANDOM:
        drawn = sorted(able, key=lambda seat: seat.agent)
        random.Random(f"{seed} {ticket_id}").shuffle(drawn)
        return drawn
    order = ORDERS[queue.strategy]
    return sorted(able, key=lambda seat: (order(seat, queue.name), seat.since, seat.agent))


def _offered_before(seat: Seat) -> float:
    return seat.offered_at.timestamp() if seat.offered_at else 0.0


ORDERS: Final[Mapping[Strategy, Callable[[Seat, str], Any]]] = {
    Strategy.LONGEST_IDLE: lambda seat, queue: 0,
    Strategy.ROUND_ROBIN: lambda seat, queue: _offered_before(seat),
    Strategy.FEWEST_CALLS: lambda seat, queue: seat.calls,
    Strategy.LEAST_TALK_TIME: lambda seat, queue: seat.talk_s,
    Strategy.BEST_LEVEL: lambda seat, queue: seat.level(queue),
    Strategy.RING_ALL: lambda seat, queue: 0,
}
