"""The simulated caller against a toy receptionist on loopback: does it measure what happened?"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np
import pytest
import websockets

from bot.audio.pcm import level_dbfs, to_pcm, to_samples
from bot.bench.browser_line import BrowserLine
from bot.bench.caller import SimulatedCaller
from bot.bench.script import GOODBYE, Scenario
from bot.bench.speech import Clip
from bot.bench.tally import Tally
from bot.events import CHUNK_BYTES, SAMPLE_RATE

pytestmark = pytest.mark.integration

QUIET_CHUNKS = 15
"""The toy takes 300 ms of silence for the end of a sentence."""


def tone(seconds: float, hz: float = 300.0) -> bytes:
    at = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return to_pcm((0.3 * np.sin(2 * np.pi * hz * at)).astype(np.float32))


class Toy:
    """Says `lines` one after the other, each after a sentence of the caller; hangs up after the last."""

    def __init__(self, lines: list[str], spoken_s: float = 0.2, hasty: bool = False) -> None:
        self._lines = list(lines)
        self._spoken_s = spoken_s
        self._patience = 3 if hasty else QUIET_CHUNKS
        self._speaking: asyncio.Task[None] | None = None

    async def serve(self, line: websockets.ServerConnection) -> None:
        await line.recv()  # start
        await self._speak(line)
        quiet, heard = 0, False
        async for message in line:
            if not isinstance(message, bytes):
                return
            if level_dbfs(to_samples(message)) > -40:
                quiet, heard = 0, True
                await self._fall_silent(line)
                continue
            quiet += 1
            if heard and quiet >= self._patience:
                heard = False
                if not self._lines:
                    await line.send(json.dumps({"type": "ended", "reason": "bot"}))
                    return
                await self._speak(line)

    async def _speak(self, line: websockets.ServerConnection) -> None:
        text = self._lines.pop(0)
        await line.send(json.dumps({"type": "caption", "speaker": "bot", "text": text, "final": True}))
        self._speaking = asyncio.create_task(self._play(line))

    async def _play(self, line: websockets.ServerConnection) -> None:
        sound = tone(self._spoken_s)
        for begin in range(0, len(sound), CHUNK_BYTES):
            await line.send(sound[begin : begin + CHUNK_BYTES])
            await asyncio.sleep(0.02)

    async def _fall_silent(self, line: websockets.ServerConnection) -> None:
        if self._speaking and not self._speaking.done():
            self._speaking.cancel()
            await line.send(json.dumps({"type": "clear"}))


@asynccontextmanager
async def receptionist(toy: Toy) -> AsyncIterator[str]:
    async with websockets.serve(toy.serve, "127.0.0.1", 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        yield f"ws://127.0.0.1:{port}/call/browser"


async def tally_of(toy: Toy, scenario: Scenario, noises: tuple[Clip, ...] = ()) -> Tally:
    clips = {text: Clip(text, tone(0.5, 200.0)) for text in scenario.texts}
    if scenario.wishes and "…" in scenario.wishes[0]:
        clips[scenario.wishes[0]] = Clip("paused", tone(0.5) + bytes(SAMPLE_RATE) + tone(0.5))
    async with receptionist(toy) as url:
        return await SimulatedCaller(BrowserLine(url), scenario, clips, noises).call(30)


async def test_replies_are_timed_from_the_last_sample_and_the_call_ends_well() -> None:
    toy = Toy(["How can I help you?", "We are open. Is there anything else?"])
    tally = await tally_of(toy, Scenario("asks", ("When are you open?",)))
    assert tally.finished == 1
    assert tally.spoken == {"closed": 1, "free": 1, "paused": 0}
    (reply_ms,) = tally.replies["free"]
    assert reply_ms >= 20 * (QUIET_CHUNKS - 2)
    assert tally.replies["closed"] == []  # the farewell was answered by hanging up
    assert not any(tally.cut_off.values())


async def test_a_bot_that_speaks_into_a_pause_has_cut_the_caller_off() -> None:
    toy = Toy(["How can I help you?", "Anything else?", "Anything else?"], hasty=True)
    tally = await tally_of(toy, Scenario("thinks", ("Could you tell me … when you are open?",)))
    assert tally.cut_off["paused"] == 1
    assert tally.replies["paused"] == []


async def test_an_interruption_is_timed_until_the_bot_is_silent() -> None:
    toy = Toy(["How can I help you?", "A long answer.", "Anything else?"], spoken_s=2.5)
    tally = await tally_of(toy, Scenario("in a hurry", ("First?", "Second?"), barges_in=True))
    assert len(tally.barge_ins) == 1
    assert tally.barge_ins_missed == 0


async def test_a_noise_that_stops_the_bot_is_told_by_its_name() -> None:
    toy = Toy(["How can I help you?", "A long answer. Anything else?", "Goodbye?"], spoken_s=2.5)
    scenario = Scenario("in the street", ("Where are you?",), disturbs=True)
    tally = await tally_of(toy, scenario, (Clip("cough", tone(0.1)),))
    assert tally.disturbances >= 1
    assert set(tally.stopped_by) == {"cough"}


async def test_a_line_that_breaks_is_a_lost_call() -> None:
    tally = await SimulatedCaller(
        BrowserLine("ws://127.0.0.1:9/call/browser"), Scenario("nobody", ("Hello?",)), {}
    ).call(5)
    assert (tally.lost, tally.finished) == (1, 0)


async def test_a_question_nobody_foresaw_is_given_up_and_written_down() -> None:
    tally = await tally_of(Toy(["What is the airspeed of a swallow?"]), Scenario("puzzled", ("Hello?",)))
    assert tally.gave_up == 1
    assert any("swallow" in line for line in tally.transcripts[0])


def test_the_farewell_is_among_what_can_be_said() -> None:
    assert GOODBYE in Scenario("x", ()).texts
