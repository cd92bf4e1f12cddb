"""Messages that callers left: WAV files in one folder, sealed where recordings are, and kept as long as they are."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

from bot.errors import RecordingError
from bot.recording.sealing import Sealed, is_sealed, unsealed


class Messages:
    """Blocks."""

    def __init__(self, folder: Path, key: bytes | None = None) -> None:
        """`key`: new files are sealed with it, and sealed ones are opened with it."""
        self._folder, self._key = folder, key

    def keep(self, name: str, wav: bytes) -> None:
        """On the disk, not only in its cache; nobody else may read it. Raises OSError."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._folder / name
        path.touch(mode=0o600)
        file = path.open("wb")
        out = Sealed(file, self._key) if self._key else file
        try:
            out.write(wav)
        finally:
            out.close()
        with path.open("rb") as written:
            os.fsync(written.fileno())

    def sound(self, name: str) -> bytes:
        """The WAV file. Raises RecordingError `recording.gone`, `recording.key` or `recording.sealed`."""
        path = self._folder / name
        try:
            with path.open("rb") as file:
                head = file.read(8)
                file.seek(0)
                if not is_sealed(head):
                    return file.read()
                if self._key is None:
                    raise RecordingError("recording.key", "This message is sealed; please give the key of recordings.")
                return b"".join(unsealed(file, self._key))
        except OSError as error:
            raise RecordingError("recording.gone", "There is no such message any more.") from error

    def delete(self, name: str) -> None:
        """Gone already is as good. Raises OSError."""
        (self._folder / name).unlink(missing_ok=True)

    def delete_before(self, moment: dt.datetime) -> int:
        """Those left before; how many there were. A file that cannot be deleted is tried again the next time."""
        deleted = 0
        for path in self._folder.glob("*.wav"):
            try:
                if path.stat().st_mtime < moment.timestamp():
                    path.unlink()
                    deleted += 1
            except OSError:
                continue
        return deleted
