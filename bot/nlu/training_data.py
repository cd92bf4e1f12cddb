"""Phrases by intent from Rasa's training files (YAML, version 3.x), every complaint with file and line.

Read are `nlu:` entries with `intent` and `examples` (a block of "- phrase" lines, or a list with `text:` and metadata).
Entity marks such as `[tuesday](date)` or `[tues]{"entity": "date", "value": "tuesday"}` leave their words behind.
Synonyms, lookups and regular expressions are checked for form and passed over.
Format: rasa.com/docs, "NLU Training Data".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import yaml

from bot.errors import ContentError

MAX_BYTES = 8_000_000
"""Files beyond this are refused: hand-written content is a hundredth of it."""

SECTIONS = ("intent", "synonym", "lookup", "regex")

_MARK = re.compile(r"\[([^\[\]]*)\](?:\([^()]*\)|\{[^{}]*\})")


def read_examples(paths: Iterable[Path]) -> dict[str, tuple[str, ...]]:
    """Intent → plain phrases in the order written; the same intent in several files is joined, repeats are dropped.

    Raises ContentError naming file, line and mend.
    """
    phrases: dict[str, dict[str, None]] = {}
    for path in paths:
        for intent, phrase, _line in examples_with_lines(path):
            phrases.setdefault(intent, {})[phrase] = None
    return {intent: tuple(found) for intent, found in phrases.items()}


def examples_with_lines(path: Path) -> Iterator[tuple[str, str, int]]:
    """(intent, plain phrase, line in the file counted from 1) of one file. Raises ContentError."""
    entries = _child(path, _document(path), "nlu")
    if not isinstance(entries, yaml.SequenceNode):
        raise _wrong(path, 1, "content.nlu_missing", "a list `nlu:` is missing; start the file with `nlu:`")
    for entry in entries.value:
        yield from _entry(path, entry)


def plain(phrase: str) -> str:
    """A phrase without entity marks: "on [tuesday](date)" → "on tuesday"."""
    return " ".join(_MARK.sub(r"\1", phrase).split())


def _document(path: Path) -> yaml.MappingNode:
    text = _text(path)
    try:
        _refuse_aliases(path, text)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise _wrong(
            path, line, "content.yaml", f"this is not YAML ({error.problem}); check indents and quotes"
        ) from error
    except yaml.YAMLError as error:
        raise _wrong(path, 1, "content.yaml", "this is not YAML text; save the file as plain UTF-8") from error
    if not isinstance(node, yaml.MappingNode):
        raise _wrong(path, 1, "content.nlu_missing", "the file is empty or no mapping; start it with `nlu:`")
    return node


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise _wrong(path, 1, "content.too_big", f"the file is larger than {MAX_BYTES // 1_000_000} MB; split it")
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise _wrong(path, 1, "content.encoding", "the file is not UTF-8; save it as UTF-8") from error
    except OSError as error:
        raise _wrong(path, 1, "content.unreadable", "the file cannot be read; check that it is there") from error


def _refuse_aliases(path: Path, text: str) -> None:
    """YAML aliases let a small file grow to gigabytes; training data has no use for them."""
    for token in yaml.scan(text, Loader=yaml.SafeLoader):
        if isinstance(token, yaml.AliasToken):
            line = token.start_mark.line + 1
            raise _wrong(path, line, "content.alias", "YAML aliases (*name) are not taken; write it out")


def _entry(path: Path, entry: yaml.Node) -> Iterator[tuple[str, str, int]]:
    kinds = [kind for kind in SECTIONS if _child(path, entry, kind) is not None]
    if len(kinds) != 1:
        mend = "each entry needs one of intent, synonym, lookup, regex"
        raise _wrong(path, _line(entry), "content.entry", mend)
    name, examples = _child(path, entry, kinds[0]), _child(path, entry, "examples")
    if not isinstance(name, yaml.ScalarNode) or not name.value.strip():
        raise _wrong(
            path, _line(entry), "content.intent_name", f"the {kinds[0]} has no name; write it behind the colon"
        )
    if examples is None:
        mend = f"{kinds[0]} {name.value!r} has no examples; add `examples: |` and lines with a dash"
        raise _wrong(path, _line(name), "content.examples_missing", mend)
    found = list(_examples(path, examples))
    if kinds[0] != "intent":
        return
    if not found:
        raise _wrong(
            path, _line(examples), "content.examples_missing", f"intent {name.value!r} has no phrases; add some"
        )
    for phrase, line in found:
        yield name.value.strip(), phrase, line


def _examples(path: Path, node: yaml.Node) -> Iterator[tuple[str, int]]:
    if isinstance(node, yaml.ScalarNode):
        yield from _dashed_lines(path, node)
    elif isinstance(node, yaml.SequenceNode):
        yield from _listed(path, node)
    else:
        raise _wrong(
            path, _line(node), "content.examples", "examples must be a block `|` of lines with a dash, or a list"
        )


def _dashed_lines(path: Path, node: yaml.ScalarNode) -> Iterator[tuple[str, int]]:
    first = _line(node) + (node.style in ("|", ">"))
    for offset, raw in enumerate(node.value.splitlines()):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if not line.startswith("-"):
            raise _wrong(path, first + offset, "content.dash", "a phrase must start with a dash and a space: `- …`")
        if phrase := plain(line.removeprefix("-")):
            yield phrase, first + offset


def _listed(path: Path, node: yaml.SequenceNode) -> Iterator[tuple[str, int]]:
    for item in node.value:
        text = _child(path, item, "text") if isinstance(item, yaml.MappingNode) else item
        if not isinstance(text, yaml.ScalarNode):
            raise _wrong(path, _line(item), "content.examples", "this example has no text; write `- text: …`")
        for raw in text.value.splitlines():
            if phrase := plain(raw.strip().removeprefix("- ")):
                yield phrase, _line(text)


def _child(path: Path, node: yaml.Node, key: str) -> yaml.Node | None:
    if not isinstance(node, yaml.MappingNode):
        raise _wrong(path, _line(node), "content.entry", "this should be `key: value`; check the indents")
    return next((value for name, value in node.value if name.value == key), None)


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _wrong(path: Path, line: int, code: str, mend: str) -> ContentError:
    return ContentError(code, f"{path}:{line}: {mend}.")
