"""Days that were named and are in no calendar."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.dates import impossible_day

TODAY = dt.date(2026, 11, 23)
MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
          "december")  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the thirty first of june", (2027, 6, 31)),
        ("the twenty ninth of february please", (2027, 2, 29)),
        ("february thirtieth", (2027, 2, 30)),
        ("the thirty first of november", (2026, 11, 31)),
        ("the twenty ninth of february twenty twenty eight", None),
        ("the twenty eighth of february", None),
        ("a check up in june", None),
        ("", None),
    ],
)
def test_a_day_that_does_not_exist_is_told_with_its_year(text: str, expected: tuple[int, int, int] | None) -> None:
    assert impossible_day(text, TODAY) == expected


@given(st.dates(TODAY, TODAY + dt.timedelta(days=300)))
def test_every_day_of_the_calendar_exists(day: dt.date) -> None:
    assert impossible_day(f"on {day.day} {MONTHS[day.month - 1]}", TODAY) is None
