"""Placing what is due, on a database in memory and with a scripted line."""

import asyncio
import datetime as dt
from collections.abc import Callable

import pytest

from bot.appointments.desk import StoredDesk
from bot.appointments.model import Appointment, Slot, Wish
from bot.outbound.model import Outcome, Reminder
from bot.outbound.placing import AT_ONCE, Placing
from bot.outbound.retry import next_try
from bot.store import Store, open_store
from bot.store.reminders import LEASE
from tests.fakes_diary import NOW, clinic, local

MINUTE = dt.timedelta(minutes=1)
BUSINESSES = {"clinic": clinic()}
DUE = local(2026, 3, 8, 14)
"""Two days before the appointment of these tests."""


class ScriptedLine:
    def __init__(self, *outcomes: Outcome, meanwhile: Callable[[], object] = lambda: None) -> None:
        self.outcomes = list(outcomes)
        self.rung: list[Reminder] = []
        self.meanwhile = meanwhile

    async def ring(self, reminder: Reminder) -> Outcome:
        self.rung.append(reminder)
        self.meanwhile()
        return self.outcomes.pop(0)


@pytest.fixture
def store() -> Store:
    return open_store("sqlite://")


@pytest.fixture
def desk(store: Store) -> StoredDesk:
    return StoredDesk(clinic(), store.diary(clinic()))


@pytest.fixture
def placing(store: Store) -> Placing:
    return Placing(store.reminders, BUSINESSES)


def booked(
    desk: StoredDesk, name: str = "Maria", hour: int = 14, timezone: str = "", phone: str = "+442079460001"
) -> Appointment:
    start = local(2026, 3, 10, hour)
    slot = Slot("checkup", "anna", "harbour", start, start + 30 * MINUTE)
    return desk.book(slot, desk.add_customer(name, phone, timezone=timezone), "test", NOW)


def place(placing: Placing, line: ScriptedLine, now: dt.datetime) -> list[Outcome]:
    return [outcome for _, outcome in asyncio.run(placing.place_due(line, lambda: now))]


def test_nothing_is_placed_before_it_is_due_and_once_after(desk: StoredDesk, placing: Placing):
    appointment, line = booked(desk), ScriptedLine(Outcome.CONFIRMED)
    assert place(placing, line, DUE - MINUTE) == []
    assert place(placing, line, DUE) == [Outcome.CONFIRMED]
    assert place(placing, line, DUE + MINUTE) == []
    assert [reminder.appointment for reminder in line.rung] == [appointment]


def test_no_answer_is_tried_again_by_the_plan_and_then_given_up(desk: StoredDesk, placing: Placing, store: Store):
    booked(desk)
    line = ScriptedLine(*[Outcome.NO_ANSWER] * 3)
    assert place(placing, line, DUE) == [Outcome.NO_ANSWER]
    assert place(placing, line, DUE + 29 * MINUTE) == []
    assert place(placing, line, DUE + 30 * MINUTE) == [Outcome.NO_ANSWER]
    assert place(placing, line, DUE + 150 * MINUTE) == [Outcome.NO_ANSWER]
    assert place(placing, line, DUE + 600 * MINUTE) == []
    attempts = store.reminders.attempts_of(line.rung[0].id)
    assert attempts == [(1, "no_answer"), (2, "no_answer"), (3, "no_answer")]


def test_of_two_processes_one_gets_the_reminder(desk: StoredDesk, placing: Placing, store: Store):
    booked(desk)
    [reminder] = placing.due(DUE)
    other = Placing(store.reminders, BUSINESSES)
    assert placing.claim(reminder.id, DUE)
    assert other.claim(reminder.id, DUE) is None
    assert other.due(DUE) == []


def test_an_attempt_that_nobody_finished_is_lost_and_tried_again_once_the_lease_is_over(
    desk: StoredDesk, placing: Placing, store: Store
):
    booked(desk)
    [reminder] = placing.due(DUE)
    placing.claim(reminder.id, DUE)  # and then the power goes
    restarted = Placing(store.reminders, BUSINESSES)
    assert restarted.due(DUE + LEASE - MINUTE) == []
    assert restarted.due(DUE + LEASE) == []
    assert store.reminders.attempts_of(reminder.id) == [(1, "lost")]
    [again] = restarted.due(DUE + LEASE + 10 * MINUTE)
    assert (again.id, again.tries) == (reminder.id, 1)


