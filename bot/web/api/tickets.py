"""The queue for people: what waits, and who deals with it."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Final

import sqlalchemy as sa
from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel

from bot.clock import utc_now
from bot.store.schema import tickets
from bot.store.store import Store
from bot.store.tickets import ticket_of
from bot.web.api.access import Answering, Shelves, door_of
from bot.web.api.fields import Text
from bot.web.api.paging import After, Business, Limit, Page, newest_rows
from bot.web.api.problems import Refusal, missing
from handoff.model import WAITS, Ticket, TicketStatus

router = APIRouter(prefix="/tickets", tags=["tickets"])

TicketId = Annotated[str, Path(max_length=16)]

DONE_FROM: Final = frozenset({TicketStatus.TAKEN, TicketStatus.ABANDONED, *WAITS})
BACK_FROM: Final = frozenset({TicketStatus.TAKEN, TicketStatus.DONE})


class TicketOut(BaseModel):
    """What a person should know before they say a word."""

    id: str
    created_at: dt.datetime
    business: str
    queue: str
    priority: str
    status: TicketStatus
    reasons: list[str]
    summary: str
    caller: str
    number: str
    customer: str
    identity: str
    wants: str
    slots: dict[str, str]
    call_id: str


class TicketWithTranscript(TicketOut):
    transcript: list[dict[str, Any]]


class Move(BaseModel):
    queue: Text


@router.get("")
def list_tickets(
    token: Answering,
    store: Shelves,
    business: Business = None,
    status: TicketStatus | None = None,
    queue: Annotated[str | None, Query(max_length=64)] = None,
    limit: Limit = 50,
    after: After = None,
) -> Page[TicketOut]:
    """Newest first, without what was said."""
    query = sa.select(tickets)
    for column, value in ((tickets.c.business, business), (tickets.c.status, status), (tickets.c.queue, queue)):
        query = query if value is None else query.where(column == value)
    rows, following = newest_rows(store.database, query, tickets.c.created_at, tickets.c.id, after, limit)
    return Page(items=[TicketOut(**_facts(ticket_of(row))) for row in rows], next=following)


@router.get("/{ticket_id}")
def show_ticket(token: Answering, store: Shelves, ticket_id: TicketId) -> TicketWithTranscript:
    return _shown(_ticket(store, ticket_id))


@router.post("/{ticket_id}/take")
def take_ticket(token: Answering, store: Shelves, ticket_id: TicketId) -> TicketWithTranscript:
    """For the one who is first; 409 for everybody after."""
    ticket = _ticket(store, ticket_id)
    if not store.tickets.take(ticket_id, utc_now()):
        raise _already(ticket)
    return _shown(_ticket(store, ticket_id))


@router.post("/{ticket_id}/done")
def finish_ticket(request: Request, token: Answering, store: Shelves, ticket_id: TicketId) -> TicketWithTranscript:
    """409 while a person talks with the caller."""
    _check_not_talking(request, ticket_id)
    return _changed(store, ticket_id, TicketStatus.DONE, DONE_FROM)


@router.post("/{ticket_id}/back")
def put_back(request: Request, token: Answering, store: Shelves, ticket_id: TicketId) -> TicketWithTranscript:
    """It waits again. 409 while a person talks with the caller."""
    _check_not_talking(request, ticket_id)
    return _changed(store, ticket_id, TicketStatus.WAITING, BACK_FROM)


@router.post("/{ticket_id}/move")
def move_ticket(token: Answering, store: Shelves, ticket_id: TicketId, asked: Move) -> TicketWithTranscript:
    """To another queue, while it waits."""
    ticket = _ticket(store, ticket_id)
    if ticket.status not in WAITS or not store.tickets.move(ticket_id, asked.queue, utc_now()):
        raise _already(ticket)
    return _shown(_ticket(store, ticket_id))


def _check_not_talking(request: Request, ticket_id: str) -> None:
    """Who is in a talk would be hung up on, or offered to somebody else."""
    if door_of(request).house.floor.talks.is_with_person(ticket_id):
        raise Refusal(409, "api.ticket_talking", "That cannot be done now: a colleague is talking with them.")


def _changed(
    store: Store, ticket_id: str, status: TicketStatus, possible_from: frozenset[TicketStatus]
) -> TicketWithTranscript:
    ticket = _ticket(store, ticket_id)
    if ticket.status not in possible_from:
        raise _already(ticket)
    store.tickets.set_status(ticket_id, status, utc_now())
    return _shown(_ticket(store, ticket_id))


def _ticket(store: Store, ticket_id: str) -> Ticket:
    ticket = store.tickets.get(ticket_id)
    if ticket is None:
        raise missing("ticket")
    return ticket


def _already(ticket: Ticket) -> Refusal:
    return Refusal(409, "api.ticket_status", f"That cannot be done: this ticket was {ticket.status.value} already.")


def _shown(ticket: Ticket) -> TicketWithTranscript:
    lines = [
        {"speaker": line.speaker, "text": line.text, "at_ms": line.at_ms, "confidence": line.confidence}
        for line in ticket.packet.transcript
    ]
    return TicketWithTranscript(**_facts(ticket), transcript=lines)


def _facts(ticket: Ticket) -> dict[str, Any]:
    packet = ticket.packet
    same = ("business", "queue", "summary", "caller", "customer", "identity", "wants", "call_id")
    return {name: getattr(packet, name) for name in same} | {
        "id": ticket.id,
        "created_at": ticket.created_at,
        "priority": packet.priority.name.lower(),
        "status": ticket.status,
        "reasons": list(packet.reasons),
        "number": packet.call_back,
        "slots": {key: str(value) for key, value in packet.slots.items()},
    }
