"""What a caller's number called about before, for whoever answers it next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from bot.store.contacts import digest
from bot.store.database import Database
from bot.store.schema import contacts, happenings, tickets
from bot.store.tickets import ticket_of
from handoff.history import What
from handoff.model import Ticket

MOST: Final = 5


@dataclass(frozen=True, slots=True)
class Earlier:
    """One call; `notes` are the person's, "" where only the bot was in it."""

    at: dt.datetime
    about: str
    outcome: str
    notes: str = ""


class EarlierCalls:
    """Calls that the bot served alone are found once the book of contacts is up to date. Raises StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, ticket: Ticket) -> list[Earlier]:
        """Newest first, without the call of that ticket; none of a withheld number."""
        business, caller = ticket.packet.business, ticket.packet.caller
        if not caller:
            return []

        def find(connection: sa.Connection) -> list[Earlier]:
            query = sa.select(tickets).where(tickets.c.business == business, tickets.c.caller == caller)
            query = query.where(tickets.c.id != ticket.id).order_by(tickets.c.created_at.desc()).limit(MOST)
            rows = [ticket_of(row) for row in connection.execute(query).mappings()]
            with_people = [_with_people(connection, one) for one in rows]
            return with_people + _with_bot(connection, business, caller)

        found = self._database.read(find)
        return sorted(found, key=lambda one: one.at, reverse=True)[:MOST]


def _with_people(connection: sa.Connection, ticket: Ticket) -> Earlier:
    wrapped = sa.select(happenings.c.details).where(
        happenings.c.ticket_id == ticket.id, happenings.c.what == What.WRAPPED.value
    )
    last: Mapping[str, Any] = connection.execute(wrapped.order_by(happenings.c.at.desc())).scalars().first() or {}
    about = ticket.packet.wants or ticket.packet.summary
    return Earlier(ticket.created_at, about, last.get("disposition") or ticket.status.value, last.get("notes") or "")


def _with_bot(connection: sa.Connection, business: str, caller: str) -> list[Earlier]:
    query = sa.select(contacts.c.started_at, contacts.c.intent).where(
        contacts.c.business == business, contacts.c.caller == digest(business, caller), contacts.c.contained
    )
    rows = connection.execute(query.order_by(contacts.c.started_at.desc()).limit(MOST))
    return [Earlier(at, intent.removeprefix("faq/").replace("_", " "), "served by the bot") for at, intent in rows]
