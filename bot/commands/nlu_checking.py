"""`frontdesk nlu validate|evaluate`: how good the phrases of content teams are, before callers find out."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.console import Console

    from bot.content.content import Content
    from bot.nlu.checking import HeldOut

MOST_SPOKEN = 500
"""A business; a quarter of an hour."""

JSON = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
FOLDER = click.argument("folder", required=False, type=click.Path(path_type=Path))


@click.command()
@FOLDER
@JSON
@click.option("--deep", is_flag=True, help="Look for confusable intents too (cross-validation, a minute).")
def validate(folder: Path | None, as_json: bool, deep: bool) -> None:
    """Check the content folder: files, duplicates, thin intents, names that the recogniser cannot hear."""
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
        click.echo(json.dumps({"findings": findings, "errors": errors}, ensure_ascii=False))
    for finding in [] if as_json else findings:
        click.echo(f"{finding['business']}: {finding['level']}: {finding['message']}")
    click.echo(f"{errors} errors, {len(findings) - errors} warnings.", err=True)
    sys.exit(1 if errors else 0)


@click.command()
@FOLDER
@JSON
@click.option("--plots", type=click.Path(file_okay=False, path_type=Path), help="Folder for plots, SVG and PNG.")
@click.option(
    "--speech",
    type=click.IntRange(1, MOST_SPOKEN),
    help="So many phrases a business are spoken over a telephone and recognised, too; some two seconds each.",
)
@click.option("--seed", default=0, show_default=True, help="Which phrases are held out.")
def evaluate(folder: Path | None, as_json: bool, plots: Path | None, speech: int | None, seed: int) -> None:
    """Every phrase judged by a model that has not seen it: a table per intent, and what is confused."""
    from bot.nlu.checking import hold_out

    contents = contents_of(folder)
    reports = {name: _report(hold_out(content.examples, seed)) for name, content in contents.items()}
    if speech:
        spoken = _spoken(contents, speech, seed)
        reports = {name: report | {"speech": spoken[name]} for name, report in reports.items()}
    if plots:
        from bot.commands.nlu_plots import draw_plots

        for path in draw_plots(reports, plots):
            click.echo(str(path), err=True)
    if as_json:
        click.echo(json.dumps(reports, ensure_ascii=False))
    else:
        _tables(reports)


def _report(judged: Sequence[HeldOut]) -> dict[str, Any]:
    from bot.nlu.checking import confusions, scores

    rows = [
        {"intent": row.intent, "phrases": row.phrases, "precision": row.precision, "recall": row.recall}
        for row in scores(judged)
    ]
    clashes = [{"intent": a, "taken_for": b, "phrases": list(texts)} for a, b, texts in confusions(judged)]
    right = sum(one.guess == one.intent for one in judged) / max(len(judged), 1)
    return {"phrases": len(judged), "accuracy": right, "intents": rows, "confusions": clashes}


def _spoken(contents: Mapping[str, Content], count: int, seed: int) -> dict[str, dict[str, Any]]:
    """What the same model makes of typed and of spoken phrases, by business."""
    from bot.asr.ears import load_ears
    from bot.commands.nlu_speech import hold_out_spoken
    from bot.config import load_settings
    from bot.tts.voices import load_voice

    settings = load_settings()
    ear, about_ears = load_ears(settings.ears, settings.models)
    voice, about_voice = load_voice(settings)
    click.echo(f"{about_voice} {about_ears}", err=True)
    return {name: hold_out_spoken(content, voice, ear, count, seed) for name, content in contents.items()}


def _findings(examples: Mapping[str, Sequence[str]], deep: bool) -> list[Any]:
    from bot.nlu.checking import MOST_DEEP, Finding, check_phrases, confusions, hold_out, sampled

    findings = check_phrases(examples)
    looked_at = sampled(examples, MOST_DEEP) if deep else {}
    if deep and looked_at != examples:
        total = sum(map(len, examples.values()))
        click.echo(
            f"{total} phrases take long; of each intent the same share is compared, {MOST_DEEP} in all.", err=True
        )
    for meant, taken, texts in confusions(hold_out(looked_at)) if deep else []:
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
        for key, content in contents_of(folder).items()
        for sentence in unheard(content.vocabulary, ear.unknown_words, _words(content.examples))
    ]


def _words(examples: Mapping[str, Sequence[str]]) -> set[str]:
    return {word for phrases in examples.values() for phrase in phrases for word in phrase.split() if word.isalpha()}


def contents_of(folder: Path | None) -> Mapping[str, Content]:
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
    return {name: content.examples for name, content in contents_of(folder).items()}


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
        if "speech" in report:
            _speech_table(console, name, report["speech"])


def _speech_table(console: Console, name: str, speech: Mapping[str, Any]) -> None:
    from rich.table import Table

    said = f"of {speech['phrases']} phrases {speech['typed']:.1%} are understood typed, {speech['spoken']:.1%} spoken"
    table = Table(title=f"{name}: {said}; {speech['word_errors']:.1%} of the words are heard wrong")
    for column in ("intent", "phrases", "typed", "spoken"):
        table.add_column(column)
    for row in speech["intents"]:
        table.add_row(row["intent"], *(str(row[key]) for key in ("phrases", "typed", "spoken")))
    console.print(table)
    for lost in speech["lost"]:
        console.print(f"{lost['intent']} → {lost['taken_for']}: “{lost['said']}” was heard as “{lost['heard']}”")
