"""The diary of one business in the database: every method is one transaction (`appointments/records.py`)."""

from __future__ import annotations

import contextlib
import datetime as dt
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from bot.appointments.calendar import Taken
from bot.appointments.diary import SlotTaken
from bot.appointments.model import Appointment, Business, Customer, Slot, Status, Waiting, Wish
from bot.appointments.records import Booking, Change, ChooseOffer, Offer
from bot.errors import DiaryError
from bot.store import notices, occupancy
from bot.store.database import Again, Database
from bot.store.rows import (
    APPOINTMENTS,
    LIVE,
    WAITING,
    appointment_of,
    customer_values,
    plain_customer,
    slot_to_json,
    slot_values,
    waiting_of,
    wish_to_json,
)
from bot.store.schema import appointments, customers, history, holds, reminders, waiting_list

REFERENCE_KEPT = dt.timedelta(days=90)
"""So long after an appointment its five figures may go to another one."""

NOTICE_COUNTS = dt.timedelta(hours=2)
"""So long after it was due, a notice of a freed time keeps its person from being offered another one."""


class DiaryRecords:
    """Implements `appointments.records.Records`."""

    def __init__(self, database: Database, business: Business) -> None:
        self._database = database
        self._business = business
        self._id = business.id

    # People

    def customers_with_phone(self, phone: str) -> Sequence[Customer]:
        query = sa.select(customers).where(customers.c.business == self._id, customers.c.phone == phone)
        return self._database.read(
            lambda connection: [plain_customer(row) for row in connection.execute(query.order_by("id")).mappings()]
        )

    def add_customer(self, customer: Customer) -> Customer:
        insert = sa.insert(customers).values(business=self._id, **customer_values(customer))
        return replace(customer, id=self._database.write(lambda connection: _new_id(connection, insert)))

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
            self._stop_waiting(connection, booking.slot, customer, by)
            reference = self._new_reference(connection, now)
            appointment = self._insert(connection, booking, customer, reference)
            occupancy.occupy(connection, self._id, booking.slot.staff_id, booking.cells, appointment_id=appointment.id)
            self._plan(connection, appointment, booking.reminders)
            what = "imported" if booking.uid else "booked"
            self._note(connection, appointment, what, by, now, slot_to_json(booking.slot))
            return appointment

        return self._database.write(store)

    def move(
        self, appointment: Appointment, booking: Booking, by: str, now: dt.datetime, offer: ChooseOffer
    ) -> Appointment:
        moved = replace(appointment, slot=booking.slot, status=Status.BOOKED)

        def change(connection: sa.Connection) -> Appointment:
            occupancy.queue_up(connection, self._id, now)
            occupancy.drop_holds(connection, self._id, [by])
            self._update_live(connection, appointment, {"status": Status.BOOKED.value, **slot_values(booking.slot)})
            occupancy.vacate(connection, self._id, appointment.id)
            occupancy.occupy(connection, self._id, booking.slot.staff_id, booking.cells, appointment_id=appointment.id)
            self._drop_reminders(connection, appointment)
            self._plan(connection, moved, booking.reminders)
            before = appointment.slot.start.astimezone(dt.UTC).isoformat()
            self._note(connection, moved, "moved", by, now, {"from": before, **slot_to_json(booking.slot)})
            return self._then_offer(connection, moved, now, offer)

        return self._database.write(change)

    def cancel(self, appointment: Appointment, by: str, now: dt.datetime, offer: ChooseOffer) -> Appointment:
        def change(connection: sa.Connection) -> Appointment:
            occupancy.queue_up(connection, self._id, now)
            self._update_live(connection, appointment, {"status": Status.CANCELLED.value})
            occupancy.vacate(connection, self._id, appointment.id)
            self._drop_reminders(connection, appointment)
            self._note(connection, appointment, "cancelled", by, now, slot_to_json(appointment.slot))
            return self._then_offer(connection, replace(appointment, status=Status.CANCELLED), now, offer)

        return self._database.write(change)

    def mark(self, appointment: Appointment, status: Status, by: str, now: dt.datetime) -> Appointment:
        def change(connection: sa.Connection) -> Appointment:
            self._update_live(connection, appointment, {"status": status.value})
            self._note(connection, appointment, status.value, by, now, {})
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

    # The waiting list

    def wait(self, wish: Wish, customer: Customer, now: dt.datetime) -> Waiting:
        insert = sa.insert(waiting_list).values(
            business=self._id, customer_id=customer.id, wish=wish_to_json(wish), since=now, status="waiting"
        )
        return Waiting(self._database.write(lambda connection: _new_id(connection, insert)), customer, wish, now)

    def waiting(self) -> Sequence[Waiting]:
        return self._database.read(lambda connection: self._waiting(connection, sa.true()))

    def snooze(self, appointment: Appointment, until: dt.datetime, by: str, now: dt.datetime) -> None:
        def change(connection: sa.Connection) -> None:
            self._plan(connection, appointment, [until])
            self._note(connection, appointment, "snoozed", by, now, {"until": until.astimezone(dt.UTC).isoformat()})

        self._database.write(change)

    # Statements, each within the transaction of a method above

    def _find(self, *which: sa.ColumnElement[bool]) -> list[Appointment]:
        query = APPOINTMENTS.where(appointments.c.business == self._id, *which).order_by(appointments.c.start_at)
        return self._database.read(
            lambda connection: [appointment_of(self._business, row) for row in connection.execute(query).mappings()]
        )

    def _insert(self, connection: sa.Connection, booking: Booking, customer: Customer, reference: str) -> Appointment:
        insert = sa.insert(appointments).values(
            business=self._id,
            reference=reference,
            customer_id=customer.id,
            status=Status.BOOKED.value,
            note=booking.note,
            uid=booking.uid,
            **slot_values(booking.slot),
        )
        try:
            new_id = _new_id(connection, insert)
        except IntegrityError as error:  # somebody drew the same five figures in the same instant
            raise Again from error
        return Appointment(new_id, reference, customer, booking.slot, Status.BOOKED, booking.note)

    def _new_reference(self, connection: sa.Connection, now: dt.datetime) -> str:
        """Five figures, the first not 0, that no appointment has; those of long past ones are given up."""
        for _ in range(200):
            reference = str(10_000 + secrets.randbelow(90_000))
            same = sa.and_(appointments.c.business == self._id, appointments.c.reference == reference)
            ends = connection.scalar(sa.select(appointments.c.end_at).where(same))
            if ends is None:
                return reference
            if ends < now - REFERENCE_KEPT:
                connection.execute(sa.update(appointments).where(same).values(reference=None))
                return reference
        raise DiaryError("diary.full", "No free references are left: too many appointments in the last 90 days.")

    def _update_live(self, connection: sa.Connection, appointment: Appointment, values: Mapping[str, Any]) -> None:
        live = sa.update(appointments).where(
            appointments.c.business == self._id,
            appointments.c.id == appointment.id,
            appointments.c.status.in_(LIVE),
        )
        if connection.execute(live.values(values)).rowcount != 1:
            raise DiaryError("diary.not_booked", "This appointment has been cancelled or is over; look it up again.")

    def _plan(self, connection: sa.Connection, appointment: Appointment, due: Sequence[dt.datetime]) -> None:
        rows = [
            {
                "business": self._id,
                "kind": "reminder",
                "appointment_id": appointment.id,
                "customer_id": appointment.customer.id,
                "due_at": moment,
                "status": "planned",
            }
            for moment in due
        ]
        if rows:
            connection.execute(sa.insert(reminders), rows)

    def _drop_reminders(self, connection: sa.Connection, appointment: Appointment) -> None:
        planned = sa.update(reminders).where(
            reminders.c.business == self._id,
            reminders.c.appointment_id == appointment.id,
            reminders.c.status == "planned",
        )
        connection.execute(planned.values(status="dropped"))

    def _note(
        self,
        connection: sa.Connection,
        appointment: Appointment,
        what: str,
        by: str,
        at: dt.datetime,
        details: Mapping[str, str],
    ) -> None:
        row = {"appointment_id": appointment.id, "at": at, "changed_by": by, "what": what, "details": dict(details)}
        connection.execute(sa.insert(history).values(business=self._id, **row))
        notices.appointment_changed(connection, self._id, appointment, what, by, at)

    def pass_on(self, slot: Slot, customer: Customer, now: dt.datetime, offer: ChooseOffer) -> None:
        """As the protocol says; nothing happens when nobody else waits for such a time."""

        def change(connection: sa.Connection) -> None:
            occupancy.queue_up(connection, self._id, now)
            asked = self._asked_about(connection, slot)
            mine = sa.select(waiting_list.c.id).where(waiting_list.c.customer_id == customer.id)
            holders = [f"waiting:{waiting_id}" for waiting_id in connection.scalars(mine) if waiting_id in asked]
            occupancy.drop_holds(connection, self._id, holders)
            others = sa.and_(self._without_offer(now), waiting_list.c.id.not_in(asked))
            if chosen := offer(self._waiting(connection, others)):
                with contextlib.suppress(SlotTaken), connection.begin_nested():
                    self._offer(connection, chosen)

        self._database.write(change)

    def _asked_about(self, connection: sa.Connection, slot: Slot) -> set[int]:
        """Places on the waiting list that have been offered this very time."""
        query = sa.select(reminders.c.waiting_id, reminders.c.slot).where(
            reminders.c.business == self._id, reminders.c.kind == "offer"
        )
        plain = slot_to_json(slot)
        return {row.waiting_id for row in connection.execute(query) if row.slot == plain}

    def _waiting(self, connection: sa.Connection, which: sa.ColumnElement[bool]) -> list[Waiting]:
        query = WAITING.where(waiting_list.c.business == self._id, waiting_list.c.status == "waiting", which)
        ordered = query.order_by(waiting_list.c.since, waiting_list.c.id)
        return [waiting_of(row) for row in connection.execute(ordered).mappings()]

    def _without_offer(self, now: dt.datetime) -> sa.ColumnElement[bool]:
        """Those for whom nothing is held (expired holds have been swept) and who are not about to be told.

        A notice that is long overdue counts for nothing: its time was taken again, or nobody places notices.
        """
        holder = sa.literal("waiting:") + sa.cast(waiting_list.c.id, sa.String)
        held = sa.exists().where(holds.c.business == self._id, holds.c.held_by == holder)
        told = sa.exists().where(
            reminders.c.waiting_id == waiting_list.c.id,
            reminders.c.status.in_(("planned", "claimed")),
            reminders.c.due_at > now - NOTICE_COUNTS,
        )
        return ~held & ~told

    def _stop_waiting(self, connection: sa.Connection, slot: Slot, customer: Customer, by: str) -> None:
        """Whoever books what they waited for leaves the list; what was held for them, or by the call, makes room."""
        query = sa.select(waiting_list.c.id, waiting_list.c.wish).where(
            waiting_list.c.business == self._id,
            waiting_list.c.customer_id == customer.id,
            waiting_list.c.status == "waiting",
        )
        served = [row.id for row in connection.execute(query) if row.wish["service_id"] == slot.service_id]
        occupancy.drop_holds(connection, self._id, [by, *(f"waiting:{waiting_id}" for waiting_id in served)])
        if served:
            connection.execute(sa.update(waiting_list).where(waiting_list.c.id.in_(served)).values(status="served"))
            offered = sa.update(reminders).where(reminders.c.waiting_id.in_(served), reminders.c.status == "planned")
            connection.execute(offered.values(status="dropped"))

    def _then_offer(
        self, connection: sa.Connection, done: Appointment, now: dt.datetime, choose: ChooseOffer
    ) -> Appointment:
        """The freed time goes to whoever waits; that it is partly taken again must not undo what was `done`."""
        offer = choose(self._waiting(connection, self._without_offer(now)))
        if offer is not None:
            with contextlib.suppress(SlotTaken), connection.begin_nested():
                self._offer(connection, offer)
        return done

    def _offer(self, connection: sa.Connection, offer: Offer) -> None:
        waiting = offer.waiting
        if offer.held_until:
            holder = f"waiting:{waiting.id}"
            occupancy.place_hold(connection, self._id, offer.slot.staff_id, offer.cells, holder, offer.held_until)
        notice = sa.insert(reminders).values(
            business=self._id,
            kind="offer",
            waiting_id=waiting.id,
            customer_id=waiting.customer.id,
            slot=slot_to_json(offer.slot),
            due_at=offer.due_at,
            status="planned",
        )
        connection.execute(notice)


def _new_id(connection: sa.Connection, insert: sa.Insert) -> int:
    key = connection.execute(insert).inserted_primary_key
    assert key is not None
    return int(key[0])
