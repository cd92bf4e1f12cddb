"""The list of tickets that every desk shows: who waits, and who was served last. What changed goes to all pages.

Read at each look without what was said, which a page asks for when somebody opens a ticket.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Container, Iterable, Sequence
from typing import Any, Final

from bot.web.centre import Centre
from bot.web.views import about, describe_listed
from handoff.model import Listed

MAX_SETTLED: Final = 100
"""Of those who do not wait any more; the others are found on the page of calls."""


class TicketList:
    def __init__(self, centre: Centre) -> None:
        self.queued: Sequence[Listed] = ()
        """Who waits, as read last."""
        self._centre = centre
        self._on_line: Callable[[], Container[str]] = frozenset
        self._settled: Sequence[Listed] = ()
        self._about: dict[str, dict[str, str]] = {}
        self._shown: dict[str, tuple[Listed, bool]] = {}
        self._items: dict[str, dict[str, Any]] = {}
        self._revision = 0
        self._reading = asyncio.Lock()

    def use(self, on_line: Callable[[], Container[str]]) -> None:
        """`on_line`: the tickets whose callers are on the line, waiting or talking."""
        self._on_line = on_line

    async def read(self) -> None:
        """Raises FrontdeskError."""
        async with self._reading:  # one after the other, or what was read first might be kept last
            self.queued, self._settled, found = await asyncio.to_thread(self._find, frozenset(self._about))
            self._about |= found

    def _find(self, known: frozenset[str]) -> tuple[Sequence[Listed], Sequence[Listed], dict[str, dict[str, str]]]:
        """Blocks. Packets are read once a ticket."""
        tickets = self._centre.tickets
        queued, settled = tickets.queued(), tickets.settled(MAX_SETTLED)
        unknown = {one.id for one in (*queued, *settled)} - known
        return queued, settled, {one.id: about(one) for one in tickets.several(unknown)} if unknown else {}

    def described(self, wanted: Iterable[Listed]) -> list[dict[str, Any]]:
        """Those of them that were read already."""
        on_line = self._on_line()
        return [self._described(one, one.id in on_line) for one in wanted if one.id in self._about]

    def all(self) -> dict[str, Any]:
        """The list for a page that knows nothing yet, or lost a change. What `changes` has not told is not in it."""
        listed = (*self.queued, *self._settled)
        return {"revision": self._revision, "tickets": [self._items[one.id] for one in listed if one.id in self._items]}

    def changes(self) -> str:
        """Since the last time, as a message to the pages; "" for none."""
        on_line = self._on_line()
        now = {one.id: (one, one.id in on_line) for one in (*self.queued, *self._settled) if one.id in self._about}
        changed = [self._described(*shown) for one, shown in now.items() if self._shown.get(one) != shown]
        gone = [one for one in self._shown if one not in now]
        if not changed and not gone:
            return ""
        self._shown = now
        self._about = {one: told for one, told in self._about.items() if one in now}
        kept = {one: item for one, item in self._items.items() if one in now}
        self._items = kept | {item["id"]: item for item in changed}
        self._revision += 1
        return json.dumps({"type": "tickets", "revision": self._revision, "set": changed, "gone": gone})

    def _described(self, listed: Listed, on_line: bool) -> dict[str, Any]:
        return describe_listed(listed, self._about[listed.id], on_line)
