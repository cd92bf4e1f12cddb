"""The real server on a free port of this computer: what happens on the wire at start, in bad weather and at the end."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
import uvicorn
import websockets

from bot.web.server import create_app
from bot.web.serving import MAX_MESSAGE_BYTES, CallCentreServer, listen
from tests.unit.web.fake_centre import FakeCentre, echo_centre

pytestmark = pytest.mark.integration


@asynccontextmanager
async def served(centre: FakeCentre) -> AsyncIterator[tuple[CallCentreServer, str]]:
    app, listener, started = create_app(centre), listen("127.0.0.1", 0), asyncio.Event()
    config = uvicorn.Config(app, log_level="warning", ws_max_size=MAX_MESSAGE_BYTES, timeout_graceful_shutdown=2)
    server = CallCentreServer(config, app.state.house, started.set)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    await started.wait()
    try:
        yield server, f"ws://127.0.0.1:{listener.getsockname()[1]}/call/browser"
    finally:
        server.should_exit = True
        await serving


async def ended(line: websockets.ClientConnection) -> str:
    """The reason the server gave."""
    async for message in line:
        if isinstance(message, str) and (read := json.loads(message))["type"] == "ended":
            return str(read["reason"])
    raise AssertionError("closed without a word")


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not is_so():  # noqa: ASYNC110 - what we wait for has no event
            await asyncio.sleep(0.01)


async def test_callers_are_told_before_the_server_stops() -> None:
    centre, conversation = echo_centre()
    async with served(centre) as (server, address), websockets.connect(address) as line:
        await line.send('{"type": "start"}')
        await until(lambda: conversation.answered is not None)
        server.should_exit = True
        assert await ended(line) == "closing"
    assert centre.is_closed


async def test_a_message_of_a_megabyte_ends_its_own_call_and_no_other() -> None:
    centre, _ = echo_centre()
    async with served(centre) as (_, address), websockets.connect(address) as other:
        await other.send('{"type": "start"}')
        async with websockets.connect(address) as line:
            await line.send(bytes(1_000_000))
            await line.wait_closed()
            assert line.close_code == 1009
        await other.send('{"type": "digit", "digit": "9"}')
        assert await ended(other) == "bot"


async def test_a_caller_who_vanishes_in_mid_word_ends_the_call() -> None:
    centre, conversation = echo_centre()
    async with served(centre) as (_, address):
        line = await websockets.connect(address)
        await line.send('{"type": "start"}')
        await line.send(bytes(640))
        await until(lambda: conversation.heard_ms > 0)
        assert centre.calls == 1
        line.transport.abort()
        await until(lambda: centre.calls == 0)