def test_a_result_is_recorded_once(desk: StoredDesk, placing: Placing, store: Store):
    booked(desk)
    [reminder] = placing.due(DUE)
    placing.claim(reminder.id, DUE)
    assert placing.record(reminder.id, Outcome.BUSY, DUE) == DUE + 5 * MINUTE
    assert placing.record(reminder.id, Outcome.CONFIRMED, DUE) is None
    assert store.reminders.attempts_of(reminder.id) == [(1, "busy")]


def test_what_the_call_itself_recorded_counts(desk: StoredDesk, placing: Placing, store: Store):
    booked(desk)
    [reminder] = placing.due(DUE)
    line = ScriptedLine(Outcome.REACHED, meanwhile=lambda: placing.record(reminder.id, Outcome.CONFIRMED, DUE))
    assert place(placing, line, DUE) == [Outcome.CONFIRMED]
    assert store.reminders.attempts_of(reminder.id) == [(1, "confirmed")]


def test_a_cancelled_appointment_is_not_reminded_of(desk: StoredDesk, placing: Placing):
    appointment = booked(desk)
    [reminder] = placing.due(DUE)
    desk.cancel(appointment, "test", DUE)
    assert placing.due(DUE) == []
    assert placing.claim(reminder.id, DUE) is None


def test_cancelled_in_the_reminder_call_it_is_not_tried_again(desk: StoredDesk, placing: Placing):
    appointment = booked(desk)
    line = ScriptedLine(Outcome.CANCELLED, meanwhile=lambda: desk.cancel(appointment, "reminder", DUE))
    assert place(placing, line, DUE) == [Outcome.CANCELLED]
    assert place(placing, line, DUE + 600 * MINUTE) == []


def test_moved_in_the_reminder_call_the_new_time_has_its_own_reminders(desk: StoredDesk, placing: Placing):
    appointment = booked(desk)
    later = desk.free_slots(Wish("checkup", "anna", first_day=dt.date(2026, 3, 17)), DUE)[0]
    line = ScriptedLine(Outcome.MOVED, meanwhile=lambda: desk.move(appointment, later, "reminder", DUE))
    place(placing, line, DUE)
    [reminder] = placing.due(local(2026, 3, 15, 9))
    assert reminder.start == later.start


def test_call_me_later_comes_later(desk: StoredDesk, placing: Placing):
    appointment = booked(desk)
    until = DUE + 60 * MINUTE
    line = ScriptedLine(
        Outcome.CALL_LATER, Outcome.REACHED, meanwhile=lambda: desk.snooze_reminder(appointment, until, "reminder")
    )
    assert place(placing, line, DUE) == [Outcome.CALL_LATER]
    assert place(placing, line, DUE + 30 * MINUTE) == []
    line.meanwhile = lambda: None
    assert place(placing, line, until) == [Outcome.REACHED]


def test_after_a_long_outage_one_call_is_enough(desk: StoredDesk, placing: Placing, store: Store):
    booked(desk)
    [reminder] = placing.due(local(2026, 3, 10, 12, 30))
    assert reminder.due_at == local(2026, 3, 10, 12)
    assert [one.id for one in store.reminders.planned(BUSINESSES)] == [reminder.id]


def test_what_has_begun_is_not_reminded_of(desk: StoredDesk, placing: Placing, store: Store):
    booked(desk)
    assert placing.due(local(2026, 3, 10, 14)) == []
    assert store.reminders.planned(BUSINESSES) == []


def test_what_was_missed_in_the_evening_waits_for_the_morning(desk: StoredDesk, placing: Placing):
    booked(desk)
    assert placing.due(local(2026, 3, 8, 23)) == []
    assert len(placing.due(local(2026, 3, 9, 8))) == 1


def test_one_who_cannot_be_reached_does_not_keep_others_waiting(desk: StoredDesk, placing: Placing):
    booked(desk, "Maria")
    booked(desk, "Tom", hour=15)
    line = ScriptedLine(Outcome.FAILED, Outcome.SENT)
    assert place(placing, line, local(2026, 3, 8, 15)) == [Outcome.FAILED, Outcome.SENT]


