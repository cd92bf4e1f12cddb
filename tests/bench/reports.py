"""A million stored calls: how long a report takes, once they are added up and with sums of one day to be made anew.

python -m tests.bench.reports [CALLS]
"""

from __future__ import annotations

import datetime as dt
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bot.bench.figures import Figure
from bot.store.report_sums import BY, Period
from bot.store.schema import contacts, stale_days
from bot.store.store import Store, open_store

FIRST = dt.date(2025, 1, 1)
DAYS = 365
LOT = 20_000


def rows(calls: int) -> Iterator[dict[str, Any]]:
    """A year of one business: 40 agents, 6 queues, 12 intents, a third of the calls to people."""
    chance = random.Random(7)
    for number in range(calls):
        day, hour = FIRST + dt.timedelta(days=number * DAYS // calls), chance.randrange(7, 20)
        offered = chance.random() < 0.33
        answered = offered and chance.random() < 0.94
        yield {
            "id": f"{number:032x}",
            "business": "clinic",
            "started_at": dt.datetime.combine(day, dt.time(hour), dt.UTC),
            "day": day,
            "hour": hour,
            "caller": f"{chance.randrange(calls // 3 + 1):024x}",
            "intent": f"intent{chance.randrange(12)}",
            "queue": f"queue{chance.randrange(6)}" if offered else "",
            "agent": str(chance.randrange(40)) if answered else "",
            "by_bot": True,
            "contained": not offered,
            "answered": answered,
            "abandoned": offered and not answered,
            "transferred": answered and chance.random() < 0.1,
            "resolved": not offered or answered,
            "wait_ms": chance.randrange(60_000) if offered else 0,
            "handled_ms": chance.randrange(400_000) if answered else 0,
            "score": chance.randrange(6),
            "came_again": chance.random() < 0.2,
            "same_again": chance.random() < 0.1,
        }


def fill(store: Store, calls: int) -> None:
    lot: list[dict[str, Any]] = []
    for row in rows(calls):
        lot.append(row)
        if len(lot) == LOT:
            _put(store, contacts, lot)
            lot = []
    if lot:
        _put(store, contacts, lot)
    days = [{"business": "clinic", "day": FIRST + dt.timedelta(days=number)} for number in range(DAYS)]
    _put(store, stale_days, days)


def measure(calls: int = 1_000_000) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{Path(folder) / 'calls.sqlite3'}")
        fill(store, calls)
        year = Period(FIRST, FIRST + dt.timedelta(days=DAYS))
        took = {"calls": float(calls), "added_up_once_s": _timed(lambda: store.book.refresh(lambda business: dt.UTC))}
        for by in BY:
            took[f"by_{by}_s"] = _timed(lambda by=by: store.report_sums.by(by, year))  # type: ignore[misc]
        _put(store, stale_days, [{"business": "clinic", "day": FIRST}])
        took["refresh_one_day_s"] = _timed(lambda: store.book.refresh(lambda business: dt.UTC))
        took["other_target_s"] = _timed(lambda: store.report_sums.by("queue", year, 30.0))
        store.close()
    return {name: round(value, 3) for name, value in took.items()}


def figures(calls: int = 1_000_000) -> Iterator[Figure]:
    """The goal is a report's, whatever it is by, with the day that has just changed added up anew."""
    took = measure(calls)
    added_up = took["refresh_one_day_s"]
    for by in BY:
        shown = round((took[f"by_{by}_s"] + added_up) * 1000)
        yield Figure(f"a year of {calls:,} calls, report by {by}", shown, goal=2_000)
    other = round((took["other_target_s"] + added_up) * 1000)
    yield Figure(f"a year of {calls:,} calls, by queue, another target", other, goal=2_000)
    yield Figure("all of them added up once, in the background", round(took["added_up_once_s"] * 1000))


def _put(store: Store, table: sa.Table, lot: list[dict[str, Any]]) -> None:
    store.database.write(lambda connection: connection.execute(sa.insert(table), lot))


def _timed(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


if __name__ == "__main__":
    print(json.dumps(measure(*(int(given) for given in sys.argv[1:2])), indent=2))
