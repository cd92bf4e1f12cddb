"""The book of all contacts, and its sums day by day: brought up to date whenever somebody reads it, and in between.

Whoever stores something about a call leaves a note (`mark`) within the same transaction; `refresh` reads the notes,
writes the lines of the book anew and adds up the days they touch. Nothing is counted up or down, so that whatever was
interrupted is right again the next time.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterable
from dataclasses import asdict
from functools import partial
from typing import Any, Final

import sqlalchemy as sa

from bot.store.cases import of_ticket
from bot.store.contacts import Rows, contact_of
from bot.store.database import Database
from bot.store.happenings import happening_of
from bot.store.quality import scores_of
from bot.store.report_sums import add_up
from bot.store.schema import calls, contacts, happenings, stale_contacts, stale_days, tickets
from bot.store.tickets import ticket_of
from handoff.model import Ticket
from handoff.reports import AGAIN, Contact

LOCK: Final = 7_215_404
"""Of PostgreSQL: one at a time brings the book up to date (SQLite has one writer anyway)."""

BATCH: Final = 200
"""Notes in one transaction: others must not wait long for the writer."""

DAYS: Final = 20
"""Days added up in one transaction."""

SLICE: Final = 25
SLICE_DAYS: Final = 1
"""The same beside calls that are going on, which need the processor, too."""

Zones = Callable[[str], dt.tzinfo]
"""Business → its time zone."""


class Book:
    """Raises StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def refresh(self, zones: Zones, most: int | None = None) -> None:
        """All that was stored before this began is in the book, and in its sums, when it returns; with `most`, no
        more batches than that (`pending` tells what is left)."""
        rounds = range(most) if most is not None else itertools.count()
        for work in (partial(_write_lines, zones=zones), _add_up_days):
            for _ in rounds:
                if not self._database.write(work):
                    break

    def advance(self, zones: Zones) -> bool:
        """A little of it, for whoever does this all the time; False when there is nothing to do. Looking for work
        keeps no writer waiting."""
        if self._has(stale_contacts):
            self._database.write(partial(_write_lines, zones=zones, batch=SLICE))
        elif self._has(stale_days):
            self._database.write(partial(_add_up_days, days=SLICE_DAYS))
        else:
            return False
        return True

    def pending(self) -> int:
        """Calls (about) that are not in the book yet, and days that are to be added up."""
        counts = [sa.select(sa.func.count()).select_from(table) for table in (stale_contacts, stale_days)]
        return self._database.read(lambda connection: sum(connection.scalar(query) or 0 for query in counts))

    def _has(self, table: sa.Table) -> bool:
        query = sa.select(sa.literal(1)).select_from(table).limit(1)
        return self._database.read(lambda connection: connection.scalar(query) is not None)


def _write_lines(connection: sa.Connection, zones: Zones, batch: int = BATCH) -> bool:
    """A batch of notes; False when there is none left."""
    _queue_up(connection)
    notes = connection.execute(sa.select(stale_contacts).order_by(stale_contacts.c.id).limit(batch)).all()
    sources = dict.fromkeys(note.source for note in notes)
    found = {rows.id: rows for source in sources if (rows := _rows(connection, source))}
    for rows in found.values():
        if rows.ticket and _is_taken_up(connection, rows.ticket):
            _strike_out(connection, rows.id)
        else:
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
    case = of_ticket(connection, ticket.id) if ticket else None
    report = call["report"] if call else None
    return Rows(call_id or key, business, report, ticket, happened, case, scores_of(connection, call_id or key))


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
    if contact.caller or contact.case_id:
        _look_for_more_calls(connection, contact)


def _is_taken_up(connection: sa.Connection, ticket: Ticket) -> bool:
    """Its caller left, called again and has its place with another ticket: that one's line stands for both."""
    if not ticket.packet.caller:
        return False
    query = sa.select(tickets.c.id).where(
        tickets.c.business == ticket.packet.business,
        tickets.c.caller == ticket.packet.caller[:64],
        tickets.c.placed_at == ticket.since,
        tickets.c.created_at > ticket.created_at,
    )
    return connection.scalar(query.limit(1)) is not None


def _strike_out(connection: sa.Connection, contact_id: str) -> None:
    row = _one(connection, sa.select(contacts.c.business, contacts.c.day).where(contacts.c.id == contact_id))
    if row:
        connection.execute(sa.delete(contacts).where(contacts.c.id == contact_id))
        _mark_days(connection, [(row["business"], row["day"])])


def _look_for_more_calls(connection: sa.Connection, contact: Contact) -> None:
    """Who called again: this caller's earlier calls, and this one, may be no longer the last."""
    head = ("id", "business", "day", "caller", "intent", "case_id", "started_at")
    columns = (contacts.c[name] for name in (*head, *AGAIN_FLAGS))
    alike = [contacts.c[name] == value for name in ("caller", "case_id") if (value := getattr(contact, name))]
    query = sa.select(*columns).where(
        contacts.c.business == contact.business,
        sa.or_(*alike),
        contacts.c.started_at.between(contact.started_at - AGAIN, contact.started_at + AGAIN),
    )
    near = connection.execute(query).all()
    for one in (one for one in near if one.started_at <= contact.started_at):
        later = [two for two in near if one.started_at < two.started_at <= one.started_at + AGAIN]
        theirs = [two for two in later if one.caller and two.caller == one.caller]
        same_case = any(one.case_id and two.case_id == one.case_id for two in later)
        flags = (bool(theirs) or same_case, same_case or any(two.intent == one.intent for two in theirs))
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


def _add_up_days(connection: sa.Connection, days: int = DAYS) -> bool:
    """So many days that were touched; False when there is none left."""
    _queue_up(connection)
    touched = connection.execute(sa.select(stale_days).limit(days)).all()
    for business, day in touched:
        add_up(connection, business, day)
        connection.execute(sa.delete(stale_days).where(stale_days.c.business == business, stale_days.c.day == day))
    return bool(touched)


def _queue_up(connection: sa.Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})


def _one(connection: sa.Connection, query: sa.Select[Any]) -> sa.RowMapping | None:
    return connection.execute(query).mappings().first()
