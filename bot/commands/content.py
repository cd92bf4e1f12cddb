"""`frontdesk content …`: the draft, its check, publishing, versions; and missed phrases as a file."""

from __future__ import annotations

import getpass
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from bot.clock import utc_now
from bot.config import load_settings
from bot.content.yaml_form import read_text
from bot.editing.checking import Report
from bot.editing.editing import Editing
from bot.editing.files import read_files
from bot.editing.model import Version, token
from bot.editing.publishing import Publisher
from bot.rehearsal.run import failures_in
from bot.store.store import open_store

JSON = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
FILE = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))


@click.group()
def content() -> None:
    """What the bot knows and says: edited as a draft, checked, published as a version, rolled back.

    The content page `/content` does the same in a browser.
    """


@content.command()
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--discard", is_flag=True, help="Throw the draft away.")
@JSON
def draft(folder: Path | None, discard: bool, as_json: bool) -> None:
    """Show the draft; with FOLDER (a copy of nlu_data that was edited) take its files into it."""
    editing = _editing()
    if discard:
        editing.draft.discard()
    if folder:
        before = editing.draft.files()
        for path, text in read_files(folder).items():
            if before.get(path) != text:
                editing.draft.save(path, text, token(before.get(path)), _who(), utc_now())
    edited = editing.draft.edited()
    rows = [{"path": one.path, "by": one.by, "at": one.at.isoformat()} for one in edited]
    _print(as_json, {"files": rows}, [f"{row['path']}  {row['by']}  {row['at'][:16]}" for row in rows] or ["No draft."])


@content.command()
@JSON
def check(as_json: bool) -> None:
    """Validate the draft, learn it, and see that nothing is understood worse. Exit status 1 when it may not go out."""
    report = _editing().publishing.check()
    _print(as_json, report.as_json(), _told(report))
    if not report.passes:
        raise SystemExit(1)


@content.command()
@click.argument("name")
@click.option("--override", default="", metavar="REASON", help="Publish although the gate is shut, and why.")
@JSON
def publish(name: str, override: str, as_json: bool) -> None:
    """Check the draft and make it what callers hear, as a version called NAME."""
    version = _editing().publishing.publish(name, Publisher(_who(), may_override=True), utc_now(), override)
    _print(as_json, _row(version), [f"Version {version.id} “{version.name}” is published; new calls take it."])


@content.command()
@JSON
def versions(as_json: bool) -> None:
    """The newest first."""
    found = [_row(version) for version in _editing().publishing.versions()]
    lines = [f"{row['id']:>4}  {row['at'][:16]}  {row['by'] or '–':12}  {row['name']}" for row in found]
    _print(as_json, {"versions": found}, lines or ["Nothing was published yet."])


@content.command()
@click.argument("version", type=int)
@JSON
def rollback(version: int, as_json: bool) -> None:
    """Make an earlier version serve again; the draft stays."""
    made = _editing().publishing.rollback(version, Publisher(_who()), utc_now())
    _print(as_json, _row(made), [f"“{made.name}” is published as version {made.id}; new calls take it."])


@content.command()
@click.argument("old", type=int, required=False)
@click.argument("new", type=int, required=False)
@JSON
def diff(old: int | None, new: int | None, as_json: bool) -> None:
    """Two versions compared, files and figures; without numbers what is published, and the draft."""
    found = _editing().publishing.compared(old, new)
    lines = [line for path, changes in found["files"].items() for line in (path, *changes[2:])]
    _print(as_json, found, lines or ["No difference."])


@content.group()
def misses() -> None:
    """Phrases of calls that were not understood: label them in a spreadsheet."""


@misses.command()
@FILE
def export(file: Path) -> None:
    """Write what is open as CSV; fill in `label` with an intent, or - where there is nothing to learn."""
    file.write_text(_editing().labelling.export(), encoding="utf-8-sig")


@misses.command("import")
@FILE
def import_labels(file: Path) -> None:
    """Take the labels of such a file into the draft."""
    taken = _editing().labelling.take_in(read_text(file), _who(), utc_now())
    click.echo(f"{taken} labels are taken in; `frontdesk content check` is next.", err=True)


def _editing() -> Editing:
    settings = load_settings()
    return Editing(settings.content, settings.home, open_store(settings.database).content, failures_in)


def _who() -> str:
    """Who sits at the terminal."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "command line"


def _row(version: Version) -> dict[str, Any]:
    return asdict(version) | {"at": version.at.isoformat(), "figures": dict(version.figures)}


def _told(report: Report) -> list[str]:
    lines = [
        f"{one.level}: {f'{one.path}, line {one.line}: ' if one.line else ''}{one.message}" for one in report.problems
    ]
    for key, found in report.regressions.items():
        lines.append(f"{key}: {found.after} of {found.phrases} test phrases understood, {found.before} before.")
        lines += [f"  {one.intent}: {one.before} → {one.after} of {one.phrases}" for one in found.intents]
    lines += [f"failed: {failure}" for failure in report.failures]
    return [*lines, "The draft may be published." if report.passes else "The draft may not be published."]


def _print(as_json: bool, document: Any, lines: list[str]) -> None:
    click.echo(json.dumps(document, ensure_ascii=False) if as_json else "\n".join(lines))
