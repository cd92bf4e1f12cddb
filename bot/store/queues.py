"""The settings of queues in the database (`handoff/queues.py: QueueStore`)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, replace

import sqlalchemy as sa

from bot.errors import StoreError
from bot.store.database import Database
from bot.store.schema import queues, tickets
from handoff.model import WAITS, packet_from
from handoff.queues import Queue, queue_as_plain, queue_from


class Queues:
    """Implements `handoff.queues.QueueStore`; raises StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> Mapping[str, Queue]:
        """By name, in its order."""
        query = sa.select(queues.c.settings).order_by(queues.c.name)
        found = self._database.read(lambda connection: connection.execute(query).scalars().all())
        try:
            return {queue.name: queue for queue in map(queue_from, found)}
        except (ValueError, TypeError, KeyError) as error:
            raise StoreError("store.queues", "The settings of a queue cannot be read; set them anew.") from error

    def put(self, queue: Queue, now: dt.datetime) -> None:
        """New, or in place of those it had."""

        def change(connection: sa.Connection) -> None:
            connection.execute(sa.delete(queues).where(queues.c.name == queue.name))
            row = {"name": queue.name, "settings": queue_as_plain(queue), "changed_at": now}
            connection.execute(sa.insert(queues).values(row))

        self._database.write(change)

    def add_missing(self, wanted: Mapping[str, Queue], now: dt.datetime) -> None:
        """At a first start: those that nobody has set yet. What was set or removed since stays as it is."""

        def change(connection: sa.Connection) -> None:
            if connection.execute(sa.select(sa.func.count()).select_from(queues)).scalar():
                return
            for queue in wanted.values():
                row = {"name": queue.name, "settings": queue_as_plain(queue), "changed_at": now}
                connection.execute(sa.insert(queues).values(row))

        self._database.write(change)

    def remove(self, name: str, move_to: str, now: dt.datetime) -> int:
        """Its waiting tickets go to `move_to` in the same transaction; how many. Raises StoreError `store.no_queue`."""

        def change(connection: sa.Connection) -> int:
            known = connection.execute(sa.select(queues.c.name)).scalars().all()
            if name not in known or move_to not in known or name == move_to:
                raise StoreError("store.no_queue", "There is no such queue, or none to take its callers.")
            connection.execute(sa.delete(queues).where(queues.c.name == name))
            _stop_overflow(connection, name, now)
            return _move_waiting(connection, name, move_to, now)

        return self._database.write(change)


def _stop_overflow(connection: sa.Connection, name: str, now: dt.datetime) -> None:
    for row in connection.execute(sa.select(queues)).mappings().all():
        queue = queue_from(row["settings"])
        if queue.overflow_to == name:
            settings = queue_as_plain(replace(queue, overflow_to=""))
            update = sa.update(queues).where(queues.c.name == queue.name)
            connection.execute(update.values(settings=settings, changed_at=now))


def _move_waiting(connection: sa.Connection, name: str, move_to: str, now: dt.datetime) -> int:
    waits = tickets.c.queue == name, tickets.c.status.in_([status.value for status in WAITS])
    rows = connection.execute(sa.select(tickets.c.id, tickets.c.packet).where(*waits)).all()
    for ticket_id, packet in rows:
        moved = asdict(replace(packet_from(packet), queue=move_to))
        update = sa.update(tickets).where(tickets.c.id == ticket_id)
        connection.execute(update.values(queue=move_to, packet=moved, changed_at=now))
    return len(rows)
