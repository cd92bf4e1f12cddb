import datetime as dt

import pytest

from bot.appointments.hours import closing, hours_on, instant, next_opening
from bot.appointments.model import Hours
from bot.errors import DiaryError
from tests.fakes_diary import DAY, LONDON, clinic, local


def test_a_usual_day_follows_the_week():
    assert hours_on(clinic(), "harbour", dt.date(2026, 3, 3)).stretches == DAY
    assert hours_on(clinic(), "harbour", dt.date(2026, 3, 7)).stretches == ()


def test_a_holiday_closes_and_says_its_name():
    easter = hours_on(clinic(), "harbour", dt.date(2026, 4, 6))
    assert (easter.stretches, easter.why) == ((), "Easter Monday")


def test_an_exception_opens_on_a_holiday_and_closes_a_usual_day():
    friday = hours_on(clinic(), "harbour", dt.date(2026, 4, 3))
    assert friday.stretches == (Hours(dt.time(10), dt.time(12)),)
    assert friday.why == "Good Friday"
    assert hours_on(clinic(), "harbour", dt.date(2026, 3, 20)).stretches == ()


def test_an_unknown_branch_is_refused_with_its_name():
    with pytest.raises(DiaryError, match="moon") as caught:
        hours_on(clinic(), "moon", dt.date(2026, 3, 3))
    assert caught.value.code == "diary.no_branch"


def test_open_from_the_first_minute_and_closed_at_the_last():
    assert closing(clinic(), "park", local(2026, 3, 3, 8, 59)) is None
    assert closing(clinic(), "park", local(2026, 3, 3, 17)) is None
    assert closing(clinic(), "park", local(2026, 3, 3, 9)) == local(2026, 3, 3, 17)


def test_the_next_opening_skips_the_weekend_and_the_holidays():
    assert next_opening(clinic(), "park", local(2026, 4, 3, 12)) == local(2026, 4, 7, 9)


def test_a_branch_that_never_opens_has_no_next_opening():
    shut = clinic(exceptions={dt.date(2026, 1, 1) + dt.timedelta(days=n): () for n in range(365)})
    assert next_opening(shut, "park", local(2026, 3, 3, 9)) is None


def test_a_skipped_wall_clock_time_is_the_moment_of_the_jump():
    """London, 29 March 2026: 01:00 GMT becomes 02:00 BST."""
    jump = dt.datetime(2026, 3, 29, 1, 0, tzinfo=dt.UTC)
    assert instant(dt.date(2026, 3, 29), dt.time(1, 30), LONDON) == jump
    assert instant(dt.date(2026, 3, 29), dt.time(2, 0), LONDON) == jump


def test_a_wall_clock_time_that_comes_twice_is_the_first():
    """London, 25 October 2026: 02:00 BST becomes 01:00 GMT."""
    first = dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC)
    assert instant(dt.date(2026, 10, 25), dt.time(1, 30), LONDON) == first


def test_the_29th_of_february_has_hours_in_a_leap_year():
    assert hours_on(clinic(), "park", dt.date(2028, 2, 29)).stretches == DAY
