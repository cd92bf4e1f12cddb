"""Times on offer: how they are read out, and which one is meant."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.appointments.model import Slot, Wish
from bot.dialogue.looking import distinct, in_order
from bot.dialogue.offers import choose, describe, wants_other
from bot.dialogue.turn import Turn
from tests.unit.dialogue.fakes import BUSINESS, LONDON, date, time

TODAY = dt.date(2026, 3, 9)
TUESDAY = dt.date(2026, 3, 10)


def slot(hour: int, staff: str = "ben", branch: str = "harbour", day: dt.date = TUESDAY) -> Slot:
    start = dt.datetime.combine(day, dt.time(hour), LONDON)
    return Slot("check_up", staff, branch, start, start + dt.timedelta(minutes=30))


def read(*slots: Slot, **wish: str) -> str:
    return describe(slots, BUSINESS, TODAY, Wish("check_up", **wish))  # type: ignore[arg-type]


def test_what_is_as_wished_is_not_repeated() -> None:
    offers = read(slot(9), slot(10), staff_id="ben", branch_id="harbour")
    assert offers == "nine o'clock or ten o'clock tomorrow, Tuesday the tenth"


def test_another_person_or_branch_than_wished_is_said() -> None:
    assert read(slot(9), slot(10), staff_id="anna", branch_id="harbour").endswith("with Ben Hall")
    assert read(slot(9, branch="park"), branch_id="harbour").endswith("at the Park branch")


def test_who_and_where_are_said_of_each_when_they_differ() -> None:
    offers = read(slot(9, "anna"), slot(10, branch="park"))
    assert "nine o'clock with Anna Reed at the Harbour branch" in offers
    assert "ten o'clock with Ben Hall at the Park branch" in offers


def test_the_branch_is_said_when_nobody_asked_for_one() -> None:
    assert read(slot(9), slot(10)).endswith("at the Harbour branch")


def test_days_are_said_of_each_when_they_differ() -> None:
    offers = read(slot(9), slot(9, day=dt.date(2026, 3, 12)), branch_id="harbour")
    assert offers.startswith("tomorrow, Tuesday the tenth at nine o'clock or on Thursday the twelfth of March at nine")


@pytest.mark.parametrize(
    ("said", "hour"),
    [
        ("the first one will do nicely", 9),
        ("the second", 10),
        ("the last one please", 11),
        ("the earliest", 9),
        ("the later one", 11),
        ("i don't mind", 9),
    ],
)
def test_one_of_them_is_chosen_by_its_place(said: str, hour: int) -> None:
    chosen = choose(Turn(said), (slot(9), slot(10), slot(11)))
    assert chosen is not None
    assert chosen.start.hour == hour


def test_the_first_one_is_no_first_of_the_month() -> None:
    turn = Turn("the first one will do nicely", entities=(date(dt.date(2026, 4, 1)),))
    assert choose(turn, (slot(9), slot(10))) == slot(9)


def test_ten_is_the_one_in_that_hour() -> None:
    assert choose(Turn("ten", entities=(time(10),)), (slot(9), slot(10))) == slot(10)


@pytest.mark.parametrize(
    ("said", "direction"),
    [
        ("have you anything later", "later"),
        ("that's too early", "later"),
        ("can i have it earlier", "earlier"),
        ("none of them", "other"),
        ("the later one", ""),
        ("the first one", ""),
    ],
)
def test_other_times_are_asked_for_in_many_ways(said: str, direction: str) -> None:
    assert wants_other(Turn(said)) == direction


def test_one_of_two_people_at_the_same_time_is_enough_and_times_are_in_order() -> None:
    assert in_order(distinct([slot(10), slot(9, "anna"), slot(9, "ben")])) == (slot(9, "anna"), slot(10))
