"""`frontdesk staffing`: how well so many people answer so many calls, and how many it takes."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from handoff.staffing import LONGEST_S, SHORTEST_S, Forecast, Load, agents_needed, erlang_a, erlang_c


@click.command()
@click.option("--calls-per-hour", type=click.FloatRange(0), required=True, help="Calls offered in an hour.")
@click.option(
    "--aht",
    type=click.FloatRange(SHORTEST_S, LONGEST_S),
    required=True,
    metavar="SECONDS",
    help="Talk + hold + wrap-up.",
)
@click.option("--agents", type=click.IntRange(1, 100_000), help="People answering. Left out: how many are needed.")
@click.option("--target-seconds", type=click.FloatRange(0), default=20.0, show_default=True, help="The Y of X/Y.")
@click.option(
    "--target-level", type=click.FloatRange(0, 99.9), default=80.0, show_default=True, help="The X of X/Y, per cent."
)
@click.option(
    "--patience", type=click.FloatRange(SHORTEST_S), metavar="SECONDS", help="Mean patience of callers: Erlang A."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def staffing(
    calls_per_hour: float,
    aht: float,
    agents: int | None,
    target_seconds: float,
    target_level: float,
    patience: float | None,
    as_json: bool,
) -> None:
    """Service level, average speed of answer and occupancy, by Erlang C; with --patience by Erlang A.

    --json answers {"service_level", "asa_s", "occupancy"}, shares from 0 to 1. Without --agents, "agents" is added:
    the fewest with whom the target is met; with --patience, "abandonment". More work than people without --patience:
    the queue grows without end, service level 0, asa_s null, occupancy 1.
    """
    try:
        load = Load(calls_per_hour, aht)
        people = agents or agents_needed(load, target_level / 100, target_seconds, patience)
        if patience is None:
            forecast = erlang_c(load, people, target_seconds)
        else:
            forecast = erlang_a(load, people, patience, target_seconds)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error
    if forecast.asa_s is None:
        click.echo(f"{load.erlangs:.1f} people's work for {people}: the queue grows without end.", err=True)
    if as_json:
        click.echo(json.dumps(_row(forecast, agents, people, patience)))
    else:
        _print(forecast, people, target_seconds)


def _row(forecast: Forecast, asked: int | None, people: int, patience: float | None) -> dict[str, object]:
    row = asdict(forecast)
    if patience is None:
        del row["abandonment"]
    return row if asked else row | {"agents": people}


def _print(forecast: Forecast, people: int, target_seconds: float) -> None:
    asa = "without end" if forecast.asa_s is None else f"{forecast.asa_s:.1f} s"
    click.echo(f"Agents         {people}")
    click.echo(f"Service level  {forecast.service_level:.1%} within {target_seconds:g} s")
    click.echo(f"Mean wait      {asa}")
    click.echo(f"Occupancy      {forecast.occupancy:.1%}")
    if forecast.abandonment:
        click.echo(f"Abandoned      {forecast.abandonment:.1%}")
