"""What happened to tickets, in the database (`handoff/history.py: History`)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa

from bot.store import cases, notices
from bot.store.database import Database
from bot.store.schema import happenings, tickets
from handoff.history import Entry, Happening, What


class Happenings:
    """Implements `handoff.history.History`; raises StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, happening: Happening) -> None:
        insert = sa.insert(happenings).values(
            ticket_id=happening.ticket_id,
            what=happening.what.value,
            at=happening.at,
            agent=happening.agent,
            details=dict(happening.details),
        )

        def put(connection: sa.Connection) -> None:
            connection.execute(insert)
            notices.happened(connection, happening)
            cases.happened(connection, happening)

        self._database.write(put)

    def since(self, at: dt.datetime) -> Sequence[Happening]:
        query = sa.select(happenings).where(happenings.c.at >= at).order_by(happenings.c.at, happenings.c.id)
        return self._database.read(
            lambda connection: [happening_of(row) for row in connection.execute(query).mappings()]
        )

    def entries(self, since: dt.datetime) -> Sequence[Entry]:
        touched = sa.select(happenings.c.ticket_id).where(happenings.c.at >= since)
        query = (
            sa.select(tickets.c.id, tickets.c.queue, tickets.c.created_at)
            .where(tickets.c.created_at >= since, tickets.c.id.in_(touched))
            .order_by(tickets.c.created_at, tickets.c.id)
        )
        return self._database.read(lambda connection: [Entry(*row) for row in connection.execute(query)])


def happening_of(row: sa.RowMapping) -> Happening:
    return Happening(row["ticket_id"], What(row["what"]), row["at"], row["agent"], row["details"])
