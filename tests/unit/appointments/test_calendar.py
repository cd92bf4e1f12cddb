import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.appointments.calendar import cells_of, fits, free_slots, working
from bot.appointments.model import Hours, Service, Slot, Wish
from bot.errors import DiaryError
from tests.fakes_diary import LONDON, NOW, clinic, local

CHECKUP = Wish("checkup")
TUESDAY = dt.date(2026, 3, 3)


def on(day: dt.date, **wish: object) -> Wish:
    return replace(CHECKUP, first_day=day, last_day=day, **wish)


def taken_by(*slots: Slot) -> dict[str, set[int]]:
    taken: dict[str, set[int]] = {}
    for slot in slots:
        taken.setdefault(slot.staff_id, set()).update(cells_of(clinic().services[slot.service_id], slot.start))
    return taken


def test_the_first_day_comes_first_spread_from_morning_to_evening():
    slots = free_slots(clinic(), CHECKUP, {}, NOW)
    assert [slot.start for slot in slots] == [
        local(2026, 3, 2, 9),
        local(2026, 3, 2, 12, 45),
        local(2026, 3, 2, 16, 30),
    ]


def test_notice_is_kept():
    at_ten = local(2026, 3, 2, 10)
    assert free_slots(clinic(), CHECKUP, {}, at_ten)[0].start == local(2026, 3, 2, 11)


def test_near_a_wished_time_come_that_time_and_real_alternatives():
    slots = free_slots(clinic(), on(TUESDAY, near=dt.time(14, 30)), {}, NOW)
    assert [slot.start.time() for slot in slots] == [dt.time(14, 30), dt.time(14), dt.time(15)]


def test_a_wished_time_off_the_quarter_is_honoured():
    assert free_slots(clinic(), on(TUESDAY, near=dt.time(14, 10)), {}, NOW)[0].start == local(2026, 3, 3, 14, 10)


def test_a_taken_time_is_offered_with_another_person_and_then_not_at_all():
    at_two = on(TUESDAY, near=dt.time(14), earliest=dt.time(14), latest=dt.time(14))
    business, given_away = clinic(), []
    for _ in range(3):
        [slot] = free_slots(business, at_two, taken_by(*given_away), NOW, limit=1)
        given_away.append(slot)
    assert {slot.staff_id for slot in given_away} == {"anna", "omar", "li"}
    assert free_slots(business, at_two, taken_by(*given_away), NOW) == []


def test_the_buffer_keeps_the_time_after_an_appointment_free():
    anna = on(TUESDAY, staff_id="anna")
    first = Slot("checkup", "anna", "harbour", local(2026, 3, 3, 9), local(2026, 3, 3, 9, 30))
    starts = {slot.start.time() for slot in free_slots(clinic(), anna, taken_by(first), NOW, limit=99)}
    assert dt.time(9, 30) not in starts
    assert dt.time(9, 45) in starts


def test_the_less_busy_person_is_offered_first():
    busy = Slot("checkup", "anna", "harbour", local(2026, 3, 3, 9), local(2026, 3, 3, 9, 30))
    at_two = on(TUESDAY, near=dt.time(14), branch_id="harbour")
    assert free_slots(clinic(), at_two, taken_by(busy), NOW)[0].staff_id == "omar"


def test_days_off_branches_roles_and_skills_are_kept():
    wednesday = dt.date(2026, 3, 4)
    assert {slot.staff_id for slot in free_slots(clinic(), on(wednesday), {}, NOW, 99)} == {"anna", "li"}
    assert {slot.staff_id for slot in free_slots(clinic(), on(TUESDAY, role="Dentist"), {}, NOW, 99)} == {"omar"}
    assert {slot.staff_id for slot in free_slots(clinic(), on(TUESDAY, branch_id="park"), {}, NOW, 99)} == {"li"}
    cleaning = Wish("cleaning", staff_id="omar")
    assert free_slots(clinic(), cleaning, {}, NOW) == []


def test_lunch_and_holidays_are_free_of_appointments():
    lunch = on(dt.date(2026, 3, 6), staff_id="omar")
    assert not [
        slot for slot in free_slots(clinic(), lunch, {}, NOW, 99) if dt.time(12) < slot.start.time() < dt.time(13, 30)
    ]
    assert free_slots(clinic(), on(dt.date(2026, 4, 6)), {}, NOW) == []
    good_friday = free_slots(clinic(), on(dt.date(2026, 4, 3)), {}, NOW, 99)
    assert {slot.start.hour for slot in good_friday} == {10, 11}


def test_nothing_lies_beyond_the_horizon_or_in_the_past():
    assert free_slots(clinic(), on(NOW.date() - dt.timedelta(days=3)), {}, NOW) == []
    assert free_slots(clinic(horizon_days=5), on(NOW.date() + dt.timedelta(days=7)), {}, NOW) == []


def test_the_29th_of_february_can_be_booked():
    now = dt.datetime(2028, 2, 28, 12, tzinfo=dt.UTC)
    assert free_slots(clinic(), on(dt.date(2028, 2, 29)), {}, now)[0].start == local(2028, 2, 29, 9)


