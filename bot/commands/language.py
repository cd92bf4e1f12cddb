"""`frontdesk nlu …`: learn, predict, extract, identify."""

from __future__ import annotations

import csv
import datetime as dt
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from bot.commands.nlu_checking import evaluate, validate
from bot.commands.nlu_export import export
from bot.commands.nlu_tuning import tune
from bot.errors import ContentError, UnderstandingError

FILES = click.argument("data", nargs=-1, required=True, type=click.Path(path_type=Path))


@click.group()
def nlu() -> None:
    """Learn, tune, predict, extract, identify, validate, evaluate, export."""


for command in (tune, validate, evaluate, export):
    nlu.add_command(command)


@nlu.command()
@FILES
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder for the model.")
@click.option("--seed", default=0, show_default=True)
def train(data: Sequence[Path], out: Path, seed: int) -> None:
    """Learn intents from Rasa YAML, in seconds."""
    from bot.nlu.classifier import IntentModel
    from bot.nlu.training_data import read_examples

    examples = read_examples(data)
    IntentModel.train(examples, seed).save(out)
    phrases = sum(map(len, examples.values()))
    click.echo(f"Learnt {len(examples)} intents from {phrases} phrases; the model is in {out}.", err=True)


@nlu.command()
@click.option("--model", required=True, type=click.Path(path_type=Path))
def predict(model: Path) -> None:
    """A line of text in, a line of JSON out: intent, confidence, accepted, ranking."""
    from bot.nlu.classifier import IntentModel

    intents = IntentModel.load(model)
    for lines in _batches(_lines(), 64):
        for text, found in zip(lines, intents.predict_all(lines), strict=True):
            ranking = [{"intent": name, "confidence": round(share, 6)} for name, share in found.ranking]
            confidence = round(found.confidence, 6)
            answer = {"text": text, "intent": found.intent, "confidence": confidence, "accepted": found.accepted}
            _print(answer | {"ranking": ranking})


@nlu.command()
@click.option("--now", "now_iso", required=True, help="The moment it was said, ISO 8601.")
def extract(now_iso: str) -> None:
    """A line of text in, a line of JSON out: dates, times, numbers."""
    from bot.nlu.extracting import extract as extract_all

    now = _moment(now_iso)
    for line in _lines():
        _print(extract_all(line, now))


@nlu.command()
@click.option("--customers", required=True, type=click.Path(path_type=Path), help="CSV with name, dob, postcode.")
@click.option("--dialogues", required=True, type=click.Path(path_type=Path), help="Turns, a JSON document a line.")
@click.option("--now", "now_iso", default="", help="The moment of the calls, ISO 8601; default: now.")
def identity(customers: Path, dialogues: Path, now_iso: str) -> None:
    """Who is calling, turn by turn, from what was heard of name, date of birth and postcode."""
    from bot.nlu.identity import Callers, Register

    now = _moment(now_iso) if now_iso else dt.datetime.now(dt.UTC)
    callers = Callers(Register.of(_records(customers)), now.date())
    for turn in _turns(dialogues):
        _print(callers.hear(turn["dialogue_id"], turn["turn"], turn["item"], turn["nbest"]))


def _records(path: Path) -> Iterator[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from csv.DictReader(file)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ContentError("content.unreadable", f"{path} cannot be read as CSV in UTF-8; check the file.") from error


def _turns(path: Path) -> Iterator[dict[str, Any]]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ContentError("content.unreadable", f"{path} cannot be read as UTF-8 text; check the file.") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            turn = json.loads(line)
            turn = {key: turn[key] for key in ("dialogue_id", "turn", "item", "nbest")}
        except (ValueError, KeyError, TypeError) as error:
            mend = "each line needs dialogue_id, turn, item and nbest as JSON"
            raise ContentError("content.turns", f"{path}:{number}: {mend}.") from error
        yield turn


def _moment(text: str) -> dt.datetime:
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError as error:
        message = "The moment must be ISO 8601, such as 2026-03-15T09:00."
        raise UnderstandingError("understanding.moment", message) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _lines() -> Iterator[str]:
    for raw in sys.stdin.buffer:
        yield raw.decode("utf-8", errors="replace").rstrip("\r\n")


def _batches(lines: Iterable[str], size: int) -> Iterator[list[str]]:
    batch: list[str] = []
    for line in lines:
        batch.append(line)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def _print(document: Any) -> None:
    click.echo(json.dumps(document, ensure_ascii=False))
