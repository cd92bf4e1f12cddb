"""`frontdesk report`: figures over any days, by whatever one asks."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import get_args

import click

from bot.commands.diary_options import Day, open_diaries
from bot.reporting import By, Report, make_report, reported_period, to_csv, to_plain
from handoff.kpis import TARGET_S
from handoff.reports import Kpis

COLUMNS = (
    *(("calls", "calls"), ("contained", "containment"), ("net", "containment_net"), ("offered", "offered")),
    *(("in time", "service_level"), ("ASA", "asa_s"), ("AHT", "aht_s"), ("left", "abandonment"), ("FCR", "fcr")),
    *(("CSAT", "csat"), ("quality", "quality")),
)


@click.command()
@click.option("--by", type=click.Choice(get_args(By)), default="day", show_default=True)
@click.option("--from", "first", type=Day(), default=None, help="Thirty days in all when left out.")
@click.option("--to", "last", type=Day(), default=None, help="Today when left out.")
@click.option("--business", default="", metavar="ID", help="All of them when left out.")
@click.option("--target-seconds", type=click.FloatRange(0, min_open=True), default=TARGET_S, show_default=True)
@click.option("--csv", "as_csv", is_flag=True, help="Comma-separated, on stdout.")
@click.option("--png", type=click.Path(dir_okay=False, path_type=Path), help="A picture, into this file.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def report(
    by: By,
    first: dt.date | None,
    last: dt.date | None,
    business: str,
    target_seconds: float,
    as_csv: bool,
    png: Path | None,
    as_json: bool,
) -> None:
    """Calls, containment, service level, handling, FCR, CSAT: one book over bot, queue and people.

    --json answers {"by", "from", "to", "business", "target_s", "rows": [{"key", "label", …}], "total": {…}}; what the
    figures mean is in docs/api.md. Shares are from 0 to 1, null where there was nothing.
    """
    diaries = open_diaries()
    try:
        zone = diaries.business(business).timezone
        period = reported_period(first, last, business, dt.datetime.now(zone).date())
        made = make_report(diaries.store, diaries.businesses, by, period, target_seconds)
    finally:
        diaries.store.close()
    if png:
        from bot.report_plot import to_png

        png.write_bytes(to_png(made))
        click.echo(f"{png}: calls by {by}.", err=True)
    if as_json:
        click.echo(json.dumps(to_plain(made), indent=2, ensure_ascii=False))
    elif as_csv:
        click.echo(to_csv(made), nl=False)
    elif not png:
        _print(made)


def _print(made: Report) -> None:
    width = max([len(made.by), 5, *(len(row.label) for row in made.rows)])
    click.echo(f"{made.by:{width}}  " + "  ".join(f"{heading:>9}" for heading, _ in COLUMNS))
    for label, of in (*((row.label, row.kpis) for row in made.rows), ("total", made.total)):
        click.echo(f"{label:{width}}  " + "  ".join(f"{_cell(of, name):>9}" for _, name in COLUMNS))


def _cell(of: Kpis, name: str) -> str:
    value = getattr(of, name)
    if value is None:
        return "–"
    if isinstance(value, int):
        return str(value)
    if name == "quality":
        return f"{value:.0f}"
    return f"{value:.0f} s" if name.endswith("_s") else f"{value:.2f}" if name == "csat" else f"{value:.0%}"