def night_clinic():
    nights = dict.fromkeys(range(7), (Hours(dt.time(0), dt.time(4)),))
    business = clinic()
    staff = replace(business.staff["anna"], hours={"harbour": nights})
    branch = replace(business.branches["harbour"], hours=nights)
    return clinic(staff={"anna": staff}, branches={"harbour": branch}, exceptions={}, holidays={})


def test_in_the_night_the_clocks_go_forward_the_skipped_hour_is_not_offered():
    """London, 29 March 2026: 01:00 to 02:00 does not exist."""
    slots = free_slots(night_clinic(), on(dt.date(2026, 3, 29)), {}, NOW, 99)
    assert {slot.start.hour for slot in slots} == {0, 2, 3}
    assert all(
        slot.end.astimezone(dt.UTC) - slot.start.astimezone(dt.UTC) == dt.timedelta(minutes=30) for slot in slots
    )


def test_in_the_night_the_clocks_go_back_a_time_is_offered_once():
    """London, 25 October 2026: 01:00 to 02:00 comes twice."""
    now = dt.datetime(2026, 10, 20, tzinfo=dt.UTC)
    slots = free_slots(night_clinic(), on(dt.date(2026, 10, 25)), {}, now, 99)
    times = [slot.start.time() for slot in slots]
    assert len(times) == len(set(times))
    assert dt.time(1, 30) in times


@pytest.mark.parametrize("day", [dt.date(2026, 3, 29), dt.date(2026, 10, 25)])
@pytest.mark.parametrize("service", ["checkup", "cleaning"])
def test_what_is_offered_in_a_night_when_the_clocks_change_is_not_refused_afterwards(day: dt.date, service: str):
    night = {6: (Hours(dt.time(0), dt.time(5)),)}
    business = clinic(
        branches={"harbour": replace(clinic().branches["harbour"], hours=night)},
        staff={"anna": replace(clinic().staff["anna"], hours={"harbour": night})},
        horizon_days=365,
    )
    now = dt.datetime.combine(day, dt.time(0), LONDON)
    wish = Wish(service, first_day=day, last_day=day)
    offered = free_slots(business, wish, {}, now, limit=50)
    assert len(offered) >= 10
    assert [slot for slot in offered if not fits(business, slot, now)] == []
    notice = offered[0].start.astimezone(dt.UTC) - now.astimezone(dt.UTC)
    assert notice == dt.timedelta(minutes=business.notice_minutes)


def test_a_length_off_the_grain_is_refused_with_the_name_of_the_service():
    odd = clinic(services={"checkup": Service("checkup", "Check-up", (), 17)})
    with pytest.raises(DiaryError, match="checkup") as caught:
        free_slots(odd, CHECKUP, {}, NOW)
    assert caught.value.code == "diary.not_aligned"


def test_an_unknown_service_is_refused():
    with pytest.raises(DiaryError) as caught:
        free_slots(clinic(), Wish("haircut"), {}, NOW)
    assert caught.value.code == "diary.no_service"


def test_a_slot_fits_only_where_and_when_its_person_works():
    good = free_slots(clinic(), CHECKUP, {}, NOW)[0]
    assert fits(clinic(), good, NOW)
    assert not fits(clinic(), replace(good, branch_id="park", staff_id="anna"), NOW)
    assert not fits(clinic(), replace(good, staff_id="nobody"), NOW)
    assert not fits(clinic(), replace(good, end=good.end + dt.timedelta(hours=1)), NOW)
    assert not fits(clinic(), good, good.start)


times = st.times().map(lambda time: time.replace(minute=time.minute // 5 * 5, second=0, microsecond=0))


@settings(max_examples=80, deadline=None)
@given(
    day=st.dates(dt.date(2026, 1, 1), dt.date(2028, 12, 31)),
    near=st.none() | times,
    earliest=st.none() | times,
    service_id=st.sampled_from(["checkup", "cleaning"]),
    limit=st.integers(1, 12),
)
def test_whatever_is_booked_one_after_the_other_never_overlaps_and_lies_in_the_hours(
    day: dt.date, near: dt.time | None, earliest: dt.time | None, service_id: str, limit: int
):
    business, booked = clinic(), []
    now = dt.datetime.combine(day, dt.time(7, 13), dt.UTC)
    wish = Wish(service_id, near=near, earliest=earliest, last_day=day + dt.timedelta(days=4))
    for _ in range(limit):
        slots = free_slots(business, wish, taken_by(*booked), now)
        if not slots:
            break
        booked.append(slots[-1])
    for index, slot in enumerate(booked):
        assert fits(business, slot, now)
        begin, end = slot.start.astimezone(dt.UTC), slot.end.astimezone(dt.UTC)
        assert any(
            opens <= begin and end <= closes
            for opens, closes in working(business, business.staff[slot.staff_id], slot.branch_id, slot.start.date())
        )
        for other in booked[:index]:
            buffer = dt.timedelta(minutes=business.services[service_id].buffer_minutes)
            assert (
                other.staff_id != slot.staff_id or other.end + buffer <= slot.start or slot.end + buffer <= other.start
            )
            assert slot.start.tzinfo is LONDON
