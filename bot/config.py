"""Settings: `frontdesk.toml` in the working folder, then `FRONTDESK_*` variables over it; a wrong value is refused.

Nested values are written `FRONTDESK_SMTP__HOST`. Secrets come only by environment or by a file in `home`.
"""

from __future__ import annotations

import base64
import binascii
import difflib
import os
import secrets
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field, SecretStr, ValidationError, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from bot.errors import ConfigError
from bot.phone_settings import AsteriskSettings, CarrierSettings, Desk, SipSettings, TwilioSettings

PROJECT = Path(__file__).parents[1]
PREFIX = "FRONTDESK_"
NOT_SETTINGS = {"FRONTDESK_LOG_PERSONAL", "FRONTDESK_PICTURES", "FRONTDESK_BENCH_PROMPTER"}
"""Read elsewhere: by the log, by the tests in a browser (where to put pictures), and by a server under measurement."""


class TurnSettings(BaseModel, frozen=True, extra="forbid"):
    """Milliseconds of audio."""

    start_ms: int = Field(default=80, ge=20)
    """Speech needed before we believe that the caller speaks."""
    barge_in_ms: int = Field(default=160, ge=20)
    """The same while the bot speaks: echo and coughs must not stop it."""
    glimpse_ms: int = Field(default=120, ge=60)
    """Silence after which we look at what was heard; complete, and the turn is over. The detector tells of silence some
    100 ms after the last sample, so this is a fifth of a second for the caller; 200 cost 70 ms a reply and cut off as
    many (docs/benchmarks.md)."""
    longest_ms: int = Field(default=20_000, ge=5_000)
    """A turn of this length is over, whether the caller is or not: it may be a television."""
    silence_ms: int = Field(default=6_000, ge=1_000)
    """Silence after which the caller is asked again."""
    pre_roll_ms: int = Field(default=300, ge=0)
    """Audio before speech was certain that the recogniser gets too."""

    @model_validator(mode="after")
    def _interrupting_takes_longest(self) -> TurnSettings:
        if self.start_ms > self.barge_in_ms:
            raise ValueError("barge_in_ms must be at least start_ms")
        return self


class SmtpSettings(BaseModel, frozen=True, extra="forbid"):
    """Without a host, mails are written to the outbox folder."""

    host: str = ""
    port: int = 587
    user: str = ""
    password: SecretStr = SecretStr("")
    sender: str = "frontdesk@localhost"
    starttls: bool = True


class NluSettings(BaseModel, frozen=True, extra="forbid"):
    backend: Literal["embedded", "rasa"] = "embedded"
    """Who names the intents; dates, times and names are always found by our own grammars."""
    rasa: dict[str, str] = {}
    """Business → address of the Rasa server that learnt its phrases; empty: one at 127.0.0.1:5005 for all."""
    rasa_timeout_s: float = Field(default=0.2, gt=0, le=2)
    """DIET takes 15 to 35 ms; a server that takes longer than this rests for some seconds."""

    def rasa_at(self, business: str) -> str:
        """ "" for a business that no server knows."""
        return self.rasa.get(business, "") if self.rasa else "http://127.0.0.1:5005"


class ApiSettings(BaseModel, frozen=True, extra="forbid"):
    per_minute: int = Field(default=600, ge=1)
    """Requests of one token; a tenth of it may come at once or so."""


class WebhookSettings(BaseModel, frozen=True, extra="forbid"):
    allow_private: bool = False
    """Webhooks may lead to this computer and its network, and by plain http."""
    keep_days: int = Field(default=30, ge=1, le=3650)
    """What was delivered, or given up, is forgotten after so long: it holds names and numbers."""


