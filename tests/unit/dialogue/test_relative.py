"""Told from the appointment that is moved, not from today."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.appointments.model import Appointment, Slot
from bot.dialogue.relative import told_from
from bot.dialogue.turn import Turn
from bot.nlu.understanding import DateMention, Entity, TimeMention
from tests.unit.dialogue.fakes import LONDON, date, entity, time
from tests.unit.dialogue.test_dialogue import BORN, CALLER, Line

START = dt.datetime(2026, 3, 18, 14, 0, tzinfo=LONDON)
"""A Wednesday; today is the Monday of the week before."""


def told(text: str) -> tuple[str, str]:
    turn = told_from(Turn(text), START)
    day, at = turn.value("date"), turn.value("time")
    first = f"{day.first:%d}" if isinstance(day, DateMention) else ""
    if isinstance(day, DateMention) and day.last != day.first:
        first += f"-{day.last:%d}"
    clock = f"{at.first:%H:%M}" if isinstance(at, TimeMention) else ""
    if isinstance(at, TimeMention) and at.last != at.first:
        clock += f"-{at.last:%H:%M}"
    return first, clock


@pytest.mark.parametrize(
    ("text", "day", "at"),
    [
        ("can we make it later that day", "18", "14:05-23:59"),
        ("earlier on the same day", "18", "00:00-13:55"),
        ("the same day but a bit later", "18", "14:05-23:59"),
        ("a bit later please", "18", "14:05-23:59"),
        ("the same day please", "18", ""),
        ("the same time next week", "25", "14:00"),
        ("next week at the same time", "25", "14:00"),
        ("same day next week", "25", ""),
        ("an hour later", "18", "15:00"),
        ("half an hour earlier", "18", "13:30"),
        ("an hour and a half later", "18", "15:30"),
        ("two hours before", "18", "12:00"),
        ("twenty minutes later", "18", "14:20"),
        ("the day after", "19", ""),
        ("the next day at the same time", "19", "14:00"),
        ("the day before", "17", ""),
        ("a week later", "25", ""),
        ("two weeks later", "01", ""),
        ("a month later", "18", ""),
        ("the week after", "23-29", ""),
        ("later that week", "19-22", ""),
    ],
)
def test_days_and_times_are_told_from_the_appointment(text: str, day: str, at: str) -> None:
    assert told(text) == (day, at)


@pytest.mark.parametrize(
    "text", ["next week", "the day after tomorrow", "on friday", "in two weeks", "any time", "later"]
)
def test_what_is_told_from_today_stays_so(text: str) -> None:
    turn = Turn(text)
    assert told_from(turn, START) is turn


def test_the_same_time_on_another_day_named() -> None:
    friday = date(dt.date(2026, 3, 20), "friday")
    turn = told_from(Turn("the same time on friday", entities=(friday,)), START)
    assert turn.first("date") == friday
    assert turn.value("time") == TimeMention(dt.time(14), dt.time(14))


def moving(*booked_at: dt.datetime) -> tuple[Line, Appointment]:
    line = Line()
    anna = line.desk.add_customer("Anna Smith", CALLER, birth_date=BORN)
    for start in booked_at:
        slot = Slot("check_up", "anna", "harbour", start, start + dt.timedelta(minutes=30))
        line.desk.book(slot, anna, "before", line.now)
    line.open()
    return line, line.desk.appointments[0]


@pytest.mark.parametrize(
    ("wish", "moved_to"),
    [
        ("move my appointment to the same time next week", "Wednesday the twenty-fifth of March"),
        ("can i come an hour later", "three"),
        ("can we make it the day after", "Thursday the nineteenth"),
    ],
)
def test_a_move_is_told_from_the_appointment_in_the_first_sentence(wish: str, moved_to: str) -> None:
    line, _ = moving(START)
    line.say(wish, "move")
    told = line.say("my birth date", "inform", entity("birth_date", BORN, "my birth date"))
    assert moved_to in told


def test_a_move_is_told_from_the_appointment_when_asked_which_day() -> None:
    line, _ = moving(START)
    line.say("move my appointment", "move")
    line.say("my birth date", "inform", entity("birth_date", BORN, "my birth date"))
    told = line.say("later that day", "inform")
    assert "Wednesday the eighteenth" in told
    assert "half past two" in told


def test_a_time_read_back_is_moved_by_an_hour() -> None:
    line = Line()
    line.to_read_back()
    assert "eleven" in line.say("no an hour later please", "correct")


def test_later_is_told_from_the_appointment_not_from_today_even_where_a_day_was_heard() -> None:
    line, _ = moving(START)
    wrong = date(line.now.date() + dt.timedelta(days=7), "a week later")
    line.say("move it a week later", "move", wrong, time(14))
    told = line.say("my birth date", "inform", entity("birth_date", BORN, "my birth date"))
    assert "the twenty-fifth" in told


def test_a_weekday_beside_the_appointments_own_is_of_its_week() -> None:
    line, _ = moving(START)
    text = "move my wednesday check up to thursday same time"
    today = line.now.date()
    wednesday = Entity("date", DateMention(*[today + dt.timedelta(days=2)] * 2, (START.date(),)), "wednesday", (8, 17))
    thursday = Entity("date", DateMention(*[today + dt.timedelta(days=3)] * 2), "thursday", (30, 38))
    line.say(text, "move", wednesday, thursday)
    told = line.say("my birth date", "inform", entity("birth_date", BORN, "my birth date"))
    assert "two in the afternoon on Thursday the nineteenth" in told
