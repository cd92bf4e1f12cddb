"""Tickets of the queue for people in the database (`handoff/model.py: TicketStore`)."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, fields, replace
from typing import Any, Final

import sqlalchemy as sa

from bot.errors import StoreError
from bot.store import notices
from bot.store.cases import ticket_came
from bot.store.database import Database
from bot.store.schema import happenings, tickets
from handoff.history import What
from handoff.model import (
    PLACE_KEPT,
    WAITS,
    Line,
    Listed,
    Medium,
    Packet,
    Priority,
    Ticket,
    TicketStatus,
    packet_from,
)
from handoff.places import taken_up

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without what is mistaken for something else when read aloud (I, O, 0, 1)."""

_NUMBER: Final = 32
"""Letters of the column."""

_TOGETHER: Final = 500
"""Ids in one query: databases have their limits."""

_LISTED: Final = tuple(tickets.c[one.name] for one in fields(Listed))

_WAITS = tuple(status.value for status in WAITS)


class Tickets:
    """Implements `handoff.model.TicketStore`; raises StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, packet: Packet, now: dt.datetime) -> Ticket:
        """On the disk when this returns: neither a crash nor a power cut right after loses it.

        Who left the queue a few minutes ago, or was promised a call back, and calls again gets their place back, with
        what was known of them: nobody is in the queue twice.
        """
        fresh = Ticket("".join(secrets.choice(_LETTERS) for _ in range(8)), now, packet)

        def change(connection: sa.Connection) -> Ticket:
            left = _just_left(connection, packet, now)
            ticket = taken_up(left, fresh) if left else fresh
            if left:
                was_promised = left.medium is Medium.CALLBACK
                status = TicketStatus.DONE if was_promised else TicketStatus.ABANDONED
                over = {"status": status.value, "changed_at": now}
                connection.execute(sa.update(tickets).where(tickets.c.id == left.id).values(over))
            connection.execute(sa.insert(tickets).values(row_of(ticket)))
            notices.ticket_added(connection, ticket)
            ticket_came(connection, ticket)
            if left:
                notices.place_taken_up(connection, left, now)
            return ticket

        return self._database.write(change)

    def get(self, ticket_id: str) -> Ticket | None:
        return next(iter(self._find(sa.select(tickets).where(tickets.c.id == ticket_id))), None)

    def several(self, ticket_ids: Collection[str]) -> Sequence[Ticket]:
        wanted = sorted(ticket_ids)
        parts = (wanted[begin : begin + _TOGETHER] for begin in range(0, len(wanted), _TOGETHER))
        return [one for part in parts for one in self._find(sa.select(tickets).where(tickets.c.id.in_(part)))]

    def queued(self) -> Sequence[Listed]:
        query = sa.select(*_LISTED).where(tickets.c.status.in_(_WAITS))
        return self._list(query.order_by(tickets.c.priority, tickets.c.created_at, tickets.c.id))

    def settled(self, limit: int) -> Sequence[Listed]:
        query = sa.select(*_LISTED).where(tickets.c.status.not_in(_WAITS))
        return self._list(query.order_by(tickets.c.created_at.desc(), tickets.c.id.desc()).limit(limit))

    def set_status(self, ticket_id: str, status: TicketStatus, now: dt.datetime) -> None:
        """Raises StoreError `store.no_ticket`."""
        update = sa.update(tickets).where(tickets.c.id == ticket_id).values(status=status.value, changed_at=now)

        def change(connection: sa.Connection) -> int:
            changed = connection.execute(update).rowcount
            if changed:
                notices.ticket_changed(connection, ticket_id, status, now)
            return changed

        if self._database.write(change) != 1:
            raise _none(ticket_id)

    def take(self, ticket_id: str, now: dt.datetime) -> bool:
        """True for the one person who takes it; False when somebody else was quicker."""
        return self._while_waiting(ticket_id, now, status=TicketStatus.TAKEN.value)

    def move(self, ticket_id: str, queue: str, now: dt.datetime, priority: Priority | None = None) -> bool:
        changes: dict[str, Any] = {"queue": queue}
        if priority is not None:
            changes["priority"] = priority
        return self._repacked(ticket_id, now, lambda ticket: replace(ticket, packet=replace(ticket.packet, **changes)))

    def left(self, ticket_id: str, now: dt.datetime) -> None:
        self._while_waiting(ticket_id, now, left_at=now)

    def call_back(self, ticket_id: str, number: str, due_at: dt.datetime | None, now: dt.datetime) -> bool:
        kept = number if len(number) <= _NUMBER else ""  # a SIP address: that of the call, which its packet has
        promised = {"medium": Medium.CALLBACK.value, "number": kept, "due_at": due_at, "left_at": now}
        return self._while_waiting(ticket_id, now, **promised)

    def keep_message(self, ticket_id: str, recording: str, now: dt.datetime) -> bool:
        return self._while_waiting(
            ticket_id, now, medium=Medium.MESSAGE.value, recording=recording, left_at=now, due_at=None
        )

    def try_again(self, ticket_id: str, due_at: dt.datetime, now: dt.datetime) -> None:
        """Raises StoreError `store.no_ticket`."""
        again = {"medium": Medium.CALLBACK.value, "due_at": due_at, "tries": tickets.c.tries + 1, "left_at": now}
        update = sa.update(tickets).where(tickets.c.id == ticket_id)
        update = update.values(status=TicketStatus.WAITING.value, changed_at=now, **again)
        if self._database.write(lambda connection: connection.execute(update).rowcount) != 1:
            raise _none(ticket_id)

    def add_lines(self, ticket_id: str, said: Sequence[Line], now: dt.datetime) -> None:
        def with_lines(ticket: Ticket) -> Ticket:
            return replace(ticket, packet=replace(ticket.packet, transcript=(*ticket.packet.transcript, *said)))

        self._changed(ticket_id, now, with_lines)

    def pass_on(self, ticket_id: str, queue: str, said: Sequence[Line], now: dt.datetime) -> None:
        """Raises StoreError `store.no_ticket`."""

        def waiting_again(ticket: Ticket) -> Ticket:
            packet = replace(ticket.packet, queue=queue, transcript=(*ticket.packet.transcript, *said))
            return replace(ticket, packet=packet, status=TicketStatus.WAITING)

        if self._changed(ticket_id, now, waiting_again) is None:
            raise _none(ticket_id)

    def newest(self, business: str | None = None, limit: int = 100) -> Sequence[Ticket]:
        query = _of(business).order_by(tickets.c.created_at.desc(), tickets.c.id.desc())
        return self._find(query.limit(limit))

    def waiting(self, business: str | None = None) -> Sequence[Ticket]:
        query = _of(business).where(tickets.c.status.in_(_WAITS))
        return self._find(query.order_by(tickets.c.priority, tickets.c.created_at, tickets.c.id))

    def nobody_is_on_line(self, now: dt.datetime) -> int:
        """After a start: the callers who waited when it stopped are gone, and have their places kept from now on."""
        gone = tickets.c.status.in_(_WAITS) & (tickets.c.medium == Medium.CALL.value) & tickets.c.left_at.is_(None)
        update = sa.update(tickets).where(gone).values(left_at=now)
        return self._database.write(lambda connection: connection.execute(update).rowcount)

    def served_by(self, business: str, caller: str, since: dt.datetime) -> int | None:
        """Who answered that number last; None for a withheld one, and when it is longer ago."""
        if not caller:
            return None
        query = (
            sa.select(happenings.c.agent)
            .join(tickets, tickets.c.id == happenings.c.ticket_id)
            .where(tickets.c.business == business, tickets.c.caller == caller)
            .where(happenings.c.what == What.ANSWERED.value, happenings.c.at >= since)
            .order_by(happenings.c.at.desc(), happenings.c.id.desc())
            .limit(1)
        )
        return self._database.read(lambda connection: connection.execute(query).scalar())

    def _while_waiting(self, ticket_id: str, now: dt.datetime, **values: Any) -> bool:
        """False when it does not wait any more."""
        update = sa.update(tickets).where(tickets.c.id == ticket_id, tickets.c.status.in_(_WAITS))
        update = update.values(changed_at=now, **values)
        return self._database.write(lambda connection: connection.execute(update).rowcount) == 1

    def _repacked(self, ticket_id: str, now: dt.datetime, change: Callable[[Ticket], Ticket]) -> bool:
        def while_waiting(ticket: Ticket) -> Ticket | None:
            return change(ticket) if ticket.status in WAITS else None

        return self._changed(ticket_id, now, while_waiting) is not None

    def _changed(self, ticket_id: str, now: dt.datetime, change: Callable[[Ticket], Ticket | None]) -> Ticket | None:
        """What became of it; None when there is none, or nothing was changed."""

        def within(connection: sa.Connection) -> Ticket | None:
            query = sa.select(tickets).where(tickets.c.id == ticket_id).with_for_update()
            row = connection.execute(query).mappings().first()
            if row is None or (changed := change(ticket_of(row))) is None:
                return None
            values = row_of(changed) | {"changed_at": now}
            connection.execute(sa.update(tickets).where(tickets.c.id == ticket_id).values(values))
            return changed

        return self._database.write(within)

    def _find(self, query: sa.Select[Any]) -> list[Ticket]:
        return self._database.read(lambda connection: [ticket_of(row) for row in connection.execute(query).mappings()])

    def _list(self, query: sa.Select[Any]) -> list[Listed]:
        return self._database.read(lambda connection: [_listed(row) for row in connection.execute(query)])


def _just_left(connection: sa.Connection, packet: Packet, now: dt.datetime) -> Ticket | None:
    """The oldest wait of that number which ended without an answer a few minutes ago, or goes on by a promise."""
    if not packet.caller:
        return None
    is_call, is_promised = (tickets.c.medium == one.value for one in (Medium.CALL, Medium.CALLBACK))
    of_them = tickets.c.caller == packet.caller
    query = (
        sa.select(tickets)
        .where(tickets.c.business == packet.business, tickets.c.status.in_(_WAITS))
        .where(
            (is_call & of_them & (tickets.c.left_at >= now - PLACE_KEPT))
            | (is_promised & (of_them | (tickets.c.number == packet.caller)))
        )
        .order_by(tickets.c.created_at, tickets.c.id)
        .limit(1)
        .with_for_update()  # whoever is taking it at this moment is not overwritten
    )
    row = connection.execute(query).mappings().first()
    return ticket_of(row) if row else None


def _listed(row: sa.Row[Any]) -> Listed:
    ticket_id, created_at, queue, priority, status, medium, *rest = tuple(row)
    return Listed(ticket_id, created_at, queue, Priority(priority), TicketStatus(status), Medium(medium), *rest)


def _none(ticket_id: str) -> StoreError:
    return StoreError("store.no_ticket", f"There is no ticket {ticket_id!r}.")


def _of(business: str | None) -> sa.Select[Any]:
    query = sa.select(tickets)
    return query if business is None else query.where(tickets.c.business == business)


def row_of(ticket: Ticket) -> dict[str, Any]:
    packet = ticket.packet
    return {
        "id": ticket.id,
        "business": packet.business,
        "created_at": ticket.created_at,
        "changed_at": ticket.created_at,
        "priority": int(packet.priority),
        "queue": packet.queue,
        "status": ticket.status.value,
        "packet": asdict(packet),
        "caller": packet.caller[:64],
        "medium": ticket.medium.value,
        "placed_at": ticket.placed_at,
        "due_at": ticket.due_at,
        "number": ticket.number,
        "recording": ticket.recording,
        "left_at": ticket.left_at,
        "tries": ticket.tries,
    }


def ticket_of(row: sa.RowMapping) -> Ticket:
    return Ticket(
        row["id"],
        row["created_at"],
        packet_from(row["packet"]),
        TicketStatus(row["status"]),
        Medium(row["medium"]),
        row["placed_at"],
        row["due_at"],
        row["number"],
        row["recording"],
        row["left_at"],
        row["tries"],
    )
