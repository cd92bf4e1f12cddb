"""The server is killed with twenty callers waiting and five talking: nothing is lost, nobody is served twice."""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect

from bot.store import Store, open_store
from bot.web.guard import COOKIE
from handoff.history import What
from handoff.model import TicketStatus
from tests.integration.killed_server import PEOPLE

pytestmark = pytest.mark.integration

CALLERS = 25
PROJECT = Path(__file__).parents[2]


@contextlib.contextmanager
def server(url: str) -> Iterator[tuple[int, list[str], subprocess.Popen[str]]]:
    """Its port, its people's sessions, and the process."""
    command = [sys.executable, "-m", "tests.integration.killed_server", url]
    process = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    try:
        sessions = [process.stdout.readline().strip() for _ in range(PEOPLE)]
        yield int(process.stdout.readline()), sessions, process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


async def read_until(socket: ClientConnection, is_it: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    async with asyncio.timeout(60):
        async for message in socket:
            if isinstance(message, str) and is_it(read := json.loads(message)):
                return dict(read)
    raise AssertionError("closed")


async def call(port: int, number: str) -> tuple[ClientConnection, str]:
    """The line of a caller who waits, and their ticket."""
    socket = await connect(f"ws://127.0.0.1:{port}/call/browser", proxy=None)
    await socket.send(json.dumps({"type": "start", "caller": number}))
    await socket.send('{"type": "digit", "digit": "0"}')
    told = await read_until(socket, lambda message: message.get("state") == "waiting")
    return socket, str(told["ticket"])


async def at_desk(port: int, session: str) -> ClientConnection:
    headers = {"Cookie": f"{COOKIE}={session}"}
    socket = await connect(f"ws://127.0.0.1:{port}/desk/line", additional_headers=headers, proxy=None)
    await socket.send('{"type": "ready"}')
    return socket


async def answered(port: int, session: str) -> tuple[ClientConnection, str]:
    socket = await at_desk(port, session)
    offer = await read_until(socket, lambda message: message.get("offer"))
    ticket = str(offer["offer"]["ticket"]["id"])
    await socket.send(json.dumps({"type": "answer", "ticket": ticket}))
    await read_until(socket, lambda message: message.get("talk"))
    return socket, ticket


async def before_the_kill(port: int, sessions: list[str], kill: Callable[[], object]) -> tuple[list[str], list[str]]:
    """Tickets in the order in which they came, and those that were answered."""
    callers = [await call(port, f"+4420794600{n:02}") for n in range(CALLERS)]
    people = [await answered(port, session) for session in sessions]
    kill()
    for socket, _ in (*callers, *people):
        await socket.close()
    return [ticket for _, ticket in callers], [ticket for _, ticket in people]


async def recovered(store: Store) -> None:
    async with asyncio.timeout(60):
        while sum(one.left_at is not None for one in store.tickets.waiting()) < CALLERS:  # noqa: ASYNC110 - in a database
            await asyncio.sleep(0.05)


async def after_the_restart(port: int, sessions: list[str], numbers: list[str]) -> tuple[list[str], list[str]]:
    """The new tickets of those who called again, and in which order people were offered them."""
    callers = [await call(port, number) for number in numbers]
    offered = []
    people = []
    for session in sessions[: len(numbers)]:
        socket, ticket = await answered(port, session)
        people.append(socket)
        offered.append(ticket)
    for socket in (*[line for line, _ in callers], *people):
        await socket.close()
    return [ticket for _, ticket in callers], offered


def test_after_a_kill_tickets_order_and_waiting_times_are_intact_and_callers_get_their_places_back(tmp_path: Path):
    url = f"sqlite:///{tmp_path / 'frontdesk.sqlite3'}"
    with server(url) as (port, sessions, process):
        came, taken = asyncio.run(before_the_kill(port, sessions, process.kill))
    assert taken == came[:PEOPLE], "first come, first served"
    store = open_store(url)
    before = {ticket: store.tickets.get(ticket) for ticket in came}
    assert Counter(one.status for one in before.values()) == {TicketStatus.WAITING: 20, TicketStatus.TAKEN: PEOPLE}

    with server(url) as (port, sessions, _):
        asyncio.run(recovered(store))
        waiting = store.tickets.waiting()
        assert [one.id for one in waiting] == came, "all of them, in their order"
        assert [one.created_at for one in waiting] == [before[ticket].created_at for ticket in came]
        back = [came[20], came[2], came[11]]
        numbers = [before[ticket].packet.caller for ticket in back]
        again, offered = asyncio.run(after_the_restart(port, sessions, numbers))

    assert offered == [again[1], again[2], again[0]], "by their places of before"
    fresh = [store.tickets.get(ticket) for ticket in again]
    assert [one.placed_at for one in fresh] == [before[ticket].created_at for ticket in back]
    assert all(store.tickets.get(ticket).status is TicketStatus.ABANDONED for ticket in back)
    happened = store.happenings.since(before[came[0]].created_at)
    assert {one.ticket_id for one in happened if one.what is What.RETURNED} >= set(taken)
    offers = Counter(one.ticket_id for one in happened if one.what is What.OFFERED)
    assert set(offers) == {*taken, *again}
    assert set(offers.values()) == {1}, "nobody was offered twice"
    store.close()
