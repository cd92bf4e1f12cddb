"""How long a hand-over takes on the wire: a real server, a real database, two pages made of WebSockets.

"Through the server" leaves out what the browsers add: some 20 ms at the microphone and 40 ms of head start at the ear.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import random
import struct
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from statistics import fmean
from types import MappingProxyType
from typing import Any

import uvicorn
import websockets
from fastapi import FastAPI

from bot.bench.figures import Figure, percentile
from bot.store import open_store
from bot.web.server import create_app
from bot.web.serving import MAX_MESSAGE_BYTES, listen
from handoff.model import Listed, Priority
from handoff.queues import Queue, Strategy
from handoff.routing import State, route
from handoff.seats import Presence, Seat
from handoff.staffing import Load, erlang_c
from tests.bench.waiting import median_error
from tests.unit.handoff.test_simulated_day import simulate
from tests.unit.web.fake_centre import echo_centre, session_cookie

SETTINGS = {
    name: Queue(name, strategy, overflow_to=other, overflow_above=20, last_agent_s=60, widen_s=30)
    for name, other, strategy in (
        ("front", "back", Strategy.RANDOM),
        ("back", "sales", Strategy.BEST_LEVEL),
        ("sales", "front", Strategy.LEAST_TALK_TIME),
    )
}
TIMES = 20
MARK = 12_345
"""A sample that no tone of the bot has in such a row."""


def figures() -> Iterator[Figure]:
    measured = _measured()
    for name, goal in (("offer on the screen", 200), ("heard after the click", 300), ("through the server", 150)):
        for share in (0.5, 0.95):
            found = percentile(measured[name], share)
            yield Figure(f"{name} p{share * 100:.0f}", found, goal=goal, count=len(measured[name]))
    yield Figure("100 people, 500 callers: one routing decision", routing_ms(), goal=10)
    yield Figure("the same with queues of their own settings", routing_ms(SETTINGS), goal=10)
    error, count = median_error()
    yield Figure("estimated wait, median error", round(100 * error, 1), "%", goal=30, count=count)
    off = [points_off_erlang(seed) for seed in range(5)]
    name = "days of 10,000 calls, 40 people: service level off Erlang C, mean"
    yield Figure(name, round(abs(fmean(off)), 1), "points", goal=3, count=len(off))


def points_off_erlang(seed: int) -> float:
    """Percentage points, signed: one day's queue is some two points from the next one's by chance alone."""
    load, people = Load(680, 180), 40
    level = simulate(load, people, 10_000, random.Random(seed)).service_level or 0.0
    return 100 * (level - erlang_c(load, people).service_level)


def routing_ms(queues: Mapping[str, Queue] = MappingProxyType({})) -> float:
    now = dt.datetime.now(dt.UTC)
    names = list(queues) or ["front"]
    since = [now - dt.timedelta(seconds=n) for n in range(500)]
    waiting = [Listed(str(n), at, names[n % len(names)], Priority.NORMAL) for n, at in enumerate(since)]
    seats = [Seat(n, "", Presence.READY, now, queues={names[n % len(names)]: 1}) for n in range(100)]
    served_by = {str(n): n % 100 for n in range(500)}
    state, taken = State(waiting, seats, queues=queues, served_by=served_by), []
    for _ in range(10):
        begun = time.perf_counter()
        route(state, now)
        taken.append((time.perf_counter() - begun) * 1000)
    return round(min(taken), 1)


def _measured() -> dict[str, list[float]]:
    with tempfile.TemporaryDirectory(prefix="frontdesk-bench-") as home:
        store = open_store(f"sqlite:///{Path(home) / 'frontdesk.sqlite3'}")
        centre, _ = echo_centre()
        centre.tickets, centre.history = store.tickets, store.happenings  # type: ignore[assignment]
        app = create_app(centre)
        try:
            with served(app) as port:
                return asyncio.run(_hand_over_often(port, session_cookie(app)))
        finally:
            store.close()


@contextmanager
def served(app: FastAPI) -> Iterator[int]:
    listener = listen("127.0.0.1", 0)
    config = uvicorn.Config(app, log_level="warning", ws_max_size=MAX_MESSAGE_BYTES, timeout_graceful_shutdown=2)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.01)
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(10)


async def _hand_over_often(port: int, cookie: dict[str, str]) -> dict[str, list[float]]:
    measured: dict[str, list[float]] = defaultdict(list)
    address = f"ws://127.0.0.1:{port}"
    header = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookie.items())}
    async with websockets.connect(f"{address}/desk/line", additional_headers=header) as agent:
        await agent.send('{"type": "ready"}')
        for _ in range(TIMES):
            async with websockets.connect(f"{address}/call/browser") as caller:
                await _hand_over(agent, caller, measured)
    return measured


async def _hand_over(
    agent: websockets.ClientConnection, caller: websockets.ClientConnection, measured: dict[str, list[float]]
) -> None:
    await caller.send('{"type": "start"}')
    await _until(caller, lambda message: message.get("state") == "waiting" or message["type"] == "caption")
    await caller.send('{"type": "digit", "digit": "0"}')
    offer = await _until(agent, lambda message: bool(message.get("offer")))
    created = dt.datetime.fromisoformat(offer["offer"]["ticket"]["created_at"])
    measured["offer on the screen"].append((dt.datetime.now(dt.UTC) - created).total_seconds() * 1000)
    speaking = asyncio.create_task(_speak(agent))
    clicked = time.perf_counter()
    await agent.send(json.dumps({"type": "answer", "ticket": offer["offer"]["ticket"]["id"]}))
    await _sound(caller)
    measured["heard after the click"].append(_since(clicked))
    for _ in range(10):
        measured["through the server"].append(_since(await _sound(caller)))
    speaking.cancel()
    await agent.send('{"type": "end"}')
    await agent.send('{"type": "wrap"}')
    await _until(agent, lambda message: message.get("me", {}).get("presence") == "ready")


async def _speak(agent: websockets.ClientConnection) -> None:
    """Chunks of 20 ms in real time, each with the moment it was said inside."""
    while True:
        said = struct.pack("<hd", MARK, time.perf_counter())
        await agent.send(said + bytes(640 - len(said)))
        await asyncio.sleep(0.02)


async def _sound(caller: websockets.ClientConnection) -> float:
    """When the next chunk of the agent's was said."""
    while True:
        message = await caller.recv()
        if isinstance(message, bytes) and struct.unpack_from("<h", message)[0] == MARK:
            return float(struct.unpack_from("<d", message, 2)[0])


async def _until(line: websockets.ClientConnection, is_it: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    async with asyncio.timeout(10):
        while True:
            message = await line.recv()
            if isinstance(message, str) and is_it(read := json.loads(message)):
                return dict(read)


def _since(moment: float) -> float:
    return (time.perf_counter() - moment) * 1000
