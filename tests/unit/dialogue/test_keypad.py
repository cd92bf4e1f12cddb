"""What keys mean while a question is open."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue import keypad
from bot.dialogue.question import Option, Question, expect
from bot.events import AnswerKind
from bot.nlu.understanding import DateMention, TimeMention
from tests.unit.dialogue.fakes import BUSINESS

TODAY = dt.date(2026, 3, 9)


def question(kind: AnswerKind, slot: str = "x", options: int = 0) -> Question:
    chosen = tuple(Option(str(number), f"option {number}") for number in range(options))
    return Question(slot, "", "", "", expect(kind, BUSINESS, slot, chosen), chosen)


def test_zero_is_a_person_and_star_goes_back() -> None:
    assert keypad.read("0", question("yes_no"), TODAY).intent == "person"
    assert keypad.read("*", question("date"), TODAY).intent == "go_back"
    assert keypad.read("12*", question("digits"), TODAY).intent == "go_back"


def test_yes_and_no() -> None:
    assert keypad.read("1", question("yes_no"), TODAY).yes
    assert keypad.read("2", question("yes_no"), TODAY).no
    assert keypad.read("7", question("yes_no"), TODAY).intent == ""


def test_options_by_number() -> None:
    assert keypad.read("2", question("choice", options=3), TODAY).option == 2
    assert keypad.read("4", question("choice", options=3), TODAY).option is None
    assert keypad.read("12", question("choice", options=14), TODAY).option == 12


@pytest.mark.parametrize(
    ("keys", "day"),
    [
        ("1403", dt.date(2026, 3, 14)),
        ("0903", dt.date(2026, 3, 9)),
        ("0803", dt.date(2027, 3, 8)),
        ("2902", dt.date(2028, 2, 29)),
        ("3102", None),
        ("14", None),
    ],
)
def test_days_as_ddmm_are_the_next_to_come(keys: str, day: dt.date | None) -> None:
    value = keypad.read(keys, question("date_time"), TODAY).value("date")
    assert value == (DateMention(day, day) if day else None)


def test_day_and_time_in_one() -> None:
    turn = keypad.read("14031430", question("date_time"), TODAY)
    assert turn.value("time") == TimeMention(dt.time(14, 30), dt.time(14, 30))


@pytest.mark.parametrize(("keys", "time"), [("1430", dt.time(14, 30)), ("930", dt.time(9, 30)), ("14", dt.time(14))])
def test_times_as_hhmm(keys: str, time: dt.time) -> None:
    assert keypad.read(keys, question("time"), TODAY).value("time") == TimeMention(time, time)


def test_impossible_times_are_not_understood() -> None:
    assert keypad.read("2575", question("time"), TODAY).entities == ()


@pytest.mark.parametrize(
    ("keys", "born"),
    [("14031984", dt.date(1984, 3, 14)), ("140384", dt.date(1984, 3, 14)), ("010120", dt.date(2020, 1, 1))],
)
def test_birth_dates(keys: str, born: dt.date) -> None:
    assert keypad.read(keys, question("date", "birth_date"), TODAY).value("birth_date") == born


def test_figures_are_taken_as_they_are() -> None:
    assert keypad.read("07700900123", question("digits"), TODAY).value("digits") == "07700900123"


@given(
    st.text(alphabet="0123456789*#", max_size=20),
    st.sampled_from(["free", "yes_no", "date", "time", "date_time", "digits", "name", "choice"]),
    st.sampled_from(["x", "birth_date"]),
    st.integers(0, 12),
)
def test_no_string_of_keys_breaks_anything(keys: str, kind: AnswerKind, slot: str, options: int) -> None:
    assert keypad.read(keys, question(kind, slot, options), TODAY).keypad
