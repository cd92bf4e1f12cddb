"""What the person in a talk could answer to what the caller said last."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, Final

from bot.web.centre import Centre
from handoff.model import Ticket

WORTH_WORDS: Final = 2
"""Words; "yes" and "mhm" change no suggestion."""


class Suggestions:
    def __init__(self, centre: Centre, clock: Callable[[], dt.datetime], changed: Callable[[], None]) -> None:
        self._centre, self._clock, self._changed = centre, clock, changed
        self._by_ticket: dict[str, list[dict[str, Any]]] = {}

    async def about(self, ticket: Ticket, text: str) -> None:
        """The newest line that suggests anything decides; blocking work in a thread. Raises FrontdeskError."""
        if len(text.split()) < WORTH_WORDS:
            return
        found = await asyncio.to_thread(self._centre.suggest, ticket.packet.business, text, self._clock())
        if found:
            self._by_ticket[ticket.id] = [asdict(one) for one in found]
            self._changed()

    def of(self, ticket_id: str) -> list[dict[str, Any]]:
        return self._by_ticket.get(ticket_id, [])

    def forget(self, ticket_id: str) -> None:
        self._by_ticket.pop(ticket_id, None)
