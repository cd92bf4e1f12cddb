"""Whole calls with real recognition and a real voice, each asserted on what is stored in the database afterwards.

The callers are SIMULATED (`tests/spoken.py`); where recordings of real people fit, they are used and said to be so.
"""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.app import Centre
from bot.appointments.model import Status
from bot.audio.wav import read_audio, write_wav
from bot.cli import cli
from bot.config import TurnSettings
from bot.events import SAMPLE_RATE
from handoff.model import Priority
from tests.integration.house import LONDON, PERSONAL, VETS, House, cli_environment
from tests.spoken import ALICE, BRIAN, CAROL, ROBOT, Person
from tests.telephone import RECORDINGS

pytestmark = pytest.mark.integration

MOBILE = "+447700900123"
BORN = dt.date(1980, 5, 4)
BIRTH_DATE = "the fourth of May, nineteen eighty"
PROVE_IT = ("date of birth", BIRTH_DATE)
ENOUGH = ("anything else", "no, thank you")
TUESDAY_TEN = dt.datetime(2026, 11, 24, 10, 0)


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=LONDON)


def test_a_new_caller_books_bit_by_bit_and_leaves_name_number_and_birth_date(house: House):
    person = Person(
        [
            ("how can I help|what can I do", "I'd like to book an appointment"),
            ("come in for", "a check up, please"),
            ("which branch", "the Harbour branch"),
            ("which day", "on Thursday this week"),
            ("what time", "half past ten in the morning"),
            ("full name|what name", "Alice Walker"),
            ("is that right", "yes, that's right"),
            ("number you're calling from|best number for you", "no"),
            ("number to reach|right number|digit by digit", "oh seven seven double oh, nine double oh, one two three"),
            PROVE_IT,
            ("shall I book", "yes, please"),
            ENOUGH,
        ]
    )
    line = house.call(person, "+442079460999")
    booked = house.appointments()
    assert [each.slot.service_id for each in booked] == ["check_up"], line.story
    assert house.starts() == ["2026-11-26 10:30"], line.story
    assert booked[0].slot.branch_id == "harbour"
    customer = booked[0].customer
    assert (customer.name, customer.phone, customer.birth_date) == ("Alice Walker", MOBILE, BORN), line.story
    stored = house.stored(line)
    assert stored["outcome"] == "completed", line.story
    assert stored["appointment"]["reference"] == booked[0].reference
    assert len(line.channel.heard) > 16_000 * 2 * 20, "the bot spoke for a good while"
    assert "Your reference is" in line.bot


def test_a_known_caller_books_in_one_sentence(house: House):
    house.known("Brian Cole", MOBILE, BORN)
    person = Person(
        [
            (
                "how can I help",
                "A check up at the Harbour branch next Tuesday at half past two in the afternoon, please",
            ),
            PROVE_IT,
            ("is that right|shall I book", "yes"),
            ENOUGH,
        ],
        BRIAN,
    )
    line = house.call(person, MOBILE)
    assert house.starts() == ["2026-12-01 14:30"], line.story
    assert house.appointments()[0].customer.name == "Brian Cole"
    assert "Brian" not in line.bot.split("date of birth")[0], "nothing personal before the birth date"
    assert house.stored(line)["outcome"] == "completed"


def test_a_caller_moves_an_appointment(house: House):
    house.booked(house.known("Carol Dean", MOBILE, BORN), TUESDAY_TEN)
    person = Person(
        [
            ("how can I help", "I need to move my appointment"),
            PROVE_IT,
            ("which.*day|what day|when would|day would suit", "this Thursday at eleven in the morning"),
            ("what time", "eleven in the morning"),
            ("shall I do that|shall I move", "yes, please"),
            ENOUGH,
        ],
        CAROL,
    )
    line = house.call(person, MOBILE)
    assert house.starts() == ["2026-11-26 11:00"], line.story
    assert house.stored(line)["outcome"] == "completed", line.story


