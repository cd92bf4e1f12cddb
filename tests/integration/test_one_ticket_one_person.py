"""Many people answer one caller at once, in several processes' worth of connections to a real database file."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.store import open_store
from handoff.model import Packet, Priority

pytestmark = pytest.mark.integration

NOW = dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)


def test_whatever_the_race_one_ticket_has_one_person(tmp_path: Path) -> None:
    stores = [open_store(f"sqlite:///{tmp_path / 'frontdesk.sqlite3'}") for _ in range(4)]
    packet = Packet("clinic", "front", Priority.NORMAL, (), "")
    tickets = [stores[0].tickets.add(packet, NOW).id for _ in range(10)]
    with ThreadPoolExecutor(16) as threads:
        for ticket in tickets:
            taken = threads.map(lambda store, ticket=ticket: store.tickets.take(ticket, NOW), stores * 4)
            assert sum(taken) == 1
    for store in stores:
        store.close()
