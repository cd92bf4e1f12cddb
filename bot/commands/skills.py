"""`frontdesk skills …`: which skills a business has, what they took down, and how they look as a diagram."""

from __future__ import annotations

import json
from pathlib import Path

import click

from bot.config import load_settings
from bot.content.content import Content, load_all
from bot.errors import ContentError
from bot.skills.model import Skill

JSON = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
BUSINESS = click.option("--business", default="", help="Only of this one (the name of its folder).")


@click.group()
def skills() -> None:
    """What a business asks and does, from its skills/ files: list, draw, results."""


@skills.command("list")
@BUSINESS
@JSON
def list_skills(business: str, as_json: bool) -> None:
    """Every skill with what it asks and how it may end."""
    found = [
        {
            "business": name,
            "skill": skill.id,
            "title": skill.title,
            "slots": list(skill.slots),
            "outcomes": list(skill.outcomes),
        }
        for name, content in _contents(business).items()
        for skill in content.skills.values()
    ]
    if as_json:
        click.echo(json.dumps({"skills": found}, ensure_ascii=False))
        return
    for each in found:
        click.echo(f"{each['business']}  {each['skill']:14} {each['title']}")
        click.echo(f"    asks {', '.join(each['slots'])}; ends with {', '.join(each['outcomes'])}")
    if not found:
        click.echo("No skills yet; docs/skills.md tells how to write one.")


@skills.command()
@click.argument("name")
@BUSINESS
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="The SVG file; default: standard output.")
def draw(name: str, business: str, out: Path | None) -> None:
    """The steps of a skill and the answers between them, as an SVG picture."""
    from bot.skills.drawing import draw as drawn

    picture = drawn(_skill(name, business))
    if out is None:
        click.echo(picture, nl=False)
        return
    out.write_text(picture, encoding="utf-8")
    click.echo(f"The picture is in {out}; any browser shows it.", err=True)


@skills.command()
@BUSINESS
@click.option("--skill", default=None, help="Only of this one.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True)
@JSON
def results(business: str, skill: str | None, limit: int, as_json: bool) -> None:
    """What was taken down, newest first."""
    from bot.store.store import open_store

    store = open_store(load_settings().database)
    try:
        found = store.skill_results.newest(business or None, skill, limit)
    finally:
        store.close()
    if as_json:
        click.echo(json.dumps({"results": list(found)}, ensure_ascii=False))
        return
    for each in found:
        values = ", ".join(f"{slot}: {text}" for slot, text in each["written"].items())
        click.echo(
            f"{each['at'][:16]}  {each['reference']}  {each['business']}  {each['skill']}/{each['outcome']}  {values}"
        )
    if not found:
        click.echo("Nothing has been taken down yet.")


def _contents(business: str) -> dict[str, Content]:
    contents = dict(load_all(load_settings().content))
    if business and business not in contents:
        raise ContentError("content.no_business", f"There is no {business}; there are {', '.join(contents)}.")
    return {business: contents[business]} if business else contents


def _skill(name: str, business: str) -> Skill:
    """Raises ContentError when there is none of that name, or more than one business has it."""
    found = {key: content.skills[name] for key, content in _contents(business).items() if name in content.skills}
    if len(found) == 1:
        return next(iter(found.values()))
    if found:
        raise ContentError("content.skill", f"Several have it; add --business with one of {', '.join(found)}.")
    known = sorted({skill for content in _contents(business).values() for skill in content.skills})
    raise ContentError("content.skill", f"There is no skill “{name}”; there are: {', '.join(known) or 'none'}.")