def test_a_caller_cancels_an_appointment(house: House):
    house.booked(house.known("Dora Fox", MOBILE, BORN), TUESDAY_TEN)
    person = Person([("how can I help", "I'd like to cancel my appointment"), PROVE_IT, ("cancel it", "yes"), ENOUGH])
    line = house.call(person, MOBILE)
    assert house.appointments() == [], line.story
    assert [each.status for each in house.appointments(cancelled=True)] == [Status.CANCELLED]
    assert house.stored(line)["appointment"]["status"] == "cancelled"


def test_questions_are_answered_and_nothing_is_changed(house: House):
    person = Person(
        [
            ("how can I help", "Is there somewhere to park?"),
            ("anything else", "What time do you open on Saturday?"),
            ENOUGH,
        ],
        BRIAN,
    )
    line = house.call(person, MOBILE)
    assert "park" in line.bot.lower(), line.story
    assert "nine in the morning" in line.bot or "nine to one" in line.bot.lower(), line.story
    stored = house.stored(line)
    assert stored["outcome"] == "completed", line.story
    assert stored["turns"][2]["intent"] == "faq/parking" or any(
        str(turn.get("intent", "")).startswith("faq/parking") for turn in stored["turns"]
    ), line.story
    assert house.appointments() == []
    assert house.tickets() == []


def test_a_caller_who_asks_for_a_person_is_handed_over_with_everything_known(house: House):
    person = Person(
        [
            ("how can I help", "I want to book a check up at the Park branch for next Wednesday"),
            ("come in for", "a check up"),
            ("what time", "Can I speak to a person, please?"),
        ]
    )
    line = house.call(person, MOBILE)
    [ticket] = house.tickets()
    packet = ticket.packet
    assert line.channel.outcome == f"transfer to {packet.queue}", line.story
    assert packet.business == "brightwater_dental"
    assert packet.caller == MOBILE
    assert any("person" in reason for reason in packet.reasons), packet.reasons
    assert "check-up" in packet.summary or "check_up" in packet.slots.values(), packet
    assert any("park" in value.lower() for value in packet.slots.values()), packet.slots
    said = [each for each in packet.transcript if each.speaker == "caller"]
    assert len(said) == len(line.person.said), "every word the caller said"
    assert all(each.confidence is not None and 0 < each.confidence <= 1 for each in said)
    stored = house.stored(line)
    assert stored["outcome"] == "escalated"
    assert stored["ticket"]["id"] == ticket.id
    listed = CliRunner(env=cli_environment(house)).invoke(cli, ["tickets", "list", "--json"])
    assert [each["id"] for each in json.loads(listed.stdout)] == [ticket.id]
    assert house.appointments() == []


def test_an_emergency_goes_to_a_person_at_once_before_all_others(house: House):
    house.call(Person([("how can I help", "Can I speak to a person, please?")]), MOBILE)
    line = house.call(
        Person([("how can I help", "My face is swelling up and I can't breathe")], CAROL), "+447700900124"
    )
    waiting = house.centre.tickets.waiting()
    assert len(waiting) == 2, line.story
    assert waiting[0].packet.priority is Priority.EMERGENCY, line.story
    assert waiting[0].packet.call_id == line.report.call_id
    assert len(line.person.said) == 1, "no question in between"
    assert "9 9 9" in line.bot


