"""Everything that is measured, in one table and one JSON file: `python -m tests.bench [--json FILE] [--only PART …]`.

Parts: `calls` (one caller, then twenty at once, on a server of our own), `hearing` (word errors on recordings of
people), `understanding` (intents, dates, callers; the quick part), `handover` (from the bot to a person, and how people
are found for callers), `desks` (a hundred people at work, five hundred who wait), `reports` (a million stored calls). A
part whose data are not here is left out with a word.
Figures of a computer that is busy with something else say little: look at the load average beside them.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from bot.bench.calls import Round, load_casting, measure, start_twice
from bot.bench.conditions import conditions, load_average
from bot.bench.figures import Figure, rows_of, table
from bot.bench.script import SCENARIOS
from bot.bench.server import Server
from bot.config import load_settings
from bot.errors import FrontdeskError
from tests.telephone import RECORDINGS

CALLERS = (1, 20)
WORD_ERRORS_GOAL = 6.0


class Absent(Exception):
    """What a part needs is not on this computer."""


def note(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def calls() -> Iterator[Figure]:
    casting = load_casting(SCENARIOS, speakers=5)
    with tempfile.TemporaryDirectory(prefix="frontdesk-bench-") as temporary:
        home = Path(temporary)
        yield from start_twice(home, {}, note).figures
        with Server(home) as server:
            server.wait_until_idle()
            for callers in CALLERS:
                count = max(len(SCENARIOS), callers)
                measured = asyncio.run(measure(server, SCENARIOS, casting, Round(callers, count), note))
                word = "alone" if callers == 1 else f"{callers} at once"
                yield Figure(f"[{word}] load average before", measured.load_before, "")
                yield from (named(figure, word) for figure in measured.figures)


def named(figure: Figure, word: str) -> Figure:
    return Figure(f"[{word}] {figure.name}", figure.measured, figure.unit, figure.goal, figure.count, figure.better)


def hearing() -> Iterator[Figure]:
    if not RECORDINGS.exists():
        raise Absent("no recordings of people beside the checkout")
    from tests.bench import hearing as part

    vosk, whisper, _ = part.load(load_settings().models)
    for row in part.rows(vosk, whisper, 1_000):
        goal = WORD_ERRORS_GOAL if (row.clips, row.condition) == ("phrases and prompts", "telephone") else None
        goal = goal if row.ear == "two ears" else None
        name = f"word errors, {row.ear}, {row.clips}, {row.condition}"
        yield Figure(name, row.word_errors_percent, "%", goal, row.count)


def understanding() -> Iterator[Figure]:
    from tests.bench import understanding as part

    if not part.DATA.exists():
        raise Absent("no language data (shared/nlu beside the checkout)")
    yield from flattened(part.measure(quick=True))


def handover() -> Iterator[Figure]:
    from tests.bench import handover as part

    yield from part.figures()


def desks() -> Iterator[Figure]:
    from tests.bench import desks as part

    yield from part.figures()


def reports() -> Iterator[Figure]:
    from tests.bench import reports as part

    yield from part.figures()


def flattened(report: dict[str, Any], path: str = "") -> Iterator[Figure]:
    """Every number of a nested report, named by the way to it."""
    for key, value in report.items():
        name = f"{path}, {key}" if path else key
        if isinstance(value, dict):
            yield from flattened(value, name)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            yield Figure(name, value, "")


PARTS: dict[str, Callable[[], Iterator[Figure]]] = {
    "calls": calls,
    "hearing": hearing,
    "understanding": understanding,
    "handover": handover,
    "desks": desks,
    "reports": reports,
}


def run(name: str) -> tuple[list[Figure], str]:
    """The part's figures, and why some are missing ("" when none are)."""
    figures: list[Figure] = []
    try:
        figures.extend(PARTS[name]())
    except Absent as error:
        return figures, f"left out: {error}"
    except FrontdeskError as error:
        return figures, f"stopped: {error.message}"
    return figures, ""


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--json", type=Path, default=Path("var/bench.json"), help="where to write the figures")
    parser.add_argument("--only", choices=sorted(PARTS), action="append", help="may be repeated")
    options = parser.parse_args(arguments)
    report: dict[str, Any] = {"conditions": conditions(dt.datetime.now(dt.UTC)), "parts": {}}
    for name in options.only or PARTS:
        note(f"{name} …")
        before = load_average()
        figures, problem = run(name)
        report["parts"][name] = {
            "load_before": before,
            "load_after": load_average(),
            "problem": problem,
            "figures": rows_of(figures),
        }
        print(f"\n{name}: {problem or f'load average {before} before, {load_average()} after'}\n{table(figures)}")
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    print(f"\nOn {report['conditions']['processor']}, {report['conditions']['cores']} cores. Written: {options.json}")


if __name__ == "__main__":
    main()
