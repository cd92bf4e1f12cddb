"""What breaks in the middle of a call, broken for real where that is possible: the caller is told kindly, and a person
takes over with all that is known. Each test also fails when anything personal reaches the logs (fixture `house`).

The callers are SIMULATED (`tests/spoken.py`).
"""

from __future__ import annotations

import datetime as dt
import shutil
import sqlite3
from pathlib import Path

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner

from bot.audio.pcm import resample, to_samples
from bot.audio.wav import read_audio
from bot.cli import cli
from bot.config import PROJECT
from bot.errors import ContentError, FrontdeskError, HearingError, VoiceError
from bot.events import SAMPLE_RATE
from bot.tts.apology import TEXT, apology
from handoff.model import Priority
from tests.integration.house import LONDON, House
from tests.spoken import ALICE, BRIAN, Person
from tests.telephone import white, with_noise

pytestmark = pytest.mark.integration

MOBILE = "+447700900123"
BORN = dt.date(1980, 5, 4)
BIRTH_DATE = "the fourth of May, nineteen eighty"
TUESDAY_TEN = dt.datetime(2026, 11, 24, 10, 0)


# Audio files ------------------------------------------------------------------------------


def clip(text: str) -> np.ndarray:
    return to_samples(ALICE.says(text))


def sound_files(folder: Path) -> dict[str, Path]:
    """The same caller, as badly recorded as people manage to."""
    voice = clip("I would like to cancel my appointment")
    files = {name: folder / f"{name}.wav" for name in ("clipped", "noisy", "stereo", "8_khz", "44_khz", "quiet")}
    soundfile.write(files["clipped"], np.clip(8 * voice, -1, 1), SAMPLE_RATE)
    soundfile.write(files["noisy"], with_noise(voice, white(len(voice) / SAMPLE_RATE), 15), SAMPLE_RATE)
    soundfile.write(files["stereo"], np.stack([voice, 0 * voice], axis=1), SAMPLE_RATE)
    soundfile.write(files["8_khz"], resample(voice, SAMPLE_RATE, 8_000), 8_000)
    soundfile.write(files["44_khz"], resample(voice, SAMPLE_RATE, 44_100), 44_100, subtype="PCM_24")
    soundfile.write(files["quiet"], voice / 16, SAMPLE_RATE)
    return files


def broken_files(folder: Path) -> dict[str, Path]:
    files = {name: folder / f"{name}.wav" for name in ("silent", "empty", "no_samples", "broken", "missing")}
    soundfile.write(files["silent"], np.zeros(SAMPLE_RATE, np.float32), SAMPLE_RATE)
    files["empty"].touch()
    soundfile.write(files["no_samples"], np.zeros(0, np.float32), SAMPLE_RATE)
    files["broken"].write_bytes(b"RIFF this was never a sound" * 9)
    return files


@pytest.mark.parametrize("kind", ["clipped", "noisy", "stereo", "8_khz", "44_khz", "quiet"])
def test_a_badly_recorded_caller_is_understood(house: House, tmp_path: Path, kind: str):
    sound = read_audio(sound_files(tmp_path)[kind])
    line = house.call(Person([("how can I help", sound)]), MOBILE)
    said = [turn for turn in line.report.turns if turn.speaker == "caller"]
    assert [turn.intent for turn in said] == ["cancel"], line.story


def test_files_that_hold_no_voice_are_refused_with_what_to_do(tmp_path: Path):
    files = broken_files(tmp_path)
    codes = {"silent": "silent", "empty": "empty", "no_samples": "empty", "broken": "broken", "missing": "missing"}
    for name, path in files.items():
        done = CliRunner().invoke(cli, ["call", str(path)])
        assert isinstance(done.exception, FrontdeskError), name
        assert done.exception.code == f"audio.{codes[name]}"
        assert path.name in done.exception.message
        assert str(tmp_path) not in done.exception.message
        assert done.exit_code != 0
        assert done.stdout == ""


def test_transcribe_goes_on_after_a_broken_file_and_tells_by_its_exit_status(tmp_path: Path):
    broken, good = broken_files(tmp_path)["broken"], sound_files(tmp_path)["44_khz"]
    done = CliRunner().invoke(cli, ["transcribe", str(broken), str(good)])
    assert done.exit_code == 1
    assert "cannot be read as sound" in done.stderr
    assert "appointment" in done.stdout


# The database ---------------------------------------------------------------------------------


def caller_whose(fault) -> Person:
    """In the middle of a booking `fault` happens, just before the caller's next words."""

    def and_then(text: str):
        return lambda: (fault(), text)[1]

    return Person(
        [
            ("how can I help", "I'd like to book an appointment"),
            ("come in for", "a check up"),
            ("which branch", "the Harbour branch"),
            ("which day", and_then("on Thursday")),
            ("what time", "at ten in the morning"),
            ("full name", "can I speak to a person, please"),
        ],
        BRIAN,
    )