def test_a_reminder_call_moves_an_appointment_in_the_same_diary(house: House):
    appointment = house.booked(house.known("Alice Walker", MOBILE, BORN), dt.datetime(2026, 11, 26, 10, 0))
    assert house.centre.store
    businesses = {key: office.content.business for key, office in house.centre.offices.all().items()}
    house.now = at("2026-11-24T10:05:00")  # two days before
    [reminder] = house.centre.store.reminders.planned(businesses, until=house.now)
    person = Person(
        [
            ("speaking to|is that", "yes, speaking"),
            PROVE_IT,
            ("able to come|I'll be there", "No, I need to move it"),
            ("move it to another time", "move it"),
            ("which.*day|day would suit|when would", "on Monday at two in the afternoon"),
            ("what time", "two in the afternoon"),
            ("shall I", "yes, please"),
            ENOUGH,
        ]
    )
    line = house.call(person, MOBILE, reminder=str(reminder.id))
    assert house.starts() == ["2026-11-30 14:00"], line.story
    [moved] = house.appointments()
    assert (moved.id, moved.reference) == (appointment.id, appointment.reference)
    assert line.bot.count("the twenty-sixth of November") == 1, "nobody is told twice"
    assert "check-up" not in line.bot.split("Am I speaking")[0], "nothing personal before we know who it is"
    assert all(each.start > at("2026-11-30T00:00:00") for each in house.centre.store.reminders.planned(businesses))


def test_a_whole_booking_with_the_keypad_alone(house: House):
    person = Person(
        [
            ("how can I help", "keys:1"),
            ("come in for|appointment for", "keys:1"),
            ("which branch", "keys:1"),
            ("which day|key in the day", "keys:2611"),
            ("what time", "keys:1030"),
            ("name", "keys:1"),
            ("calling from", "keys:1"),
            ("date of birth", "keys:04051980"),
            ("shall I book|is that right", "keys:1"),
            ("which suits|would you like", "keys:1"),
            ("anything else", "keys:2"),
        ]
    )
    line = house.call(person, MOBILE)
    assert house.starts() == ["2026-11-26 10:30"], line.story
    customer = house.appointments()[0].customer
    assert (customer.phone, customer.birth_date) == (MOBILE, BORN), line.story
    assert house.stored(line)["outcome"] == "completed", line.story


def test_a_caller_who_was_cut_off_goes_on_where_they_stopped(house: House):
    house.known("Brian Cole", MOBILE, BORN)
    cut_off = Person([("how can I help", "I'd like a check up at the Harbour branch next Tuesday")], BRIAN)
    first = house.call(cut_off, MOBILE)
    assert first.report.outcome == "abandoned", first.story
    house.now += dt.timedelta(minutes=3)
    person = Person(
        [
            ("carry on", "yes, please"),
            ("what time", "at ten in the morning"),
            PROVE_IT,
            ("shall I book|is that right", "yes"),
            ENOUGH,
        ],
        BRIAN,
    )
    line = house.call(person, MOBILE)
    assert house.starts() == ["2026-12-01 10:00"], line.story
    assert "come in for" not in line.bot, "what was told before is not asked again"


def test_a_call_to_the_vets_never_meets_what_the_dentist_knows(house: House):
    house.booked(house.known("Carol Dean", MOBILE, BORN), TUESDAY_TEN)
    person = Person([("how can I help", "I want to cancel my appointment"), PROVE_IT], CAROL)
    line = house.call(person, MOBILE, VETS)
    stored = house.stored(line)
    assert stored["business"] == "harbour_vets"
    assert "Harbour Vets" in line.bot
    for word in ("Brightwater", "Carol", "check-up", "ten in the morning"):
        assert word not in line.bot, line.story
    assert len(house.appointments()) == 1, "the dentist's appointment stands"
    assert house.appointments("harbour_vets") == []


def test_a_limping_dog_is_an_appointment_and_a_dog_under_a_car_an_emergency(house: House):
    story = house.chat("my dog is limping", called=VETS)
    assert house.tickets() == [], story
    assert "day" in story, story
    house.chat("my dog was hit by a car", called=VETS)
    assert [each.packet.priority for each in house.tickets()] == [Priority.EMERGENCY]


def test_people_who_talk_of_something_else_reach_a_person_and_change_nothing(house: House):
    """Recordings of people reading sentences that have nothing to do with a dentist."""
    read = [RECORDINGS / f"speechbrain/{name}.wav" for name in ("spk1_snt2", "spk2_snt2", "spk2_snt3", "spk2_snt5")]
    if not all(path.exists() for path in read):
        pytest.skip("the recordings of people are not there")
    line = house.call(Person([(".", read_audio(path)) for path in read]), MOBILE)
    [ticket] = house.tickets()
    assert line.channel.outcome == f"transfer to {ticket.packet.queue}", line.story
    assert ticket.packet.reasons
    offered = ("keypad", "Press", "not something I know about")
    assert any(words in line.bot for words in offered), "asked differently, told what there is, then a person"
    assert house.appointments() == []


