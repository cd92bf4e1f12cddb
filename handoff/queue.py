"""Who is served next. Pure: lists of tickets in, lists of tickets out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from handoff.model import WAITS, Ticket


def in_order(tickets: Iterable[Ticket]) -> list[Ticket]:
    """Those still waiting: emergencies first, then whoever has waited longest."""
    waiting = (ticket for ticket in tickets if ticket.status in WAITS)
    return sorted(waiting, key=lambda ticket: (ticket.packet.priority, ticket.created_at, ticket.id))


def position(tickets: Sequence[Ticket], ticket_id: str) -> int | None:
    """1 for whoever is served next; None for a ticket that does not wait."""
    for place, ticket in enumerate(in_order(tickets), start=1):
        if ticket.id == ticket_id:
            return place
    return None


def waited(ticket: Ticket, now: dt.datetime) -> dt.timedelta:
    """Never negative, although clocks of two machines may differ."""
    return max(now - ticket.created_at, dt.timedelta())
