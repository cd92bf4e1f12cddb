"""The door to the database: one writer at a time on SQLite, short transactions, and errors with a stable code.

SQLite as it ships loses races: a transaction that begins by reading may find at its end that somebody else wrote.
So writers begin with BEGIN IMMEDIATE, through an engine of a single connection (threads queue in Python, which is
fairer than SQLite's busy loop), and readers have engines of their own; with the write-ahead log they never wait.

What was committed is on the disk: with synchronous=NORMAL, the usual choice beside a write-ahead log, a power cut may
roll back the last commits (sqlite.org/pragma.html#pragma_synchronous), which callers have already been told of.
Measured on a virtual disk shared with other work: 220 to 280 bookings a second with NORMAL, 150 to 225 with FULL.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import sqlalchemy as sa
from sqlalchemy import exc

from bot.errors import StoreError

T = TypeVar("T")

BUSY_SECONDS = 30.0
"""How long a writer waits for others; beyond it, `store.locked`."""

TRIES = 4
"""A transaction that met a deadlock or a race (PostgreSQL) is done again, so often in all."""

_SAYINGS = (
    ("locked", "store.locked", "The database is busy: another program holds it. Try again in a moment."),
    ("timeout", "store.locked", "The database is busy: another program holds it. Try again in a moment."),
    ("readonly", "store.read_only", "The database cannot be written: give the service write access to it."),
    ("read-only", "store.read_only", "The database cannot be written: give the service write access to it."),
    ("disk is full", "store.full", "The disk of the database is full: free some space."),
    ("no space left", "store.full", "The disk of the database is full: free some space."),
    ("disk i/o", "store.gone", "The database cannot be read: check its disk."),
    ("unable to open", "store.gone", "The database cannot be opened: check that its folder exists and is readable."),
    ("no such table", "store.gone", "The tables are gone: was the database replaced? Restart the service."),
    ("connection", "store.gone", "The database server cannot be reached: check database_url and that it is running."),
    ("not a database", "store.broken", "The file is not a database: restore it from a copy."),
    ("malformed", "store.broken", "The database file is damaged: restore it from a copy."),
)

_SILENT: Final = {"hide_parameters": True}
"""Names, numbers and what was said would else be in the text of every error of the database, and so in logs."""


class Again(Exception):
    """The transaction met a race it can win by being done again."""


def _no_driver(backend: str) -> str:
    if backend == "postgresql":
        return "PostgreSQL needs its driver; install frontdesk[postgres]."
    return f"There is no database {backend} here; database_url leads to sqlite:///file.db or postgresql://host/name."


class Database:
    """Open with `bot.store.open_store`. `read` and `write` take a function of a connection and return its result."""

    def __init__(self, url: str, busy_seconds: float = BUSY_SECONDS) -> None:
        try:
            self.url = sa.make_url(url)
        except exc.ArgumentError as error:
            raise StoreError(
                "store.url", "database_url is not an SQLAlchemy URL, such as sqlite:///file.db."
            ) from error
        if self.url.drivername == "postgresql":
            self.url = self.url.set(drivername="postgresql+psycopg")
        self.sqlite = self.url.get_backend_name() == "sqlite"
        self.file = Path(self.url.database) if self.sqlite and self.url.database not in (None, "", ":memory:") else None
        self._opened = False
        try:
            self.writer, self.reader = self._engines(busy_seconds)
        except (exc.NoSuchModuleError, ModuleNotFoundError) as error:
            raise StoreError("store.url", _no_driver(self.url.get_backend_name())) from error

    def read(self, query: Callable[[sa.Connection], T]) -> T:
        """Raises StoreError."""
        return self._translated(lambda: self._within(self.reader, query))

    def write(self, change: Callable[[sa.Connection], T]) -> T:
        """All of it or nothing. Raises StoreError; errors of ours raised by `change` undo it and pass through."""
        return self._translated(lambda: self._repeated(change))

    def close(self) -> None:
        self.reader.dispose()
        self.writer.dispose()

    def opened(self) -> None:
        """From now on a missing file is an error rather than a new, empty database."""
        self._opened = True

    def _repeated(self, change: Callable[[sa.Connection], T]) -> T:
        for _ in range(TRIES - 1):
            try:
                return self._within(self.writer, change)
            except Again:
                continue
            except exc.OperationalError as error:
                if getattr(error.orig, "sqlstate", None) not in ("40P01", "40001"):  # deadlock, serialization failure
                    raise
        return self._within(self.writer, change)

    def _within(self, engine: sa.Engine, work: Callable[[sa.Connection], T]) -> T:
        if self._opened and self.file is not None and not self.file.exists():
            # SQLite would go on writing into a file that has no name any more, and lose it at the end.
            raise StoreError("store.gone", "The database file is gone: restore it and restart the service.")
        with engine.begin() as connection:
            return work(connection)

    def _translated(self, work: Callable[[], T]) -> T:
        try:
            return work()
        except (exc.DBAPIError, exc.TimeoutError) as error:
            text = str(getattr(error, "orig", error)).lower()
            for words, code, sentence in _SAYINGS:
                if words in text:
                    raise StoreError(code, sentence) from error
            raise StoreError("store.failed", f"The database failed ({type(error).__name__}); see the log.") from error
        except Again as error:
            raise StoreError("store.locked", "Too many changes at once; try again in a moment.") from error

    def _engines(self, busy_seconds: float) -> tuple[sa.Engine, sa.Engine]:
        if not self.sqlite:
            engine = sa.create_engine(self.url, **_SILENT, pool_pre_ping=True, pool_size=5, max_overflow=10)
            return engine, engine
        writer = self._sqlite(busy_seconds, "BEGIN IMMEDIATE", pool_size=1, max_overflow=0)
        if self.file is None:  # a database in memory belongs to its connection
            return writer, writer
        return writer, self._sqlite(busy_seconds, "BEGIN", pool_size=5, max_overflow=20)

    def _sqlite(self, busy_seconds: float, begin: str, **pool: Any) -> sa.Engine:
        engine = sa.create_engine(
            self.url,
            **_SILENT,
            poolclass=sa.QueuePool,
            pool_timeout=busy_seconds,
            connect_args={"timeout": busy_seconds, "check_same_thread": False},
            **pool,
        )

        @sa.event.listens_for(engine, "connect")
        def prepare(connection: Any, record: object) -> None:
            connection.isolation_level = None  # we say BEGIN ourselves
            _use_wal(connection, busy_seconds)
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute("PRAGMA foreign_keys=ON")

        @sa.event.listens_for(engine, "begin")
        def start(connection: sa.Connection) -> None:
            connection.exec_driver_sql(begin)

        return engine


def _use_wal(connection: Any, busy_seconds: float) -> None:
    """Switching to the write-ahead log fails at once, busy time-out or not, while another process does the same."""
    deadline = time.monotonic() + busy_seconds
    while True:
        try:
            if connection.execute("PRAGMA journal_mode").fetchone()[0] not in ("wal", "memory"):
                connection.execute("PRAGMA journal_mode=WAL")
            return
        except Exception as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.02)
