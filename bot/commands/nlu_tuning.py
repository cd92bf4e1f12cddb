"""`frontdesk nlu tune`: minutes of learning, seen on a bar, and put in its place only when it went well."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from bot.errors import ContentError
from bot.nlu.apart import NICENESS


@click.command()
@click.argument("data", nargs=-1, type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="Folder for the model.")
@click.option("--business", default="", help="Instead of DATA and --out: for this business of the running centre.")
@click.option("--seed", default=0, show_default=True)
@click.option("--passes", type=click.FloatRange(0.1, 100), help="Over all phrases. Default: by how many there are.")
@click.option("--threads", type=click.IntRange(1), default=1, show_default=True, help="Cores to use.")
def tune(data: Sequence[Path], out: Path | None, business: str, seed: int, passes: float | None, threads: int) -> None:
    """The same with the sentence encoder tuned to the phrases, in minutes; serves the same way.

    With --business the model takes the place of that business's quick one, until its phrases change.
    """
    from bot.config import load_settings
    from bot.nlu.apart import in_its_place
    from bot.nlu.classifier import IntentModel, fingerprint
    from bot.nlu.training_data import read_examples
    from bot.nlu.tuning import Plan

    settings = load_settings()
    if bool(business) == bool(data and out):
        raise click.UsageError("Give either DATA and --out, or --business.")
    if business:
        examples = _examples_of(business, settings.content)
        out = settings.home / "intents" / fingerprint(examples)
    else:
        examples = read_examples(data)
    assert out is not None
    plan = Plan(passes, passes / 4) if passes else None
    os.nice(NICENESS)
    with in_its_place(out) as fresh, _progress() as report:
        options = {"seed": seed, "plan": plan, "threads": threads, "models": settings.models}
        IntentModel.tune(examples, fresh, report, **options).save(fresh)
    phrases = sum(map(len, examples.values()))
    click.echo(f"Tuned to {len(examples)} intents from {phrases} phrases; the model is in {out}.", err=True)


def _examples_of(business: str, folder: Path) -> Mapping[str, Sequence[str]]:
    from bot.content.content import load_all

    known = {name: content.examples for name, content in load_all(folder).items()}
    if business not in known:
        message = f"There is no business {business}; there is {', '.join(known)}."
        raise ContentError("content.no_business", message)
    return known[business]


@contextmanager
def _progress() -> Iterator[Any]:
    """A bar on stderr; where that is no terminal, a line every fiftieth step."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("tuning")

        def report(step: int, steps: int, loss: float) -> None:
            bar.update(task, completed=step, total=steps, description=f"tuning, loss {loss:.2f}")
            if bar.disable and (step % 50 == 0 or step == steps):
                click.echo(f"step {step} of {steps}, loss {loss:.3f}", err=True)

        yield report
