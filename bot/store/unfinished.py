"""What a caller had filled in when the line was cut, so that calling back within minutes goes on from there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from bot.store.database import Again, Database
from bot.store.schema import unfinished

KEPT = dt.timedelta(minutes=15)


class Unfinished:
    """By business and caller's number; a withheld number ("") is nobody, so nothing is kept. Raises StoreError."""

    def __init__(self, database: Database, kept: dt.timedelta = KEPT) -> None:
        self._database = database
        self._kept = kept

    def keep(self, business: str, caller: str, state: Mapping[str, str], now: dt.datetime) -> None:
        """Replaces what was kept before; what is too old, of anybody, is thrown away."""
        if not caller:
            return

        def put(connection: sa.Connection) -> None:
            old = sa.or_(unfinished.c.kept_at <= now - self._kept, _of(business, caller))
            connection.execute(sa.delete(unfinished).where(old))
            row = {"business": business, "caller": caller, "state": dict(state), "kept_at": now}
            try:
                connection.execute(sa.insert(unfinished).values(row))
            except IntegrityError as error:
                raise Again from error

        self._database.write(put)

    def recall(self, business: str, caller: str, now: dt.datetime) -> Mapping[str, str] | None:
        query = sa.select(unfinished.c.state).where(_of(business, caller), unfinished.c.kept_at > now - self._kept)
        return self._database.read(lambda connection: connection.scalar(query))

    def forget(self, business: str, caller: str) -> None:
        self._database.write(lambda connection: connection.execute(sa.delete(unfinished).where(_of(business, caller))))


def _of(business: str, caller: str) -> sa.ColumnElement[bool]:
    return sa.and_(unfinished.c.business == business, unfinished.c.caller == caller)
