"""The doctor: every part is found well, limited or missing, and nothing breaks the examination."""

from __future__ import annotations

import hashlib
import importlib.metadata
import shutil
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest

from bot import doctor
from bot.config import Settings
from bot.doctor import can_serve, examine
from bot.errors import StoreError
from bot.finding import Finding
from bot.models import models
from bot.models.models import SpeechModel
from bot.models.sources import ModelFile

EARS = ("auto", "vosk", "two", "whisper")


@dataclass(frozen=True)
class SmallModels:
    """Two models of one file each, to be put into `folder`."""

    folder: Path

    @property
    def catalogue(self) -> tuple[SpeechModel, ...]:
        return tuple(self._model(kind) for kind in ("vosk", "whisper", "encoder"))

    def _model(self, kind: str) -> SpeechModel:
        file = ModelFile("weights", len(kind), hashlib.sha256(kind.encode()).hexdigest())
        return SpeechModel(f"small-{kind}", kind, "en", "MIT", "hears", "free speech is misheard", (), (file,))

    def put(self, kind: str) -> Path:
        folder = self.folder / f"small-{kind}"
        folder.mkdir(parents=True)
        (folder / "weights").write_text(kind)
        return folder


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, models=tmp_path / "models", port=0)


def test_only_what_stops_calls_makes_the_examination_fail() -> None:
    assert can_serve([Finding("sound", "limited", "no microphone"), Finding("disk", "ok", "")])
    assert not can_serve([Finding("disk", "ok", ""), Finding("ears", "missing", "none")])


def test_a_check_that_breaks_is_a_finding_of_its_part(settings: Settings) -> None:
    def check_phone_line(settings: Settings) -> Finding:
        raise RuntimeError("surprise")

    def check_diary(settings: Settings) -> Finding:
        raise StoreError("store.gone", "The database is gone.")

    broken, gone = examine(settings, [check_phone_line, check_diary])
    assert (broken.part, broken.state) == ("phone line", "missing")
    assert "surprise" not in broken.found
    assert gone == Finding("diary", "missing", "The database is gone.")


@pytest.fixture
def whole_vosk(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A catalogue of two small models, of which Vosk's is here."""
    one = SmallModels(settings.models)
    monkeypatch.setattr(models, "FOLDER", settings.models)
    monkeypatch.setattr(doctor, "catalogue", lambda: one.catalogue)
    monkeypatch.setattr(doctor, "ears", lambda: one.catalogue[:2])
    monkeypatch.setattr(models, "catalogue", lambda: one.catalogue)
    return one.put("vosk")


def test_one_ear_is_a_limit_and_none_is_the_end(settings: Settings, whole_vosk: Path) -> None:
    finding = doctor.check_ears(settings)
    assert (finding.state, finding.found) == ("limited", "no small-whisper: free speech is misheard")
    assert "models fetch" in finding.mend
    (whole_vosk / "weights").unlink()
    assert doctor.check_ears(settings).state == "missing"


def test_a_model_with_a_changed_file_is_no_ear(settings: Settings, whole_vosk: Path) -> None:
    whisper = SmallModels(settings.models).put("whisper")
    assert doctor.check_ears(settings).state == "ok"
    (whisper / "weights").write_bytes(b"WHISPER")
    finding = doctor.check_ears(settings)
    assert (finding.state, finding.found) == (
        "limited",
        "small-whisper is broken (weights): free speech is misheard",
    )
    (whole_vosk / "weights").write_bytes(b"longer than it was")
    assert doctor.check_ears(settings).state == "missing"


def test_an_ear_that_the_setting_insists_on_must_be_there(settings: Settings, whole_vosk: Path) -> None:
    states = {ears: doctor.check_ears(settings.model_copy(update={"ears": ears})).state for ears in EARS}
    assert states == {"auto": "limited", "vosk": "limited", "two": "missing", "whisper": "missing"}


def test_without_the_encoder_calls_are_served_but_nothing_is_tuned(settings: Settings, whole_vosk: Path) -> None:
    finding = doctor.check_encoder(settings)
    assert (finding.state, finding.mend) == ("limited", "frontdesk models fetch")
    SmallModels(settings.models).put("encoder")
    assert doctor.check_encoder(settings).state == "ok"


def test_packages_of_another_version_are_named(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    pins = [
        "one==1.0",
        "two==2.0; python_version < '3.12'",
        "two==2.5; python_version >= '3.12'",
        "x==9; extra == 'dev'",
    ]
    monkeypatch.setattr(importlib.metadata, "requires", lambda name: pins)
    monkeypatch.setattr(doctor, "_installed", {"one": "1.0", "two": "2.5"}.get)
    assert doctor.check_packages(settings).state == "ok"
    monkeypatch.setattr(doctor, "_installed", {"one": "1.1", "two": "2.5"}.get)
    finding = doctor.check_packages(settings)
    assert (finding.state, finding.found) == ("missing", "missing or another version: one")


@pytest.mark.parametrize(
    ("devices", "state", "found"),
    [
        ([], "limited", "no microphone and no loudspeaker"),
        ([{"max_input_channels": 0, "max_output_channels": 2}], "limited", "no microphone"),
        ([{"max_input_channels": 1, "max_output_channels": 2}], "ok", "microphone and loudspeaker"),
    ],
)
def test_a_computer_without_sound_still_serves_calls(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, devices: list[dict[str, int]], state: str, found: str
) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", SimpleNamespace(query_devices=lambda: devices))
    finding = doctor.check_sound(settings)
    assert (finding.state, finding.found) == (state, found)


def test_a_port_that_is_taken_is_named_with_a_way_out(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        finding = doctor.check_port(Settings(home=tmp_path, port=port))
    assert (finding.part, finding.state) == ("port", "missing")
    assert str(port) in finding.found
    assert "PORT" in finding.mend
    assert doctor.check_port(Settings(home=tmp_path, port=0)).state == "ok"


def test_a_database_is_tried_by_writing(settings: Settings, tmp_path: Path) -> None:
    assert doctor.check_database(settings).state == "ok"
    (tmp_path / "no-database").write_text("not a database at all, but long enough to be looked at" * 20)
    broken = doctor.check_database(Settings(home=tmp_path, database_url=f"sqlite:///{tmp_path}/no-database"))
    nowhere = doctor.check_database(Settings(home=tmp_path, database_url="sqlite:////no/such/folder/x"))
    unknown = doctor.check_database(Settings(home=tmp_path, database_url="nosuch://x"))
    (tmp_path / "file").touch()
    no_home = doctor.check_database(Settings(home=tmp_path / "file" / "home"))
    assert [finding.state for finding in (broken, nowhere, unknown, no_home)] == ["missing"] * 4
    assert "rights on that folder" in no_home.mend


def test_broken_content_is_missing_and_the_mistake_is_shown(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "content/shop").mkdir(parents=True)
    (tmp_path / "content/shop/business.yml").write_text("name: [unclosed\n")
    finding = doctor._guarded(doctor.check_content, Settings(home=tmp_path, content=tmp_path / "content"))
    assert finding.state == "missing"
    assert "business.yml" in finding.found


@pytest.mark.parametrize(("free", "state"), [(5 << 30, "ok"), (100 << 20, "limited"), (1 << 20, "missing")])
def test_room_on_the_disk_is_judged(settings: Settings, monkeypatch: pytest.MonkeyPatch, free: int, state: str) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=free))
    assert doctor.check_disk(settings).state == state


def test_browsers_beyond_this_computer_need_a_certificate(tmp_path: Path) -> None:
    assert "https" in doctor.check_browser(Settings(home=tmp_path, host="0.0.0.0")).found
