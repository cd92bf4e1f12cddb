"""Days, times and figures in words."""

import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.appointments.model import Hours
from bot.dialogue import spoken

TODAY = dt.date(2026, 3, 9)


@pytest.mark.parametrize(
    ("time", "words"),
    [
        (dt.time(14, 30), "half past two in the afternoon"),
        (dt.time(9, 10), "ten past nine in the morning"),
        (dt.time(9, 0), "nine in the morning"),
        (dt.time(18, 45), "quarter to seven in the evening"),
        (dt.time(12, 0), "midday"),
        (dt.time(12, 30), "half past twelve in the afternoon"),
        (dt.time(10, 7), "ten oh seven in the morning"),
        (dt.time(11, 35), "twenty-five to twelve in the morning"),
    ],
)
def test_times_are_said_as_people_say_them(time: dt.time, words: str) -> None:
    assert spoken.time(time, part=True) == words


def test_without_the_part_of_the_day_a_full_hour_is_o_clock() -> None:
    assert spoken.time(dt.time(14, 0)) == "two o'clock"


@pytest.mark.parametrize(
    ("date", "words"),
    [
        (dt.date(2026, 3, 9), "today, Monday the ninth"),
        (dt.date(2026, 3, 10), "tomorrow, Tuesday the tenth"),
        (dt.date(2026, 6, 3), "Wednesday the third of June"),
        (dt.date(2027, 2, 1), "Monday the first of February, twenty twenty-seven"),
    ],
)
def test_days(date: dt.date, words: str) -> None:
    assert spoken.day(date, TODAY) == words


def test_birth_dates_have_a_year() -> None:
    assert spoken.birth_date(dt.date(1984, 3, 14)) == "the fourteenth of March nineteen eighty-four"
    assert spoken.year_words(2007) == "two thousand and seven"
    assert spoken.year_words(1905) == "nineteen oh five"
    assert spoken.year_words(1900) == "nineteen hundred"


@given(st.dates(dt.date(1900, 1, 1), dt.date(2099, 12, 31)), st.times())
def test_no_figure_is_left_to_the_voice(date: dt.date, time: dt.time) -> None:
    said = f"{spoken.day(date, TODAY)} {spoken.birth_date(date)} {spoken.time(time, part=True)}"
    assert not re.search(r"\d", said)


def test_wishes() -> None:
    assert spoken.times(dt.time(16), dt.time(23, 59)) == "after four o'clock"
    assert spoken.times(dt.time(0), dt.time(11)) == "before eleven o'clock"
    assert spoken.times(dt.time(14), dt.time(16)) == "between two o'clock and four o'clock"
    assert spoken.times(dt.time(6), dt.time(12)) == "in the morning"


def test_lists_figures_phones_and_letters() -> None:
    assert spoken.either(["a", "b", "c"]) == "a, b or c"
    assert spoken.either(["a"]) == "a"
    assert spoken.figures("48217") == "four, eight, two, one, seven"
    assert spoken.phone("+447700900123") == "zero seven seven zero zero, nine zero zero, one two three"
    assert spoken.letters("O'Neil") == "O, N, E, I, L"


def test_opening_hours_with_a_lunch_break() -> None:
    hours = [Hours(dt.time(9), dt.time(12)), Hours(dt.time(13), dt.time(17, 30))]
    assert spoken.stretches(hours) == (
        "from nine in the morning to midday and from one in the afternoon to half past five in the afternoon"
    )
