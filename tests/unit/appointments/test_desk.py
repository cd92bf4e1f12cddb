"""The desk on a database in memory: what callers can do to the diary, and what comes of it."""

import datetime as dt
from dataclasses import replace

import pytest

from bot.appointments.desk import StoredDesk
from bot.appointments.diary import Desk, SlotTaken
from bot.appointments.model import Slot, Status, Wish
from bot.errors import DiaryError
from bot.outbound.model import Outcome
from bot.outbound.placing import Placing
from bot.store import Store, open_store
from tests.fakes_diary import NOW, clinic, local

PHONE = "020 7946 0001"
CHECKUP = Wish("checkup")
MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def store() -> Store:
    return open_store("sqlite://")


@pytest.fixture
def desk(store: Store) -> StoredDesk:
    return StoredDesk(clinic(), store.diary(clinic()))


def person(desk: StoredDesk, name: str = "Maria Jones", phone: str = PHONE):
    return desk.add_customer(name, phone, birth_date=dt.date(1988, 2, 29), postcode="BN1 4XY")


def slot_at(hour: int, minute: int = 0, day: int = 3, staff: str = "anna", branch: str = "harbour") -> Slot:
    start = local(2026, 3, day, hour, minute)
    return Slot("checkup", staff, branch, start, start + 30 * MINUTE)


def planned(store: Store):
    return store.reminders.planned({"clinic": clinic()})


def test_it_is_a_desk(desk: StoredDesk):
    as_protocol: Desk = desk
    assert as_protocol.business.id == "clinic"


def test_a_customer_is_found_by_the_number_however_it_is_written(desk: StoredDesk):
    maria = person(desk)
    assert maria.phone == "+442079460001"
    assert desk.customers_with_phone("+44 20 7946 0001") == [maria]
    assert desk.customers_with_phone("02079460002") == []
    assert desk.customers_with_phone("") == []


def test_a_family_shares_a_number(desk: StoredDesk):
    assert [one.name for one in (person(desk), person(desk, "Tom Jones"))] == [
        one.name for one in desk.customers_with_phone(PHONE)
    ]


def test_a_booking_is_found_by_customer_and_by_reference_as_dictated(desk: StoredDesk):
    maria = person(desk)
    booked = desk.book(desk.free_slots(CHECKUP, NOW)[0], maria, "call-1", NOW, note="first visit")
    assert len(booked.reference) == 5
    assert desk.appointments_of(maria, NOW) == [booked]
    assert desk.with_reference(" ".join(booked.reference)) == booked
    assert desk.with_reference("00000") is None


def test_what_is_booked_is_no_longer_free_and_the_second_gets_alternatives(desk: StoredDesk):
    desk.book(slot_at(14), person(desk), "call-1", NOW)
    with pytest.raises(SlotTaken) as caught:
        desk.book(slot_at(14, 15), person(desk, "Tom"), "call-2", NOW)
    alternatives = caught.value.alternatives
    assert len(alternatives) == 3
    assert {slot.staff_id for slot in alternatives} == {"anna"}
    assert {slot.start.date() for slot in alternatives} == {dt.date(2026, 3, 3)}
    assert desk.book(alternatives[0], person(desk, "Tom"), "call-2", NOW).status is Status.BOOKED


def test_a_hold_keeps_others_out_until_it_is_released_or_expires(desk: StoredDesk):
    desk.hold(slot_at(14), "call-1", NOW)
    with pytest.raises(SlotTaken):
        desk.hold(slot_at(14), "call-2", NOW)
    with pytest.raises(SlotTaken):
        desk.book(slot_at(14), person(desk), "call-2", NOW + 4 * MINUTE)
    desk.hold(slot_at(14), "call-2", NOW + 5 * MINUTE)
    desk.release("call-2")
    desk.hold(slot_at(14), "call-3", NOW + 5 * MINUTE)


