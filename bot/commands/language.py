"""`frontdesk nlu …`: learn, predict, extract, identify, and check the phrases of content teams."""

from __future__ import annotations

import csv
import datetime as dt
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from bot.commands.nlu_tuning import tune
from bot.errors import ContentError, UnderstandingError

FILES = click.argument("data", nargs=-1, required=True, type=click.Path(path_type=Path))
JSON = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
FOLDER = click.argument("folder", required=False, type=click.Path(path_type=Path))


@click.group()
def nlu() -> None:
    """Learn, tune, predict, extract, identify, validate, evaluate."""


nlu.add_command(tune)


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


@nlu.command()
@FOLDER
@JSON
@click.option("--deep", is_flag=True, help="Look for confusable intents too (cross-validation, a minute).")
def validate(folder: Path | None, as_json: bool, deep: bool) -> None:
    """Check the content folder: files, duplicates, thin intents."""
    findings = _skill_findings(folder)
    if not any(finding["level"] == "error" for finding in findings):  # else the content cannot be read as a whole
        findings += [
            {"business": name, "level": finding.level, "message": finding.message}
            for name, examples in _examples(folder).items()
            for finding in _findings(examples, deep)
        ]
        findings += _unheard(folder)
    errors = sum(finding["level"] == "error" for finding in findings)
    if as_json:
        _print({"findings": findings, "errors": errors})
    for finding in [] if as_json else findings:
        click.echo(f"{finding['business']}: {finding['level']}: {finding['message']}")
    click.echo(f"{errors} errors, {len(findings) - errors} warnings.", err=True)
    sys.exit(1 if errors else 0)


@nlu.command()
@FOLDER
@JSON
@click.option("--plots", type=click.Path(file_okay=False, path_type=Path), help="Folder for plots, SVG and PNG.")
def evaluate(folder: Path | None, as_json: bool, plots: Path | None) -> None:
    """Every phrase judged by a model that has not seen it: a table per intent, and what is confused."""
    from bot.nlu.checking import confusions, hold_out, scores

    reports: dict[str, Any] = {}
    for name, examples in _examples(folder).items():
        judged = hold_out(examples)
        right = sum(one.guess == one.intent for one in judged) / max(len(judged), 1)
        rows = [
            {"intent": row.intent, "phrases": row.phrases, "precision": row.precision, "recall": row.recall}
            for row in scores(judged)
        ]
        clashes = [{"intent": a, "taken_for": b, "phrases": list(texts)} for a, b, texts in confusions(judged)]
        reports[name] = {"phrases": len(judged), "accuracy": right, "intents": rows, "confusions": clashes}
    if plots:
        from bot.commands.nlu_plots import draw_plots

        for path in draw_plots(reports, plots):
            click.echo(str(path), err=True)
    if as_json:
        _print(reports)
    else:
        _tables(reports)


def _findings(examples: Mapping[str, Sequence[str]], deep: bool) -> list[Any]:
    from bot.nlu.checking import Finding, check_phrases, confusions, hold_out

    findings = check_phrases(examples)
    for meant, taken, texts in confusions(hold_out(examples)) if deep else []:
        clash = f"{meant} is taken for {taken}, for example “{texts[0]}”; make their phrases differ more."
        findings.append(Finding("warning", clash))
    return findings


def _unheard(folder: Path | None) -> list[dict[str, str]]:
    """Names with words the recogniser does not know; none where there is no Vosk model to ask."""
    from bot.asr.vosk import VoskEar
    from bot.config import load_settings
    from bot.content.hearable import unheard
    from bot.models.models import catalogue, find

    settings = load_settings()
    models = [place for model in catalogue() if "vosk" in model.name and (place := find(model.name, settings.models))]
    if not models:
        return []
    ear = VoskEar(models[0])
    return [
        {"business": key, "level": "warning", "message": sentence}
        for key, content in _contents(folder).items()
        for sentence in unheard(content.vocabulary, ear.unknown_words, _words(content.examples))
    ]


def _words(examples: Mapping[str, Sequence[str]]) -> set[str]:
    return {word for phrases in examples.values() for phrase in phrases for word in phrase.split() if word.isalpha()}


def _contents(folder: Path | None) -> Mapping[str, Any]:
    from bot.config import load_settings
    from bot.content.content import load_all, load_content

    root = folder or load_settings().content
    if (root / "business.yml").exists():
        return {root.name: load_content(root)}
    return load_all(root)


def _skill_findings(folder: Path | None) -> list[dict[str, str]]:
    """All that is wrong with skills, not only the first thing."""
    from bot.config import load_settings
    from bot.content.business_file import read_business
    from bot.content.content import business_folders
    from bot.content.skill_file import findings, read_skills, skill_files

    root = folder or load_settings().content
    folders = [root] if (root / "business.yml").exists() else business_folders(root)
    return [
        {"business": each.name, "level": found.level, "message": f"{path.name}, line {line}: {found.message}"}
        for each in folders
        if skill_files(each)
        for path, line, found in findings(
            each, read_skills(skill_files(each)), read_business(each / "business.yml").business
        )
    ]


def _examples(folder: Path | None) -> dict[str, Mapping[str, Sequence[str]]]:
    return {name: content.examples for name, content in _contents(folder).items()}


def _tables(reports: Mapping[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    for name, report in reports.items():
        table = Table(title=f"{name}: {report['accuracy']:.1%} of {report['phrases']} held-out phrases understood")
        for column in ("intent", "phrases", "precision", "recall"):
            table.add_column(column)
        for row in report["intents"]:
            table.add_row(row["intent"], str(row["phrases"]), f"{row['precision']:.0%}", f"{row['recall']:.0%}")
        console.print(table)
        for clash in report["confusions"][:20]:
            console.print(f"{clash['intent']} → {clash['taken_for']} ({len(clash['phrases'])}): {clash['phrases'][0]}")


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
