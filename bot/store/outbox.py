"""Webhooks and what they are to be told, in the database.

A message is stored in the transaction that stores what it tells of (the outbox pattern: C. Richardson, "Microservices
Patterns", 2018, chapter 3): what was undone is never told, and what was done is told even if we die right after.
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa

from bot.errors import StoreError
from bot.store.database import Database
from bot.store.schema import deliveries, webhooks
from handoff.webhooks import Delivery, DeliveryStatus, Event, Webhook

LEASE: Final = dt.timedelta(minutes=2)
"""Whoever sends a message has so long; when they die meanwhile, somebody else sends it."""


def put(connection: sa.Connection, business: str, event: Event, data: Mapping[str, Any], now: dt.datetime) -> None:
    """One delivery for each webhook that wants to know, within the caller's transaction."""
    wanted = sa.select(webhooks).where(webhooks.c.is_active, webhooks.c.business.in_(("", business)))
    hooks = [row for row in connection.execute(wanted).mappings() if event.value in row["events"]]
    if not hooks:
        return
    plain = {"type": event.value, "timestamp": now.astimezone(dt.UTC).isoformat(), "business": business}
    body = json.dumps({**plain, "data": data}, ensure_ascii=False)
    connection.execute(sa.insert(deliveries), [_new(row["id"], event.value, body, now) for row in hooks])


