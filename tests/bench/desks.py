"""A full floor: 100 people at their desks, 500 tickets that wait, 60 lines of transcript each.

What is measured: one look of the floor at which nothing happened (it looks twice a second); the list of tickets as a
page asks for it; how long after a change all desks know of it. A real server and database, desks made of WebSockets.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import httpx
import websockets
from fastapi import FastAPI

from bot.bench.figures import Figure, percentile
from bot.store import open_store
from bot.store.store import Store
from bot.web.floor import Floor
from bot.web.server import create_app
from handoff.model import Line, Packet, Priority, Ticket
from handoff.people import Role
from tests.bench.handover import served
from tests.unit.web.fake_centre import FakeCentre, echo_centre, session_cookie

PEOPLE, TALKING, WAITING, LINES = 100, 50, 500, 60
TIMES = 40


def figures() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="frontdesk-bench-") as home:
        store = open_store(f"sqlite:///{Path(home) / 'frontdesk.sqlite3'}")
        try:
            yield from _measured(store)
        finally:
            store.close()


def _measured(store: Store) -> Iterator[Figure]:
    tickets = _fill(store)
    centre, _ = echo_centre()
    centre.tickets, centre.history = store.tickets, store.happenings  # type: ignore[assignment]
    app = create_app(centre)
    with served(app) as port:
        measured = asyncio.run(_day(app, centre, tickets, port))
    goals = {"one look": 10.0, "all desks know": 200.0}
    for name, taken in measured.items():
        for share in (0.5, 0.95):
            yield Figure(f"{name} p{share * 100:.0f}", percentile(taken, share), goal=goals.get(name), count=len(taken))


def _fill(store: Store) -> list[Ticket]:
    now = dt.datetime.now(dt.UTC)
    said = tuple(
        Line("bot" if n % 2 else "caller", f"Sentence {n} of what was said before a person came.", n * 4_000, 0.8)
        for n in range(LINES)
    )
    made = []
    for number in range(WAITING + TALKING):
        packet = Packet(
            business="centre",
            queue=f"queue {number % 5}",
            priority=Priority.NORMAL,
            reasons=("asked for a person",),
            summary="Wants to move an appointment.",
            caller=f"+1555{number:07}",
            customer=f"Customer {number}",
            wants="move appointment",
            slots={"day": "Thursday"},
            transcript=said,
            call_id=f"c{number}",
        )
        made.append(store.tickets.add(packet, now - dt.timedelta(seconds=600 - number)))
    return made


async def _day(app: FastAPI, centre: FakeCentre, tickets: list[Ticket], port: int) -> dict[str, list[float]]:
    floor: Floor = app.state.house.floor
    desks = [Desk(port, session_cookie(app, Role.AGENT, f"Person {number}")) for number in range(PEOPLE)]
    try:
        for one in desks:
            await one.open()
        await _talk(centre, desks[:TALKING], tickets)
        assert len(floor.desk.talks) == TALKING
        return {
            "one look": await _looks(floor),
            "the list, as a page asks for it": await _timed(desks[0].read_list),
            "all desks know": await _changes(desks, tickets[TALKING:]),
        }
    finally:
        for one in desks:
            await one.close()


async def _talk(centre: FakeCentre, desks: list[Desk], tickets: list[Ticket]) -> None:
    """Call backs, which need no line, and have their packets on the screen like others."""
    for ticket in tickets[: len(desks)]:
        centre.tickets.call_back(ticket.id, "+15550100", None, dt.datetime.now(dt.UTC))
    await asyncio.sleep(1.5)
    for one, ticket in zip(desks, tickets, strict=False):
        await one.say(type="answer", ticket=ticket.id)
        await asyncio.sleep(0.05)
    await asyncio.sleep(2)


async def _looks(floor: Floor) -> list[float]:
    """On the server's own loop."""
    assert floor._loop
    taken: list[float] = []

    async def look() -> None:
        begun = time.perf_counter()
        await floor._look()
        taken.append((time.perf_counter() - begun) * 1_000)

    for _ in range(TIMES):
        await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(look(), floor._loop))
        await asyncio.sleep(0.05)
    return taken


async def _timed(action: Callable[[], Awaitable[object]]) -> list[float]:
    taken = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        await action()
        taken.append((time.perf_counter() - begun) * 1_000)
    return taken


async def _changes(desks: list[Desk], tickets: list[Ticket]) -> list[float]:
    """Somebody takes a ticket from the list: each desk's time until it knows."""
    taken = []
    for number in range(TIMES // 2):
        ticket = tickets[number]
        begun = time.perf_counter()
        waiting = [asyncio.create_task(one.knows(ticket.id, "taken")) for one in desks]
        await desks[-1].take(ticket.id)
        taken += [(moment - begun) * 1_000 for moment in await asyncio.gather(*waiting)]
        await asyncio.sleep(0.3)
    return taken


class Desk:
    """A page that reads what it is sent as pages do, and keeps no more of it than needed."""

    def __init__(self, port: int, cookie: dict[str, str]) -> None:
        self._address, self._header = f"127.0.0.1:{port}", "; ".join(f"{name}={one}" for name, one in cookie.items())
        self._known: dict[tuple[str, str], asyncio.Future[float]] = {}

    async def open(self) -> None:
        headers = {"Cookie": self._header}
        self._web = httpx.AsyncClient(base_url=f"http://{self._address}", headers=headers, timeout=30)
        self._line = await websockets.connect(
            f"ws://{self._address}/desk/line", additional_headers=headers, max_size=None, compression=None
        )
        self._reading = asyncio.create_task(self._read())
        await self.read_list()

    async def close(self) -> None:
        self._reading.cancel()
        await self._line.close()
        await self._web.aclose()

    async def say(self, **message: object) -> None:
        await self._line.send(json.dumps(message))

    async def take(self, ticket_id: str) -> None:
        answer = await self._web.post(f"/desk/tickets/{ticket_id}/take", headers={"X-Frontdesk": "desk"}, json={})
        answer.raise_for_status()

    async def read_list(self) -> bytes:
        return (await self._web.get("/desk/tickets")).raise_for_status().content

    async def knows(self, ticket_id: str, status: str) -> float:
        """The moment at which this desk learns that."""
        self._known[ticket_id, status] = asyncio.get_running_loop().create_future()
        async with asyncio.timeout(30):
            return await self._known[ticket_id, status]

    async def _read(self) -> None:
        async for message in self._line:
            if isinstance(message, str) and '"type": "tickets"' in message[:40]:
                for one in json.loads(message)["set"]:
                    if known := self._known.pop((one["id"], one["status"]), None):
                        known.set_result(time.perf_counter())


if __name__ == "__main__":
    from bot.bench.figures import table

    print(table(list(figures())))
