"""The content folder as texts by path: read, compared, copied out, and written back as a whole."""

from __future__ import annotations

import difflib
import os
import re
from pathlib import Path, PurePosixPath

from bot.content.yaml_form import read_text
from bot.editing.model import Files
from bot.errors import ContentError

KINDS = (".yml", ".tsv")
MAX_CHARACTERS = 1_000_000
PATH = re.compile(r"(?:[a-z0-9][a-z0-9_-]*/){0,3}[a-z0-9][a-z0-9_.-]*\.(?:yml|tsv)")


def read_files(root: Path) -> dict[str, str]:
    """Every content file below `root`. Raises ContentError for what is no text."""
    found = {}
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if path.suffix in KINDS and PATH.fullmatch(name):
            found[name] = read_text(path)
    return found


def check_path(path: str) -> str:
    """The path, when it may be content. Raises ContentError (`content.path`), so that nothing is written elsewhere."""
    if not PATH.fullmatch(path) or ".." in PurePosixPath(path).parts:
        raise ContentError(
            "content.path",
            "Content files are named in small letters and end in .yml or .tsv, like harbour_vets/faq.yml.",
        )
    return path


def check_text(text: str) -> str:
    """As it is kept: unix line ends, one at the end. Raises ContentError when it is enormous or not text."""
    if len(text) > MAX_CHARACTERS:
        raise ContentError("content.too_big", f"The text is longer than {MAX_CHARACTERS:,} characters; split the file.")
    if "\0" in text or any(0xD800 <= ord(char) <= 0xDFFF for char in text):
        raise ContentError("content.encoding", "This is not plain text; copy it again from a text editor.")
    return text.replace("\r\n", "\n").replace("\r", "\n").strip("\n") + "\n"


def copy_out(files: Files, folder: Path) -> None:
    """The files as a folder, for what reads folders."""
    for name, text in files.items():
        path = folder / check_path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def write_back(root: Path, changed: Files, gone: tuple[str, ...] = ()) -> None:
    """Each file is whole or untouched, also after a crash. Raises ContentError when the folder cannot be written."""
    try:
        for name, text in changed.items():
            path = root / check_path(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            fresh = path.with_name(f".{path.name}.new")
            fresh.write_text(text, encoding="utf-8")
            os.replace(fresh, path)
        for name in gone:
            (root / check_path(name)).unlink(missing_ok=True)
    except OSError as error:
        raise ContentError(
            "content.unwritable",
            f"The content folder cannot be written ({error.strerror}); give the service write access to it.",
        ) from error


def differences(before: Files, after: Files) -> dict[str, list[str]]:
    """Path → unified diff, for files that differ."""
    found = {}
    for name in sorted({*before, *after}):
        old, new = before.get(name, ""), after.get(name, "")
        if old != new:
            found[name] = list(
                difflib.unified_diff(old.splitlines(), new.splitlines(), "before", "after", "", "", 2, "")
            )
    return found
