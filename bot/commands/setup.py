"""`frontdesk models list|fetch|verify` and `frontdesk doctor`: what is needed, whether it is here, how to mend it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from bot.config import load_settings
from bot.errors import ModelError
from bot.models.models import SpeechModel, broken_files, catalogue, ears, fetch_missing, find
from bot.models.sources import Report


@click.group()
def models() -> None:
    """Speech models: list, fetch, verify."""


@models.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def list_models(as_json: bool) -> None:
    """Which there are and whether they are here."""
    folder = load_settings().models
    rows = [
        {
            "name": model.name,
            "language": model.language,
            "licence": model.licence,
            "bytes": model.bytes,
            "about": model.about,
            "path": str(path) if (path := find(model.name, folder)) else None,
        }
        for model in catalogue()
    ]
    if as_json:
        click.echo(json.dumps(rows, indent=2))
        return
    for row, model in zip(rows, catalogue(), strict=True):
        state = row["path"] or "missing: frontdesk models fetch"
        click.echo(
            f"{model.name}  {model.language}  {model.bytes / 1e6:.0f} MB  {model.licence}  {model.about}\n  {state}"
        )


@models.command()
@click.option("--any", "one_is_enough", is_flag=True, help="Succeed when at least one ear is here.")
def fetch(one_is_enough: bool) -> None:
    """Fetch what is missing or broken. Resumes what was interrupted; does nothing when all is here and whole."""
    folder = load_settings().models
    with _progress() as report:
        missing = fetch_missing(folder, report, lambda line: click.echo(line, err=True))
    enough = not missing or (one_is_enough and any(model not in missing for model in ears()))
    if not enough:
        raise ModelError("models.missing", "Speech models are missing or broken: " + ", ".join(m.name for m in missing))


@models.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def verify(as_json: bool) -> None:
    """Check every file of every model against the catalogue.

    With --json: a list of {"name", "state": "whole" | "broken" | "missing", "path", "broken": [files]}.
    """
    rows = [_verified(model, load_settings().models) for model in catalogue()]
    if as_json:
        click.echo(json.dumps(rows, indent=2))
    else:
        for row in rows:
            files = f": {', '.join(row['broken'])}" if row["broken"] else ""
            click.echo(f"{row['name']}: {row['state']}{files}")
    if any(row["state"] != "whole" for row in rows):
        raise ModelError(
            "models.broken", "Speech models are broken or missing; to replace them: frontdesk models fetch"
        )


def _verified(model: SpeechModel, models: Path) -> dict[str, Any]:
    path = find(model.name, models)
    broken = broken_files(model, path) if path else ()
    state = "missing" if path is None else "broken" if broken else "whole"
    return {"name": model.name, "state": state, "path": str(path) if path else None, "broken": list(broken)}


@contextmanager
def _progress() -> Iterator[Report]:
    """A line for every source on stderr, drawn from the first report on; plain silence where it is no terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeRemainingColumn

    columns = SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[size]}")
    bar = Progress(*columns, TimeRemainingColumn(), console=Console(file=sys.stderr))
    tasks: dict[str, TaskID] = {}

    def report(what: str, done: int, total: int | None) -> None:
        if not tasks:
            bar.start()
        if what not in tasks:
            tasks[what] = bar.add_task(what, total=total, size="")
        bar.update(tasks[what], completed=done, total=total, size=size_of(done, total))

    try:
        yield report
    finally:
        if tasks:
            bar.stop()


def size_of(done: int, total: int | None) -> str:
    """In words beside the bar: pip and Maven fetch without telling how far they are."""
    if total is not None:
        return f"{done / 1e6:.1f}/{total / 1e6:.1f} MB"
    return f"{done / 1e6:.1f} MB" if done else "fetching, this may take a minute"


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def doctor(as_json: bool) -> None:
    """What is installed, what is missing, how to mend it. Exit status 1 only when no call can be served."""
    from bot.doctor import can_serve, examine

    findings = examine(load_settings())
    ready = can_serve(findings)
    if as_json:
        click.echo(json.dumps({"ready": ready, "findings": [asdict(finding) for finding in findings]}, indent=2))
    else:
        for finding in findings:
            mend = f"\n{'':21}→ {finding.mend}" if finding.mend else ""
            click.echo(f"{finding.state:<8} {finding.part:<11} {finding.found}{mend}")
        click.echo("Ready for calls." if ready else "No call can be served before this is mended.")
    sys.exit(0 if ready else 1)
