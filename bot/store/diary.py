"""The diary of one business in the database: every method is one transaction (`appointments/records.py`)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import sqlalchemy as sa

from bot.appointments.calendar import Taken
from bot.appointments.model import Appointment, Business, Customer, Slot, Status, Waiting, Wish
from bot.appointments.records import Booking, Change, ChooseOffer
from bot.store import occupancy
from bot.store.appointment_rows import AppointmentRows
from bot.store.database import Database
from bot.store.rows import (
    APPOINTMENTS,
    LIVE,
    appointment_of,
    customer_values,
    new_id,
    plain_customer,
    slot_to_json,
    slot_values,
)
from bot.store.schema import appointments, customers, history
from bot.store.waiting_rows import WaitingRows


class DiaryRecords:
    """Implements `appointments.records.Records`."""

    def __init__(self, database: Database, business: Business) -> None:
        self._database = database
        self._business = business
        self._id = business.id
        self._rows, self._waiting = AppointmentRows(business.id), WaitingRows(business.id)

    # People

    def customers_with_phone(self, phone: str) -> Sequence[Customer]:
        query = sa.select(customers).where(customers.c.business == self._id, customers.c.phone == phone)
        return self._database.read(
            lambda connection: [plain_customer(row) for row in connection.execute(query.order_by("id")).mappings()]
        )

    def add_customer(self, customer: Customer) -> Customer:
        insert = sa.insert(customers).values(business=self._id, **customer_values(customer))
        return replace(customer, id=self._database.write(lambda connection: new_id(connection, insert)))

    def change_customer(self, customer: Customer) -> None:
        update = sa.update(customers).where(customers.c.business == self._id, customers.c.id == customer.id)
        self._database.write(lambda connection: connection.execute(update.values(customer_values(customer))))

    # Time

    def taken(self, cells: range, now: dt.datetime) -> Taken:
        return self._database.read(lambda connection: occupancy.taken(connection, self._id, cells, now))

    def hold(self, slot: Slot, cells: Sequence[int], by: str, now: dt.datetime, until: dt.datetime) -> None:
        def place(connection: sa.Connection) -> None:
            occupancy.queue_up(connection, self._id, now)
            occupancy.place_hold(connection, self._id, slot.staff_id, cells, by, until)

        self._database.write(place)

    def release(self, by: str) -> None:
        self._database.write(lambda connection: occupancy.drop_holds(connection, self._id, [by]))

    # Appointments

    def book(self, booking: Booking, customer: Customer, by: str, now: dt.datetime) -> Appointment:
        def store(connection: sa.Connection) -> Appointment:
            occupancy.queue_up(connection, self._id, now)
            self._waiting.stop(connection, booking.slot, customer, by)
            reference = self._rows.new_reference(connection, now)
            appointment = self._rows.insert(connection, booking, customer, reference)
            occupancy.occupy(connection, self._id, booking.slot.staff_id, booking.cells, appointment_id=appointment.id)
            self._rows.plan(connection, appointment, booking.reminders)
            what = "imported" if booking.uid else "booked"
            self._rows.note(connection, appointment, what, by, now, slot_to_json(booking.slot))
            return appointment

        return self._database.write(store)

    def move(
        self, appointment: Appointment, booking: Booking, by: str, now: dt.datetime, offer: ChooseOffer
    ) -> Appointment:
        moved = replace(appointment, slot=booking.slot, status=Status.BOOKED)

        def change(connection: sa.Connection) -> Appointment:
            occupancy.queue_up(connection, self._id, now)
            occupancy.drop_holds(connection, self._id, [by])
            self._rows.update_live(
                connection, appointment, {"status": Status.BOOKED.value, **slot_values(booking.slot)}
            )
            occupancy.vacate(connection, self._id, appointment.id)
            occupancy.occupy(connection, self._id, booking.slot.staff_id, booking.cells, appointment_id=appointment.id)
            self._rows.drop_reminders(connection, appointment)
            self._rows.plan(connection, moved, booking.reminders)
            before = appointment.slot.start.astimezone(dt.UTC).isoformat()
            self._rows.note(connection, moved, "moved", by, now, {"from": before, **slot_to_json(booking.slot)})
            return self._waiting.then_offer(connection, moved, now, offer)

        return self._database.write(change)

    def cancel(self, appointment: Appointment, by: str, now: dt.datetime, offer: ChooseOffer) -> Appointment:
        def change(connection: sa.Connection) -> Appointment:
            occupancy.queue_up(connection, self._id, now)
            self._rows.update_live(connection, appointment, {"status": Status.CANCELLED.value})
            occupancy.vacate(connection, self._id, appointment.id)
            self._rows.drop_reminders(connection, appointment)
            self._rows.note(connection, appointment, "cancelled", by, now, slot_to_json(appointment.slot))
            return self._waiting.then_offer(connection, replace(appointment, status=Status.CANCELLED), now, offer)

        return self._database.write(change)

    def mark(self, appointment: Appointment, status: Status, by: str, now: dt.datetime) -> Appointment:
        def change(connection: sa.Connection) -> Appointment:
            self._rows.update_live(connection, appointment, {"status": status.value})
            self._rows.note(connection, appointment, status.value, by, now, {})
            return replace(appointment, status=status)

        return self._database.write(change)

    def to_come(self, customer: Customer, now: dt.datetime) -> Sequence[Appointment]:
        mine = appointments.c.customer_id == customer.id
        return self._find(mine, appointments.c.status.in_(LIVE), appointments.c.end_at > now)

    def with_reference(self, reference: str) -> Appointment | None:
        return next(iter(self._find(appointments.c.reference == reference)), None)

    def with_id(self, appointment_id: int) -> Appointment | None:
        return next(iter(self._find(appointments.c.id == appointment_id)), None)

    def with_uid(self, uid: str) -> Appointment | None:
        return next(iter(self._find(appointments.c.uid == uid)), None)

    def between(self, first: dt.datetime, last: dt.datetime, cancelled: bool = False) -> Sequence[Appointment]:
        wanted = sa.true() if cancelled else appointments.c.status != Status.CANCELLED.value
        return self._find(appointments.c.start_at >= first, appointments.c.start_at < last, wanted)

    def history(self, appointment: Appointment) -> Sequence[Change]:
        query = sa.select(history.c.at, history.c.changed_by, history.c.what, history.c.details).where(
            history.c.business == self._id, history.c.appointment_id == appointment.id
        )
        return self._database.read(
            lambda connection: [Change(*row) for row in connection.execute(query.order_by(history.c.id))]
        )

    def snooze(self, appointment: Appointment, until: dt.datetime, by: str, now: dt.datetime) -> None:
        def change(connection: sa.Connection) -> None:
            self._rows.plan(connection, appointment, [until])
            self._rows.note(
                connection, appointment, "snoozed", by, now, {"until": until.astimezone(dt.UTC).isoformat()}
            )

        self._database.write(change)

    # The waiting list

    def wait(self, wish: Wish, customer: Customer, now: dt.datetime) -> Waiting:
        return self._database.write(lambda connection: self._waiting.add(connection, wish, customer, now))

    def waiting(self) -> Sequence[Waiting]:
        return self._database.read(self._waiting.listed)

    def pass_on(self, slot: Slot, customer: Customer, now: dt.datetime, offer: ChooseOffer) -> None:
        """As the protocol says; nothing happens when nobody else waits for such a time."""

        def change(connection: sa.Connection) -> None:
            occupancy.queue_up(connection, self._id, now)
            self._waiting.pass_on(connection, slot, customer, now, offer)

        self._database.write(change)

    def _find(self, *which: sa.ColumnElement[bool]) -> list[Appointment]:
        query = APPOINTMENTS.where(appointments.c.business == self._id, *which).order_by(appointments.c.start_at)
        return self._database.read(
            lambda connection: [appointment_of(self._business, row) for row in connection.execute(query).mappings()]
        )
