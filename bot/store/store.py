"""The store: one object with every shelf, opened by URL. The tables are brought up to date as it opens."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from bot.appointments.model import Business
from bot.errors import StoreError
from bot.store.book import Book
from bot.store.call_log import CallLog
from bot.store.calls import Calls
from bot.store.cases import Cases
from bot.store.content import ContentRows
from bot.store.database import BUSY_SECONDS, Database
from bot.store.diary import DiaryRecords
from bot.store.happenings import Happenings
from bot.store.migrate import migrate
from bot.store.outbox import Outbox, Webhooks
from bot.store.people import People
from bot.store.quality import Quality
from bot.store.queues import Queues
from bot.store.reminders import ReminderRows
from bot.store.report_sums import ReportSums
from bot.store.skill_results import SkillResults
from bot.store.tickets import Tickets
from bot.store.tokens import Tokens
from bot.store.unfinished import Unfinished


class Store:
    """Open with `open_store`. Blocking: call it in threads, which may share it; each process opens its own."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.tickets = Tickets(database)
        self.happenings = Happenings(database)
        self.people = People(database)
        self.queues = Queues(database)
        self.calls = Calls(database)
        self.call_log = CallLog(database)
        self.quality = Quality(database)
        self.cases = Cases(database)
        self.content = ContentRows(database)
        self.skill_results = SkillResults(database)
        self.unfinished = Unfinished(database)
        self.reminders = ReminderRows(database)
        self.tokens = Tokens(database)
        self.webhooks = Webhooks(database)
        self.outbox = Outbox(database)
        self.book = Book(database)
        self.report_sums = ReportSums(database)

    def diary(self, business: Business) -> DiaryRecords:
        """The rows of one business, and of no other."""
        return DiaryRecords(self.database, business)

    def check(self) -> None:
        """For health checks: raises StoreError when the database does not answer."""
        self.database.read(lambda connection: connection.execute(sa.text("SELECT 1 FROM alembic_version")))

    def close(self) -> None:
        self.database.close()


def open_store(url: str, busy_seconds: float = BUSY_SECONDS) -> Store:
    """`sqlite:///path` (its folder is made), `sqlite://` (in memory, for tests) or `postgresql://…`.

    Raises StoreError: `store.url`, `store.gone`, `store.read_only`, `store.locked`, `store.newer`.
    """
    database = Database(url, busy_seconds)
    if database.file is not None:
        _prepare(database.file)
    migrate(database)
    database.opened()
    return Store(database)


def _prepare(file: Path) -> None:
    """The folder, and a file that only its owner may read: it holds names, numbers and what was said."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists():
            file.touch(mode=0o600)
    except OSError as error:
        raise StoreError("store.gone", f"The database cannot be made in its folder: {error.strerror}.") from error
