"""Tokens of programs in the database: digests, never the tokens."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa

from bot.errors import StoreError
from bot.store.database import Database
from bot.store.schema import tokens
from handoff.tokens import SHOWN, Token, TokenRole, digest, new_token

NOTED_EVERY: Final = dt.timedelta(minutes=1)
"""When a token was used last is kept no more exactly than this: asking must not become writing."""


class Tokens:
    """Raises StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, name: str, role: TokenRole, now: dt.datetime) -> tuple[Token, str]:
        """The token in plain is nowhere but in what this returns."""
        plain = new_token()
        values = {"name": name, "role": role.value, "start": plain[:SHOWN], "digest": digest(plain), "created_at": now}
        insert = sa.insert(tokens).values(values).returning(tokens)
        row = self._database.write(lambda connection: connection.execute(insert).mappings().one())
        return _token(row), plain

    def of(self, plain: str, now: dt.datetime) -> Token | None:
        """The valid one that this is; notes that it was used."""
        query = sa.select(tokens).where(tokens.c.digest == digest(plain), tokens.c.revoked_at.is_(None))
        found = self._database.read(lambda connection: connection.execute(query).mappings().first())
        if found is None:
            return None
        token = _token(found)
        if token.used_at is None or now - token.used_at >= NOTED_EVERY:
            update = sa.update(tokens).where(tokens.c.id == token.id).values(used_at=now)
            self._database.write(lambda connection: connection.execute(update))
        return token

    def everything(self) -> Sequence[Token]:
        """Oldest first, revoked ones too."""
        query = sa.select(tokens).order_by(tokens.c.id)
        return self._database.read(lambda connection: [_token(row) for row in connection.execute(query).mappings()])

    def revoke(self, token_id: int, now: dt.datetime) -> Token:
        """From now on it opens nothing; twice is as good as once. Raises StoreError `store.no_token`."""

        def change(connection: sa.Connection) -> sa.RowMapping | None:
            mine = tokens.c.id == token_id
            still = sa.and_(mine, tokens.c.revoked_at.is_(None))
            connection.execute(sa.update(tokens).where(still).values(revoked_at=now))
            row: sa.RowMapping | None = connection.execute(sa.select(tokens).where(mine)).mappings().first()
            return row

        row = self._database.write(change)
        if row is None:
            raise StoreError("store.no_token", "There is no such token.")
        return _token(row)


def _token(row: Any) -> Token:
    names = ("id", "name", "role", "start", "digest", "created_at", "used_at", "revoked_at")
    return Token(**({name: row[name] for name in names} | {"role": TokenRole(row["role"])}))
