"""What there is to edit for one business, in the words of people who edit it: the left side of the content page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.editing.model import Files, token
from bot.editing.pieces import Piece, pieces

CALLERS, QUESTIONS, BOT, TIMES, PEOPLE, OTHER = (
    "What callers say",
    "Questions and answers",
    "What the bot says",
    "Hours and holidays",
    "Staff and services",
    "About the business",
)
SECTIONS: Mapping[str, tuple[str, str]] = {
    "branches": (TIMES, "Branches and opening hours"),
    "exceptions": (TIMES, "Special days"),
    "holidays": (TIMES, "Public holidays"),
    "staff": (PEOPLE, "Staff"),
    "roles": (PEOPLE, "Words for roles"),
    "services": (PEOPLE, "Services and prices"),
    "queues": (TIMES, "Queues for people, at a first start"),
    "facts": (OTHER, "Facts for answers"),
}
FILES: Mapping[str, str] = {"skills": "Skills", "tests": "Tests"}


@dataclass(frozen=True, slots=True)
class Part:
    """A text of an item: one piece of one file, or a whole file (`kind` "file")."""

    path: str
    kind: str
    name: str
    text: str
    opened: str
    """`token` of the text."""
    shared: bool
    """Every business uses it."""


@dataclass(frozen=True, slots=True)
class Item:
    """What is edited at once."""

    group: str
    title: str
    parts: tuple[Part, ...]
    changed: bool
    """In the draft, not yet published."""


def catalogue(published: Files, draft: Files, business: str) -> list[Item]:
    """Of one business, what it shares with the others included."""
    before = {(part.path, part.kind, part.name): part.text for _, _, part in _parts(published, business)}
    found: dict[tuple[str, str], list[Part]] = {}
    for group, title, part in _parts(draft, business):
        found.setdefault((group, title), []).append(part)
    return [
        Item(group, title, tuple(parts), any(before.get((one.path, one.kind, one.name)) != one.text for one in parts))
        for (group, title), parts in found.items()
    ]


def _parts(files: Files, business: str) -> Iterator[tuple[str, str, Part]]:
    """(group, title, part)."""
    for path in (f"{business}/nlu.yml", "nlu.yml", f"{business}/faq.yml"):
        for piece in _of_kind(files, path, "phrases"):
            if not piece.name.startswith("faq/"):
                yield CALLERS, piece.name.replace("_", " "), _part(path, piece)
    for piece in _cut(files, f"{business}/faq.yml"):
        if piece.kind in ("phrases", "answer"):
            title = piece.name.removeprefix("utter_").removeprefix("faq/").replace("_", " ")
            yield QUESTIONS, title, _part(f"{business}/faq.yml", piece)
    for path in (f"{business}/responses.yml", "responses.yml"):
        for piece in _of_kind(files, path, "answer"):
            yield BOT, piece.name.removeprefix("utter_").replace("_", " "), _part(path, piece)
    for piece in _of_kind(files, f"{business}/business.yml", "section"):
        group, title = SECTIONS.get(piece.name, (OTHER, piece.name.replace("_", " ").capitalize()))
        yield group, title, _part(f"{business}/business.yml", piece)
    yield from _whole_files(files, business)


def _whole_files(files: Files, business: str) -> Iterator[tuple[str, str, Part]]:
    """Skills and tests; and files whose YAML is broken, which have no pieces."""
    for path, text in files.items():
        folder, _, rest = path.partition("/")
        is_ours, inner = folder == business, rest if folder == business else path
        kind = FILES.get(inner.partition("/")[0]) if "/" in inner else None
        is_broken = path.endswith(".yml") and "/" not in inner and (is_ours or "/" not in path) and not pieces(text)
        if kind or is_broken:
            title = inner.partition("/")[2].removesuffix(".yml").replace("_", " ") if kind else path
            part = Part(path, "file", "", text, token(text), not is_ours)
            yield kind or "Files to mend", title, part


def _of_kind(files: Files, path: str, kind: str) -> list[Piece]:
    return [piece for piece in _cut(files, path) if piece.kind == kind]


def _cut(files: Files, path: str) -> list[Piece]:
    return pieces(files.get(path, ""))


def _part(path: str, piece: Piece) -> Part:
    return Part(path, piece.kind, piece.name, piece.text, token(piece.text), "/" not in path)
