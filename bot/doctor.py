"""What a call needs, whether it is here, and how to mend it: one finding a part, none of them a crash.

`ok`: works. `limited`: calls are served, something is lost. `missing`: no call can be served until it is mended.
"""

from __future__ import annotations

import importlib.metadata
import re
import shutil
import socket
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable

from bot.config import Settings
from bot.errors import ContentError, FrontdeskError
from bot.finding import Finding, State
from bot.line_checks import check_audiosocket, check_carriers, check_sip, check_twilio
from bot.models.models import catalogue, ears, lack_of

ENOUGH_BYTES = 1 << 30
LEAST_BYTES = 50 << 20
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "firefox")
LOOPBACK = ("127.0.0.1", "localhost", "::1")


Check = Callable[[Settings], Finding]


def examine(settings: Settings, checks: Iterable[Check] | None = None) -> tuple[Finding, ...]:
    """Every check's finding; a check that breaks is a finding too."""
    return tuple(_guarded(check, settings) for check in (CHECKS if checks is None else checks))


def can_serve(findings: Iterable[Finding]) -> bool:
    return all(finding.state != "missing" for finding in findings)


def _guarded(check: Check, settings: Settings) -> Finding:
    part = check.__name__.removeprefix("check_").replace("_", " ")
    try:
        return check(settings)
    except FrontdeskError as error:
        return Finding(part, "missing", error.message)
    except Exception as error:
        return Finding(part, "missing", f"could not be checked ({type(error).__name__})", "make run sets it up")


def check_python(settings: Settings) -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    good = sys.version_info >= (3, 11)
    return Finding("python", "ok" if good else "missing", version, "" if good else "Install Python 3.11 or newer")


def check_packages(settings: Settings) -> Finding:
    pins = [_pin(line) for line in importlib.metadata.requires("frontdesk") or [] if "extra ==" not in line]
    wrong = [name for name, wanted in filter(None, pins) if _installed(name) not in (wanted, *_other_pins(name, pins))]
    if wrong:
        return Finding(
            "packages", "missing", f"missing or another version: {', '.join(sorted(set(wrong)))}", "make clean run"
        )
    return Finding("packages", "ok", f"{len(pins)} as pinned")


def _pin(requirement: str) -> tuple[str, str] | None:
    found = re.match(r"([\w.-]+)(?:\[[\w,]+\])?==([\w.]+)", requirement)
    return (found[1], found[2]) if found else None


def _other_pins(name: str, pins: Iterable[tuple[str, str] | None]) -> list[str]:
    """A package may be pinned twice, for older and newer Pythons."""
    return [pin[1] for pin in pins if pin and pin[0] == name]


