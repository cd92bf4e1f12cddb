"""Brings the tables up to date when a store opens: a quick look usually, Alembic only when something is to be done.

Two processes that start at once queue at the database: SQLite's single writer, an advisory lock on PostgreSQL.
"""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from bot.errors import StoreError
from bot.store.database import Database
from bot.store.schema import HEAD

LOCK = 7_215_403
"""Any number, the same in every version: the advisory lock of migrations."""


def migrate(database: Database) -> None:
    """Raises StoreError; `store.newer` when the tables were made by a newer version of this program."""
    if database.read(_version) != HEAD:
        database.write(_upgrade)


def alembic_config(connection: sa.Connection | None = None) -> object:
    """What Alembic needs to know; it is imported only here because that takes a quarter of a second."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    config.attributes["connection"] = connection
    return config


def _version(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    return version


def _upgrade(connection: sa.Connection) -> None:
    from alembic import command
    from alembic.util import CommandError

    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    if _version(connection) == HEAD:
        return
    try:
        command.upgrade(alembic_config(connection), "head")  # type: ignore[arg-type]
    except CommandError as error:
        raise StoreError(
            "store.newer", "The database was made by a newer version of Frontdesk: install that version again."
        ) from error
