"""Simulated callers on real lines: `python -m tests.bench.phone [--short] [--json FILE] [--docs FILE] [--plots DIR]`.

A server of its own is called by AudioSocket, WebSocket and SIP in real time, in quiet and noisy rooms, over good and
bad lines, by one and by many. Everything that a figure depends on is in the JSON: processor, cores, versions, load
average before and after each round, seeds (the callers' numbers), conditions. A load average above the number of cores
means that somebody else took part.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bot.bench.calls import load_casting
from bot.bench.conditions import conditions
from bot.bench.figures import Figure, table
from bot.bench.script import Scenario
from bot.bench.server import Server
from tests.bench.phone.report import plot, write_into
from tests.bench.phone.rounds import CROWDS, Bench, Planned, full, one_by_one, short, together
from tests.bench.phone.understood import Judge

SEED = 0
"""Callers are numbered from here; their number picks voice, answers, and which packets are lost."""


def note(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def run(
    plan: Sequence[Planned], home: Path, speakers: int, is_short: bool, keep: Callable[[dict[str, Any]], None]
) -> dict[str, Any]:
    """`keep` is given the report after each round: half an hour's figures outlive whatever breaks in the last.

    Raises FrontdeskError when the server or a voice cannot be had.
    """
    scenarios: list[Scenario] = list({one.name: one for planned in plan for one in planned.scenarios}.values())
    where = conditions(dt.datetime.now(dt.UTC))
    casting = load_casting(scenarios, speakers)
    most = max(planned.asked.concurrency for planned in plan)
    with Server(home, {"FRONTDESK_MAX_CALLS": str(max(50, most))}) as server:
        note(f"ready after {server.ready_s:.1f} s")
        if not is_short:
            server.wait_until_idle()
        bench = Bench(server, casting, Judge(home), note)
        rounds: list[dict[str, Any]] = []
        report = {"conditions": where, "seed": SEED, "short": is_short, "rounds": rounds}

        async def measure() -> None:
            if is_short:
                rounds.extend(await together(plan, bench))
                return
            async for row in one_by_one(plan, bench):
                rounds.append(row)
                keep(report)

        asyncio.run(measure())
    keep(report)
    return report


def show(report: dict[str, Any]) -> None:
    """The last round; all of a short report, whose rounds ran together."""
    for one in report["rounds"] if report["short"] else report["rounds"][-1:]:
        figures = [Figure(f["name"], f["measured"], f["unit"], f["goal"], f["n"], f["better"]) for f in one["figures"]]
        load = f"load average {one['load_before']} before, {one['load_after']} after"
        print(f"\n{one['name']} — {one['calls']} calls by {one['transport']}, {load}\n{table(figures)}", flush=True)


def main(arguments: Sequence[str] | None = None) -> dict[str, Any]:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.phone", description=__doc__)
    parser.add_argument("--short", action="store_true", help="one call through each door: does the bench work?")
    parser.add_argument("--crowd", type=int, action="append", help=f"calls at once, repeatable; default {CROWDS}")
    parser.add_argument("--only", default="", help="rounds whose name contains this")
    parser.add_argument("--json", type=Path, default=Path("var/bench-phone.json"), help="where to write the figures")
    parser.add_argument("--docs", type=Path, help="a page to write the table into, docs/benchmarks.md")
    parser.add_argument("--plots", type=Path, help="a folder for plots (SVG)")
    parser.add_argument("--home", type=Path, help="the server's home, kept; default: a new one")
    options = parser.parse_args(arguments)
    plan = short() if options.short else full(options.crowd or CROWDS)
    plan = [planned for planned in plan if options.only in planned.name]
    options.json.parent.mkdir(parents=True, exist_ok=True)
    shown = 0

    def keep(report: dict[str, Any]) -> None:
        nonlocal shown
        options.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
        if len(report["rounds"]) > shown:
            shown = len(report["rounds"])
            show(report)

    with tempfile.TemporaryDirectory(prefix="frontdesk-bench-") as temporary:
        home = options.home or Path(temporary)
        home.mkdir(parents=True, exist_ok=True)
        report = run(plan, home, 1 if options.short else 5, options.short, keep)
    if options.plots:
        plot(report, options.plots)
    if options.docs:
        write_into(options.docs, report)
    print(f"\nOn {report['conditions']['processor']}, {report['conditions']['cores']} cores. Written: {options.json}")
    return report


if __name__ == "__main__":
    main()
