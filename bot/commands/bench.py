"""`frontdesk bench`: how quick, patient and dear the receptionist is, with real speech over a real transport."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from bot.bench.line import Transport


@click.group()
def bench() -> None:
    """Measure: simulated callers with real speech."""


@bench.command("calls")
@click.option(
    "--transport", type=click.Choice(["websocket", "audiosocket", "sip"]), default="websocket", show_default=True
)
@click.option("--concurrency", type=click.IntRange(1, 200), default=1, show_default=True, help="Calls at once.")
@click.option("--calls", "count", type=click.IntRange(1), help="Calls in all. Default: 6, or as many as at once.")
@click.option("--url", default="", metavar="WS://…", help="A server that runs already, instead of one of our own.")
@click.option("--scenario", "names", multiple=True, help="Only scenarios whose name contains this; may be repeated.")
@click.option("--home", type=click.Path(file_okay=False, path_type=Path), help="Keep the server's home here.")
@click.option("--starts", is_flag=True, help="Also measure how long the server takes to start, fresh and warm.")
@click.option("--transcripts", is_flag=True, help="Also show what was said in each call.")
@click.option("--json", "as_document", is_flag=True, help="One JSON document on stdout.")
def calls(
    transport: Transport,
    concurrency: int,
    count: int | None,
    url: str,
    names: tuple[str, ...],
    home: Path | None,
    starts: bool,
    transcripts: bool,
    as_document: bool,
) -> None:
    """Callers who book, ask, pause, interrupt and cough; times are taken on the wire."""
    from bot.bench.calls import Round, load_casting, measure, start_twice  # late: they bring in the engines
    from bot.bench.conditions import conditions
    from bot.bench.figures import rows_of, table
    from bot.bench.script import scenarios_named
    from bot.bench.server import Server

    scenarios = scenarios_named(names)
    if not scenarios:
        raise click.BadParameter("no scenario has such a name", param_hint="--scenario")
    many = count or max(len(scenarios), concurrency)
    asked = Round(concurrency, many, transport)
    where = conditions(dt.datetime.now(dt.UTC))
    casting = load_casting(scenarios, speakers=5)
    figures = []
    with tempfile.TemporaryDirectory(prefix="frontdesk-bench-") as temporary:
        place = home or Path(temporary)
        place.mkdir(parents=True, exist_ok=True)
        environment = {"FRONTDESK_MAX_CALLS": str(max(50, concurrency))}
        if url:
            measured = asyncio.run(measure(url, scenarios, casting, asked, _note))
        else:
            if starts:
                figures += start_twice(place, environment, _note).figures
            with Server(place, environment) as server:
                server.wait_until_idle()
                measured = asyncio.run(measure(server, scenarios, casting, asked, _note))
    figures += measured.figures
    if transcripts:
        for transcript in measured.tally.transcripts:
            _note("\n".join(transcript) + "\n")
    report: dict[str, Any] = {
        "transport": transport,
        "concurrency": concurrency,
        "calls": many,
        "conditions": {**where, "load_before": measured.load_before, "load_after": measured.load_after},
        "figures": rows_of(figures),
    }
    load = f"Load average {measured.load_before} before, {measured.load_after} after, on {where['cores']} cores."
    click.echo(json.dumps(report, indent=2) if as_document else f"{table(figures)}\n{load}")


def _note(line: str) -> None:
    click.echo(line, err=True)
