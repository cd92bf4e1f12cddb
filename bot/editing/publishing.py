"""Publishing: the draft becomes what callers hear, as a version with a name, a date and somebody who did it.

A draft goes out only after a check of exactly this draft has passed. When its gate is shut an admin may override it,
with a reason that stays with the version; mistakes in the files nobody can override. The files are written into the
content folder, where a running centre finds them and takes them for the calls to come.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.content.being_published import alone
from bot.editing.checking import Checking, Report, Step, pair
from bot.editing.draft import Draft
from bot.editing.files import differences, read_files, write_back
from bot.editing.model import Files, Version, VersionRows
from bot.errors import ContentError

BEGINNING = "Before the first publishing"
HAND = "Changed in the folder by hand"


@dataclass(frozen=True, slots=True)
class Publisher:
    """Who publishes."""

    name: str
    may_override: bool = False


class Publishing:
    """Blocking."""

    def __init__(self, draft: Draft, rows: VersionRows, checking: Checking) -> None:
        self.draft = draft
        self._root: Path = draft.root
        self._rows = rows
        self._checking = checking
        self._last: Report | None = None
        self.step: Step | None = None
        """Where a check is that goes on now."""

    def check(self) -> Report:
        """Of the draft as it is now; remembered, so that publishing it need not learn again."""
        published, files = read_files(self._root), self.draft.files()
        if self._last is None or self._last.of != pair(published, files):
            try:
                self._last = self._checking.check(published, files, self._tell)
            finally:
                self.step = None
        return self._last

    def _tell(self, step: Step) -> None:
        self.step = step

    def publish(self, name: str, by: Publisher, now: dt.datetime, override: str = "") -> Version:
        """Raises ContentError: `content.nothing`, `.name`, `.conflict`, `.broken`, `.gate` (a reason may help)."""
        name = _named(name)
        report = self.check()
        with alone(self._root):
            published, files = read_files(self._root), self.draft.files()
            edited = self.draft.edited()
            if not edited:
                raise ContentError("content.nothing", "The draft is empty: there is nothing to publish.")
            self._refuse_conflicts()
            if report.of != pair(published, files):
                raise ContentError("content.unchecked", "The draft changed while it was checked; check it once more.")
            reason = _may_go(report, by, override)
            self._remember(published, now)
            write_back(self._root, {one.path: one.text for one in edited})
            version = self._rows.add_version(Version(0, name, now, by.name, reason, _figures(report)), files)
            self.draft.discard([one.path for one in edited])
        return version

    def rollback(self, version: int, by: Publisher, now: dt.datetime) -> Version:
        """An earlier version again, as a version of its own; the draft stays. It has served before: no check."""
        files = self.files_of(version)
        with alone(self._root):
            published = read_files(self._root)
            self._remember(published, now)
            changed = {path: text for path, text in files.items() if published.get(path) != text}
            write_back(self._root, changed, tuple(path for path in published if path not in files))
            before = next(one for one in self._rows.versions() if one.id == version)
            name = f"Back to {version}: {before.name}"[:120]
            return self._rows.add_version(Version(0, name, now, by.name, "", before.figures), files)

    def versions(self) -> list[Version]:
        return list(self._rows.versions())

    def files_of(self, version: int) -> Files:
        """Raises ContentError (`content.no_version`)."""
        files = self._rows.files_of(version)
        if files is None:
            raise ContentError(
                "content.no_version", f"There is no version {version}; `versions` lists those there are."
            )
        return files

    def compared(self, old: int | None = None, new: int | None = None) -> dict[str, Any]:
        """Files that differ as unified diffs, and the figures of both; None: what is published, and the draft."""
        before = read_files(self._root) if old is None else self.files_of(old)
        after = self.draft.files() if new is None else self.files_of(new)
        known = {one.id: dict(one.figures) for one in self._rows.versions()}
        return {"files": differences(before, after), "figures": [known.get(old or 0, {}), known.get(new or 0, {})]}

    def _refuse_conflicts(self) -> None:
        if conflicts := self.draft.conflicts():
            raise ContentError(
                "content.conflict",
                f"{', '.join(conflicts)} changed in the content folder since the draft of it was begun. Keep your text "
                "aside, discard the draft of this file, and put your changes in again.",
            )

    def _remember(self, published: Files, now: dt.datetime) -> None:
        """What serves is always a version one can go back to, whoever wrote it."""
        versions = self._rows.versions()
        if not versions:
            self._rows.add_version(Version(0, BEGINNING, now, "", ""), published)
        elif self._rows.files_of(versions[0].id) != published:
            self._rows.add_version(Version(0, HAND, now, "", ""), published)


def _named(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > 120:
        raise ContentError("content.name", "Give the version a name of up to 120 letters that says what is new.")
    return name


def _may_go(report: Report, by: Publisher, override: str) -> str:
    """The reason that stays with the version; "" when none is needed."""
    if report.is_broken:
        first = next(problem for problem in report.problems if problem.level == "error")
        where = f"{first.path}, line {first.line}: " if first.path else ""
        raise ContentError("content.broken", f"This cannot be published: {where}{first.message}")
    if not report.failures:
        return ""
    reason = " ".join(override.split())[:500]
    if not reason or not by.may_override:
        mend = "give a reason to publish it all the same" if by.may_override else "mend it, or ask an admin"
        raise ContentError("content.gate", f"The check did not pass: {report.failures[0]} Please {mend}.")
    return reason


def _figures(report: Report) -> dict[str, Any]:
    of = report.regressions
    return {key: {"phrases": one.phrases, "before": one.before, "after": one.after} for key, one in of.items()}
