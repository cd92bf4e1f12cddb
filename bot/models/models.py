"""Models: which there are, whether they are here, how they get here.

`audio_models/models.toml` is the catalogue. A model is a folder of its name; a folder of the setting `models`
(FRONTDESK_MODELS) is looked at first, then `audio_models/`. What is fetched is checked file by file against the
catalogue before it takes its place, and what is here is checked again at every start: 150 MB hash in 0.15 s (0.4 s
without SHA instructions), and the engines read the same files next.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bot.config import PROJECT
from bot.errors import ModelError
from bot.models.sources import ModelFile, Report, Run, Source, obtain, run_quietly

FOLDER = PROJECT / "audio_models"
CATALOGUE = FOLDER / "models.toml"
EARS = ("vosk", "whisper")


@dataclass(frozen=True, slots=True)
class SpeechModel:
    name: str
    kind: str
    """The ear that uses it, `vosk` or `whisper`, or `encoder`: understanding can do without that."""
    language: str
    licence: str
    about: str
    without: str
    """What it costs to run without it, as a sentence part."""
    sources: tuple[Source, ...]
    files: tuple[ModelFile, ...]

    @property
    def bytes(self) -> int:
        """Size on disk."""
        return sum(file.bytes for file in self.files)


def catalogue(path: Path = CATALOGUE) -> tuple[SpeechModel, ...]:
    """Raises ModelError (`models.catalogue`) when the catalogue cannot be read."""
    try:
        return tuple(_model(entry) for entry in tomllib.loads(path.read_text())["model"])
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise ModelError("models.catalogue", f"Please mend {path.name} in audio_models: {error}") from error


def _model(entry: dict[str, object]) -> SpeechModel:
    sources, files = entry.pop("source"), entry.pop("files")
    assert isinstance(sources, list)
    assert isinstance(files, dict)
    return SpeechModel(
        sources=tuple(Source(**source) for source in sources),
        files=tuple(ModelFile(path, **facts) for path, facts in files.items()),
        **entry,  # type: ignore[arg-type]
    )


def ears() -> tuple[SpeechModel, ...]:
    """Those that hear. One of them is enough to serve calls."""
    return tuple(model for model in catalogue() if model.kind in EARS)


def find(name: str, models: Path = FOLDER) -> Path | None:
    """The folder of a model: below `models` (the setting) if it is there, else below `audio_models/`, else None.

    A model of the catalogue counts only with all its files; a folder of another name is taken as it is.
    """
    known = {model.name: model for model in catalogue()}.get(name)
    for base in (models, FOLDER):
        folder = base / name
        if folder.is_dir() and (known is None or all((folder / file.path).is_file() for file in known.files)):
            return folder
    return None


def find_whole(model: SpeechModel, models: Path = FOLDER) -> Path | None:
    """Where the model is with every file as the catalogue says; None when it is missing or broken."""
    folder = find(model.name, models)
    return folder if folder and not broken_files(model, folder) else None


def broken_files(model: SpeechModel, folder: Path) -> tuple[str, ...]:
    """Paths of the files that are missing or not what the catalogue says; () when the model is whole."""
    return tuple(file.path for file in model.files if not _is_whole(folder / file.path, file))


def lack_of(model: SpeechModel, models: Path) -> str:
    """What is wrong with the model, in words; "" when it is here and whole."""
    if find_whole(model, models):
        return ""
    folder = find(model.name, models)
    return f"{model.name} is broken ({', '.join(broken_files(model, folder)[:3])})" if folder else f"no {model.name}"


def _is_whole(path: Path, file: ModelFile) -> bool:
    if not path.is_file() or path.stat().st_size != file.bytes:
        return False
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest() == file.sha256


def fetch(model: SpeechModel, models: Path, report: Report, run: Run = run_quietly) -> Path:
    """Bring the model below `models`, from the first source that has it whole. Returns its folder.

    Interrupted downloads are kept beside it and resumed. Raises ModelError: `models.unreachable` when no source had
    it (the message says what to put where), `models.disk` when there is no room or no right to write.
    """
    target, scratch = models / model.name, models / ".fetching" / model.name
    refusals: list[str] = []
    with _disk_errors(models):
        scratch.mkdir(parents=True, exist_ok=True)
        for source in model.sources:
            unpacked = scratch / "unpacked"
            shutil.rmtree(unpacked, ignore_errors=True)
            try:
                obtain(source, model.files, unpacked, scratch, report, run)
                _refuse_if_broken(model, unpacked, scratch)
            except ModelError as error:
                refusals.append(f"{source.where}: {error.message}")
                shutil.rmtree(unpacked, ignore_errors=True)
                continue
            _put_in_place(unpacked, target, scratch)
            return target
    raise ModelError("models.unreachable", _what_to_do(model, target, refusals))


def _refuse_if_broken(model: SpeechModel, unpacked: Path, scratch: Path) -> None:
    if broken := broken_files(model, unpacked):
        shutil.rmtree(scratch)
        scratch.mkdir()
        raise ModelError("models.broken", f"not the files of the catalogue ({', '.join(broken[:3])})")


def _put_in_place(unpacked: Path, target: Path, scratch: Path) -> None:
    """A rename, so that there is never half a model; an incomplete folder of that name gives way."""
    if target.exists():
        target.rename(scratch / "replaced")
    unpacked.rename(target)
    shutil.rmtree(scratch, ignore_errors=True)
    with suppress(OSError):  # another model is still being fetched
        scratch.parent.rmdir()


def _what_to_do(model: SpeechModel, target: Path, refusals: list[str]) -> str:
    files = ", ".join(file.path for file in model.files[:3]) + (", …" if len(model.files) > 3 else "")
    return (
        f"The speech model {model.name} could not be fetched: please download it on a connected computer from "
        f"{model.sources[0].address} and put its files ({files}) into {target} ({'; '.join(refusals)})."
    )


@contextmanager
def _disk_errors(models: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = "the disk is full" if error.errno == errno.ENOSPC else os.strerror(error.errno or errno.EIO).lower()
        raise ModelError("models.disk", f"Cannot write speech models into {models}: {reason}.") from error


Announce = Callable[[str], None]


def fetch_missing(models: Path, report: Report, announce: Announce, run: Run = run_quietly) -> tuple[SpeechModel, ...]:
    """Fetch every model of the catalogue that is not here or broken; returns those still lacking, announced."""
    missing = []
    for model in catalogue():
        lack = lack_of(model, models)
        if not lack:
            continue
        if find(model.name, models):
            announce(f"{lack}: fetching it anew.")
        try:
            fetch(model, models, report, run)
            announce(f"Fetched {model.name}.")
        except ModelError as error:
            missing.append(model)
            announce(f"{error.message} Without it, {model.without}.")
    return tuple(missing)
