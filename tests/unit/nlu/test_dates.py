import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from num2words import num2words

from bot.nlu.dates import find_dates
from bot.nlu.numbers import figures
from bot.nlu.understanding import DateMention

TUESDAY = dt.date(2022, 3, 15)


def mention(text: str, today: dt.date = TUESDAY) -> DateMention:
    found = find_dates(figures(text), today)
    assert len(found) == 1, found
    return found[0].value


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("tomorrow", "2022-03-16"),
        ("the day after tomorrow", "2022-03-17"),
        ("friday", "2022-03-18"),
        ("tuesday", "2022-03-22"),
        ("this friday", "2022-03-18"),
        ("next wednesday", "2022-03-23"),
        ("next friday", "2022-03-25"),
        ("a week on friday", "2022-03-25"),
        ("friday week", "2022-03-25"),
        ("a week today", "2022-03-22"),
        ("thursday in two weeks", "2022-03-31"),
        ("friday next week", "2022-03-25"),
        ("next week on the wednesday", "2022-03-23"),
        ("next week maybe on thursday", "2022-03-24"),
        ("in a fortnight", "2022-03-29"),
        ("in three days", "2022-03-18"),
        ("in two weeks' time", "2022-03-29"),
        ("the fourteenth", "2022-04-14"),
        ("the thirty first", "2022-03-31"),
        ("the fourteenth of march", "2023-03-14"),
        ("march the twenty first", "2022-03-21"),
        ("friday the third of june", "2022-06-03"),
        ("the third of june twenty twenty three", "2023-06-03"),
        ("14/4", "2022-04-14"),
        ("2022-05-01", "2022-05-01"),
        ("christmas eve", "2022-12-24"),
        ("good friday", "2022-04-15"),
        ("three days ago", "2022-03-12"),
        ("the first of next month", "2022-04-01"),
        ("monday last week", "2022-03-07"),
    ],
)
def test_one_day_as_people_say_it(said: str, day: str) -> None:
    found = mention(f"can i come in {said} please" if not said[0].isdigit() else said)
    assert found.first == found.last == dt.date.fromisoformat(day)


@pytest.mark.parametrize(
    ("said", "first", "last"),
    [
        ("next week", "2022-03-21", "2022-03-27"),
        ("this week", "2022-03-15", "2022-03-20"),
        ("the week after next", "2022-03-28", "2022-04-03"),
        ("next month", "2022-04-01", "2022-04-30"),
        ("in june", "2022-06-01", "2022-06-30"),
        ("early june", "2022-06-01", "2022-06-10"),
        ("this weekend", "2022-03-19", "2022-03-20"),
        ("the end of next week", "2022-03-24", "2022-03-25"),
    ],
)
def test_stretches_of_days(said: str, first: str, last: str) -> None:
    found = mention(said)
    assert (found.first.isoformat(), found.last.isoformat()) == (first, last)


def test_next_wednesday_keeps_the_nearer_one_possible() -> None:
    assert dt.date(2022, 3, 16) in mention("next wednesday").others


def test_the_twenty_ninth_of_february_waits_for_a_leap_year() -> None:
    assert mention("the twenty ninth of february").first == dt.date(2024, 2, 29)


def test_a_day_that_does_not_exist_is_no_date() -> None:
    found = find_dates(figures("the thirty first of june"), TUESDAY)
    assert not [f for f in found if f.value.first.month == 6 and f.value.first == f.value.last]


@pytest.mark.parametrize("text", ["may i ask something", "the first available", "just a second", "i have two dogs"])
def test_words_that_only_look_like_dates_are_none(text: str) -> None:
    assert find_dates(figures(text), TUESDAY) == []


@given(st.dates(dt.date(2022, 3, 15), dt.date(2023, 3, 14)))
def test_every_day_of_the_year_ahead_is_found_when_spoken(day: dt.date) -> None:
    spoken = f"the {num2words(day.day, to='ordinal').replace('-', ' ')} of {day.strftime('%B').lower()}"
    assert mention(spoken).first == day


@given(st.dates(dt.date(1920, 1, 1), dt.date(2022, 3, 14)))
def test_birth_dates_look_back(day: dt.date) -> None:
    year = (
        f"nineteen {num2words(day.year % 100).replace('-', ' ')}"
        if 1909 < day.year < 2000 and day.year % 100 > 9
        else ""
    )
    spoken = f"{num2words(day.day, to='ordinal').replace('-', ' ')} of {day.strftime('%B').lower()} {year}".strip()
    found = find_dates(figures(spoken), TUESDAY, "back")[0].value.first
    assert found == day if year else (found.month, found.day) == (day.month, day.day) and found <= TUESDAY


@given(st.text(max_size=80))
def test_no_text_breaks_it(text: str) -> None:
    find_dates(figures(text), TUESDAY)
