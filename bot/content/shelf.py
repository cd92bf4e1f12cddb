"""Content that people edit while calls run: a broken edit is reported, and the last good version goes on serving."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from bot.content.being_published import is_being_published
from bot.content.content import Content, business_folders, load_all, load_content, refuse_shared_numbers
from bot.errors import ContentError

Signature = tuple[tuple[str, int, int], ...]


class Shelf:
    """The businesses of `root`, reread by `refresh()` when a file changed. Thread-safe.

    A call keeps the `Content` it began with. `spare` is a folder of ours where good versions are copied, so that the
    centre starts again even after a broken edit. Raises ContentError at first when a business is broken and there is
    no good version of it to fall back on.
    """

    def __init__(self, root: Path, spare: Path | None = None) -> None:
        self.root = root
        self.spare = spare
        self._lock = threading.Lock()
        self._signature: Signature = ()
        self._contents: Mapping[str, Content] = MappingProxyType({})
        self._problems: Mapping[str, ContentError] = MappingProxyType({})
        self.refresh()

    @property
    def contents(self) -> Mapping[str, Content]:
        """Business id → its newest good version."""
        return self._contents

    @property
    def problems(self) -> Mapping[str, ContentError]:
        """Business id ("" for all) → why its newest files are not in use."""
        return self._problems

    def refresh(self) -> bool:
        """Reread what changed on disk; True when `contents` or `problems` changed. Costs a few file stats otherwise."""
        with self._lock:
            signature = _signature(self.root)
            if signature == self._signature or is_being_published(self.root):
                return False
            self._read()
            self._signature = signature
            return True

    def _read(self) -> None:
        contents: dict[str, Content] = {}
        problems: dict[str, ContentError] = {}
        for folder in business_folders(self.root):
            try:
                contents[folder.name] = load_content(folder)
            except ContentError as error:
                problems[folder.name] = error
                if good := self._last_good(folder.name):
                    contents[folder.name] = good
                elif not self._contents:
                    raise
        try:
            self._accept(contents, problems)
        except ContentError as error:
            if not self._contents:
                raise
            problems[""] = error
        self._problems = MappingProxyType(problems)

    def _accept(self, contents: Mapping[str, Content], problems: Mapping[str, ContentError]) -> None:
        if not contents:
            load_all(self.root)  # says what is missing
        refuse_shared_numbers(contents, self.root)
        self._contents = MappingProxyType(dict(contents))
        if self.spare and not problems:
            _copy(self.root, self.spare)

    def _last_good(self, key: str) -> Content | None:
        if key in self._contents:
            return self._contents[key]
        if self.spare is None or not (self.spare / key).is_dir():
            return None
        try:
            return load_content(self.spare / key)
        except ContentError:
            return None  # kept by an older release; the error of the newest files says more


def _files(root: Path) -> list[Path]:
    return sorted([*root.glob("*.yml"), *root.glob("*/*.yml"), *root.glob("*/skills/*.yml")])


def _signature(root: Path) -> Signature:
    stats = [(path, path.stat()) for path in _files(root)]
    return tuple((str(path), stat.st_mtime_ns, stat.st_size) for path, stat in stats)


def _copy(root: Path, spare: Path) -> None:
    """Beside first, then swapped in: a copy cut short never stands for a good version."""
    fresh = spare.with_name(spare.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    for path in _files(root):
        target = fresh / path.relative_to(root)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    shutil.rmtree(spare, ignore_errors=True)
    fresh.replace(spare)