def test_an_expired_hold_is_offered_again(desk: StoredDesk):
    at_two = Wish("checkup", "anna", first_day=dt.date(2026, 3, 3), near=dt.time(14))
    desk.hold(slot_at(14), "call-1", NOW)
    assert desk.free_slots(at_two, NOW)[0] != slot_at(14)
    assert desk.free_slots(at_two, NOW + 5 * MINUTE)[0] == slot_at(14)


def test_a_new_hold_replaces_the_old_one_and_a_refused_one_keeps_it(desk: StoredDesk):
    desk.hold(slot_at(14), "call-1", NOW)
    desk.hold(slot_at(15), "call-1", NOW)
    desk.hold(slot_at(14), "call-2", NOW)
    with pytest.raises(SlotTaken):
        desk.hold(slot_at(14), "call-1", NOW)
    with pytest.raises(SlotTaken):
        desk.hold(slot_at(15), "call-3", NOW)


def test_the_hold_becomes_the_appointment(desk: StoredDesk):
    desk.hold(slot_at(14), "call-1", NOW)
    assert desk.book(slot_at(14), person(desk), "call-1", NOW).slot == slot_at(14)


def test_a_move_frees_the_old_time_and_may_overlap_it(desk: StoredDesk):
    booked = desk.book(slot_at(14), person(desk), "call-1", NOW)
    moved = desk.move(booked, slot_at(14, 15), "call-2", NOW)
    assert (moved.reference, moved.slot) == (booked.reference, slot_at(14, 15))
    assert desk.with_reference(booked.reference) == moved
    desk.book(slot_at(13, 30), person(desk, "Tom"), "call-3", NOW)


def test_a_move_to_a_taken_time_keeps_the_old_one(desk: StoredDesk, store: Store):
    booked = desk.book(slot_at(14), person(desk), "call-1", NOW)
    desk.book(slot_at(16), person(desk, "Tom"), "call-2", NOW)
    before = planned(store)
    with pytest.raises(SlotTaken) as caught:
        desk.move(booked, slot_at(16), "call-1", NOW)
    assert caught.value.alternatives
    assert desk.with_reference(booked.reference) == booked
    assert planned(store) == before


def test_a_cancelled_appointment_is_free_again_and_cannot_be_changed(desk: StoredDesk):
    booked = desk.book(slot_at(14), person(desk), "call-1", NOW)
    assert desk.cancel(booked, "call-1", NOW).status is Status.CANCELLED
    assert desk.appointments_of(booked.customer, NOW) == []
    for change in (desk.cancel, desk.confirm):
        with pytest.raises(DiaryError) as caught:
            change(booked, "call-1", NOW)
        assert caught.value.code == "diary.not_booked"
    with pytest.raises(DiaryError):
        desk.move(booked, slot_at(15), "call-1", NOW)
    desk.book(slot_at(14), person(desk, "Tom"), "call-2", NOW)
    desk.book(slot_at(15), person(desk, "Tom"), "call-2", NOW)


def test_times_outside_the_hours_are_refused(desk: StoredDesk):
    for slot in (slot_at(8), slot_at(14, day=7), slot_at(14, branch="park")):
        with pytest.raises(DiaryError) as caught:
            desk.book(slot, person(desk), "call-1", NOW)
        assert caught.value.code == "diary.not_offered"
    with pytest.raises(DiaryError) as caught:
        desk.book(slot_at(14, 2), person(desk), "call-1", NOW)
    assert caught.value.code == "diary.not_aligned"


def test_every_change_is_in_the_history_with_who_and_when(desk: StoredDesk):
    booked = desk.book(slot_at(14), person(desk), "call-1", NOW)
    confirmed = desk.confirm(booked, "reminder", NOW + MINUTE)
    moved = desk.move(confirmed, slot_at(15), "call-2", NOW + 2 * MINUTE)
    desk.cancel(moved, "anna", NOW + 3 * MINUTE)
    changes = [(change.what, change.by, change.at) for change in desk.history(booked)]
    assert changes == [
        ("booked", "call-1", NOW),
        ("confirmed", "reminder", NOW + MINUTE),
        ("moved", "call-2", NOW + 2 * MINUTE),
        ("cancelled", "anna", NOW + 3 * MINUTE),
    ]
    assert desk.history(booked)[2].details["from"] == "2026-03-03T14:00:00+00:00"


