"""Ringing a page: which signed-in pages are open, and what became of a ring. In memory, one loop."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, Literal

from bot.web.links import RingPage

RING_S: Final = 30.0
MAX_PAGES: Final = 1_000

RingResult = Literal["answered", "declined", "unanswered", "nobody"]
"""`nobody`: no page of this customer is open."""


class OpenPage:
    """A signed-in page; `orders` holds what it is to do next: a reminder to ring for, "" to fall silent."""

    def __init__(self, grant: RingPage) -> None:
        self.grant = grant
        self.orders: asyncio.Queue[str] = asyncio.Queue(maxsize=16)

    def order(self, reminder: str) -> None:
        if not self.orders.full():  # a page that takes nothing is about to be found gone
            self.orders.put_nowait(reminder)


@dataclass(frozen=True, slots=True)
class Ring:
    customer: str
    result: asyncio.Future[RingResult]


class Bell:
    def __init__(self) -> None:
        self._pages: set[OpenPage] = set()
        self._rings: dict[str, Ring] = {}
        self._talks: dict[str, asyncio.Event] = {}

    @contextmanager
    def listening(self, grant: RingPage) -> Iterator[OpenPage | None]:
        """The page is open inside the block; None when too many are. A ring that is on reaches it (a reload)."""
        if len(self._pages) >= MAX_PAGES:
            yield None
            return
        page = OpenPage(grant)
        self._pages.add(page)
        for reminder, ring in self._rings.items():
            if not ring.result.done() and grant.rings_for(ring.customer, reminder):
                page.order(reminder)
        try:
            yield page
        finally:
            self._pages.discard(page)

    async def ring(self, reminder: str, customer: str = "", seconds: float = RING_S) -> RingResult:
        """Ring every page of this customer until one answers or declines; a second ring joins the first."""
        if reminder in self._rings:
            return await asyncio.shield(self._rings[reminder].result)
        if not (pages := self._pages_of(customer, reminder)):
            return "nobody"
        ring = self._rings[reminder] = Ring(customer, asyncio.get_running_loop().create_future())
        for page in pages:
            page.order(reminder)
        return await self._outcome(reminder, ring, seconds)

    def answered(self, reminder: str) -> bool:
        """Someone answered: True the first time while it rings, so that two tabs do not take one call."""
        return self._settle(reminder, "answered")

    def declined(self, reminder: str) -> bool:
        return self._settle(reminder, "declined")

    @contextmanager
    def talking(self, reminder: str) -> Iterator[None]:
        """The call about this reminder runs inside the block."""
        over = self._talks[reminder] = asyncio.Event()
        try:
            yield
        finally:
            over.set()
            self._talks.pop(reminder, None)

    async def talked(self, reminder: str) -> None:
        """Returns when the call that runs about this reminder is over; at once when none does."""
        if talk := self._talks.get(reminder):
            await talk.wait()

    def _settle(self, reminder: str, result: RingResult) -> bool:
        ring = self._rings.get(reminder)
        if ring is None or ring.result.done():
            return False
        ring.result.set_result(result)
        return True

    async def _outcome(self, reminder: str, ring: Ring, seconds: float) -> RingResult:
        try:
            async with asyncio.timeout(seconds):
                return await asyncio.shield(ring.result)
        except TimeoutError:
            return "unanswered"
        finally:
            self._settle(reminder, "unanswered")
            del self._rings[reminder]
            for page in self._pages_of(ring.customer, reminder):
                page.order("")

    def _pages_of(self, customer: str, reminder: str) -> list[OpenPage]:
        return [page for page in self._pages if page.grant.rings_for(customer, reminder)]
