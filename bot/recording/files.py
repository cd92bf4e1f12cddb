"""Where recordings lie: a folder a day, a file a stretch of a call, named by the call and when the stretch began."""

from __future__ import annotations

import datetime as dt
import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.errors import RecordingError
from bot.recording.opus import Sink
from bot.recording.sealing import Sealed, is_sealed, unsealed

PIECE: Final = 65_536
_NAME: Final = re.compile(r"(?P<call>[0-9a-zA-Z]{1,64})-(?P<ms>[0-9]{13})\.ogg")
_CALL: Final = re.compile(r"[0-9a-zA-Z]{1,64}")


@dataclass(frozen=True, slots=True)
class Stretch:
    """One file of a recording, Ogg Opus once it is opened."""

    path: Path
    began_at: dt.datetime


class Files:
    def __init__(self, folder: Path, key: bytes | None = None) -> None:
        """`key`: new files are sealed with it, and sealed ones are opened with it."""
        self._folder, self._key = folder, key

    def create(self, call_id: str, now: dt.datetime) -> Sink:
        """Raises RecordingError `recording.unwritable`."""
        day = self._folder / f"{now.astimezone(dt.UTC):%Y-%m-%d}"
        try:
            day.mkdir(parents=True, exist_ok=True, mode=0o700)
            file = (day / f"{_checked(call_id)}-{round(now.timestamp() * 1000):013}.ogg").open("xb")
        except OSError as error:
            message = "No recording can be made: please look at the rights and the space of the recordings' folder."
            raise RecordingError("recording.unwritable", message) from error
        return Sealed(file, self._key) if self._key else file

    def of_call(self, call_id: str, started_at: dt.datetime) -> list[Stretch]:
        """In order; [] for a call that was not recorded, or whose recording was deleted. A call lasts a day at most."""
        first = started_at.astimezone(dt.UTC).date()
        days = [self._folder / f"{first + dt.timedelta(days=ahead):%Y-%m-%d}" for ahead in (0, 1)]
        return [_stretch(path) for day in days for path in sorted(day.glob(f"{_checked(call_id)}-*.ogg"))]

    def calls_on(self, day: dt.date) -> frozenset[str]:
        """Calls with a stretch that began on that day (UTC)."""
        names = (_NAME.fullmatch(path.name) for path in (self._folder / day.isoformat()).glob("*.ogg"))
        return frozenset(name["call"] for name in names if name)

    def sound(self, stretch: Stretch) -> Iterator[bytes]:
        """Ogg Opus in pieces. Raises RecordingError `recording.gone`, `recording.key` or `recording.sealed`."""
        try:
            file = stretch.path.open("rb")
        except OSError as error:
            raise RecordingError("recording.gone", "This recording has been deleted.") from error
        with file:
            head = file.read(8)
            file.seek(0)
            if not is_sealed(head):
                yield from iter(lambda: file.read(PIECE), b"")
            elif self._key is None:
                raise RecordingError("recording.key", "This recording is sealed; please give the key it was made with.")
            else:
                yield from unsealed(file, self._key)

    def delete(self, call_id: str) -> int:
        """All of a call, whenever it was; how many files there were."""
        found = list(self._folder.glob(f"*/{_checked(call_id)}-*.ogg"))
        for path in found:
            path.unlink(missing_ok=True)
        return len(found)

    def delete_before(self, day: dt.date) -> int:
        """Whole days; how many there were."""
        old = [path for path in self._folder.glob("????-??-??") if (found := _day(path)) and found < day]
        for path in old:
            shutil.rmtree(path, ignore_errors=True)
        return len(old)


def _stretch(path: Path) -> Stretch:
    match = _NAME.fullmatch(path.name)
    ms = int(match["ms"]) if match else 0
    return Stretch(path, dt.datetime.fromtimestamp(ms / 1000, dt.UTC))


def _day(path: Path) -> dt.date | None:
    with suppress(ValueError):
        return dt.date.fromisoformat(path.name)
    return None


def _checked(call_id: str) -> str:
    """A call's id comes from an address in the browser, too."""
    if not _CALL.fullmatch(call_id):
        raise RecordingError("recording.gone", "There is no such recording.")
    return call_id
