"""Settings: where they come from, what is refused, what is kept secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config import Settings, load_settings
from bot.errors import ConfigError


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_without_file_and_environment_the_defaults_run() -> None:
    settings = load_settings()
    assert (settings.host, settings.port, settings.voice, settings.ears) == ("127.0.0.1", 8080, "auto", "auto")


def test_the_environment_goes_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "frontdesk.toml").write_text('port = 9000\nvoice = "pyttsx3"\n[smtp]\nhost = "mail.example"\n')
    monkeypatch.setenv("FRONTDESK_PORT", "9100")
    monkeypatch.setenv("FRONTDESK_SMTP__PORT", "2525")
    settings = load_settings()
    assert (settings.port, settings.voice) == (9100, "pyttsx3")
    assert (settings.smtp.host, settings.smtp.port) == ("mail.example", 2525)


def test_an_argument_goes_before_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRONTDESK_PORT", "9100")
    assert load_settings(port=1234).port == 1234


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("port = 70000", "port"),
        ('voice = "robot"', "voice"),
        ("colour = 1", "colour"),
        ("[turns]\nstart_ms = 1", "turns"),
    ],
)
def test_a_wrong_value_is_refused_with_its_name(tmp_path: Path, line: str, name: str) -> None:
    (tmp_path / "frontdesk.toml").write_text(line)
    with pytest.raises(ConfigError, match=name) as raised:
        load_settings()
    assert raised.value.code == "config.wrong"


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRONTDESK_SECRET", "do-not-show")
    monkeypatch.setenv("FRONTDESK_SMTP__PASSWORD", "nor-this")
    settings = load_settings()
    assert "do-not-show" not in repr(settings)
    assert "nor-this" not in repr(settings)
    assert settings.secret_key() == "do-not-show"


def test_a_secret_is_made_once_and_only_the_owner_reads_it(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    key = settings.secret_key()
    assert len(key) >= 32
    assert settings.secret_key() == key
    assert (tmp_path / "home/secret").stat().st_mode & 0o777 == 0o600


def test_the_database_is_in_home_unless_an_address_says_otherwise(tmp_path: Path) -> None:
    assert Settings(home=tmp_path).database == f"sqlite:///{tmp_path.resolve()}/frontdesk.sqlite3"
    assert Settings(database_url="postgresql://db/x").database == "postgresql://db/x"


def test_turn_limits_that_contradict_each_other_are_refused_at_the_start(monkeypatch):
    monkeypatch.setenv("FRONTDESK_TURNS__START_MS", "200")
    with pytest.raises(ConfigError, match="barge_in_ms"):
        load_settings()
