"""Tickets of the queue for people in the database (`handoff/model.py: TicketStore`)."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

import sqlalchemy as sa

from bot.errors import StoreError
from bot.store.database import Database
from bot.store.schema import tickets
from handoff.model import WAITS, Line, Packet, Ticket, TicketStatus, packet_from

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without what is mistaken for something else when read aloud (I, O, 0, 1)."""

_WAITS = tuple(status.value for status in WAITS)


class Tickets:
    """Implements `handoff.model.TicketStore`; raises StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, packet: Packet, now: dt.datetime) -> Ticket:
        """On the disk when this returns: neither a crash nor a power cut right after loses it."""
        ticket = Ticket("".join(secrets.choice(_LETTERS) for _ in range(8)), now, packet)
        insert = sa.insert(tickets).values(
            id=ticket.id,
            business=packet.business,
            created_at=now,
            changed_at=now,
            priority=int(packet.priority),
            queue=packet.queue,
            status=ticket.status.value,
            packet=asdict(packet),
        )
        self._database.write(lambda connection: connection.execute(insert))
        return ticket

    def get(self, ticket_id: str) -> Ticket | None:
        return next(iter(self._find(sa.select(tickets).where(tickets.c.id == ticket_id))), None)

    def set_status(self, ticket_id: str, status: TicketStatus, now: dt.datetime) -> None:
        """Raises StoreError `store.no_ticket`."""
        update = sa.update(tickets).where(tickets.c.id == ticket_id).values(status=status.value, changed_at=now)
        if self._database.write(lambda connection: connection.execute(update).rowcount) != 1:
            raise StoreError("store.no_ticket", f"There is no ticket {ticket_id!r}.")

    def take(self, ticket_id: str, now: dt.datetime) -> bool:
        """True for the one person who takes it; False when somebody else was quicker."""
        mine = sa.update(tickets).where(tickets.c.id == ticket_id, tickets.c.status.in_(_WAITS))
        taken = mine.values(status=TicketStatus.TAKEN.value, changed_at=now)
        return self._database.write(lambda connection: connection.execute(taken).rowcount) == 1

    def pass_on(self, ticket_id: str, queue: str, said: Sequence[Line], now: dt.datetime) -> None:
        """Raises StoreError `store.no_ticket`."""

        def change(connection: sa.Connection) -> None:
            row = connection.execute(sa.select(tickets).where(tickets.c.id == ticket_id)).mappings().first()
            if row is None:
                raise StoreError("store.no_ticket", f"There is no ticket {ticket_id!r}.")
            packet = packet_from(row["packet"])
            packet = replace(packet, queue=queue, transcript=(*packet.transcript, *said))
            values = {"queue": queue, "status": TicketStatus.WAITING.value, "changed_at": now, "packet": asdict(packet)}
            connection.execute(sa.update(tickets).where(tickets.c.id == ticket_id).values(values))

        self._database.write(change)

    def newest(self, business: str | None = None, limit: int = 100) -> Sequence[Ticket]:
        query = _of(business).order_by(tickets.c.created_at.desc(), tickets.c.id.desc())
        return self._find(query.limit(limit))

    def waiting(self, business: str | None = None) -> Sequence[Ticket]:
        query = _of(business).where(tickets.c.status.in_(_WAITS))
        return self._find(query.order_by(tickets.c.priority, tickets.c.created_at, tickets.c.id))

    def _find(self, query: sa.Select[Any]) -> list[Ticket]:
        return self._database.read(lambda connection: [_ticket_of(row) for row in connection.execute(query).mappings()])


def _of(business: str | None) -> sa.Select[Any]:
    query = sa.select(tickets)
    return query if business is None else query.where(tickets.c.business == business)


def _ticket_of(row: sa.RowMapping) -> Ticket:
    return Ticket(row["id"], row["created_at"], packet_from(row["packet"]), TicketStatus(row["status"]))
