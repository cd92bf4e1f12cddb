"""Who is served before whom. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Final

from handoff.model import Listed, Priority
from handoff.queues import Queue

AGEING_S: Final = 300
"""For every five minutes of waiting a caller counts as one step more urgent, up to HIGH: nobody waits for ever."""

NO_QUEUES: Final[Mapping[str, Queue]] = {}


def served_order(
    tickets: Iterable[Listed],
    now: dt.datetime,
    returned: frozenset[str] = frozenset(),
    queues: Mapping[str, Queue] = NO_QUEUES,
) -> list[Listed]:
    """Whom we broke off, then by urgency with waiting time counted in, then whoever came first."""

    def place(ticket: Listed) -> tuple[bool, int, dt.datetime, str]:
        queue = queues.get(ticket.queue)
        return ticket.id not in returned, urgency(ticket, now, queue), ticket.since, ticket.id

    return sorted(tickets, key=place)


def urgency(ticket: Listed, now: dt.datetime, queue: Queue | None = None) -> int:
    """Lower is more urgent; an emergency is only ever matched by another one. A queue's own priority and its VIPs
    count, up to HIGH.
    """
    given: int = ticket.priority
    if given == Priority.EMERGENCY:
        return given
    if queue:
        given = Priority.HIGH if ticket.caller in queue.vips else max(int(Priority.HIGH), given + queue.priority)
    if given <= Priority.HIGH:
        return int(given)
    steps = int(max(0.0, (now - ticket.since).total_seconds()) // AGEING_S)
    return max(int(Priority.HIGH), given - steps)
