"""A content file in pieces people edit: the phrases of an intent, the wordings of an answer, a section of business.yml.

A piece is cut out of the text and put back in its lines; all other lines, comments and their order stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from bot.content.lengths import too_long_to_hear, too_long_to_say
from bot.content.yaml_form import LOADER
from bot.editing.files import check_text
from bot.errors import ContentError

_CHANNEL = re.compile(r"(?:\[([a-z]+)\] *)?(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Piece:
    """`kind`: phrases (a line each), answer (a text a line) or section (lines of YAML as they stand)."""

    kind: str
    name: str
    text: str
    first: int
    """Its first line in the file, counted from 1."""
    last: int
    indent: int


def pieces(text: str) -> list[Piece]:
    """In the order of the file; none where the YAML is broken (it is then edited as a whole)."""
    try:
        root = yaml.compose(text, Loader=LOADER)
    except yaml.YAMLError:
        return []
    if not isinstance(root, yaml.MappingNode):
        return []
    lines = text.splitlines()
    found: list[Piece] = []
    for key, value in root.value:
        if key.value == "nlu" and isinstance(value, yaml.SequenceNode):
            found += _phrases(value, lines)
        elif key.value == "responses" and isinstance(value, yaml.MappingNode):
            found += _answers(value, lines)
        elif key.value != "version":
            first, last = key.start_mark.line + 1, _end(value, lines)
            found.append(Piece("section", key.value, "\n".join(lines[first - 1 : last]), first, last, 0))
    return found


def piece_of(text: str, kind: str, name: str) -> Piece:
    """Raises ContentError (`content.piece`)."""
    for piece in pieces(text):
        if (piece.kind, piece.name) == (kind, name):
            return piece
    raise ContentError("content.piece", f"There is no {name} in this file any more; open the page again.")


def with_piece(text: str, kind: str, name: str, new: str) -> str:
    """The file with that piece rewritten. Raises ContentError."""
    piece = piece_of(text, kind, name)
    _refuse_too_long(kind, new)
    lines = text.splitlines()
    fresh = list(_written(piece, check_text(new)))
    return "\n".join([*lines[: piece.first - 1], *fresh, *lines[piece.last :]]) + "\n"


def with_phrases(text: str, intent: str, phrases: list[str]) -> str:
    """The file with phrases added to an intent, which is made at the end of the `nlu` list when it is not there.

    Raises ContentError.
    """
    _refuse_too_long("phrases", "\n".join(phrases))
    text = text.strip("\n") + "\n" if text.strip() else 'version: "3.1"\nnlu:\n'
    if not any((piece.kind, piece.name) == ("phrases", intent) for piece in pieces(text)):
        text = _with_intent(text, intent, phrases)
        return text
    before = piece_of(text, "phrases", intent).text
    known = set(before.splitlines())
    fresh = [phrase for phrase in dict.fromkeys(phrases) if phrase not in known]
    return with_piece(text, "phrases", intent, "\n".join([before, *fresh]))


def with_answer(text: str, name: str, answer: str) -> str:
    """The file with an answer added at its end, where `responses` stands. Raises ContentError."""
    _refuse_too_long("answer", answer)
    if not re.search(r"^responses:", text, re.MULTILINE):
        text = text.strip("\n") + "\nresponses:\n"
    return f"{text.strip(chr(10))}\n  {name}:\n  - text: {_quoted(' '.join(answer.split()))}\n"


def _phrases(entries: yaml.SequenceNode, lines: list[str]) -> Iterator[Piece]:
    for entry in entries.value:
        fields = {key.value: value for key, value in entry.value} if isinstance(entry, yaml.MappingNode) else {}
        intent, examples = fields.get("intent"), fields.get("examples")
        if isinstance(intent, yaml.ScalarNode) and isinstance(examples, yaml.ScalarNode) and examples.style == "|":
            said = [line.strip().removeprefix("-").strip() for line in examples.value.splitlines() if line.strip()]
            first, last = examples.start_mark.line + 2, _end(examples, lines)
            indent = len(lines[first - 1]) - len(lines[first - 1].lstrip()) if first <= len(lines) else 4
            yield Piece("phrases", intent.value, "\n".join(said), first, last, indent)


def _answers(answers: yaml.MappingNode, lines: list[str]) -> Iterator[Piece]:
    for key, value in answers.value:
        if not isinstance(value, yaml.SequenceNode):
            continue
        texts = [_told(item) for item in value.value if isinstance(item, yaml.MappingNode)]
        yield Piece(
            "answer",
            key.value,
            "\n".join(texts),
            value.start_mark.line + 1,
            _end(value, lines),
            value.start_mark.column,
        )


def _told(item: yaml.MappingNode) -> str:
    """A wording in a line, "[browser] …" where it is for one channel alone."""
    fields = {key.value: value.value for key, value in item.value}
    text = " ".join(str(fields.get("text", "")).split())
    return f"[{fields['channel']}] {text}" if "channel" in fields else text


def _end(node: yaml.Node, lines: list[str]) -> int:
    """The last line that is the node's own: a block's mark runs on over blank lines and comments to what follows."""
    is_block = node.style in ("|", ">") if isinstance(node, yaml.ScalarNode) else not getattr(node, "flow_style", False)
    last = min(node.end_mark.line + (not is_block), len(lines))
    while last > node.start_mark.line + 1 and (not lines[last - 1].strip() or lines[last - 1].lstrip().startswith("#")):
        last -= 1
    return int(last)


def _refuse_too_long(kind: str, new: str) -> None:
    """Raises ContentError (`content.too_long`) counting the lines of the piece; sections are read with their file."""
    refused = {"phrases": too_long_to_say, "answer": too_long_to_hear}.get(kind)
    for number, line in enumerate(new.splitlines(), 1):
        if refused and (wrong := refused(line.strip())):
            raise ContentError("content.too_long", f"Line {number}: {wrong}")


def _written(piece: Piece, new: str) -> Iterator[str]:
    said = [line.strip() for line in new.splitlines() if line.strip()]
    if piece.kind == "section":
        yield from new.rstrip("\n").splitlines()
    elif piece.kind == "phrases":
        for phrase in dict.fromkeys(said):
            yield f"{' ' * piece.indent}{phrase if phrase.startswith('#') else '- ' + phrase.removeprefix('- ')}"
    else:
        for wording in said:
            channel, text = _CHANNEL.fullmatch(wording).groups()  # type: ignore[union-attr]
            yield f"{' ' * piece.indent}- text: {_quoted(text)}"
            if channel:
                yield f"{' ' * piece.indent}  channel: {channel}"


def _with_intent(text: str, intent: str, phrases: list[str]) -> str:
    """Before `responses`, or at the end."""
    entry = [f"- intent: {intent}", "  examples: |", *(f"    - {phrase}" for phrase in dict.fromkeys(phrases))]
    lines = text.rstrip("\n").splitlines()
    if not any(line.startswith("nlu:") for line in lines):
        lines.append("nlu:")
    place = next((at for at, line in enumerate(lines) if line.startswith("responses:")), len(lines))
    while place > 0 and (not lines[place - 1].strip() or lines[place - 1].startswith("#")):
        place -= 1
    return "\n".join([*lines[:place], *entry, *lines[place:]]) + "\n"


def _quoted(text: str) -> str:
    """Between double quotes, as YAML reads them back (YAML 1.2, 7.3.1)."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