def test_a_caller_who_says_nothing_is_asked_again_offered_the_keypad_and_let_go(engines: Centre, tmp_path: Path):
    house = House(tmp_path, engines, turns=TurnSettings(silence_ms=1_000))
    nothing = bytes(2 * SAMPLE_RATE * 3 // 2)
    line = house.call(Person([(".", nothing)]), MOBILE)
    assert line.channel.outcome == "hung up", line.story
    assert "didn't hear anything" in line.bot, line.story
    assert "keypad" in line.bot, line.story
    assert line.bot.endswith("Goodbye."), line.story
    assert line.caller == ""


def test_the_second_voice_is_understood_where_the_question_is_closed(house: House):
    """A very different, hard voice (pyttsx3): a cancellation with yes and no."""
    house.booked(house.known("Dora Fox", MOBILE, BORN), TUESDAY_TEN)
    person = Person(
        [
            ("how can I help", "I want to cancel my appointment"),
            ("date of birth", "keys:04051980"),
            ("cancel it", "no"),
            ENOUGH,
        ],
        ROBOT,
    )
    line = house.call(person, MOBILE)
    assert len(house.appointments()) == 1, line.story
    assert "stays as it is" in line.bot, line.story


def test_a_real_person_says_never_mind_in_the_middle_of_a_booking(house: House):
    """The recording is of a person, the rest is simulated."""
    recording = RECORDINGS / "stp/nevermind.wav"
    if not recording.exists():
        pytest.skip("the recordings of people are not there")
    person = Person(
        [
            ("how can I help", "I'd like to book a check up"),
            ("which branch", read_audio(recording)),
            ("anything else|what would you like", "no, thank you, goodbye"),
        ]
    )
    line = house.call(person, MOBILE)
    assert "leave that" in line.bot or "haven't" in line.bot, line.story
    assert house.appointments() == []
    assert house.stored(line)["outcome"] in ("completed", "abandoned"), line.story


def test_the_command_line_takes_a_call_of_recordings_from_end_to_end(house: House, tmp_path):
    """In a process of its own: `frontdesk call … --json`, and the diary says the same."""
    house.known("Alice Walker", MOBILE, BORN)
    sayings = ["A check up at the Harbour branch on Thursday at ten in the morning", BIRTH_DATE, "yes", "no, goodbye"]
    files = [tmp_path / f"{number}.wav" for number in range(len(sayings))]
    for path, text in zip(files, sayings, strict=True):
        write_wav(path, ALICE.says(text))
    command = [sys.executable, "-c", "from bot.cli import main; main()", "call", *map(str, files)]
    options = ["--caller", MOBILE, "--to", "020 7946 0100", "--now", "2026-11-23T09:00", "--json"]
    options += ["--out", str(tmp_path / "bot.wav")]
    done = subprocess.run(
        [*command, *options], env=cli_environment(house), capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    story = "\n".join([turn["text"] for turn in report["turns"]] + [done.stderr])
    assert report["outcome"] == "completed", story
    assert house.starts() == ["2026-11-26 10:00"], story
    assert report["appointment"]["reference"] == house.appointments()[0].reference
    assert all(turn["response_ms"] > 0 for turn in report["turns"] if "response_ms" in turn)
    assert len(read_audio(tmp_path / "bot.wav")) > 32_000 * 10
    assert PERSONAL.search(done.stderr) is None, "nothing personal in the logs"
    shown = CliRunner(env=cli_environment(house)).invoke(cli, ["calls", "show", report["call_id"], "--json"])
    assert json.loads(shown.stdout) == report
