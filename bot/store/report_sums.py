"""The sums of the reports (`handoff/reports.py: tally`) in SQL: of any contacts, and kept day by day.

A year of a million calls is some 30,000 rows of `daily_sums`, which a report adds up in a moment.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

import sqlalchemy as sa

from bot.store.database import Database
from bot.store.schema import contacts, daily_sums
from handoff.kpis import TARGET_S
from handoff.reports import SATISFIED, SUMS, Sums

By = Literal["day", "hour", "queue", "agent", "intent", "business"]
BY: Final[tuple[By, ...]] = get_args(By)

DIMENSIONS: Final[Mapping[str, sa.ColumnElement[str]]] = {
    "all": sa.literal(""),
    "queue": contacts.c.queue,
    "agent": contacts.c.agent,
    "intent": contacts.c.intent,
    "hour": contacts.c.hour,
}
KEYLESS: Final = ("queue", "agent")
"""A call without one is in no row of theirs."""


@dataclass(frozen=True, slots=True)
class Period:
    """Days local to the business, both included; `business` "": all of them."""

    first: dt.date
    last: dt.date
    business: str = ""


class ReportSums:
    """Blocking; raises StoreError. Bring the book up to date first."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def by(self, by: By, period: Period, target_s: float = TARGET_S) -> dict[str, Sums]:
        """Sorted by key: ISO day, two figures of the hour, queue, agent's id, intent, business. No empty ones.

        The usual target is kept added up; any other is added up from the calls, which takes longer.
        """
        query = _kept(by, period) if target_s == TARGET_S else _counted(by, period, target_s)
        rows = self._database.read(lambda connection: connection.execute(query).all())
        found = {_key(by, row[0]): Sums(*(int(value) for value in row[1:])) for row in rows}
        return {key: found[key] for key in sorted(found)}

    def total(self, period: Period, target_s: float = TARGET_S) -> Sums:
        parts = self.by("business", period, target_s).values()
        return Sums(*(sum(getattr(part, name) for part in parts) for name in SUMS))


def add_up(connection: sa.Connection, business: str, day: dt.date) -> None:
    """The day's rows of `daily_sums`, anew."""
    which = sa.and_(daily_sums.c.business == business, daily_sums.c.day == day)
    connection.execute(sa.delete(daily_sums).where(which))
    for dimension, column in DIMENSIONS.items():
        query = sa.select(column.label("key"), *_sums(TARGET_S)).group_by(sa.text("1"))
        query = query.where(contacts.c.business == business, contacts.c.day == day)
        if dimension in KEYLESS:
            query = query.where(column != "")
        head = {"business": business, "day": day, "dimension": dimension}
        rows = [{**head, **row, "key": str(row["key"])} for row in connection.execute(query).mappings()]
        rows = [row for row in rows if row["calls"]]
        if rows:
            connection.execute(sa.insert(daily_sums), rows)


def _kept(by: By, period: Period) -> sa.Select[Any]:
    dimension, column = {
        "day": ("all", daily_sums.c.day),
        "business": ("all", daily_sums.c.business),
    }.get(by, (by, daily_sums.c.key))
    sums = (sa.func.sum(daily_sums.c[name]) for name in SUMS)
    query = sa.select(column, *sums).where(daily_sums.c.dimension == dimension).group_by(column)
    return _within(query, daily_sums, period)


def _counted(by: By, period: Period, target_s: float) -> sa.Select[Any]:
    column = contacts.c[by]
    query = _within(sa.select(column, *_sums(target_s)).group_by(column), contacts, period)
    return query.where(column != "") if by in KEYLESS else query


def _within(query: sa.Select[Any], table: sa.Table, period: Period) -> sa.Select[Any]:
    query = query.where(table.c.day.between(period.first, period.last))
    return query.where(table.c.business == period.business) if period.business else query


def _key(by: By, value: object) -> str:
    return f"{int(str(value)):02}" if by == "hour" else str(value)


def _sums(target_s: float) -> list[sa.ColumnElement[int]]:
    """In the order of `SUMS`; each says what `handoff.reports.tally` says."""
    one, in_time = contacts.c, contacts.c.wait_ms <= target_s * 1000
    of: dict[str, sa.ColumnElement[int]] = {
        "calls": sa.func.count(),
        "by_bot": _count(one.by_bot),
        "contained": _count(one.contained),
        "contained_net": _count(one.contained & ~one.came_again),
        "offered": _count(one.answered | one.abandoned),
        "answered": _count(one.answered),
        "abandoned": _count(one.abandoned),
        "short": _count(one.abandoned & in_time),
        "in_time": _count(one.answered & in_time),
        "wait_ms": _sum(sa.case((one.answered, one.wait_ms), else_=0)),
        "handled": _count(one.handled_ms > 0),
        "handled_ms": _sum(one.handled_ms),
        "transferred": _count(one.answered & one.transferred),
        "resolved": _count(one.resolved),
        "resolved_first": _count(one.resolved & ~one.same_again),
        "surveyed": _count(one.score > 0),
        "score": _sum(one.score),
        "satisfied": _count(one.score >= SATISFIED),
        "scored": _count(one.quality.is_not(None)),
        "quality": _sum(one.quality),
    }
    return [of[name].label(name) for name in SUMS]


def _count(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return _sum(sa.case((condition, 1), else_=0))


def _sum(value: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(value), 0)
