"""Who occupies which five minutes: the statements behind the promise that nobody is booked twice."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from bot.appointments.calendar import Taken
from bot.appointments.diary import SlotTaken
from bot.store.schema import cells, holds


def queue_up(connection: sa.Connection, business: str, now: dt.datetime) -> None:
    """Changes of one diary come one after the other, and begin by sweeping out holds that nobody came back for.

    On SQLite they do anyway. On PostgreSQL two that want each other's times would find out by a deadlock, a second
    later; the advisory lock spares them that. The promise is kept by the primary key, not by this lock.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(business))))
    _drop(connection, sa.and_(holds.c.business == business, holds.c.expires_at <= now))


def taken(connection: sa.Connection, business: str, wanted: range, now: dt.datetime) -> Taken:
    """Occupied cells by person; those of expired holds are free."""
    query = (
        sa.select(cells.c.staff, cells.c.cell)
        .outerjoin(holds, holds.c.id == cells.c.hold_id)
        .where(cells.c.business == business, cells.c.cell >= wanted.start, cells.c.cell < wanted.stop)
        .where(sa.or_(holds.c.id.is_(None), holds.c.expires_at > now))
    )
    found: defaultdict[str, set[int]] = defaultdict(set)
    for staff, cell in connection.execute(query):
        found[staff].add(cell)
    return found


def occupy(
    connection: sa.Connection,
    business: str,
    staff: str,
    wanted: Sequence[int],
    *,
    appointment_id: int | None = None,
    hold_id: int | None = None,
) -> None:
    """All cells or none. Raises SlotTaken: the primary key has refused one of them.

    In ascending order and in one statement, so that two who want overlapping times cannot wait for each other.
    """
    rows = [
        {"business": business, "staff": staff, "cell": cell, "appointment_id": appointment_id, "hold_id": hold_id}
        for cell in sorted(wanted)
    ]
    try:
        connection.execute(sa.insert(cells).values(rows))
    except IntegrityError as error:
        raise SlotTaken from error


def vacate(connection: sa.Connection, business: str, appointment_id: int) -> None:
    """The time of the appointment is free again."""
    connection.execute(sa.delete(cells).where(cells.c.business == business, cells.c.appointment_id == appointment_id))


def place_hold(
    connection: sa.Connection, business: str, staff: str, wanted: Sequence[int], by: str, until: dt.datetime
) -> None:
    """One hold each: an earlier one of `by` goes. Raises SlotTaken."""
    drop_holds(connection, business, [by])
    [hold_id] = connection.execute(
        sa.insert(holds).values(business=business, held_by=by, expires_at=until)
    ).inserted_primary_key  # type: ignore[misc]
    occupy(connection, business, staff, wanted, hold_id=hold_id)


def drop_holds(connection: sa.Connection, business: str, holders: Sequence[str]) -> None:
    """The holds of these, with their cells."""
    _drop(connection, sa.and_(holds.c.business == business, holds.c.held_by.in_(holders)))


def _drop(connection: sa.Connection, which: sa.ColumnElement[bool]) -> None:
    ids = sorted(connection.scalars(sa.select(holds.c.id).where(which)))
    if ids:
        connection.execute(sa.delete(cells).where(cells.c.hold_id.in_(ids)))
        connection.execute(sa.delete(holds).where(holds.c.id.in_(ids)))