class RecordingSettings(BaseModel, frozen=True, extra="forbid"):
    """Whether calls are recorded: mind the law of the place, and tell callers (`announce`)."""

    on: bool = False
    announce: bool = True
    """Say it in the greeting; a caller who says that they do not want it is not recorded, and what was is deleted."""
    keep_days: int = Field(default=90, ge=1)
    key: SecretStr = SecretStr("")
    """32 bytes in base64 (`openssl rand -base64 32`): recordings are sealed with it. By environment only."""

    @model_validator(mode="after")
    def _key_is_one(self) -> RecordingSettings:
        try:
            length = len(base64.b64decode(self.key.get_secret_value(), validate=True))
        except (binascii.Error, ValueError):
            length = -1
        if length not in (0, 32):
            raise ValueError("the key must be 32 bytes in base64; make one: openssl rand -base64 32")
        return self


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", toml_file="frontdesk.toml", extra="forbid", frozen=True
    )

    home: Path = Path("var")
    """Database, voice cache, outbox, secret key."""
    database_url: str = ""
    """SQLAlchemy URL; empty: SQLite in `home`."""
    content: Path = PROJECT / "nlu_data"
    models: Path = PROJECT / "audio_models"
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    ears: Literal["auto", "two", "vosk", "whisper"] = "auto"
    voice: Literal["auto", "hibari", "pyttsx3"] = "auto"
    captions_max_calls: int = Field(default=1, ge=0)
    """Live captions (free Vosk beside the ears) only while no more calls than this are running."""
    routing: Literal["longest_idle", "round_robin", "fewest_calls", "best_level"] = "longest_idle"
    """Whom of the people who are ready the next caller is offered to."""
    unstaffed_wait_s: float = Field(default=45.0, ge=0)
    """So long a caller waits while nobody at work answers their queue; then they are promised a call back."""
    survey: Literal["off", "talks", "all"] = "off"
    """Who is asked how it was (one to five, settled or not, a comment): nobody, who talked with a person, everybody."""
    max_calls: int = Field(default=50, ge=1)
    busy_calls: int = Field(default=20, ge=0)
    """Callers beyond `max_calls` who are offered to be called back, by keys; beyond these, the line is busy."""
    secret: SecretStr = SecretStr("")
    """Signs links and sessions; empty: made once and kept in `home`."""
    turns: TurnSettings = TurnSettings()
    smtp: SmtpSettings = SmtpSettings()
    nlu: NluSettings = NluSettings()
    recording: RecordingSettings = RecordingSettings()
    public_url: str = ""
    """How the internet reaches the server (`https://calls.example.com`); phone carriers need it."""
    desks: dict[str, Desk] = {}
    """Queue → number, extension or `sip:` address where its people answer the phone; `exchange`: its own queue."""
    asterisk: AsteriskSettings = AsteriskSettings()
    twilio: TwilioSettings = TwilioSettings()
    carriers: CarrierSettings = CarrierSettings()
    sip: SipSettings = SipSettings()
    api: ApiSettings = ApiSettings()
    webhooks: WebhookSettings = WebhookSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{(self.home / 'frontdesk.sqlite3').resolve()}"

    def secret_key(self) -> str:
        """The configured secret, or one made at first need and kept readable to the owner only."""
        if value := self.secret.get_secret_value():
            return value
        try:
            return _kept_secret(self.home / "secret")
        except OSError as error:
            raise ConfigError(
                "config.home",
                f"Nothing can be kept in the folder {self.home} ({(error.strerror or 'not possible').lower()}): please "
                "give it the rights, or name another folder as home in frontdesk.toml or FRONTDESK_HOME.",
            ) from error


def _kept_secret(path: Path) -> str:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(32))
    return path.read_text().strip()


def load_settings(**overrides: object) -> Settings:
    """Raises ConfigError with a sentence that names each wrong setting, and what a misspelt one may have meant."""
    _refuse_unknown(os.environ)
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except tomllib.TOMLDecodeError as error:
        raise ConfigError("config.toml", f"Please correct frontdesk.toml: {str(error).lower()}.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError("config.toml", f"frontdesk.toml cannot be read ({type(error).__name__}).") from error
    except SettingsError as error:
        raise ConfigError("config.wrong", f"Please correct in frontdesk.toml or FRONTDESK_*: {error}.") from error
    except ValidationError as error:
        wrong = "; ".join(_told(item) for item in error.errors())
        raise ConfigError("config.wrong", f"Please correct in frontdesk.toml or FRONTDESK_*: {wrong}") from error


PLAIN = {
    "int_parsing": "a whole number is expected.",
    "int_type": "a whole number is expected.",
    "float_parsing": "a number is expected.",
    "bool_parsing": "true or false is expected.",
    "string_type": "a text is expected, between quotes.",
}
"""pydantic's kinds of mistakes in words for somebody who does not program."""


def _told(item: ErrorDetails) -> str:
    """A mistake in words; a name that is none with the one it may have meant. Values are not repeated: secrets."""
    name = ".".join(str(part) for part in item["loc"])
    if item["type"] == "extra_forbidden":
        bare = [other.removeprefix(PREFIX).lower().replace("__", ".") for other in sorted(_variables())]
        nearest = difflib.get_close_matches(name, bare, n=1)
        return f"{name} is not a setting; " + (f"did you mean {nearest[0]}?" if nearest else "please remove it.")
    said = PLAIN.get(item["type"]) or item["msg"].removeprefix("Value error, ")
    return f"{name}: {said[:1].lower()}{said[1:]}"


def _refuse_unknown(variables: Iterable[str]) -> None:
    """A misspelt variable would otherwise change nothing, and nobody would know."""
    known = set(_variables())
    for name in sorted(map(str.upper, variables)):
        if not name.startswith(PREFIX) or name in known | NOT_SETTINGS or name.startswith(f"{PREFIX}DESKS__"):
            continue
        bare = [other.removeprefix(PREFIX) for other in sorted(known)]
        nearest = difflib.get_close_matches(name.removeprefix(PREFIX), bare, n=1)
        meant = f"did you mean {PREFIX}{nearest[0]}?" if nearest else "please remove it."
        raise ConfigError("config.unknown", f"{name} is not a setting; {meant}")


def _variables() -> Iterable[str]:
    """FRONTDESK_PORT, FRONTDESK_SMTP, FRONTDESK_SMTP__HOST …"""
    for name, field in Settings.model_fields.items():
        variable = f"{PREFIX}{name.upper()}"
        yield variable
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from (f"{variable}__{inner.upper()}" for inner in field.annotation.model_fields)
