"""What is measured: doors, conditions and crowds, in rounds; each gives figures of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.bench.calls import Casting, Round, measure
from bot.bench.figures import Figure, rows_of
from bot.bench.impairments import CONDITIONS
from bot.bench.line import TRANSPORTS, Transport
from bot.bench.prompter import Prompter
from bot.bench.script import SCENARIOS, Scenario, scenarios_named
from bot.bench.server import Server
from tests.bench.phone.panel import panel
from tests.bench.phone.release import release_figures, warm_up
from tests.bench.phone.understood import Judge, hearing_figures

CROWDS = (1, 5, 20, 50)
BY_CONDITION = 5
"""Calls at once while conditions are compared."""
OWN = ("processor", "memory", "calls ", "caller's own")
"""Beginnings of the names of figures of the server and of calls that belong into the table."""

Note = Callable[[str], None]


@dataclass(frozen=True)
class Planned:
    """A round and who calls in it."""

    name: str
    asked: Round
    scenarios: Sequence[Scenario]
    with_release: bool = False


@dataclass(frozen=True)
class Bench:
    """What all rounds share. Without a judge only words are compared."""

    server: Server
    casting: Casting
    judge: Judge | None
    note: Note


def full(crowds: Sequence[int] = CROWDS) -> list[Planned]:
    """Every crowd on AudioSocket; the other doors with five calls; then what noise and loss do."""
    kinds = len(SCENARIOS)
    plan = [
        Planned(f"{crowd} at once", Round(crowd, max(kinds, crowd), "audiosocket"), SCENARIOS, crowd == 1)
        for crowd in crowds
    ]
    others: list[Transport] = [one for one in TRANSPORTS if one != "audiosocket"]
    plan += [
        Planned(f"{door}, 5 at once", Round(BY_CONDITION, kinds, door), SCENARIOS, with_release=True) for door in others
    ]
    asking = scenarios_named(["questions", "one sentence", "step by step"])
    plan += [
        Planned(condition.name, Round(BY_CONDITION, 6, "audiosocket", condition), asking) for condition in CONDITIONS
    ]
    return plan


def short() -> list[Planned]:
    """One call through each door, for tests of the bench itself."""
    brief = (Scenario("a question", ("Can I pay by card?",)),)
    return [
        Planned("audiosocket, babble", Round(1, 1, "audiosocket", CONDITIONS[1], warms_up=False), brief),
        Planned("sip", Round(1, 1, "sip", warms_up=False), brief),
        Planned("websocket", Round(1, 1, "websocket", warms_up=False), brief),
    ]


async def one_by_one(plan: Sequence[Planned], bench: Bench) -> AsyncIterator[dict[str, Any]]:
    """Each as a row of the report, as soon as it is over."""
    await warm_up(bench.server, "audiosocket", bench.casting)
    for planned in plan:
        yield await _round(planned, bench)


async def together(plan: Sequence[Planned], bench: Bench) -> list[dict[str, Any]]:
    """All at the same time, and one hang-up after them: for a look whether everything works."""
    async with Prompter(bench.server.prompter_port) as prompter:
        rows = await asyncio.gather(*(_round(planned, bench, prompter) for planned in plan))
        rows[0]["figures"] += rows_of(await release_figures(bench.server, "websocket", times=1))
    return rows


async def _round(planned: Planned, bench: Bench, prompter: Prompter | None = None) -> dict[str, Any]:
    asked, server = planned.asked, bench.server
    bench.note(f"{planned.name} ({asked.calls} calls, {asked.concurrency} at once, {asked.transport}) …")
    measured = await measure(server, planned.scenarios, bench.casting, asked, bench.note, prompter)
    tally = measured.tally
    figures: list[Figure] = panel(tally, asked.concurrency)
    figures += await asyncio.to_thread(hearing_figures, tally.heard, bench.judge)
    figures += [figure for figure in measured.figures if figure.name.startswith(OWN)]
    if planned.with_release:
        figures += await release_figures(server, asked.transport)
    return {
        "name": planned.name,
        "transport": asked.transport,
        "concurrency": asked.concurrency,
        "calls": asked.calls,
        "condition": vars_of(asked.condition),
        "load_before": measured.load_before,
        "load_after": measured.load_after,
        "figures": rows_of(figures),
        "replies_ms": {kind: [round(ms) for ms in times] for kind, times in tally.replies.items()},
        "yields_ms": [round(ms) for ms in tally.barge_ins],
        "transcripts": tally.transcripts,
    }


def vars_of(condition: object) -> dict[str, Any]:
    return {name: getattr(condition, name) for name in ("name", "noise", "snr_db", "loss", "jitter_ms")}
