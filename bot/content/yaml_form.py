"""YAML that people edit, read strictly: every mistake is named with file, line and how to mend it.

PyYAML's nodes are read instead of its values, because nodes carry line marks and keep scalars as they were written
("08:00" is no number here, "no" is no boolean). Anchors and aliases are refused: with them a small file can grow
without bounds ("billion laughs").
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import yaml

from bot.errors import ContentError

MAX_BYTES = 1_000_000
MAX_DEPTH = 12
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""Ten times quicker where PyYAML was built with libyaml."""


def mistake(path: Path, line: int, what: str, code: str = "content.wrong") -> ContentError:
    """`line` counts from 1; `what` says what is wrong and how to mend it."""
    return ContentError(code, f"{path.parent.name}/{path.name}, line {line}: {what}")


def read_text(path: Path) -> str:
    """Raises ContentError when the file is missing, too large, or not UTF-8 text."""
    try:
        data = path.read_bytes() if path.stat().st_size <= MAX_BYTES else None
    except FileNotFoundError as error:
        raise mistake(path, 1, "the file is missing; create it or copy it from another business.") from error
    except OSError as error:
        raise mistake(path, 1, f"the file cannot be read ({error.strerror}); check its permissions.") from error
    if data is None:
        raise mistake(path, 1, f"the file is larger than {MAX_BYTES:,} bytes; split it or remove what is not needed.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise mistake(path, line, "this is not UTF-8 text; save the file with the encoding UTF-8.") from error
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise mistake(path, line, "this is not a text file; save it as plain text with the encoding UTF-8.")
    return text


def read_yaml(path: Path) -> Entry:
    """The document of a file. Raises ContentError for broken YAML, aliases, doubled keys, and what nests too deep."""
    text = read_text(path)
    try:
        _refuse_aliases(path, text)
        node = yaml.compose(text, Loader=LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = min(mark.line + 1, len(text.splitlines())) if mark else 1
        what = f"the YAML is broken here ({error.problem}); check indentation, quotes and colons nearby."
        raise mistake(path, line, what) from error
    except yaml.YAMLError as error:
        raise mistake(path, 1, "the YAML has characters that are not text; save the file as UTF-8.") from error
    if node is None:
        raise mistake(path, 1, "the file is empty; fill it in or copy it from another business.")
    return Entry(path, node, "")


def _refuse_aliases(path: Path, text: str) -> None:
    """Looks at the events of the parser before anything is built, so that depth and aliases cost nothing."""
    depth = 0
    for event in yaml.parse(text, Loader=LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise mistake(path, _line(event), "anchors (&) and aliases (*) are not allowed; write it out.")
        if depth > MAX_DEPTH:
            raise mistake(path, _line(event), "this is nested too deep; check brackets and indentation.")


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


class Entry:
    """A value in a file, with where it is and what it is called ("staff → patel → hours")."""

    def __init__(self, path: Path, node: yaml.Node, name: str) -> None:
        self.path = path
        self.node = node
        self.name = name

    @property
    def line(self) -> int:
        return int(self.node.start_mark.line) + 1

    def wrong(self, what: str) -> ContentError:
        return mistake(self.path, self.line, f"{self.name}: {what}" if self.name else what)

    def text(self) -> str:
        """A single value as it was written, trimmed. Raises ContentError for lists, groups and nothing."""
        if not isinstance(self.node, yaml.ScalarNode):
            raise self.wrong("one value is expected here, not a list or a group.")
        if not (value := str(self.node.value).strip()):
            raise self.wrong("this is empty; write a value or remove the line.")
        return value

    def whole_number(self, lowest: int, highest: int) -> int:
        text = self.text()
        if not text.isascii() or not text.isdigit() or not lowest <= int(text[:9]) <= highest:
            raise self.wrong(f"“{text}” must be a whole number from {lowest} to {highest}.")
        return int(text)

    def items(self) -> list[Entry]:
        """The entries of a list; one value alone counts as a list of one."""
        if isinstance(self.node, yaml.SequenceNode):
            return [Entry(self.path, node, self.name) for node in self.node.value]
        if isinstance(self.node, yaml.ScalarNode):
            return [self]
        raise self.wrong("a list is expected here, like [one, two].")

    def texts(self) -> tuple[str, ...]:
        return tuple(item.text() for item in self.items())

    def fields(self) -> dict[str, Entry]:
        """The named values of a group. Raises ContentError when it is not one or a name comes twice."""
        if not isinstance(self.node, yaml.MappingNode):
            raise self.wrong("a group of “name: value” lines is expected here.")
        found: dict[str, Entry] = {}
        for key, entry in self._pairs():
            if key in found:
                raise entry.wrong(f"this comes twice (first in line {found[key].line}); remove one.")
            found[key] = entry
        return found

    def _pairs(self) -> Iterator[tuple[str, Entry]]:
        for key, value in self.node.value:
            name = Entry(self.path, key, self.name).text()
            yield name, Entry(self.path, value, f"{self.name} → {name}" if self.name else name)


class Form:
    """A group whose names are known beforehand: unknown and missing ones are refused."""

    def __init__(self, entry: Entry, needed: str, optional: str = "") -> None:
        self.entry = entry
        self.fields = entry.fields()
        known = needed.split() + optional.split()
        for name, field in self.fields.items():
            if name not in known:
                raise field.wrong(f"“{name}” is not known here; use one of: {', '.join(known)}.")
        for name in needed.split():
            if name not in self.fields:
                raise entry.wrong(f"“{name}” is missing; add a line “{name}: …”.")

    def __getitem__(self, name: str) -> Entry:
        return self.fields[name]

    def __contains__(self, name: str) -> bool:
        return name in self.fields

    def text(self, name: str, default: str = "") -> str:
        return self.fields[name].text() if name in self.fields else default

    def texts(self, name: str) -> tuple[str, ...]:
        return self.fields[name].texts() if name in self.fields else ()

    def group(self, name: str) -> dict[str, Entry]:
        return self.fields[name].fields() if name in self.fields else {}
