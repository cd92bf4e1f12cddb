"""After a caller has hung up: how long until nothing of the call is left in the server?"""

from __future__ import annotations

import asyncio
import time

from bot.bench.calls import WARM_UP, Casting, place_calls
from bot.bench.dialling import Dial, dialling
from bot.bench.figures import Figure, percentile
from bot.bench.line import Ended, Sound, Transport
from bot.bench.server import Server

LOOKS_EVERY_S = 0.01
LIMIT_S = 20.0
TIMES = 3


async def release_figures(server: Server, transport: Transport, times: int = TIMES) -> list[Figure]:
    """`calls` at `/health` and the open files and sockets of the process, before and after."""
    took: list[float] = []
    left = 0
    async with dialling(server, transport) as dial:
        for _ in range(times):
            before = server.process.num_fds()
            began = await _hang_up_in_mid_sentence(dial)
            await _until_no_call(server)
            took.append(1000 * (time.perf_counter() - began))
            await asyncio.sleep(1)
            left = max(left, server.process.num_fds() - before)
    return [
        Figure("hang-up to call released, worst", percentile(took, 1.0), goal=1_000, count=times),
        Figure("files and sockets left a second later", left, "", 0, times),
    ]


async def _until_no_call(server: Server) -> None:
    async with asyncio.timeout(LIMIT_S):
        while (await asyncio.to_thread(server.health))["calls"]:  # noqa: ASYNC110 - the server is another process
            await asyncio.sleep(LOOKS_EVERY_S)


async def _hang_up_in_mid_sentence(dial: Dial) -> float:
    """When that was, by `time.perf_counter`."""
    async with dial() as line:
        listening = line.heard()
        async for event in listening:
            if isinstance(event, Sound | Ended):
                break
        began = time.perf_counter()
        await line.hang_up()
    return began


async def warm_up(server: Server, transport: Transport, casting: Casting) -> None:
    """The first call makes engines and files what all calls after it share."""
    async with dialling(server, transport) as dial:
        await place_calls(dial, (WARM_UP,), casting, 1, 1)