def spooled(house: House) -> list[Path]:
    return list((house.home / "spool").glob("*.json"))


def assert_person_takes_over_after_restart(house: House, line) -> None:
    """A kind sentence, a transfer, the ticket beside the database; and in it as soon as that works again."""
    assert line.channel.outcome.startswith("transfer"), line.story
    assert "sorry" in line.bot, line.story
    assert line.report.outcome in ("escalated", "failed")
    [path] = spooled(house)
    assert path.stat().st_mode & 0o077 == 0, "what callers said is for the owner only"
    house.restart()
    [ticket] = house.tickets()
    assert ticket.packet.priority is Priority.HIGH
    assert any("technical fault" in reason for reason in ticket.packet.reasons)
    assert any("check up" in each.text for each in ticket.packet.transcript), ticket.packet
    assert spooled(house) == []


def test_a_locked_database_brings_a_person_who_knows_everything(house: House):
    other = sqlite3.connect(house.home / "frontdesk.sqlite3", isolation_level=None)
    line = house.call(caller_whose(lambda: other.execute("BEGIN IMMEDIATE")), MOBILE)
    other.rollback()
    other.close()
    assert_person_takes_over_after_restart(house, line)


def test_a_database_deleted_in_mid_call_brings_a_person_who_knows_everything(house: House):
    line = house.call(caller_whose(lambda: (house.home / "frontdesk.sqlite3").unlink()), MOBILE)
    assert_person_takes_over_after_restart(house, line)


def pragma(house: House, words: str) -> None:
    """On the connection that writes."""
    assert house.centre.store
    with house.centre.store.database.writer.connect() as connection:
        connection.exec_driver_sql(f"PRAGMA {words}").close()


def test_a_read_only_database_brings_a_person_who_knows_everything(house: House):
    line = house.call(caller_whose(lambda: pragma(house, "query_only = ON")), MOBILE)
    assert_person_takes_over_after_restart(house, line)


def test_a_full_disk_brings_a_person_who_knows_everything(house: House):
    """SQLite's own limit of pages stands for the disk."""

    def fill() -> None:
        pragma(house, "max_page_count = 1")  # not less than there are

    line = house.call(caller_whose(fill), MOBILE)
    house.restart()
    [ticket] = house.tickets()
    assert line.channel.outcome.startswith("transfer"), line.story
    assert "check up" in " ".join(each.text for each in ticket.packet.transcript)


def test_when_not_even_a_file_can_be_written_the_caller_still_reaches_a_person(house: House):
    (house.home / "spool").touch()  # a file where the folder should be
    line = house.call(caller_whose(lambda: pragma(house, "query_only = ON")), MOBILE)
    assert line.channel.outcome == "transfer to reception", line.story
    assert "couldn't pass on my notes" in line.bot, line.story


# Content ---------------------------------------------------------------------------------------


def test_a_broken_edit_is_named_by_file_and_line_and_the_last_good_one_goes_on(engines, tmp_path: Path):
    content = tmp_path / "nlu_data"
    shutil.copytree(PROJECT / "nlu_data", content)
    house = House(tmp_path / "home", engines, content)
    broken = content / "brightwater_dental/business.yml"
    lines = broken.read_text("utf-8").splitlines()
    broken.write_text("\n".join([*lines[:20], "  : [ not yaml", *lines[20:]]), "utf-8")
    house.centre.offices.refresh()
    line = house.call(Person([("how can I help", "keys:0")]), MOBILE)
    assert "Brightwater Dental" in line.bot, line.story
    problems = house.centre.health()["content_problems"]
    assert "business.yml" in str(problems["brightwater_dental"])
    assert "21" in str(problems["brightwater_dental"]), problems
    house.restart()
    assert "Brightwater Dental" in house.chat(), "the last good one survives a restart"
    done = CliRunner().invoke(cli, ["nlu", "validate", str(content)])
    assert done.exit_code != 0
    told = done.exception.message if isinstance(done.exception, ContentError) else done.output
    assert "business.yml" in told
    assert "21" in told


# Engines ----------------------------------------------------------------------------------------