def test_reminders_come_and_go_with_the_appointment(desk: StoredDesk, store: Store):
    booked = desk.book(slot_at(14, day=10), person(desk), "call-1", NOW)
    assert [reminder.due_at for reminder in planned(store)] == [local(2026, 3, 8, 14), local(2026, 3, 10, 12)]
    moved = desk.move(booked, slot_at(15, day=10), "call-1", NOW)
    assert [reminder.due_at for reminder in planned(store)] == [local(2026, 3, 8, 15), local(2026, 3, 10, 13)]
    desk.snooze_reminder(moved, local(2026, 3, 9, 10), "call-1", NOW)
    assert local(2026, 3, 9, 10) in [reminder.due_at for reminder in planned(store)]
    assert desk.history(moved)[-1].details == {"until": "2026-03-09T10:00:00+00:00"}
    desk.cancel(moved, "call-1", NOW)
    assert planned(store) == []


def test_who_waits_is_offered_the_freed_time_and_only_they_can_take_it(desk: StoredDesk, store: Store):
    tom, ann = person(desk, "Tom"), person(desk, "Ann")
    desk.join_waiting_list(Wish("checkup", earliest=dt.time(15)), ann, "call-1", NOW)
    desk.join_waiting_list(Wish("checkup", "anna", last_day=dt.date(2026, 3, 3)), tom, "call-2", NOW)
    booked = desk.book(slot_at(14), person(desk), "call-3", NOW)
    told_at = NOW + 60 * MINUTE
    desk.cancel(booked, "call-3", told_at)
    [offer] = [reminder for reminder in planned(store) if reminder.kind == "offer"]
    assert (offer.customer, offer.offer, offer.due_at) == (tom, slot_at(14), told_at)
    assert [waiting.customer for waiting in desk.waiting()] == [ann, tom]
    with pytest.raises(SlotTaken):
        desk.book(slot_at(14), ann, "call-4", told_at)
    desk.book(slot_at(14), tom, "call-5", told_at)
    assert planned(store) == [reminder for reminder in planned(store) if reminder.kind == "reminder"]
    assert [waiting.customer for waiting in desk.waiting()] == [ann]


def test_a_second_freed_time_goes_to_the_next_who_waits(desk: StoredDesk, store: Store):
    for name in ("Tom", "Ann"):
        desk.join_waiting_list(CHECKUP, person(desk, name), "call-1", NOW)
    first, second = (desk.book(slot_at(hour), person(desk), "call-2", NOW) for hour in (14, 15))
    desk.cancel(first, "call-2", NOW)
    desk.cancel(second, "call-2", NOW)
    offers = {reminder.customer.name: reminder.offer for reminder in planned(store)}
    assert offers == {"Tom": slot_at(14), "Ann": slot_at(15)}


def test_who_did_not_take_an_offer_waits_on_and_is_offered_the_next_freed_time(desk: StoredDesk, store: Store):
    desk.join_waiting_list(CHECKUP, person(desk, "Tom"), "call-1", NOW)
    first, second = (desk.book(slot_at(hour), person(desk), "call-2", NOW) for hour in (14, 15))
    desk.cancel(first, "call-2", NOW)
    placing = Placing(store.reminders, {"clinic": clinic()})
    [offer] = placing.due(NOW)
    placing.claim(offer.id, NOW)
    placing.record(offer.id, Outcome.SENT, NOW)
    desk.cancel(second, "call-2", NOW + 2 * HOUR)
    [again] = placing.due(NOW + 2 * HOUR)
    assert (again.customer.name, again.offer) == ("Tom", slot_at(15))


