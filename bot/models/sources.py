"""Where a speech model can come from: a zip, single files, a Maven artifact, a Python package.

All four end the same way: exactly the files the catalogue names, in a folder. Names inside an archive are looked up,
never used as paths, so an archive cannot write anywhere else.
"""

from __future__ import annotations

import hashlib
import http.client
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from bot.errors import ModelError

TIMEOUT_S = 8
"""Without the internet the refusal must come soon; a server that is there sends something within this."""

ATTEMPTS = 3
"""How often a download that broke off is taken up again."""

TOOL_TIMEOUT_S = 900
"""Maven and pip may fetch 80 MB over a slow line."""

PIECE = 1 << 18

Report = Callable[[str, int, int | None], None]
"""Progress: what, bytes so far, bytes in all (None: not known)."""

Run = Callable[[list[str]], None]
"""Run a tool; raises ModelError when it is not there or fails."""


@dataclass(frozen=True, slots=True)
class ModelFile:
    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Source:
    kind: str
    """zip, files, maven or pypi."""
    address: str = ""
    """zip: the archive; files: the folder all files are below."""
    artifact: str = ""
    """maven: group:artifact:version:packaging."""
    requirement: str = ""
    """pypi: name==version."""
    inside: str = ""
    """The folder of the archive that holds the model."""
    sha256: str = ""
    """Of the archive, where known."""

    @property
    def where(self) -> str:
        return self.address.split("/")[2] if self.address else self.artifact or self.requirement


def obtain(source: Source, files: Sequence[ModelFile], target: Path, scratch: Path, report: Report, run: Run) -> None:
    """Put the files into `target`; half-loaded things stay in `scratch` for the next time. Raises ModelError."""
    match source.kind:
        case "files":
            _single_files(source.address, files, target, scratch, report)
        case "zip":
            archive = scratch / source.address.rpartition("/")[2]
            download(source.address, archive, report)
            unpack(archive, source, files, target)
        case "maven":
            unpack(_from_maven(source, scratch, report, run), source, files, target)
        case "pypi":
            unpack(_from_pypi(source, scratch, report, run), source, files, target)
        case _:
            raise ModelError("models.catalogue", f"there is no kind of source called {source.kind}")


def download(address: str, target: Path, report: Report) -> None:
    """Load `address` into `target`; takes up what an earlier try left in `target`.part (HTTP Range, RFC 9110 §14).

    Raises ModelError (`models.source`) when the server cannot be reached, refuses or keeps breaking off.
    """
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    for attempt in range(ATTEMPTS):
        try:
            if _load_rest(address, part, report):
                part.replace(target)
                return
        except urllib.error.HTTPError as error:
            if error.code != 416:  # the part is not of this file: begin anew
                raise ModelError("models.source", f"answered {error.code} {error.reason}") from error
            part.unlink(missing_ok=True)
        except (urllib.error.URLError, TimeoutError, http.client.HTTPException, ConnectionError) as error:
            if attempt + 1 == ATTEMPTS or not part.exists():
                raise ModelError("models.source", "could not be reached") from error
    raise ModelError("models.source", "broke off again and again; what was loaded is kept for the next time")


def _load_rest(address: str, part: Path, report: Report) -> bool:
    """True when all of it is there."""
    have = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(address, headers={"Range": f"bytes={have}-"} if have else {})
    with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
        resumed = answer.status == 206
        done = have if resumed else 0
        length = answer.headers.get("Content-Length")
        total = done + int(length) if length else None
        with part.open("ab" if resumed else "wb") as file:
            while piece := answer.read(PIECE):
                file.write(piece)
                done += len(piece)
                report(address.rpartition("/")[2], done, total)
    return total is None or done == total


def _single_files(address: str, files: Sequence[ModelFile], target: Path, scratch: Path, report: Report) -> None:
    for file in files:
        loaded = scratch / "files" / file.path
        download(f"{address}/{file.path}", loaded, report)
    for file in files:
        (target / file.path).parent.mkdir(parents=True, exist_ok=True)
        (scratch / "files" / file.path).replace(target / file.path)


def unpack(archive: Path, source: Source, files: Sequence[ModelFile], target: Path) -> None:
    """Copy the named files out of the archive; a broken archive is thrown away, so that it is loaded anew."""
    try:
        _check_archive(archive, source.sha256)
        with zipfile.ZipFile(archive) as opened:
            for file in files:
                path = target / file.path
                path.parent.mkdir(parents=True, exist_ok=True)
                with opened.open(f"{source.inside}/{file.path}") as packed, path.open("wb") as out:
                    _copy_at_most(packed, out, file.bytes)
    except (zipfile.BadZipFile, KeyError, EOFError) as error:
        archive.unlink(missing_ok=True)
        raise ModelError("models.source", "sent something that is not this model") from error


def _check_archive(archive: Path, sha256: str) -> None:
    if not sha256:
        return
    with archive.open("rb") as stream:
        if hashlib.file_digest(stream, "sha256").hexdigest() != sha256:
            raise zipfile.BadZipFile("another sha256 than the catalogue's")


def _copy_at_most(packed: IO[bytes], out: IO[bytes], limit: int) -> None:
    """One byte more than the catalogue says is enough to see that the file is wrong; a zip bomb gets no further."""
    left = limit + 1
    while left and (piece := packed.read(min(PIECE, left))):
        out.write(piece)
        left -= len(piece)


def _from_maven(source: Source, scratch: Path, report: Report, run: Run) -> Path:
    _, name, version, packaging = source.artifact.split(":")
    archive = scratch / f"{name}-{version}.{packaging}"
    if not archive.exists():
        report(source.artifact, 0, None)
        limits = [
            f"-Daether.connector.connectTimeout={TIMEOUT_S}000",
            f"-Daether.connector.requestTimeout={TIMEOUT_S}000",
        ]
        where = [f"-Dartifact={source.artifact}", f"-DoutputDirectory={scratch}"]
        run(["mvn", "--batch-mode", "--quiet", "dependency:copy", *where, *limits])
    return _made(archive, "Maven")


def _from_pypi(source: Source, scratch: Path, report: Report, run: Run) -> Path:
    name, _, version = source.requirement.partition("==")
    pattern = f"{name.replace('-', '_')}-{version}-*.whl"
    if not list(scratch.glob(pattern)):
        report(source.requirement, 0, None)
        limits = ["--no-deps", "--only-binary=:all:", "--retries", "1", "--timeout", str(TIMEOUT_S)]
        pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "download"]
        run([*pip, *limits, "--dest", str(scratch), source.requirement])
    return _made(next(scratch.glob(pattern), scratch / pattern), "pip")


def _made(archive: Path, tool: str) -> Path:
    if not archive.is_file():
        raise ModelError("models.source", f"{tool} brought nothing")
    return archive


def run_quietly(command: list[str]) -> None:
    """Run a tool; its output is of no use to the reader, only whether it did it."""
    if shutil.which(command[0]) is None:
        raise ModelError("models.source", f"needs {command[0]}, which is not installed")
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=TOOL_TIMEOUT_S)
    except (subprocess.SubprocessError, OSError) as error:
        raise ModelError("models.source", f"{Path(command[0]).name} could not fetch it") from error