def _installed(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


def check_ears(settings: Settings) -> Finding:
    lacks = {model: lack for model in ears() if (lack := lack_of(model, settings.models))}
    if not lacks:
        return Finding("ears", "ok", "both speech models are here and whole")
    mend = "frontdesk models fetch (or put the folder into audio_models/ or FRONTDESK_MODELS)"
    if len(lacks) == len(ears()):
        return Finding("ears", "missing", f"no speech model that works: {', '.join(lacks.values())}", mend)
    if settings.ears not in ("auto", *(model.kind for model in ears() if model not in lacks)):
        found = f"{', '.join(lacks.values())}, and the setting ears asks for {settings.ears}"
        return Finding("ears", "missing", found, f"{mend}; or ears = auto")
    return Finding("ears", "limited", "; ".join(f"{lack}: {model.without}" for model, lack in lacks.items()), mend)


def check_encoder(settings: Settings) -> Finding:
    """What tuning starts from; calls are understood without it."""
    lacks = {model: lack for model in catalogue() if model not in ears() and (lack := lack_of(model, settings.models))}
    if not lacks:
        return Finding("encoder", "ok", "what frontdesk nlu tune starts from is here and whole")
    return Finding(
        "encoder",
        "limited",
        "; ".join(f"{lack}: {model.without}" for model, lack in lacks.items()),
        "frontdesk models fetch",
    )


def check_voice(settings: Settings) -> Finding:
    from bot.tts.apology import apology
    from bot.tts.voices import load_voice

    apology()
    voice, words = load_voice(settings)
    if not b"".join(voice.synthesize("Ready.")):
        return Finding("voice", "missing", "the voice makes no sound", "make clean, then make run")
    if settings.voice == "auto" and not voice.name.startswith("hibari"):
        return Finding("voice", "limited", words, "make clean, then make run: the natural voice is a pinned package")
    return Finding("voice", "ok", words)


def check_sound(settings: Settings) -> Finding:
    try:
        import sounddevice

        devices = list(sounddevice.query_devices())
    except OSError:
        return Finding(
            "sound", "limited", "no sound library: frontdesk talk cannot run", "apt-get install libportaudio2"
        )
    kinds = {"microphone": "max_input_channels", "loudspeaker": "max_output_channels"}
    absent = [kind for kind, key in kinds.items() if not any(device[key] for device in devices)]
    if absent:
        mend = "plug one in for frontdesk talk; calls by browser, file and keyboard need none"
        return Finding("sound", "limited", f"no {' and no '.join(absent)}", mend)
    return Finding("sound", "ok", "microphone and loudspeaker")


def check_port(settings: Settings) -> Finding:
    where = f"{settings.host}:{settings.port}"
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind((settings.host, settings.port))
        except OSError as error:
            if _frontdesk_answers(where):
                return Finding("port", "ok", f"Frontdesk is running at http://{where}")
            mend = "choose another: make run PORT=8081, or FRONTDESK_PORT"
            return Finding("port", "missing", f"{where} cannot be opened: {error.strerror}", mend)
    return Finding("port", "ok", f"{where} is free")


def _frontdesk_answers(where: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://{where}/health", timeout=2) as answer:
            return bool(answer.headers.get_content_type() == "application/json")
    except (OSError, ValueError):
        return False


def check_database(settings: Settings) -> Finding:
    """Writes: a read-only or locked database answers a question and refuses a booking."""
    from sqlalchemy import create_engine, text
    from sqlalchemy.exc import SQLAlchemyError

    try:
        if settings.database.startswith("sqlite"):
            settings.home.mkdir(parents=True, exist_ok=True)
        engine = create_engine(settings.database)
        with engine.connect() as connection:
            connection.execute(text("CREATE TABLE frontdesk_doctor (id INTEGER)"))
            connection.execute(text("DROP TABLE frontdesk_doctor"))
            connection.commit()
        engine.dispose()
    except (SQLAlchemyError, ImportError, OSError) as error:
        mend = "look at database_url and home, the rights on that folder, and who else has it open"
        cause = getattr(error, "orig", None) or error
        return Finding("database", "missing", f"cannot be written ({type(cause).__name__})", mend)
    return Finding("database", "ok", f"{engine.dialect.name}, writeable")


def check_content(settings: Settings) -> Finding:
    from bot.content.content import load_all

    try:
        businesses = load_all(settings.content)
    except ContentError as error:
        return Finding("content", "missing", error.message, "frontdesk nlu validate")
    return Finding("content", "ok", f"{len(businesses)} businesses: {', '.join(businesses)}")


def check_browser(settings: Settings) -> Finding:
    if settings.host not in LOOPBACK:
        found = "browsers give the microphone only to https or localhost pages"
        return Finding(
            "browser", "limited", found, "put a proxy with a certificate before it, or open it on this computer"
        )
    browser = next(filter(shutil.which, BROWSERS), None)
    if browser is None:
        return Finding("browser", "limited", "none known on this computer", "open the page with any newer browser")
    return Finding("browser", "ok", browser)


def check_disk(settings: Settings) -> Finding:
    home = settings.home.resolve()
    free = shutil.disk_usage(next(folder for folder in (home, *home.parents) if folder.exists())).free
    state: State = "ok" if free >= ENOUGH_BYTES else "limited" if free >= LEAST_BYTES else "missing"
    return Finding(
        "disk", state, f"{free / 1e9:.1f} GB free", "" if state == "ok" else "make room, or move home elsewhere"
    )


CHECKS: tuple[Check, ...] = (
    *(check_python, check_packages, check_ears, check_encoder, check_voice, check_sound),
    *(check_port, check_database, check_content, check_browser, check_disk),
    *(check_sip, check_audiosocket, check_twilio, check_carriers),
)