def test_an_offer_of_a_time_that_is_taken_again_is_not_made(desk: StoredDesk, store: Store):
    desk.join_waiting_list(CHECKUP, person(desk, "Tom"), "call-1", NOW)
    booked = desk.book(slot_at(14), person(desk), "call-2", NOW)
    desk.cancel(booked, "call-2", local(2026, 3, 2, 23))
    desk.book(slot_at(14), person(desk, "Ann"), "call-3", local(2026, 3, 2, 23))
    assert [reminder.kind for reminder in planned(store)] == ["reminder"]


def test_an_offer_nobody_answers_frees_the_time_for_everybody(desk: StoredDesk):
    tom = person(desk, "Tom")
    desk.join_waiting_list(CHECKUP, tom, "call-1", NOW)
    booked = desk.book(slot_at(14), person(desk), "call-2", NOW)
    desk.cancel(booked, "call-2", NOW)
    desk.book(slot_at(14), person(desk, "Ann"), "call-3", NOW + 61 * MINUTE)


def test_at_night_nobody_is_told_and_nothing_is_held(desk: StoredDesk, store: Store):
    desk.join_waiting_list(CHECKUP, person(desk, "Tom"), "call-1", NOW)
    booked = desk.book(slot_at(14), person(desk), "call-2", NOW)
    desk.cancel(booked, "call-2", local(2026, 3, 2, 23))
    [offer] = [reminder for reminder in planned(store) if reminder.kind == "offer"]
    assert offer.due_at == local(2026, 3, 3, 8)
    desk.book(slot_at(14), person(desk, "Ann"), "call-3", local(2026, 3, 2, 23))


def test_a_move_that_takes_part_of_its_old_time_again_is_not_undone_by_who_waits(desk: StoredDesk):
    desk.join_waiting_list(CHECKUP, person(desk, "Tom"), "call-1", NOW)
    booked = desk.book(slot_at(14), person(desk), "call-2", NOW)
    moved = desk.move(booked, slot_at(14, 15), "call-2", NOW)
    assert desk.with_reference(booked.reference) == moved
    assert len(desk.waiting()) == 1


def test_two_businesses_in_one_database_never_see_each_other(desk: StoredDesk, store: Store):
    vets = StoredDesk(clinic("vets"), store.diary(clinic("vets")))
    maria = person(desk)
    booked = desk.book(slot_at(14), maria, "call-1", NOW)
    assert vets.customers_with_phone(PHONE) == []
    assert vets.with_reference(booked.reference) is None
    assert vets.history(booked) == []
    assert vets.appointments_of(maria, NOW) == []
    with pytest.raises(DiaryError):
        vets.cancel(booked, "call-2", NOW)
    vets.release("call-1")
    vets.book(slot_at(14), person(vets), "call-1", NOW)
    assert store.reminders.planned({"vets": clinic("vets")})[0].business == "vets"
    assert [one.reference for one in desk.between(dt.date(2026, 3, 3), dt.date(2026, 3, 3))] == [booked.reference]


def test_the_day_list_has_the_local_day_and_cancelled_ones_only_when_asked(desk: StoredDesk):
    first = desk.book(slot_at(9), person(desk), "call-1", NOW)
    second = desk.book(slot_at(10), person(desk), "call-1", NOW)
    desk.cancel(first, "call-1", NOW)
    day = dt.date(2026, 3, 3)
    assert desk.between(day, day) == [second]
    assert len(desk.between(day, day, cancelled=True)) == 2


def test_full_weeks_are_passed_over_to_the_next_free_day(desk: StoredDesk):
    holiday = clinic(holidays={dt.date(2026, 3, 1) + dt.timedelta(days=n): "Closed" for n in range(31)})
    later = StoredDesk(holiday, desk._records)
    assert later.free_slots(CHECKUP, NOW)[0].start == local(2026, 4, 1, 9)
    assert later.free_slots(replace(CHECKUP, last_day=dt.date(2026, 3, 31)), NOW) == []
