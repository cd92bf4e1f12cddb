"""A whole call centre for tests: real ears, voice, understanding and database, loaded once; a fresh diary per test."""

from __future__ import annotations

import asyncio
import datetime as dt
import io
import logging
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import structlog

from bot.app import Centre
from bot.appointments.model import Appointment, Customer, Slot
from bot.config import PROJECT, NluSettings, RecordingSettings, Settings, TurnSettings
from bot.errors import FrontdeskError
from bot.events import Action, Answered, Hypothesis, Say, Utterance
from bot.logs import without_personal_data
from bot.report import CallReport
from handoff.model import Ticket
from tests.spoken import Person, PersonChannel

LONDON = ZoneInfo("Europe/London")
MONDAY = dt.datetime(2026, 11, 23, 9, 0, tzinfo=LONDON)
DENTAL, VETS = "020 7946 0100", "01632 960555"


@dataclass
class Line:
    """What a call left behind: its report, and the channel with what the bot said as sound."""

    report: CallReport
    channel: PersonChannel
    person: Person

    @property
    def story(self) -> str:
        """For assertion messages."""
        lines = [f"{turn.speaker:6} {turn.text} [{turn.intent} {turn.confidence}]" for turn in self.report.turns]
        return "\n".join([*lines, f"— {self.report.outcome}; not answered: {self.person.unanswered!r}"])

    @property
    def bot(self) -> str:
        return " ".join(turn.text for turn in self.report.turns if turn.speaker == "bot")

    @property
    def caller(self) -> str:
        return " ".join(turn.text for turn in self.report.turns if turn.speaker == "caller").lower()


class House:
    """A centre with a database of its own, and a clock that stands where the test puts it."""

    def __init__(
        self,
        home: Path,
        engines: Centre,
        content: Path = PROJECT / "nlu_data",
        turns: TurnSettings | None = None,
        nlu: NluSettings | None = None,
        recording: RecordingSettings | None = None,
    ) -> None:
        self.now = MONDAY
        self.home = home
        shutil.copytree(engines.settings.home / "intents", home / "intents", dirs_exist_ok=True)
        self.settings = Settings(
            home=home,
            content=content,
            captions_max_calls=0,
            turns=turns or TurnSettings(),
            nlu=nlu or NluSettings(),
            recording=recording or RecordingSettings(),
        )
        self.centre = self._open(engines)

    def _open(self, engines: Centre) -> Centre:
        centre = Centre(self.settings, lambda: self.now)
        centre.load_diary()
        centre._ear, centre._voice = engines._ear, engines._voice  # models are read once for all tests
        return centre

    def restart(self) -> None:
        """The same home in a new process, as it were."""
        assert self.centre.store
        self.centre.store.close()
        self.centre = self._open(self.centre)

    # Setting the scene

    def desk(self, business: str = "brightwater_dental"):
        return self.centre.offices.all()[business].desk

    def known(self, name: str, phone: str, born: dt.date, postcode: str = "") -> Customer:
        return self.desk().add_customer(name, phone, birth_date=born, postcode=postcode)

    def booked(self, customer: Customer, start: dt.datetime, service="check_up", staff="patel", branch="harbour"):
        minutes = self.desk().business.services[service].minutes
        start = start.replace(tzinfo=LONDON)
        slot = Slot(service, staff, branch, start, start + dt.timedelta(minutes=minutes))
        return self.desk().book(slot, customer, "test", self.now)

    # Calling

    def call(self, person: Person, caller="", called=DENTAL, reminder="", channel=None) -> Line:
        channel = channel or PersonChannel(person, caller, called)
        report = asyncio.run(self.centre.take_call(channel, reminder, channel.observe))
        return Line(report, channel, person)

    def chat(self, *lines: str, caller: str = "", called: str = DENTAL) -> str:
        """The same without sound: what the bot said, turn by turn."""
        reception, witness = self.centre.begin("keyboard")
        told = [_said(reception.open(Answered(caller, called), self.now))]
        for line in lines:
            told += [f"> {line}", _said(reception.hear(Utterance((Hypothesis(line, 0.95),)), self.now))]
        reception.close(self.now)
        self.centre.finish(witness.report, reception)
        return "\n".join(told)

    # What is stored

    def appointments(self, business: str = "brightwater_dental", cancelled: bool = False) -> list[Appointment]:
        first = self.now.date() - dt.timedelta(days=1)
        return list(self.desk(business).between(first, first + dt.timedelta(days=400), cancelled))

    def starts(self, business: str = "brightwater_dental") -> list[str]:
        return [f"{each.slot.start.astimezone(LONDON):%Y-%m-%d %H:%M}" for each in self.appointments(business)]

    def tickets(self) -> list[Ticket]:
        return list(self.centre.tickets.newest())

    def stored(self, line: Line) -> dict[str, object]:
        assert self.centre.store
        found = self.centre.store.calls.get(line.report.call_id)
        assert found, "the call was not stored"
        return dict(found)


def load_engines(home: Path) -> Centre:
    """Skips where the speech models are not there."""
    centre = Centre(Settings(home=home, captions_max_calls=0))
    try:
        centre.load_ears()
    except FrontdeskError as error:
        pytest.skip(error.message)
    centre.load_voice()
    centre.load_diary()
    return centre


@pytest.fixture(scope="session")
def engines(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    """What was learnt from the phrases stays in pytest's cache: seconds instead of a minute the next time."""
    cache = request.config.cache
    centre = load_engines(Path(cache.mkdir("frontdesk")) if cache else tmp_path_factory.mktemp("engines"))
    yield centre
    asyncio.run(centre.close())


@pytest.fixture
def logs() -> Iterator[io.StringIO]:
    """All that is logged meanwhile, by us and by libraries."""
    text = io.StringIO()
    structlog.configure(
        processors=[structlog.processors.add_log_level, without_personal_data, structlog.dev.ConsoleRenderer(False)],
        logger_factory=structlog.PrintLoggerFactory(text),
    )
    handler = logging.StreamHandler(text)
    logging.getLogger().addHandler(handler)
    yield text
    logging.getLogger().removeHandler(handler)
    structlog.reset_defaults()


PERSONAL = re.compile(
    r"alice|walker|brian|cole\b|carol|\bdean|dora|\bfox|7700|900.?123|1980|nineteen eighty|fourth of may|may.?0?4|05-04"
    r"|check.?up|hygienist|swelling|appointment|next tuesday|half past|4111|1111|four one one",
    re.IGNORECASE,
)
"""Names, numbers and words of all the callers in these tests."""


@pytest.fixture
def house(engines: Centre, tmp_path: Path, logs: io.StringIO) -> Iterator[House]:
    """Nothing personal may be in the logs, whatever happens in the call."""
    built = House(tmp_path / "home", engines)
    yield built
    asyncio.run(built.centre.close())
    told = PERSONAL.search(logs.getvalue())
    assert told is None, f"{told[0]!r} is in the logs:\n{logs.getvalue()}"


def _said(actions: Sequence[Action]) -> str:
    return " ".join(action.text for action in actions if isinstance(action, Say))


def cli_environment(house: House) -> dict[str, str]:
    return {**os.environ, "FRONTDESK_HOME": str(house.home)}
