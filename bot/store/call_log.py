"""Calls as people look for them: by day, queue, colleague, outcome, business, and words that were said."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from bot.store.database import Database
from bot.store.happenings import happening_of
from bot.store.schema import calls, contacts, happenings, listens, tickets
from bot.store.tickets import ticket_of
from handoff.history import Happening, What
from handoff.model import Ticket

BATCH: Final = 200


@dataclass(frozen=True, slots=True)
class Wanted:
    """Empty: any. `since` and `until` (excluded) are moments; `agent` is who handled it last."""

    since: dt.datetime | None = None
    until: dt.datetime | None = None
    business: str = ""
    outcome: str = ""
    queue: str = ""
    agent: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """`queue` is the last one; `agent` whoever handled it last."""

    report: Mapping[str, Any]
    queue: str
    agent: str


@dataclass(frozen=True, slots=True)
class WholeCall:
    """Everything that is stored of a call; happenings of all its tickets, oldest first."""

    report: Mapping[str, Any]
    business: str
    tickets: tuple[Ticket, ...]
    happened: tuple[Happening, ...]

    @property
    def agents(self) -> tuple[int, ...]:
        """Who answered, first to last."""
        answered = (one.agent for one in self.happened if one.what is What.ANSWERED)
        return tuple(agent for agent in answered if agent is not None)


class CallLog:
    """Queue and colleague are in the book of contacts: bring it up to date first. Raises StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def newest(self, wanted: Wanted, limit: int = 50) -> list[Found]:
        query = _query(wanted).order_by(calls.c.started_at.desc(), calls.c.id)

        def find(connection: sa.Connection) -> list[Found]:
            rows = connection.execution_options(yield_per=BATCH).execute(query)
            return list(_first(rows, wanted.text.casefold(), limit))

        return self._database.read(find)

    def whole(self, call_id: str) -> WholeCall | None:
        def find(connection: sa.Connection) -> WholeCall | None:
            row = connection.execute(sa.select(calls).where(calls.c.id == call_id)).mappings().first()
            if row is None:
                return None
            found = _tickets(connection, row["report"])
            of = happenings.c.ticket_id.in_([ticket.id for ticket in found])
            query = sa.select(happenings).where(of).order_by(happenings.c.at, happenings.c.id)
            happened = tuple(happening_of(one) for one in connection.execute(query).mappings())
            return WholeCall(row["report"], row["business"], found, happened)

        return self._database.read(find)

    def listened(self, call_id: str, person: int, now: dt.datetime) -> None:
        insert = sa.insert(listens).values(call_id=call_id, person=person, at=now)
        self._database.write(lambda connection: connection.execute(insert))

    def listeners(self, call_id: str) -> list[tuple[int, dt.datetime]]:
        """Who opened its recording, and when they did so last; the latest first."""
        last = sa.func.max(listens.c.at).label("last")
        query = sa.select(listens.c.person, last).where(listens.c.call_id == call_id)
        query = query.group_by(listens.c.person).order_by(last.desc())
        return self._database.read(lambda connection: [(row[0], row[1]) for row in connection.execute(query)])


def _query(wanted: Wanted) -> sa.Select[Any]:
    query = sa.select(calls.c.report, contacts.c.queue, contacts.c.agent).select_from(
        calls.outerjoin(contacts, contacts.c.id == calls.c.id)
    )
    if wanted.since:
        query = query.where(calls.c.started_at >= wanted.since)
    if wanted.until:
        query = query.where(calls.c.started_at < wanted.until)
    if wanted.business:
        query = query.where(calls.c.business == wanted.business)
    if wanted.outcome:
        query = query.where(calls.c.outcome == wanted.outcome)
    if wanted.queue:
        query = query.where(contacts.c.queue == wanted.queue)
    if wanted.agent is not None:
        query = query.where(contacts.c.agent == str(wanted.agent))
    if wanted.text:  # as JSON has it; what was found is looked at again, for it may be in another field
        plain = sa.cast(calls.c.report, sa.Text)
        written = (wanted.text, json.dumps(wanted.text)[1:-1])
        query = query.where(sa.or_(*(plain.icontains(one, autoescape=True) for one in dict.fromkeys(written))))
    return query


def _first(rows: Any, text: str, limit: int) -> Iterator[Found]:
    for report, queue, agent in rows:
        if text and not any(text in turn["text"].casefold() for turn in report.get("turns", ())):
            continue
        yield Found(report, queue or "", agent or "")
        if (limit := limit - 1) == 0:
            return


def _tickets(connection: sa.Connection, report: Mapping[str, Any]) -> tuple[Ticket, ...]:
    """The one that the report tells of; none for a call that the bot finished."""
    facts = report.get("ticket")
    if not facts:
        return ()
    rows = connection.execute(sa.select(tickets).where(tickets.c.id == facts["id"])).mappings()
    return tuple(ticket_of(row) for row in rows)
