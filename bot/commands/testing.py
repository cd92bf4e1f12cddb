"""`frontdesk test`: the conversations of the content teams, played without sound."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from bot.config import Settings, load_settings
from bot.content.content import load_content
from bot.errors import ContentError
from bot.rehearsal.conversation import conversations_of
from bot.rehearsal.run import Result, run_conversations


@click.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option("--only", default="", metavar="TEXT", help="Only conversations with this in their title or file.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def test(folder: Path | None, only: str, as_json: bool) -> None:
    """Play the conversations in DIR/tests (default: of every business) and say which went wrong.

    FOLDER is a business's folder, one with several of them, or a file of conversations within a business's folder.
    """
    settings = load_settings()
    played = [
        (business.name, result)
        for business, tests in _businesses(folder or settings.content)
        for result in _played(business, tests, only, settings)
    ]
    if not played:
        raise ContentError("content.no_tests", "No conversations there; docs/skills.md tells how to write one.")
    failed = sum(not result.passed for _, result in played)
    if as_json:
        document = {"conversations": [_as_json(business, result) for business, result in played]}
        click.echo(json.dumps(document | {"failed": failed}, ensure_ascii=False))
    for business, result in [] if as_json else played:
        mark = "passed" if result.passed else "FAILED"
        click.echo(f"{mark}  {business}/{result.conversation.file}: {result.conversation.title}")
        if not result.passed:
            click.echo(result.differences())
    click.echo(f"{len(played) - failed} passed, {failed} failed.", err=True)
    sys.exit(1 if failed else 0)


def _businesses(place: Path) -> list[tuple[Path, Path]]:
    """Business folders, each with where its conversations are. Raises ContentError where there is none."""
    if not place.exists():
        raise ContentError("content.no_tests", f"{place} does not exist; name a business's folder in nlu_data.")
    for folder in (place, *place.resolve().parents[:2]):
        if (folder / "business.yml").exists():
            return [(folder, place)]
    return [(path.parent, path.parent) for path in sorted(place.glob("*/business.yml"))]


def _played(business: Path, tests: Path, only: str, settings: Settings) -> list[Result]:
    from bot.nlu.interpreter import EmbeddedInterpreter
    from bot.offices import intents_of

    conversations = [each for each in conversations_of(tests) if only.lower() in f"{each.file} {each.title}".lower()]
    if not conversations:
        return []
    content = load_content(business)
    interpreter = EmbeddedInterpreter(intents_of(content, settings.home / "intents"), content.vocabulary)
    return list(run_conversations(content, interpreter, conversations))


def _as_json(business: str, result: Result) -> dict[str, object]:
    conversation = result.conversation
    facts = {"business": business, "file": conversation.file, "line": conversation.line, "title": conversation.title}
    return {**facts, "passed": result.passed, "wanted": result.wanted, "why": result.why, "story": list(result.story)}
