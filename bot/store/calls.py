"""Reports of calls: what was said and what came of it, as JSON, newest first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from bot.store import notices
from bot.store.database import Again, Database
from bot.store.schema import calls

Report = Mapping[str, Any]
"""Has `call_id`, `started_at` (ISO 8601 with offset) and `outcome` beside whatever else the report says."""


class Calls:
    """Raises StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, report: Report, business: str) -> None:
        """Stored for good when this returns; a report of the same call replaces the earlier one."""
        row = {
            "id": report["call_id"],
            "business": business,
            "started_at": dt.datetime.fromisoformat(report["started_at"]),
            "outcome": report["outcome"],
            "report": dict(report),
        }

        def put(connection: sa.Connection) -> None:
            changed = connection.execute(sa.update(calls).where(calls.c.id == row["id"]).values(row))
            if changed.rowcount == 0:
                try:
                    connection.execute(sa.insert(calls).values(row))
                except IntegrityError as error:
                    raise Again from error
            notices.call_stored(connection, report, business, is_new=changed.rowcount == 0)

        self._database.write(put)

    def add_turns(
        self, call_id: str, turns: Sequence[Mapping[str, Any]], facts: Mapping[str, Any] = MappingProxyType({})
    ) -> None:
        """After the turns that are there, and `facts` over those of the report; nothing happens when no such call is
        stored."""
        which = calls.c.id == call_id

        def add(connection: sa.Connection) -> None:
            report = connection.scalar(sa.select(calls.c.report).where(which).with_for_update())
            if report is not None:
                longer = {**report, "turns": [*report.get("turns", ()), *map(dict, turns)], **facts}
                connection.execute(sa.update(calls).where(which).values(report=longer))

        self._database.write(add)

    def get(self, call_id: str) -> Report | None:
        query = sa.select(calls.c.report).where(calls.c.id == call_id)
        return self._database.read(lambda connection: connection.scalar(query))

    def list(self, business: str | None = None, limit: int = 100) -> Sequence[Report]:
        query = sa.select(calls.c.report).order_by(calls.c.started_at.desc(), calls.c.id).limit(limit)
        if business is not None:
            query = query.where(calls.c.business == business)
        return self._database.read(lambda connection: list(connection.scalars(query)))
