"""Reminders in the database: what is due, who has taken it on, and what came of it.

A claim changes the reminder from planned to claimed and stores the attempt under the key (reminder, number), in one
transaction: of any number of processes one gets it. A process that dies keeps its claim; after `LEASE` the attempt
counts as lost and the plan of retries decides. Nobody is rung twice for the same attempt.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from bot.appointments.calendar import cells_of
from bot.appointments.model import Appointment, Business, Slot
from bot.outbound.model import Outcome, Reminder
from bot.store.database import Database
from bot.store.rows import APPOINTMENTS, LIVE, appointment_of, plain_customer, slot_from_json
from bot.store.schema import appointments, attempts, cells, customers, reminders

LEASE = dt.timedelta(minutes=35)
"""Longer than any reminder call."""

Businesses = Mapping[str, Business]


class ReminderRows:
    """Raises StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def planned(self, businesses: Businesses, until: dt.datetime | None = None) -> Sequence[Reminder]:
        """Waiting to be placed, soonest first; those due by `until`, or all. What is over or cancelled is left out."""
        due = sa.true() if until is None else reminders.c.due_at <= until
        query = sa.select(reminders).where(reminders.c.status == "planned", due)
        return self._database.read(lambda connection: self._found(connection, query, businesses))

    def get(self, reminder_id: int, businesses: Businesses) -> Reminder | None:
        """In any state, as long as its appointment stands."""
        query = sa.select(reminders).where(reminders.c.id == reminder_id)
        return next(iter(self._database.read(lambda connection: self._found(connection, query, businesses))), None)

    def claim(self, reminder_id: int, now: dt.datetime) -> bool:
        """True for exactly one of those who try."""

        def take(connection: sa.Connection) -> bool:
            mine = sa.update(reminders).where(reminders.c.id == reminder_id, reminders.c.status == "planned")
            changed = mine.values(status="claimed", claimed_at=now, tries=reminders.c.tries + 1)
            if connection.execute(changed).rowcount != 1:
                return False
            row = connection.execute(sa.select(reminders).where(reminders.c.id == reminder_id)).one()
            values = {"reminder_id": reminder_id, "number": row.tries, "business": row.business, "started_at": now}
            connection.execute(sa.insert(attempts).values(values))
            return True

        return self._database.write(take)

    def finish(self, reminder_id: int, outcome: Outcome, now: dt.datetime, again_at: dt.datetime | None) -> bool:
        """Records the attempt under way; planned anew when `again_at`. False when there is none under way."""

        def close(connection: sa.Connection) -> bool:
            status = "done" if again_at is None else "planned"
            claimed = sa.update(reminders).where(reminders.c.id == reminder_id, reminders.c.status == "claimed")
            values = {"status": status, "claimed_at": None} | ({"due_at": again_at} if again_at else {})
            if connection.execute(claimed.values(values)).rowcount != 1:
                return False
            open_one = sa.update(attempts).where(attempts.c.reminder_id == reminder_id, attempts.c.outcome == "")
            connection.execute(open_one.values(outcome=outcome.value, finished_at=now))
            return True

        return self._database.write(close)

    def supersede(self, reminder_ids: Sequence[int]) -> None:
        """Earlier reminders of the same appointment that were missed while we were down: one call is enough."""
        old = sa.update(reminders).where(reminders.c.id.in_(reminder_ids), reminders.c.status == "planned")
        self._database.write(lambda connection: connection.execute(old.values(status="dropped")))

    def drop_void(self, businesses: Businesses, now: dt.datetime) -> None:
        """What is due but of no use any more: it has begun, or the time offered is taken again."""
        query = sa.select(reminders).where(reminders.c.status == "planned", reminders.c.due_at <= now)
        found = self._database.read(lambda connection: self._each(connection, query, businesses))
        if void := [row_id for row_id, reminder in found if reminder is None or reminder.start <= now]:
            self.supersede(void)

    def abandoned(self, businesses: Businesses, now: dt.datetime) -> Sequence[Reminder]:
        """Claimed so long ago that whoever did must have died."""
        query = sa.select(reminders).where(reminders.c.status == "claimed", reminders.c.claimed_at <= now - LEASE)
        return self._database.read(lambda connection: self._found(connection, query, businesses))

    def attempts_of(self, reminder_id: int) -> Sequence[tuple[int, str]]:
        """Number and outcome of each attempt; outcome "" while it is under way."""
        query = sa.select(attempts.c.number, attempts.c.outcome).where(attempts.c.reminder_id == reminder_id)
        return self._database.read(
            lambda connection: [(row.number, row.outcome) for row in connection.execute(query.order_by("number"))]
        )

    def _found(self, connection: sa.Connection, query: sa.Select[Any], businesses: Businesses) -> list[Reminder]:
        return [reminder for _, reminder in self._each(connection, query, businesses) if reminder]

    def _each(
        self, connection: sa.Connection, query: sa.Select[Any], businesses: Businesses
    ) -> list[tuple[int, Reminder | None]]:
        """Ids with reminders; None where it is void."""
        wanted = query.where(reminders.c.business.in_(list(businesses))).order_by(reminders.c.due_at, reminders.c.id)
        rows = connection.execute(wanted).mappings().all()
        return [(row["id"], _reminder_of(connection, businesses[row["business"]], row)) for row in rows]


def _reminder_of(connection: sa.Connection, business: Business, row: sa.RowMapping) -> Reminder | None:
    if row["kind"] == "offer":
        person = connection.execute(sa.select(customers).where(customers.c.id == row["customer_id"])).mappings().one()
        offer = slot_from_json(business, row["slot"])
        if _taken(connection, business, offer):
            return None
        return Reminder(row["id"], business.id, plain_customer(person), row["due_at"], offer=offer, tries=row["tries"])
    appointment = _live(connection, business, row["appointment_id"])
    if appointment is None:
        return None
    return Reminder(row["id"], business.id, appointment.customer, row["due_at"], appointment, tries=row["tries"])


def _taken(connection: sa.Connection, business: Business, offer: Slot) -> bool:
    """Whether somebody has booked it meanwhile; what is held for the one who waits is not taken."""
    service = business.services.get(offer.service_id)
    if service is None:  # no longer offered at all
        return True
    wanted = cells_of(service, offer.start)
    query = sa.select(cells.c.cell).where(
        cells.c.business == business.id,
        cells.c.staff == offer.staff_id,
        cells.c.cell.in_(list(wanted)),
        cells.c.appointment_id.is_not(None),
    )
    return connection.execute(query.limit(1)).first() is not None


def _live(connection: sa.Connection, business: Business, appointment_id: int) -> Appointment | None:
    query = APPOINTMENTS.where(appointments.c.id == appointment_id, appointments.c.status.in_(LIVE))
    row = connection.execute(query).mappings().one_or_none()
    return appointment_of(business, row) if row else None