def test_an_offer_of_a_freed_time_is_placed_too(desk: StoredDesk, placing: Placing):
    appointment = booked(desk)
    desk.join_waiting_list(Wish("checkup"), desk.add_customer("Tom", "+442079460002"), "test", NOW)
    desk.cancel(appointment, "test", NOW)
    line = ScriptedLine(Outcome.SENT)
    assert place(placing, line, NOW) == [Outcome.SENT]
    assert (line.rung[0].kind, line.rung[0].customer.name) == ("offer", "Tom")


class LongLine:
    """Every call takes its time; nothing is heard of anybody until all who ring at once have been rung."""

    def __init__(self, together: int) -> None:
        self.barrier = asyncio.Barrier(together)
        self.now = DUE
        self.at_once = 0
        self.most_at_once = 0

    async def ring(self, reminder: Reminder) -> Outcome:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        async with asyncio.timeout(5):
            await self.barrier.wait()
        self.now += 40 * MINUTE
        self.at_once -= 1
        return Outcome.REACHED


def test_nobody_is_rung_in_the_quiet_hours_because_others_took_so_long(
    desk: StoredDesk, placing: Placing, store: Store
):
    booked(desk, "Maria")
    booked(desk, "Tom", hour=15)  # the same telephone: one after the other
    line = LongLine(1)
    line.now = local(2026, 3, 9, 19, 50)
    placed = asyncio.run(placing.place_due(line, lambda: line.now))
    assert [reminder.customer.name for reminder, _ in placed] == ["Maria"]
    assert [one.customer.name for one in placing.due(local(2026, 3, 10, 8))] == ["Tom"]


def test_nobody_is_rung_while_the_centre_has_no_line_for_them(desk: StoredDesk, placing: Placing, store: Store):
    booked(desk)
    line = ScriptedLine(Outcome.CONFIRMED)
    assert asyncio.run(placing.place_due(line, lambda: DUE, has_room=lambda: False)) == []
    assert line.rung == []
    assert place(placing, line, DUE + MINUTE) == [Outcome.CONFIRMED], "the next time, and it was no attempt"
    assert store.reminders.attempts_of(line.rung[0].id) == [(1, "confirmed")]


def test_different_people_are_rung_at_once_but_only_a_few(desk: StoredDesk, placing: Placing):
    for number in range(2 * AT_ONCE):
        booked(desk, f"Maria {number}", hour=9 + number, phone=f"+4420794600{number:02}")
    line = LongLine(AT_ONCE)
    assert len(asyncio.run(placing.place_due(line, lambda: local(2026, 3, 9, 17)))) == 2 * AT_ONCE
    assert line.most_at_once == AT_ONCE


def test_moved_by_the_person_while_it_rang_the_old_time_is_not_tried_again(
    desk: StoredDesk, placing: Placing, store: Store
):
    appointment = booked(desk)
    later = desk.free_slots(Wish("checkup", "anna", first_day=dt.date(2026, 3, 17)), DUE)[0]
    line = ScriptedLine(Outcome.NO_ANSWER, meanwhile=lambda: desk.move(appointment, later, "web", DUE))
    assert place(placing, line, DUE) == [Outcome.NO_ANSWER]
    assert place(placing, line, DUE + 30 * MINUTE) == []
    assert all(one.due_at > DUE + 3 * 24 * 60 * MINUTE for one in store.reminders.planned(BUSINESSES))


def test_nobody_is_tried_again_shortly_before_it_begins():
    start = DUE + 40 * MINUTE
    assert next_try(Outcome.BUSY, 1, DUE, start) == DUE + 5 * MINUTE
    assert next_try(Outcome.NO_ANSWER, 1, DUE, start) is None


@pytest.mark.parametrize("outcome", [Outcome.CONFIRMED, Outcome.SENT, Outcome.REACHED, Outcome.MESSAGE_LEFT])
def test_whoever_was_reached_is_not_tried_again(outcome: Outcome):
    assert next_try(outcome, 1, DUE, DUE + 1000 * MINUTE) is None
