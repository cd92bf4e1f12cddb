"""Many simulated callers on one server, and what came of it: reply times, barge-ins, cut-offs, processor and memory."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bot.bench.caller import SimulatedCaller
from bot.bench.conditions import load_average
from bot.bench.dialling import Dial, dialling
from bot.bench.figures import Figure, call_figures, reply_figures, turn_figures
from bot.bench.impairments import CLEAN, Condition, background
from bot.bench.line import Transport
from bot.bench.prompter import Prompter
from bot.bench.script import Scenario
from bot.bench.server import Server, watch_memory
from bot.bench.speech import SPEAKERS, Clip, disturbances, say
from bot.bench.tally import Tally
from bot.config import load_settings
from bot.tts.voice import Voice
from bot.tts.voices import load_voice

PAUSES_S = ((0.3,), (0.45,), (0.6,), (0.4,), (0.5,))
"""Pauses inside a sentence, by speaker: what people make while they think of the next words."""
WARM_UP = Scenario("warming up", ("When are you open?",))
"""The first call makes engines reserve what all calls after it share; its times count nowhere."""
APART_S = 1.3
"""Between the beginnings of calls, so that they do not march in step."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class Casting:
    """The same sentences by several speakers, and the noises."""

    clips: Sequence[Mapping[str, Clip]]
    noises: Sequence[Clip]

    def room(self, condition: Condition) -> bytes:
        """What is heard beside the callers' voices."""
        return background(condition, [clip for clips in self.clips for clip in clips.values()])


def cast(voice: Voice, scenarios: Sequence[Scenario], speakers: int) -> Casting:
    texts = sorted({text for scenario in (*scenarios, WARM_UP) for text in scenario.texts})
    clips = [
        {text: say(voice, text, SPEAKERS[i], PAUSES_S[i]) for text in texts}
        for i in range(min(speakers, len(SPEAKERS)))
    ]
    return Casting(clips, disturbances(voice))


def load_casting(scenarios: Sequence[Scenario], speakers: int) -> Casting:
    """With the bot's voice; raises VoiceError where there is none."""
    with tempfile.TemporaryDirectory() as home:
        voice, _ = load_voice(load_settings(home=home))
        return cast(voice, scenarios, speakers)


async def place_calls(
    dial: Dial,
    scenarios: Sequence[Scenario],
    casting: Casting,
    calls: int,
    concurrency: int,
    say: Say = lambda _: None,
    condition: Condition = CLEAN,
) -> Tally:
    """`calls` calls, at most `concurrency` at once, scenarios and speakers in turn."""
    total, lines, room = Tally(), asyncio.Semaphore(concurrency), casting.room(condition)

    async def place(number: int) -> None:
        await asyncio.sleep(number % concurrency * APART_S if number < concurrency else 0)
        async with lines:
            scenario = scenarios[number % len(scenarios)]
            clips = casting.clips[(number + number // len(scenarios)) % len(casting.clips)]
            caller = SimulatedCaller(dial(), scenario, clips, casting.noises, number, condition, room)
            tally = await caller.call()
        total.add(tally)
        say(f"  call {number + 1}/{calls} {scenario.name}: {tally.seconds:.0f} s, {tally.transcripts[0][-1]}")

    await asyncio.gather(*(place(number) for number in range(calls)))
    return total


@dataclass(frozen=True)
class Measured:
    """One round of calls."""

    concurrency: int
    tally: Tally
    figures: Sequence[Figure]
    load_before: float
    load_after: float


@dataclass(frozen=True, slots=True)
class Round:
    """What is to be measured together."""

    concurrency: int = 1
    calls: int = 6
    transport: Transport = "websocket"
    condition: Condition = CLEAN
    warms_up: bool = True
    """A call before, whose times count nowhere."""


async def measure(
    server: Server | str,
    scenarios: Sequence[Scenario],
    casting: Casting,
    asked: Round,
    say: Say = lambda _: None,
    prompter: Prompter | None = None,
) -> Measured:
    """`server`: one of ours, whose processor and memory are watched, or the address of another's door."""
    before = load_average()
    async with dialling(server, asked.transport, prompter) as dial:
        if isinstance(server, str):
            place = partial(place_calls, dial, scenarios, casting, asked.calls, asked.concurrency, say)
            tally, own = await place(asked.condition), list[Figure]()
        else:
            tally, own = await _watched(server, dial, scenarios, casting, asked, say)
    figures = [*reply_figures(tally, asked.concurrency), *turn_figures(tally), *call_figures(tally, asked.calls), *own]
    return Measured(asked.concurrency, tally, figures, before, load_average())


async def _watched(
    server: Server, dial: Dial, scenarios: Sequence[Scenario], casting: Casting, asked: Round, say: Say
) -> tuple[Tally, list[Figure]]:
    idle_mb = server.resident_mb()
    if asked.warms_up:
        await place_calls(dial, (WARM_UP,), casting, 1, 1)
    one_mb, cpu_before, began = server.resident_mb(), server.cpu_s(), time.perf_counter()
    memory: list[float] = []
    watching = asyncio.create_task(watch_memory(server, memory))
    try:
        tally = await place_calls(dial, scenarios, casting, asked.calls, asked.concurrency, say, asked.condition)
    finally:
        watching.cancel()
    cpu_s, wall_s = server.cpu_s() - cpu_before, time.perf_counter() - began
    peak_mb = max(memory, default=one_mb)
    more_mb = round((peak_mb - one_mb) / max(1, asked.concurrency - 1), 1)
    return tally, [
        Figure("calls at once, mean", round(tally.seconds / wall_s, 1), "", count=asked.calls),
        Figure("processor per call", round(100 * cpu_s / max(1.0, tally.seconds), 1), "% core"),
        Figure("processor, whole server", round(cpu_s / wall_s, 2), "cores"),
        Figure("memory, no call yet" if asked.concurrency == 1 else "memory before", round(idle_mb), "MB"),
        Figure("memory after one call", round(one_mb), "MB", 900),
        Figure("memory at most", round(peak_mb), "MB"),
        *([Figure("memory, each more call", more_mb, "MB", 10)] if asked.concurrency > 1 else []),
    ]


@dataclass(frozen=True)
class Started:
    """How long the server took."""

    fresh_s: float
    """With an empty home: content is learnt, phrases are rendered."""
    warm_s: float

    @property
    def figures(self) -> list[Figure]:
        return [
            Figure("start, everything for the first time", round(self.fresh_s, 1), "s"),
            Figure("start to first call", round(self.warm_s, 1), "s", 5),
        ]


def start_twice(home: Path, environment: dict[str, str], say: Say = lambda _: None) -> Started:
    """Leaves `home` warm."""
    with Server(home, environment) as server:
        fresh_s = server.ready_s
        say(f"  first start: {fresh_s:.1f} s")
        server.wait_until_idle()
    with Server(home, environment) as server:
        say(f"  second start: {server.ready_s:.1f} s")
        return Started(fresh_s, server.ready_s)
