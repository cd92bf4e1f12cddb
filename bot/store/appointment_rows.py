"""Appointments as rows, each statement within somebody else's transaction: booked, changed, reminded of, noted."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from bot.appointments.model import Appointment, Customer, Status
from bot.appointments.records import Booking
from bot.errors import DiaryError
from bot.store import notices
from bot.store.database import Again
from bot.store.rows import LIVE, new_id, slot_values
from bot.store.schema import appointments, history, reminders

REFERENCE_KEPT = dt.timedelta(days=90)
"""So long after an appointment its five figures may go to another one."""


class AppointmentRows:
    """Of one business."""

    def __init__(self, business: str) -> None:
        self._business = business

    def insert(self, connection: sa.Connection, booking: Booking, customer: Customer, reference: str) -> Appointment:
        insert = sa.insert(appointments).values(
            business=self._business,
            reference=reference,
            customer_id=customer.id,
            status=Status.BOOKED.value,
            note=booking.note,
            uid=booking.uid,
            **slot_values(booking.slot),
        )
        try:
            made = new_id(connection, insert)
        except IntegrityError as error:  # somebody drew the same five figures in the same instant
            raise Again from error
        return Appointment(made, reference, customer, booking.slot, Status.BOOKED, booking.note)

    def new_reference(self, connection: sa.Connection, now: dt.datetime) -> str:
        """Five figures, the first not 0, that no appointment has; those of long past ones are given up."""
        for _ in range(200):
            reference = str(10_000 + secrets.randbelow(90_000))
            same = sa.and_(appointments.c.business == self._business, appointments.c.reference == reference)
            ends = connection.scalar(sa.select(appointments.c.end_at).where(same))
            if ends is None:
                return reference
            if ends < now - REFERENCE_KEPT:
                connection.execute(sa.update(appointments).where(same).values(reference=None))
                return reference
        raise DiaryError("diary.full", "No free references are left: too many appointments in the last 90 days.")

    def update_live(self, connection: sa.Connection, appointment: Appointment, values: Mapping[str, Any]) -> None:
        live = sa.update(appointments).where(
            appointments.c.business == self._business,
            appointments.c.id == appointment.id,
            appointments.c.status.in_(LIVE),
        )
        if connection.execute(live.values(values)).rowcount != 1:
            raise DiaryError("diary.not_booked", "This appointment has been cancelled or is over; look it up again.")

    def plan(self, connection: sa.Connection, appointment: Appointment, due: Sequence[dt.datetime]) -> None:
        rows = [
            {
                "business": self._business,
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

    def drop_reminders(self, connection: sa.Connection, appointment: Appointment) -> None:
        planned = sa.update(reminders).where(
            reminders.c.business == self._business,
            reminders.c.appointment_id == appointment.id,
            reminders.c.status == "planned",
        )
        connection.execute(planned.values(status="dropped"))

    def note(
        self,
        connection: sa.Connection,
        appointment: Appointment,
        what: str,
        by: str,
        at: dt.datetime,
        details: Mapping[str, str],
    ) -> None:
        row = {"appointment_id": appointment.id, "at": at, "changed_by": by, "what": what, "details": dict(details)}
        connection.execute(sa.insert(history).values(business=self._business, **row))
        notices.appointment_changed(connection, self._business, appointment, what, by, at)