class Breaking:
    """An ear or a voice that works `times` times and then raises."""

    def __init__(self, engine, times: int, error: Exception) -> None:
        self._engine, self._left, self._error = engine, times, error
        self.name = getattr(engine, "name", "")

    def _use(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise self._error

    def listen(self, expect):
        self._use()
        return self._engine.listen(expect)

    def synthesize(self, text: str, speed: float = 1.0):
        self._use()
        return self._engine.synthesize(text, speed)


ERRORS = [
    HearingError("hearing.broken", "It broke."),
    VoiceError("voice.broken", "It broke."),
    RuntimeError("check up"),
]


@pytest.mark.parametrize("error", [ERRORS[0], ERRORS[2]], ids=["ours", "surprise"])
def test_a_recogniser_that_fails_brings_an_apology_and_a_person(house: House, error: Exception):
    house.centre._ear = Breaking(house.centre.ear, 2, error)
    line = house.call(caller_whose(lambda: None), MOBILE)
    [ticket] = house.tickets()
    assert line.channel.outcome == f"transfer to {ticket.packet.queue}", line.story
    assert "sorry" in line.bot, line.story
    assert "check up" in " ".join(each.text for each in ticket.packet.transcript)
    assert house.stored(line)["outcome"] in ("failed", "escalated")
    assert house.stored(line)["ticket"]["id"] == ticket.id


@pytest.mark.parametrize("error", [ERRORS[1], ERRORS[2]], ids=["ours", "surprise"])
def test_a_voice_that_fails_is_replaced_by_the_recorded_apology(house: House, error: Exception):
    house.centre._voice = Breaking(house.centre.voice, 4, error)
    line = house.call(caller_whose(lambda: None), MOBILE)
    assert apology() in bytes(line.channel.heard), "the recording, whole"
    assert TEXT in line.bot, "and the transcript says so"
    [ticket] = house.tickets()
    assert line.channel.outcome == f"transfer to {ticket.packet.queue}", line.story
    assert house.stored(line)["outcome"] in ("failed", "escalated")


# Card numbers --------------------------------------------------------------------------------------


def test_a_card_number_is_kept_nowhere(house: House, logs):
    """4111 1111 1111 1111 is a number for tests that carriers publish; the caller says it and asks for a person."""
    card = "my card number is four one one one, one one one one, one one one one, one one one one"
    person = Person([("how can I help", card), (".", "Can I speak to a person, please?")])
    line = house.call(person, MOBILE)
    [ticket] = house.tickets()
    assert "card" in line.bot, line.story
    kept = f"{house.stored(line)} {ticket} {logs.getvalue()}"
    kept += "".join(path.read_bytes().decode("latin-1") for path in house.home.glob("frontdesk.sqlite3*"))
    for trace in ("4111", "1111", "one one one", "four one"):
        assert trace not in kept, line.story
    assert "[card number]" in line.caller, line.story


# Days that are not like others -----------------------------------------------------------------------


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=LONDON)


BOOKING = ("I'd like to book an appointment", "a check up", "the harbour branch")


def test_a_time_after_the_clocks_go_back_is_the_time_on_the_wall(house: House):
    house.now = at("2026-10-23T09:00:00")  # Friday, summer time; the clocks change on Sunday
    house.known("Dora Fox", MOBILE, BORN)
    story = house.chat(*BOOKING, "on Monday", "ten in the morning", BIRTH_DATE, "yes", "no", caller=MOBILE)
    assert house.starts() == ["2026-10-26 10:00"], story
    assert house.appointments()[0].slot.start.astimezone(dt.UTC).hour == 10
    assert "ten in the morning" in story


def test_a_time_after_the_clocks_go_forward_is_the_time_on_the_wall(house: House):
    house.now = at("2027-03-25T09:00:00")  # Thursday before Easter; the clocks change on Sunday, Monday is a holiday
    house.known("Dora Fox", MOBILE, BORN)
    story = house.chat(*BOOKING, "on Tuesday", "ten in the morning", BIRTH_DATE, "yes", "no", caller=MOBILE)
    assert house.starts() == ["2027-03-30 10:00"], story
    assert house.appointments()[0].slot.start.astimezone(dt.UTC).hour == 9


def test_an_hour_that_does_not_exist_is_not_booked(house: House):
    house.now = at("2027-03-25T09:00:00")
    house.known("Dora Fox", MOBILE, BORN)
    story = house.chat(*BOOKING, "this Sunday", "half past one in the night", caller=MOBILE)
    assert house.starts() == []
    assert "sorry" in story.lower() or "afraid" in story, story


def test_the_twenty_ninth_of_february_can_be_booked_in_a_leap_year(house: House):
    house.now = at("2028-02-21T09:00:00")
    house.known("Dora Fox", MOBILE, BORN)
    day = "the twenty ninth of February"
    story = house.chat(*BOOKING, day, "ten in the morning", BIRTH_DATE, "yes", "no", caller=MOBILE)
    assert house.starts() == ["2028-02-29 10:00"], story


def test_the_twenty_ninth_of_february_of_another_year_is_never_another_day(house: House):
    house.known("Dora Fox", MOBILE, BORN)
    house.now = at("2027-02-15T09:00:00")
    story = house.chat(*BOOKING, "the twenty ninth of February", caller=MOBILE)
    assert house.starts() == []
    assert "first of March" not in story.split(">")[-1].split("I have")[0], story


def test_somebody_born_on_a_leap_day_is_recognised_by_it(house: House):
    house.booked(house.known("Dora Fox", MOBILE, dt.date(1984, 2, 29)), TUESDAY_TEN)
    story = house.chat("when is my appointment", "the twenty ninth of February nineteen eighty four", caller=MOBILE)
    assert "ten in the morning" in story, story