class Webhooks:
    """Raises StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, webhook: Webhook, now: dt.datetime) -> Webhook:
        """With the id that it got; `webhook.id` is ignored."""
        insert = sa.insert(webhooks).values(**_values(webhook), created_at=now).returning(webhooks)
        return self._database.write(lambda connection: _webhook(connection.execute(insert).mappings().one()))

    def get(self, webhook_id: int) -> Webhook | None:
        return next((one for one in self.everything() if one.id == webhook_id), None)

    def everything(self) -> Sequence[Webhook]:
        query = sa.select(webhooks).order_by(webhooks.c.id)
        return self._database.read(lambda connection: [_webhook(row) for row in connection.execute(query).mappings()])

    def replace(self, webhook: Webhook) -> None:
        """Raises StoreError `store.no_webhook`."""
        update = sa.update(webhooks).where(webhooks.c.id == webhook.id).values(_values(webhook))
        if self._database.write(lambda connection: connection.execute(update).rowcount) != 1:
            raise StoreError("store.no_webhook", "There is no such webhook.")

    def remove(self, webhook_id: int) -> None:
        """With everything it was told or would have been. Raises StoreError `store.no_webhook`."""

        def change(connection: sa.Connection) -> int:
            connection.execute(sa.delete(deliveries).where(deliveries.c.webhook_id == webhook_id))
            return connection.execute(sa.delete(webhooks).where(webhooks.c.id == webhook_id)).rowcount

        if self._database.write(change) != 1:
            raise StoreError("store.no_webhook", "There is no such webhook.")


class Outbox:
    """Deliveries to be made and made. Raises StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def tell(self, business: str, event: Event, data: Mapping[str, Any], now: dt.datetime) -> None:
        """Of something that is not stored itself."""
        self._database.write(lambda connection: put(connection, business, event, data, now))

    def ping(self, webhook_id: int, now: dt.datetime) -> int:
        """A message that says nothing, to see whether one arrives; returns the delivery's id."""
        body = json.dumps({"type": "ping", "timestamp": now.isoformat(), "business": "", "data": {}})
        insert = sa.insert(deliveries).values(_new(webhook_id, "ping", body, now)).returning(deliveries.c.id)
        return self._database.write(lambda connection: int(connection.execute(insert).scalar_one()))

    def claim(self, now: dt.datetime, limit: int = 20) -> Sequence[Delivery]:
        """What is due, each for one of those who ask, for as long as `LEASE`; their tries count from here."""
        due = sa.and_(deliveries.c.status == DeliveryStatus.PENDING.value, deliveries.c.due_at <= now)

        def change(connection: sa.Connection) -> list[Delivery]:
            query = sa.select(deliveries).where(due).order_by(deliveries.c.due_at, deliveries.c.id).limit(limit)
            rows = connection.execute(query.with_for_update(skip_locked=True)).mappings().all()
            mine = sa.update(deliveries).where(deliveries.c.id.in_([row["id"] for row in rows]))
            if rows:
                connection.execute(mine.values(due_at=now + LEASE, tries=deliveries.c.tries + 1))
            return [_delivery({**row, "tries": row["tries"] + 1}) for row in rows]

        if not self._database.read(
            lambda connection: connection.scalar(sa.select(deliveries.c.id).where(due).limit(1))
        ):
            return []  # looking must not keep the writer from calls
        return self._database.write(change)

    def delivered(self, delivery_id: int, answered: int) -> None:
        self._set(delivery_id, status=DeliveryStatus.DELIVERED.value, answered=answered, problem="")

    def failed(self, delivery_id: int, answered: int | None, problem: str, again_at: dt.datetime | None) -> None:
        """None for `again_at`: given up."""
        values: dict[str, Any] = {"answered": answered, "problem": problem[:200]}
        values |= {"due_at": again_at} if again_at else {"status": DeliveryStatus.DEAD.value}
        self._set(delivery_id, **values)

    def again(self, delivery_id: int, now: dt.datetime) -> None:
        """Sent anew, with all its tries, whatever became of it. Raises StoreError `store.no_delivery`."""
        if self._set(delivery_id, status=DeliveryStatus.PENDING.value, tries=0, due_at=now) != 1:
            raise StoreError("store.no_delivery", "There is no such delivery.")

    def get(self, delivery_id: int) -> Delivery | None:
        return next(iter(self._find(sa.select(deliveries).where(deliveries.c.id == delivery_id))), None)

    def newest(
        self,
        status: DeliveryStatus | None = None,
        webhook_id: int | None = None,
        before: int | None = None,
        limit: int = 50,
    ) -> Sequence[Delivery]:
        """Newest first, all of them but for what is asked; `before`: older than the delivery of that id."""
        query = sa.select(deliveries).order_by(deliveries.c.id.desc()).limit(limit)
        for column, value in ((deliveries.c.status, status), (deliveries.c.webhook_id, webhook_id)):
            query = query if value is None else query.where(column == value)
        return self._find(query if before is None else query.where(deliveries.c.id < before))

    def forget(self, before: dt.datetime) -> None:
        """What is older and was delivered or given up; what is still to be told stays."""
        over = deliveries.c.status != DeliveryStatus.PENDING.value
        old = sa.delete(deliveries).where(over, deliveries.c.created_at < before)
        self._database.write(lambda connection: connection.execute(old))

    def _set(self, delivery_id: int, **values: Any) -> int:
        update = sa.update(deliveries).where(deliveries.c.id == delivery_id).values(values)
        return self._database.write(lambda connection: connection.execute(update).rowcount)

    def _find(self, query: sa.Select[Any]) -> list[Delivery]:
        return self._database.read(lambda connection: [_delivery(row) for row in connection.execute(query).mappings()])


def _new(webhook_id: int, event: str, body: str, now: dt.datetime) -> dict[str, Any]:
    head = {"webhook_id": webhook_id, "message_id": f"msg_{uuid.uuid4().hex}", "event": event, "body": body}
    return head | {"status": DeliveryStatus.PENDING.value, "tries": 0, "created_at": now, "due_at": now}


def _values(webhook: Webhook) -> dict[str, Any]:
    names = ("url", "secret", "business", "is_active")
    return {name: getattr(webhook, name) for name in names} | {"events": sorted(webhook.events)}


def _webhook(row: Any) -> Webhook:
    known = frozenset(Event(name) for name in row["events"] if name in set(Event))
    return Webhook(row["id"], row["url"], row["secret"], known, row["business"], row["is_active"])


def _delivery(row: Any) -> Delivery:
    names = ("id", "webhook_id", "message_id", "event", "body", "tries", "created_at", "due_at", "answered", "problem")
    return Delivery(**{name: row[name] for name in names}, status=DeliveryStatus(row["status"]))
