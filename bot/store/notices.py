"""What follows from something being stored, within its transaction: a note for the book, a message to webhooks.

The one place that knows which stored fact is which event; whoever stores calls one function here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

import sqlalchemy as sa

from bot.appointments.model import Appointment
from bot.store import outbox
from bot.store.schema import happenings, stale_contacts, tickets
from handoff.history import Happening, What
from handoff.model import Packet, Ticket, TicketStatus, packet_from
from handoff.webhooks import Event

_CHANGES: Final = {
    "booked": Event.APPOINTMENT_BOOKED,
    "moved": Event.APPOINTMENT_MOVED,
    "cancelled": Event.APPOINTMENT_CANCELLED,
}
_OUTCOMES: Final = {
    What.ENDED: "answered",
    What.ABANDONED: "abandoned",
    What.PROMISED: "call_back",
    What.MESSAGE: "message",
}
"""What ends a call that waited for a person, and what came of it."""
_TELLING: Final = tuple(what.value for what in (What.ANSWERED, What.RETURNED, *_OUTCOMES))


def call_stored(connection: sa.Connection, report: Mapping[str, Any], business: str, is_new: bool) -> None:
    """A call with a ticket goes on: it has ended when the talk with a person has, or the caller left."""
    _mark(connection, f"call:{report['call_id']}")
    if is_new and not report.get("ticket"):
        facts = {
            key: report.get(key) for key in ("call_id", "channel", "caller", "started_at", "outcome", "appointment")
        }
        outbox.put(connection, business, Event.CALL_ENDED, facts, _end(report))


def ticket_added(connection: sa.Connection, ticket: Ticket) -> None:
    _mark(connection, f"ticket:{ticket.id}")
    facts = ticket_facts(ticket.id, ticket.packet)
    outbox.put(connection, ticket.packet.business, Event.CALL_ESCALATED, facts, ticket.created_at)


def ticket_changed(connection: sa.Connection, ticket_id: str, status: TicketStatus, now: dt.datetime) -> None:
    _mark(connection, f"ticket:{ticket_id}")
    if status is TicketStatus.DONE and (packet := _packet(connection, ticket_id)):
        outbox.put(connection, packet.business, Event.TICKET_DONE, ticket_facts(ticket_id, packet), now)
        if _is_open(connection, ticket_id):
            _end_without_talk(connection, ticket_id, packet, "done", now)


def place_taken_up(connection: sa.Connection, left: Ticket, now: dt.datetime) -> None:
    """Who left this ticket called again and has another one in its place: both calls are one contact."""
    _mark(connection, f"ticket:{left.id}")
    if _is_open(connection, left.id):
        _end_without_talk(connection, left.id, left.packet, _OUTCOMES[What.ABANDONED], now)


def happened(connection: sa.Connection, happening: Happening) -> None:
    _mark(connection, f"ticket:{happening.ticket_id}")
    outcome = _OUTCOMES.get(happening.what)
    if outcome is None and happening.what is not What.ANSWERED:
        return
    if packet := _packet(connection, happening.ticket_id):
        facts = ticket_facts(happening.ticket_id, packet) | {"agent": happening.agent}
        event = Event.CALL_ENDED if outcome else Event.CALL_ANSWERED
        facts |= {"outcome": outcome} if outcome else {}
        outbox.put(connection, packet.business, event, facts, happening.at)


def appointment_changed(
    connection: sa.Connection, business: str, appointment: Appointment, what: str, by: str, at: dt.datetime
) -> None:
    if event := _CHANGES.get(what):
        outbox.put(connection, business, event, appointment_facts(appointment) | {"by": by}, at)


def ticket_facts(ticket_id: str, packet: Packet) -> dict[str, Any]:
    """What a screen pop shows; the transcript is to be had over REST."""
    return {
        "ticket_id": ticket_id,
        "call_id": packet.call_id,
        "queue": packet.queue,
        "priority": packet.priority.name.lower(),
        "reasons": list(packet.reasons),
        "summary": packet.summary,
        "caller": packet.caller,
        "caller_name": packet.caller_name,
        "customer": packet.customer,
        "identity": packet.identity,
        "wants": packet.wants,
        "slots": dict(packet.slots),
    }


def appointment_facts(appointment: Appointment) -> dict[str, Any]:
    slot, customer = appointment.slot, appointment.customer
    return {
        "id": appointment.id,
        "reference": appointment.reference,
        "customer": customer.name,
        "phone": customer.phone,
        "service": slot.service_id,
        "staff": slot.staff_id,
        "branch": slot.branch_id,
        "start": slot.start.isoformat(),
        "end": slot.end.isoformat(),
        "status": appointment.status.value,
    }


def _end(report: Mapping[str, Any]) -> dt.datetime:
    """When the last word was said."""
    last_ms = max((turn.get("end_ms", 0) for turn in report.get("turns", ())), default=0)
    return dt.datetime.fromisoformat(report["started_at"]) + dt.timedelta(milliseconds=last_ms)


def _is_open(connection: sa.Connection, ticket_id: str) -> bool:
    """Nobody was told that its call ended, and no talk goes on that will tell it."""
    query = sa.select(happenings.c.what).where(happenings.c.ticket_id == ticket_id, happenings.c.what.in_(_TELLING))
    last = connection.scalar(query.order_by(happenings.c.at.desc(), happenings.c.id.desc()).limit(1))
    return last is None or last == What.RETURNED.value


def _end_without_talk(
    connection: sa.Connection, ticket_id: str, packet: Packet, outcome: str, now: dt.datetime
) -> None:
    facts = ticket_facts(ticket_id, packet) | {"agent": None, "outcome": outcome}
    outbox.put(connection, packet.business, Event.CALL_ENDED, facts, now)


def _mark(connection: sa.Connection, source: str) -> None:
    connection.execute(sa.insert(stale_contacts).values(source=source))


def _packet(connection: sa.Connection, ticket_id: str) -> Packet | None:
    plain = connection.scalar(sa.select(tickets.c.packet).where(tickets.c.id == ticket_id))
    return packet_from(plain) if plain else None
