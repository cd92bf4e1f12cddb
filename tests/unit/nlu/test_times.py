import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.dates import find_dates
from bot.nlu.numbers import figures
from bot.nlu.times import daytime, find_times
from bot.nlu.understanding import TimeMention

NOW = dt.datetime(2022, 3, 15, 9, 0, tzinfo=dt.UTC)


def mention(text: str) -> TimeMention:
    said = figures(text)
    found = find_times(said, NOW, find_dates(said, NOW.date()))
    assert len(found) == 1, found
    return daytime(found[0].value)


@pytest.mark.parametrize(
    ("said", "time"),
    [
        ("half past two", "14:30"),
        ("half two", "14:30"),
        ("quarter to four", "15:45"),
        ("twenty five to seven", "18:35"),
        ("ten past nine", "09:10"),
        ("two five p m", "14:05"),
        ("two thirty", "14:30"),
        ("at two", "14:00"),
        ("at ten", "10:00"),
        ("eight in the evening", "20:00"),
        ("nine at night", "21:00"),
        ("eleven o'clock", "11:00"),
        ("noon", "12:00"),
        ("at twelve", "12:00"),
        ("2:30 p.m.", "14:30"),
        ("3pm", "15:00"),
        ("18:45", "18:45"),
        ("in two hours", "11:00"),
        ("tuesday at half past three", "15:30"),
        ("the fourteenth of april at nine fifteen", "09:15"),
    ],
)
def test_a_time_as_people_say_it(said: str, time: str) -> None:
    found = mention(said)
    assert found.first == found.last == dt.time.fromisoformat(time)


@pytest.mark.parametrize(
    ("said", "first", "last"),
    [
        ("between ten and twelve", "10:00", "12:00"),
        ("between two and four p m", "14:00", "16:00"),
        ("from nine to five", "09:00", "17:00"),
        ("any time after four", "16:00", "23:59"),
        ("not before nine", "09:00", "23:59"),
        ("before eleven", "00:00", "11:00"),
        ("no later than three", "00:00", "15:00"),
        ("tomorrow lunchtime", "12:00", "14:00"),
        ("in the morning", "06:00", "12:00"),
        ("late afternoon", "15:00", "18:00"),
        ("two o'clock or later", "14:00", "23:59"),
    ],
)
def test_stretches_of_the_day(said: str, first: str, last: str) -> None:
    found = mention(said)
    assert (found.first, found.last) == (dt.time.fromisoformat(first), dt.time.fromisoformat(last))


def test_around_is_remembered() -> None:
    assert mention("around half past two").approximate
    assert not mention("half past two").approximate


def test_the_other_half_of_the_day_stays_possible() -> None:
    assert mention("at two").others == (dt.time(2, 0),)
    assert mention("at two p m").others == ()


@pytest.mark.parametrize(
    "text",
    ["good morning", "two people", "i have two dogs", "oh seven nine one one two three four five six"],
)
def test_numbers_that_are_no_times(text: str) -> None:
    assert find_times(figures(text), NOW) == []


@given(st.integers(1, 12), st.sampled_from(["five", "ten", "quarter", "twenty", "twenty five", "half"]))
def test_past_every_hour(hour: int, minutes: str) -> None:
    words = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
    value = {"five": 5, "ten": 10, "quarter": 15, "twenty": 20, "twenty five": 25, "half": 30}[minutes]
    found = mention(f"at {minutes} past {words[hour - 1]}")
    assert (found.first.hour % 12, found.first.minute) == (hour % 12, value)


@given(st.text(alphabet="0123456789:. apmto'halfpastquarter", max_size=60))
def test_no_text_breaks_it(text: str) -> None:
    find_times(figures(text), NOW)
