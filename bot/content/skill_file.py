"""Skills as content teams write them, `skills/*.yml`, read strictly: a mistake is named with file, line and mend."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import yaml
from pydantic import ValidationError

from bot.appointments.model import Business
from bot.content.lengths import too_long_to_hear
from bot.content.yaml_form import Entry, mistake, read_yaml
from bot.errors import ContentError
from bot.skills.checking import Finding, check
from bot.skills.model import Skill

PLAIN = {
    "extra_forbidden": "this is not known here; check its spelling, or remove it.",
    "missing": "this is missing; add it.",
    "string_pattern_mismatch": "use small letters, figures and underscores, beginning with a letter.",
    "too_short": "this is empty; fill it in.",
    "string_too_short": "this is empty; fill it in.",
}
"""pydantic's kinds of mistakes, said to somebody who does not program."""


def skill_files(folder: Path) -> list[Path]:
    """Those all businesses share, then the business's own; an own file replaces a shared one of its name."""
    shared = {path.name: path for path in sorted((folder.parent / "skills").glob("*.yml"))}
    return list({**shared, **{path.name: path for path in sorted((folder / "skills").glob("*.yml"))}}.values())


def read_skills(paths: Iterable[Path]) -> dict[str, Skill]:
    return {skill.id: skill for skill in map(read_skill, paths)}


def skill_phrases(folder: Path) -> Iterator[tuple[Path, int, str]]:
    """What starts each skill, with file and line; the file's name is the intent's."""
    for path in skill_files(folder):
        fields = read_yaml(path).fields()
        for item in fields["phrases"].items() if "phrases" in fields else ():
            yield path, item.line, item.text()


def read_skill(path: Path) -> Skill:
    """Raises ContentError naming file, line and what to do."""
    entry = read_yaml(path)
    raw = _plain(entry)
    if not isinstance(raw, dict):
        raise entry.wrong("a group of “name: value” lines is expected here.")
    try:
        return Skill.model_validate({**raw, "id": path.stem})
    except ValidationError as error:
        raise _first(error, entry, path) from error


def findings(folder: Path, skills: Mapping[str, Skill], business: Business) -> Iterator[tuple[Path, int, Finding]]:
    """What is wrong with the skills of a business folder, with file and line."""
    for path in skill_files(folder):
        for finding in check(skills[path.stem], business.facts, business.services):
            yield path, line_of(path, *finding.where), finding


def refuse_wrong_skills(
    folder: Path, skills: Mapping[str, Skill], business: Business, reserved: Collection[str]
) -> None:
    """Raises ContentError at the first error; `reserved` are intents that are no skills."""
    for path in skill_files(folder):
        if path.stem in reserved:
            raise mistake(path, 1, f"“{path.stem}” is built in; give the file and so the skill another name.")
    for path, line, finding in findings(folder, skills, business):
        if finding.level == "error":
            raise mistake(path, line, f"{_place(finding.where)}: {finding.message}")


def _place(where: Sequence[str | int]) -> str:
    """ "steps → number 3"."""
    return " → ".join(part if isinstance(part, str) else f"number {part + 1}" for part in where[:2])


def _plain(entry: Entry) -> object:
    """Texts, lists and groups; every scalar as it was written."""
    if isinstance(entry.node, yaml.MappingNode):
        return {name: _plain(field) for name, field in entry.fields().items()}
    if isinstance(entry.node, yaml.SequenceNode):
        return [_plain(item) for item in entry.items()]
    text = entry.text()
    if wrong := too_long_to_hear(text):
        raise entry.wrong(wrong)
    return text


def _first(error: ValidationError, entry: Entry, path: Path) -> ContentError:
    """The first mistake, at the line it is in."""
    found = error.errors()[0]
    place, name = entry, []
    for part in found["loc"]:
        name.append(str(part) if not isinstance(part, int) else f"number {part + 1}")
        place = _inside(place, part) or place
    if found["loc"] == ("id",):
        return mistake(path, 1, "the file's name is the skill's: small letters, figures, underscores, then .yml.")
    said = PLAIN.get(found["type"], f"{found['msg'].removeprefix('Value error, ')}.")
    return mistake(path, place.line, f"{' → '.join(name)}: {said}" if name else said)


def _inside(place: Entry, part: str | int) -> Entry | None:
    if isinstance(part, int) and isinstance(place.node, yaml.SequenceNode):
        return place.items()[part]
    fields: Mapping[str, Entry] = place.fields() if isinstance(place.node, yaml.MappingNode) else {}
    return fields.get(str(part))


def line_of(path: Path, *names: str | int) -> int:
    """Where in the file this is, from 1."""
    place = read_yaml(path)
    for name in names:
        place = _inside(place, name) or place
    return place.line
