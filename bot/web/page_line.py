"""Reminders ring on the caller's page: one way to reach people, from the server itself or from another process."""

from __future__ import annotations

import asyncio
import json
import urllib.error
import urllib.request
from typing import Final

from bot.config import Settings
from bot.outbound.model import Outcome, Reminder
from bot.web.bell import Bell, RingResult
from bot.web.links import Links

OUTCOMES: Final[dict[RingResult, Outcome]] = {
    "answered": Outcome.NO_ANSWER,
    "declined": Outcome.BUSY,
    "unanswered": Outcome.NO_ANSWER,
    "nobody": Outcome.NO_ADDRESS,
}
"""For a call that has not recorded itself: one that was answered and did not broke before anything was said."""

LONGEST_CALL_S: Final = 1_800


class PageLine:
    """Rings the pages open in this process. A call that decided something records that itself, before it ends."""

    def __init__(self, bell: Bell) -> None:
        self._bell = bell

    async def ring(self, reminder: Reminder) -> Outcome:
        """Rings, and when it is answered waits for the end of the call."""
        result = await self._bell.ring(str(reminder.id), str(reminder.customer.id))
        if result == "answered":
            await self._bell.talked(str(reminder.id))
        return OUTCOMES[result]


class PageLineElsewhere:
    """Rings the pages of the server that runs on this computer with the same `home` (its key signs the order)."""

    def __init__(self, settings: Settings) -> None:
        self._links = Links(settings.secret_key())
        self._address = f"http://127.0.0.1:{settings.port}/ring/orders/"

    async def ring(self, reminder: Reminder) -> Outcome:
        """NO_ADDRESS when no server runs: nobody can be signed in to it."""
        order = self._links.ring_order(str(reminder.id), str(reminder.customer.id))
        return await asyncio.to_thread(self._place, order)

    def _place(self, order: str) -> Outcome:
        request = urllib.request.Request(self._address + order, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=LONGEST_CALL_S) as answer:
                return OUTCOMES[json.load(answer)["result"]]
        except urllib.error.HTTPError:
            return Outcome.FAILED
        except (OSError, ValueError, KeyError):
            return Outcome.NO_ADDRESS
