"""The book of all contacts, and its sums day by day: brought up to date whenever somebody reads it, and in between.

Whoever stores something about a call leaves a note (`mark`) within the same transaction; `refresh` reads the notes,
writes the lines of the book anew and adds up the days they touch. Nothing is counted up or down, so that whatever was
interrupted is right again the next time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import Any, Final

import sqlalchemy as sa

from bot.store.contacts import Rows, contact_of
from bot.store.database import Database
from bot.store.happenings import happening_of
from bot.store.report_sums import add_up
from bot.store.schema import calls, contacts, happenings, stale_contacts, stale_days, tickets
from bot.store.tickets import ticket_of
from handoff.reports import AGAIN, Contact

LOCK: Final = 7_215_404
"""Of PostgreSQL: one at a time brings the book up to date (SQLite has one writer anyway)."""

BATCH: Final = 200
"""Notes in one transaction: others must not wait long for the writer."""

DAYS: Final = 20
"""Days added up in one transaction."""

Zones = Callable[[str], dt.tzinfo]
"""Business → its time zone."""


class Book:
    """Raises StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def refresh(self, zones: Zones) -> None:
        """All that was stored before this began is in the book, and in its sums, when it returns."""
        while self._database.write(lambda connection: _write_lines(connection, zones)):
            pass
        while self._database.write(_add_up_days):
            pass


def _write_lines(connection: sa.Connection, zones: Zones) -> bool:
    """A batch of notes; False when there is none left."""
    _queue_up(connection)
    notes = connection.execute(sa.select(stale_contacts).order_by(stale_contacts.c.id).limit(BATCH)).all()
    sources = dict.fromkeys(note.source for note in notes)
    found = {rows.id: rows for source in sources if (rows := _rows(connection, source))}
    for rows in found.values():
        _write(connection, contact_of(rows, zones(rows.business)))
    connection.execute(sa.delete(stale_contacts).where(stale_contacts.c.id.in_([note.id for note in notes])))
    return bool(notes)


def _rows(connection: sa.Connection, source: str) -> Rows | None:
    """All of the call that the note is about; None when it was deleted since."""
    kind, _, key = source.partition(":")
    ticket_row = _one(connection, sa.select(tickets).where(tickets.c.id == key)) if kind == "ticket" else None
    call_id = (ticket_row["packet"].get("call_id") or "") if ticket_row else key
    call = _one(connection, sa.select(calls).where(calls.c.id == call_id)) if call_id else None
    if ticket_row is None and call and (facts := call["report"].get("ticket")):
        ticket_row = _one(connection, sa.select(tickets).where(tickets.c.id == facts["id"]))
    if call is None and ticket_row is None:
        return None
    ticket = ticket_of(ticket_row) if ticket_row else None
    business = call["business"] if call else ticket_row["business"] if ticket_row else ""
    happened = _happened(connection, ticket.id) if ticket else []
    return Rows(call_id or key, business, call["report"] if call else None, ticket, happened)


def _happened(connection: sa.Connection, ticket_id: str) -> list[Any]:
    query = sa.select(happenings).where(happenings.c.ticket_id == ticket_id).order_by(happenings.c.at, happenings.c.id)
    return [happening_of(row) for row in connection.execute(query).mappings()]


def _write(connection: sa.Connection, contact: Contact) -> None:
    before = _one(connection, sa.select(contacts.c.business, contacts.c.day).where(contacts.c.id == contact.id))
    if before:
        _mark_days(connection, [(before["business"], before["day"])])
        values = asdict(contact)
        del values["came_again"], values["same_again"]
        connection.execute(sa.update(contacts).where(contacts.c.id == contact.id).values(values))
    else:
        connection.execute(sa.insert(contacts).values(asdict(contact)))
    _mark_days(connection, [(contact.business, contact.day)])
    if contact.caller:
        _look_for_more_calls(connection, contact)


def _look_for_more_calls(connection: sa.Connection, contact: Contact) -> None:
    """Who called again: this caller's earlier calls, and this one, may be no longer the last."""
    columns = (contacts.c[name] for name in ("id", "business", "day", "intent", "started_at", *AGAIN_FLAGS))
    query = sa.select(*columns).where(
        contacts.c.business == contact.business,
        contacts.c.caller == contact.caller,
        contacts.c.started_at.between(contact.started_at - AGAIN, contact.started_at + AGAIN),
    )
    near = connection.execute(query).all()
    for one in (one for one in near if one.started_at <= contact.started_at):
        later = [two for two in near if one.started_at < two.started_at <= one.started_at + AGAIN]
        flags = (bool(later), any(two.intent == one.intent for two in later))
        if flags != (one.came_again, one.same_again):
            values = dict(zip(AGAIN_FLAGS, flags, strict=True))
            connection.execute(sa.update(contacts).where(contacts.c.id == one.id).values(values))
            _mark_days(connection, [(one.business, one.day)])


AGAIN_FLAGS: Final = ("came_again", "same_again")


def _mark_days(connection: sa.Connection, days: Iterable[tuple[str, dt.date]]) -> None:
    for business, day in days:
        which = sa.and_(stale_days.c.business == business, stale_days.c.day == day)
        if connection.scalar(sa.select(stale_days.c.day).where(which)) is None:
            connection.execute(sa.insert(stale_days).values(business=business, day=day))


def _add_up_days(connection: sa.Connection) -> bool:
    _queue_up(connection)
    days = connection.execute(sa.select(stale_days).limit(DAYS)).all()
    for business, day in days:
        add_up(connection, business, day)
        connection.execute(sa.delete(stale_days).where(stale_days.c.business == business, stale_days.c.day == day))
    return bool(days)


def _queue_up(connection: sa.Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})


def _one(connection: sa.Connection, query: sa.Select[Any]) -> sa.RowMapping | None:
    return connection.execute(query).mappings().first()
