"""The draft: what editors have changed and nobody hears yet. All of them write the same one.

Who saves a file says which text they had opened. Was it changed meanwhile, by a colleague or in the folder, they are
told, and nothing of either text is lost.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from bot.editing.files import check_path, check_text, read_files
from bot.editing.model import DraftRows, Edited, token
from bot.editing.pieces import piece_of, with_piece
from bot.errors import ContentError

TRIES = 3
"""So often a colleague may be quicker, with another piece of the file."""


class Draft:
    """Blocking: it reads the content folder and the database."""

    def __init__(self, root: Path, rows: DraftRows) -> None:
        self.root = root
        self._rows = rows

    def edited(self) -> list[Edited]:
        return list(self._rows.edited())

    def files(self) -> dict[str, str]:
        """All content as it will be once this draft is published."""
        return read_files(self.root) | {one.path: one.text for one in self._rows.edited()}

    def text(self, path: str) -> str:
        """ "" when there is no such file yet."""
        return self.files().get(check_path(path), "")

    def save(self, path: str, text: str, opened: str, by: str, now: dt.datetime) -> str:
        """The token of what is now in the draft. `opened`: `token` of the text that was edited.

        Raises ContentError: `content.changed_meanwhile`, or what is wrong with path or text.
        """
        check_path(path)
        text = check_text(text)
        published = read_files(self.root).get(path)
        mine = {one.path: one for one in self._rows.edited()}.get(path)
        before = mine.text if mine else published
        if token(before) != opened:
            raise _changed(path, mine)
        if text == published:
            if mine:
                self._rows.drop({path: token(mine.text)})
            return token(text)
        base = mine.base if mine else token(published)
        if not self._rows.put(Edited(path, text, base, by, now), token(mine.text) if mine else ""):
            raise _changed(path, None)
        return token(text)

    def save_piece(self, path: str, kind: str, name: str, text: str, opened: str, by: str, now: dt.datetime) -> None:
        """As `save`, but of a piece (`bot/editing/pieces.py`): colleagues may edit others of this file meanwhile."""
        for _ in range(TRIES):
            whole = self.files().get(check_path(path), "")
            if kind == "file":
                self.save(path, text, opened, by, now)
                return
            if token(piece_of(whole, kind, name).text) != opened:
                raise _changed(path, {one.path: one for one in self._rows.edited()}.get(path))
            try:
                self.save(path, with_piece(whole, kind, name, text), token(whole), by, now)
                return
            except ContentError as error:
                if error.code != "content.changed_meanwhile":
                    raise
        raise _changed(path, None)

    def discard(self, paths: list[str] | None = None) -> None:
        """Back to what is published; all files, or these."""
        edited = self._rows.edited()
        self._rows.drop({one.path: token(one.text) for one in edited if paths is None or one.path in paths})

    def conflicts(self) -> list[str]:
        """Files whose published text changed since they were taken into the draft."""
        published = read_files(self.root)
        return [
            one.path for one in self._rows.edited() if token(published.get(one.path)) not in (one.base, token(one.text))
        ]


def _changed(path: str, mine: Edited | None) -> ContentError:
    who = f"{mine.by} changed" if mine else "Somebody changed"
    return ContentError(
        "content.changed_meanwhile",
        f"{who} {path} after you opened it. Your text is still in front of you: copy what you need, open it anew, and "
        "put it in again.",
    )
