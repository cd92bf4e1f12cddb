"""Reports, tokens and webhooks on real databases, and old databases brought up to date with what they hold."""

from __future__ import annotations

import datetime as dt
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.reporting import Period, make_report
from bot.store import Store, open_store
from bot.store.migrate import alembic_config
from bot.store.schema import HEAD
from handoff.history import Happening, What
from handoff.model import Packet, Priority
from handoff.tokens import TokenRole
from handoff.webhooks import DeliveryStatus, Webhook, new_secret
from tests.integration.databases import database_url, postgres

__all__ = ["database_url", "postgres"]
pytestmark = pytest.mark.integration

NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
DAYS = Period(dt.date(2026, 3, 1), dt.date(2026, 3, 31))


@pytest.fixture
def own_url(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> str:
    """A database of its own for each test, also within one PostgreSQL."""
    if database_url.startswith("sqlite"):
        return database_url
    name = f"book_{uuid.uuid4().hex[:8]}"
    server = sa.create_engine(sa.make_url(database_url).set(drivername="postgresql+psycopg"))
    with server.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    server.dispose()
    return sa.make_url(database_url).set(database=name).render_as_string(hide_password=False)


def fill(store: Store, calls: int = 30) -> None:
    """Every third call goes to a person, who answers after ten seconds."""
    for number in range(calls):
        began = NOON + number * dt.timedelta(hours=5)
        report = {"call_id": f"c{number}", "started_at": began.isoformat(), "caller": f"+{number}"}
        if number % 3:
            store.calls.save(report | {"outcome": "completed", "turns": [{"intent": "book"}]}, "clinic")
            continue
        packet = Packet("clinic", "front", Priority.NORMAL, ("asked",), "", caller=f"+{number}", call_id=f"c{number}")
        ticket = store.tickets.add(packet, began)
        store.calls.save(report | {"outcome": "escalated", "turns": [], "ticket": {"id": ticket.id}}, "clinic")
        store.happenings.add(Happening(ticket.id, What.ANSWERED, began + dt.timedelta(seconds=10), 1))
        store.happenings.add(Happening(ticket.id, What.ENDED, began + dt.timedelta(seconds=70), 1))


def test_a_report_is_the_same_on_every_database(own_url: str) -> None:
    store = open_store(own_url)
    fill(store)
    for by, rows in (("day", 7), ("queue", 1), ("agent", 1), ("intent", 2), ("hour", 24), ("business", 1)):
        made = make_report(store, {}, by, DAYS)  # type: ignore[arg-type]
        assert (made.total.calls, made.total.answered, made.total.service_level) == (30, 10, 1.0)
        assert (made.total.asa_s, made.total.aht_s, made.pending) == (10, 60, 0)
        assert len(made.rows) == rows, by
    slower = make_report(store, {}, "queue", DAYS, target_s=5.0)
    assert slower.total.service_level == 0
    store.close()


def test_several_bring_the_book_up_to_date_at_once(own_url: str) -> None:
    """The server in the background, a report on the page, another one on the command line."""
    store = open_store(own_url)
    fill(store)

    def keep(number: int) -> None:
        if number % 2:
            while store.book.advance(lambda business: dt.UTC):
                pass
        else:
            store.book.refresh(lambda business: dt.UTC)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(keep, range(4)))
    assert make_report(store, {}, "day", DAYS).total.calls == 30
    store.close()


def test_each_delivery_is_claimed_once_whoever_asks(own_url: str) -> None:
    store = open_store(own_url)
    store.webhooks.add(Webhook(0, "https://crm.example.com/hook", new_secret()), NOON)
    fill(store, calls=9)
    due = len(store.outbox.newest())
    assert due == 15, "six ended; three escalated, answered, ended"
    with ThreadPoolExecutor(4) as pool:
        claimed = [one.id for lot in pool.map(lambda _: store.outbox.claim(NOON + DAY * 5), range(4)) for one in lot]
    assert sorted(claimed) == sorted(set(claimed))
    assert len(claimed) == due
    store.outbox.failed(claimed[0], 500, "answered 500", None)
    assert [one.id for one in store.outbox.newest(DeliveryStatus.DEAD)] == [claimed[0]]
    store.outbox.again(claimed[0], NOON + DAY * 6)
    assert claimed[0] in {one.id for one in store.outbox.claim(NOON + DAY * 6)}
    store.close()


def test_a_token_opens_until_it_is_revoked(own_url: str) -> None:
    store = open_store(own_url)
    token, plain = store.tokens.create("Our CRM", TokenRole.SERVICE, NOON)
    assert store.tokens.of(plain, NOON) is not None
    assert store.tokens.everything()[0].used_at == NOON
    store.tokens.revoke(token.id, NOON)
    assert store.tokens.of(plain, NOON) is None
    store.close()


def test_an_old_database_is_brought_up_to_date_with_the_calls_it_holds(own_url: str) -> None:
    """From the tables before queues, tokens and reports, step by step to those of today."""
    from alembic import command

    engine = sa.create_engine(own_url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        command.upgrade(alembic_config(connection), "0003")  # type: ignore[arg-type]
        known = sa.MetaData()
        known.reflect(connection, only=("calls", "tickets"))
        report = {"call_id": "old", "started_at": NOON.isoformat(), "outcome": "completed", "turns": []}
        row = {"id": "old", "business": "clinic", "started_at": NOON, "outcome": "completed", "report": report}
        connection.execute(sa.insert(known.tables["calls"]).values(row))
    engine.dispose()
    store = open_store(own_url)
    version = sa.text("SELECT version_num FROM alembic_version")
    assert store.database.read(lambda connection: connection.scalar(version)) == HEAD
    made = make_report(store, {}, "day", DAYS)
    assert [(row.key, row.kpis.calls) for row in made.rows] == [("2026-03-02", 1)]
    store.tickets.add(Packet("clinic", "front", Priority.NORMAL, (), ""), NOON)
    assert len(store.tickets.waiting()) == 1
    store.close()
    again = open_store(own_url)
    again.close()
