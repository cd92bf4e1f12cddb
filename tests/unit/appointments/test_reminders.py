import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.appointments.model import Customer, Hours
from bot.appointments.reminders import may_call, next_call_time, plan, zone_of
from tests.fakes_diary import LONDON, NOW, clinic, local

MARIA = Customer(1, "Maria", "+44")
DAYS, HOURS = dt.timedelta(days=1), dt.timedelta(hours=1)


def due(start: dt.datetime, *before: dt.timedelta, customer: Customer = MARIA, now: dt.datetime = NOW):
    service = replace(clinic().services["checkup"], reminders=before)
    return [moment.astimezone(LONDON) for moment in plan(clinic(), service, customer, start, now)]


def test_two_days_and_two_hours_before():
    at_two = local(2026, 3, 10, 14)
    assert due(at_two, 2 * DAYS, 2 * HOURS) == [local(2026, 3, 8, 14), local(2026, 3, 10, 12)]


def test_what_would_fall_into_the_night_is_given_in_the_morning():
    assert due(local(2026, 3, 10, 9), 2 * HOURS) == [local(2026, 3, 10, 8)]


def test_when_the_morning_is_too_late_it_is_given_the_evening_before():
    assert due(local(2026, 3, 10, 8, 15), 2 * HOURS) == [local(2026, 3, 9, 19)]


def test_late_in_the_evening_two_days_before_becomes_the_next_morning():
    assert due(local(2026, 3, 10, 20, 30), 2 * DAYS) == [local(2026, 3, 9, 8)]


def test_what_lies_in_the_past_is_left_out():
    soon = NOW + HOURS
    assert due(soon, 2 * DAYS, 2 * HOURS) == []


def test_quiet_hours_are_those_of_the_person():
    tokyo = replace(MARIA, timezone="Asia/Tokyo")
    [moment] = due(local(2026, 3, 10, 14), 2 * HOURS, customer=tokyo)
    assert moment == local(2026, 3, 10, 10)  # 12:00 in London would be 21:00 there, so an hour before their evening


def test_an_unknown_time_zone_counts_as_that_of_the_business():
    assert zone_of(clinic(), replace(MARIA, timezone="Mars/Olympus")) == LONDON
    assert zone_of(clinic(), replace(MARIA, timezone="Asia/Tokyo")) == ZoneInfo("Asia/Tokyo")


def test_two_days_are_two_days_of_the_clock_change_too():
    """The clocks go forward on 29 March 2026: 48 hours before 10:00 BST is 09:00 GMT."""
    assert due(local(2026, 3, 30, 10), 2 * DAYS) == [local(2026, 3, 28, 9)]


def test_nobody_is_called_at_night():
    night = local(2026, 3, 3, 23)
    assert not may_call(clinic(), MARIA, night)
    assert next_call_time(clinic(), MARIA, night) == local(2026, 3, 4, 8)
    assert may_call(clinic(), MARIA, local(2026, 3, 4, 8))


@settings(max_examples=150, deadline=None)
@given(
    start=st.datetimes(dt.datetime(2026, 3, 3), dt.datetime(2028, 12, 31), timezones=st.just(dt.UTC)),
    before=st.lists(st.timedeltas(dt.timedelta(minutes=10), dt.timedelta(days=10)), max_size=4),
    zone=st.sampled_from(["", "Europe/London", "America/New_York", "Asia/Kathmandu", "Pacific/Apia"]),
    opens=st.integers(6, 11),
    closes=st.integers(13, 22),
)
def test_every_reminder_is_in_time_and_at_a_decent_hour(start, before, zone, opens, closes):
    business = clinic(quiet_hours=Hours(dt.time(opens), dt.time(closes)))
    maria = replace(MARIA, timezone=zone)
    service = replace(business.services["checkup"], reminders=tuple(before))
    planned = plan(business, service, maria, start, NOW)
    assert list(planned) == sorted(set(planned))
    for moment in planned:
        assert NOW < moment < start
        assert may_call(business, maria, moment)
