"""The real desk: decides with `calendar` and `reminders`, and lets the records store it in one transaction each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from bot.appointments import calendar, reminders
from bot.appointments.calendar import Taken, cell_of, cells_of, days_of, service_of
from bot.appointments.diary import SlotTaken
from bot.appointments.hours import instant
from bot.appointments.model import Appointment, Business, Customer, Slot, Status, Waiting, Wish
from bot.appointments.phones import e164
from bot.appointments.records import Booking, Change, Offer, Records
from bot.errors import DiaryError

FORTNIGHT = 14
"""Days looked at in one go: what is taken is read for that long."""

OFFER_HELD = dt.timedelta(minutes=60)
"""A freed slot is kept so long for whoever waited for it, counted from when they are told."""

ALTERNATIVES = 3


class StoredDesk:
    """Implements `appointments.diary.Desk`. Every method may raise StoreError."""

    def __init__(self, business: Business, records: Records) -> None:
        self.business = business
        self._records = records

    # People

    def customers_with_phone(self, phone: str) -> Sequence[Customer]:
        """Several when a family shares a number."""
        return self._records.customers_with_phone(e164(self.business, phone)) if phone else []

    def add_customer(
        self,
        name: str,
        phone: str,
        *,
        birth_date: dt.date | None = None,
        postcode: str = "",
        email: str = "",
        timezone: str = "",
    ) -> Customer:
        new = Customer(0, name.strip(), e164(self.business, phone), birth_date, postcode, email, timezone)
        return self._records.add_customer(new)

    def change_customer(self, customer: Customer) -> None:
        self._records.change_customer(customer)

    # Time

    def free_slots(self, wish: Wish, now: dt.datetime, limit: int = 3) -> Sequence[Slot]:
        first, last = days_of(self.business, wish, now)
        slots: list[Slot] = []
        while first <= last and len(slots) < limit:
            until = min(last, first + dt.timedelta(days=FORTNIGHT - 1))
            part = replace(wish, first_day=first, last_day=until)
            taken = self._taken(first, until, now)
            slots += calendar.free_slots(self.business, part, taken, now, limit - len(slots))
            first = until + dt.timedelta(days=1)
        return slots

    def hold(self, slot: Slot, by: str, now: dt.datetime, minutes: int = 5) -> None:
        self._check(slot, now)
        try:
            self._records.hold(slot, self._cells(slot), by, now, now + dt.timedelta(minutes=minutes))
        except SlotTaken as taken:
            raise self._with_alternatives(slot, now) from taken

    def release(self, by: str) -> None:
        self._records.release(by)

    # Appointments

    def book(
        self,
        slot: Slot,
        customer: Customer,
        by: str,
        now: dt.datetime,
        note: str = "",
        uid: str | None = None,
    ) -> Appointment:
        """As the protocol says; `uid` marks an imported calendar entry. Raises DiaryError `diary.not_offered`."""
        self._check(slot, now)
        try:
            return self._records.book(self._booking(slot, customer, now, note, uid), customer, by, now)
        except SlotTaken as taken:
            raise self._with_alternatives(slot, now) from taken

    def move(self, appointment: Appointment, slot: Slot, by: str, now: dt.datetime) -> Appointment:
        self._check(slot, now)
        booking = self._booking(slot, appointment.customer, now)
        try:
            return self._records.move(appointment, booking, by, now, self._offers(appointment, now))
        except SlotTaken as taken:
            raise self._with_alternatives(slot, now) from taken

    def cancel(self, appointment: Appointment, by: str, now: dt.datetime) -> Appointment:
        return self._records.cancel(appointment, by, now, self._offers(appointment, now))

    def confirm(self, appointment: Appointment, by: str, now: dt.datetime) -> Appointment:
        return self._records.mark(appointment, Status.CONFIRMED, by, now)

    def appointments_of(self, customer: Customer, now: dt.datetime) -> Sequence[Appointment]:
        return self._records.to_come(customer, now)

    def with_reference(self, reference: str) -> Appointment | None:
        """Spaces and hyphens, as people dictate figures, are ignored."""
        return self._records.with_reference("".join(filter(str.isdigit, reference)))

    def with_uid(self, uid: str) -> Appointment | None:
        """The one imported from the calendar entry of that UID."""
        return self._records.with_uid(uid)

    def offered(self, slot: Slot, now: dt.datetime) -> bool:
        """Whether the slot lies in the hours that can be booked; not whether it is free."""
        return calendar.fits(self.business, slot, now)

    def between(self, first: dt.date, last: dt.date, cancelled: bool = False) -> Sequence[Appointment]:
        """Appointments of these local days, both included, by time."""
        zone = self.business.timezone
        after = last + dt.timedelta(days=1)
        return self._records.between(instant(first, dt.time(), zone), instant(after, dt.time(), zone), cancelled)

    def history(self, appointment: Appointment) -> Sequence[Change]:
        return self._records.history(appointment)

    # Waiting and reminding

    def join_waiting_list(self, wish: Wish, customer: Customer, by: str, now: dt.datetime) -> Waiting:
        service_of(self.business, wish.service_id)
        return self._records.wait(wish, customer, now)

    def decline_offer(self, slot: Slot, customer: Customer, by: str, now: dt.datetime) -> None:
        declined = Appointment(0, "", customer, slot)
        self._records.pass_on(slot, customer, now, self._offers(declined, now))

    def waiting(self) -> Sequence[Waiting]:
        return self._records.waiting()

    def snooze_reminder(
        self, appointment: Appointment, until: dt.datetime, by: str, now: dt.datetime | None = None
    ) -> None:
        """As the protocol says; `now` is when it was asked for (the history shows `until` when it is left out)."""
        self._records.snooze(appointment, until, by, now or until)

    def _offers(self, freed: Appointment, now: dt.datetime) -> _FirstFitting:
        return _FirstFitting(self.business, freed, now)

    def _booking(
        self, slot: Slot, customer: Customer, now: dt.datetime, note: str = "", uid: str | None = None
    ) -> Booking:
        due = reminders.plan(self.business, service_of(self.business, slot.service_id), customer, slot.start, now)
        return Booking(slot, self._cells(slot), due, note, uid)

    def _cells(self, slot: Slot) -> Sequence[int]:
        return cells_of(service_of(self.business, slot.service_id), slot.start)

    def _check(self, slot: Slot, now: dt.datetime) -> None:
        if not calendar.fits(self.business, slot, now):
            raise DiaryError("diary.not_offered", "That time is outside the hours that can be booked; choose another.")

    def _taken(self, first: dt.date, last: dt.date, now: dt.datetime) -> Taken:
        zone = self.business.timezone
        begin = instant(first, dt.time(), zone)
        end = instant(last + dt.timedelta(days=2), dt.time(), zone)  # a late appointment may reach into the next day
        return self._records.taken(range(cell_of(begin), cell_of(end)), now)

    def _with_alternatives(self, slot: Slot, now: dt.datetime) -> SlotTaken:
        """The same person and day first, then anybody that day, then the days after."""
        local = slot.start.astimezone(self.business.timezone)
        near = Wish(slot.service_id, slot.staff_id, slot.branch_id, None, local.date(), local.date(), near=local.time())
        wishes = (near, replace(near, staff_id=None), replace(near, staff_id=None, last_day=None))
        found: list[Slot] = []
        for wish in wishes:
            if len(found) < ALTERNATIVES:
                found += [other for other in self.free_slots(wish, now, ALTERNATIVES) if other not in found]
        return SlotTaken(found[:ALTERNATIVES])


class _FirstFitting:
    """Chooses who of those waiting gets a freed slot: the first whose wish it meets."""

    def __init__(self, business: Business, freed: Appointment, now: dt.datetime) -> None:
        self._business = business
        self._freed = freed
        self._now = now

    def __call__(self, waiting: Sequence[Waiting]) -> Offer | None:
        for candidate in waiting:
            slot = self._slot_for(candidate.wish)
            if slot and candidate.customer.id != self._freed.customer.id and self._meets(candidate.wish, slot):
                return self._offer(candidate, slot)
        return None

    def _slot_for(self, wish: Wish) -> Slot | None:
        """The wished service at the freed time, when it is no longer than what was freed."""
        old, service = self._freed.slot, self._business.services.get(wish.service_id)
        freed_service = self._business.services.get(old.service_id)
        if service is None or freed_service is None or service.minutes > freed_service.minutes:
            return None
        end = old.start.astimezone(dt.UTC) + dt.timedelta(minutes=service.minutes)
        return Slot(service.id, old.staff_id, old.branch_id, old.start, end.astimezone(self._business.timezone))

    def _meets(self, wish: Wish, slot: Slot) -> bool:
        """Asked of the calendar itself, with nothing taken: one rule of what meets a wish."""
        local = slot.start.astimezone(self._business.timezone)
        only = replace(
            wish,
            staff_id=wish.staff_id or slot.staff_id,
            branch_id=wish.branch_id or slot.branch_id,
            first_day=max(wish.first_day or local.date(), local.date()),
            last_day=min(wish.last_day or local.date(), local.date()),
            near=local.time(),
        )
        return slot in calendar.free_slots(self._business, only, {}, self._now, limit=1)

    def _offer(self, waiting: Waiting, slot: Slot) -> Offer:
        """Told now, or in the morning when it is night where they are; held only when they are told soon."""
        due = reminders.next_call_time(self._business, waiting.customer, self._now)
        told_soon = due - self._now <= OFFER_HELD and due + OFFER_HELD < slot.start
        held_until = due + OFFER_HELD if told_soon else None
        return Offer(waiting, slot, cells_of(self._business.services[slot.service_id], slot.start), due, held_until)
