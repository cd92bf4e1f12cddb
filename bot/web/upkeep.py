"""What the floor looks up beside its callers: talks that a stop cut off, and how long handling takes. Blocking."""

from __future__ import annotations

import datetime as dt
from typing import Final

from bot.web.centre import Centre
from handoff.history import Happening, What, broken_off
from handoff.kpis import figures, journeys
from handoff.model import TicketStatus

RECENT: Final = dt.timedelta(hours=12)
"""Talks that began longer ago were not cut off by the last stop."""

MEASURED: Final = dt.timedelta(days=7)
ENOUGH: Final = 5
"""Calls handled before callers are told how long it may take."""


def recover(centre: Centre, now: dt.datetime) -> None:
    """After a start: talks that our end cut off are again for somebody to take, and whoever
    waited may call again and has their place. Raises StoreError."""
    for cut in broken_off(centre.history.since(now - RECENT)):
        ticket = centre.tickets.get(cut.ticket_id)
        if ticket and ticket.status is TicketStatus.TAKEN:
            centre.tickets.set_status(cut.ticket_id, TicketStatus.WAITING, now)
        centre.history.add(Happening(cut.ticket_id, What.RETURNED, now, cut.agent))
    centre.tickets.nobody_is_on_line(now)


def handling_s(centre: Centre, now: dt.datetime) -> float | None:
    """Mean seconds of talk, hold and wrap-up lately; None before there were enough calls. Raises StoreError."""
    history = centre.history
    found = figures(journeys(history.entries(now - MEASURED), history.since(now - MEASURED)))
    return found.aht_s if found.answered >= ENOUGH else None
