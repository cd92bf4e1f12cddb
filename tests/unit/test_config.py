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
        ('[smtp]\nhots = "mail.example"', "smtp.hots"),
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


def test_a_file_that_is_no_toml_is_named_with_the_place(tmp_path: Path) -> None:
    (tmp_path / "frontdesk.toml").write_text("port = = 80\n")
    with pytest.raises(ConfigError, match=r"correct frontdesk\.toml: .*line 1, column 8") as raised:
        load_settings()
    assert raised.value.code == "config.toml"


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "frontdesk.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match=r"frontdesk\.toml cannot be read"):
        load_settings()


def test_a_variable_that_cannot_be_parsed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRONTDESK_DESKS", "reception=100")
    with pytest.raises(ConfigError, match="desks"):
        load_settings()


@pytest.mark.parametrize(
    ("variable", "answer"),
    [
        ("FRONTDESK_PROT", "did you mean FRONTDESK_PORT"),
        ("FRONTDESK_SMTP__HOTS", "did you mean FRONTDESK_SMTP__HOST"),
        ("FRONTDESK_SIP__PASWORD", "did you mean FRONTDESK_SIP__PASSWORD"),
        ("FRONTDESK_XYZZY_QQQQ", "please remove it"),
    ],
)
def test_a_misspelt_variable_is_refused_with_the_nearest_name(
    monkeypatch: pytest.MonkeyPatch, variable: str, answer: str
) -> None:
    monkeypatch.setenv(variable, "1")
    with pytest.raises(ConfigError, match=f"{variable} is not a setting; {answer}"):
        load_settings()


def test_variables_that_others_read_and_desks_of_any_name_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRONTDESK_LOG_PERSONAL", "0")
    monkeypatch.setenv("FRONTDESK_MODELS", "elsewhere")
    monkeypatch.setenv("FRONTDESK_DESKS__SALES", "sip:sales@example.com")
    settings = load_settings()
    assert settings.models == Path("elsewhere")
    assert settings.desks == {"sales": "sip:sales@example.com"}


def test_a_home_that_cannot_be_made_is_named_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match="FRONTDESK_HOME") as raised:
        Settings(home=tmp_path / "file" / "home").secret_key()
    assert raised.value.code == "config.home"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("prot = 80", r"prot is not a setting; did you mean port\?"),
        ('[smtp]\nhots = "x"', r"smtp\.hots is not a setting; did you mean smtp\.host\?"),
        ('port = "eighty"', r"port: a whole number is expected"),
    ],
)
def test_a_mistake_in_the_file_is_said_in_plain_words(tmp_path: Path, line: str, said: str) -> None:
    (tmp_path / "frontdesk.toml").write_text(line)
    with pytest.raises(ConfigError, match=said):
        load_settings()


@pytest.mark.parametrize("key", ["abc", "YWJj", "käse"])
def test_a_key_of_recordings_that_is_none_is_refused_when_settings_are_read(
    monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setenv("FRONTDESK_RECORDING__KEY", key)
    with pytest.raises(ConfigError, match="recording: the key must be 32 bytes in base64; make one: openssl") as raised:
        load_settings()
    assert key not in raised.value.message.split()


def test_a_key_of_thirty_two_bytes_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRONTDESK_RECORDING__KEY", "A" * 43 + "=")
    assert load_settings().recording.key.get_secret_value() == "A" * 43 + "="
