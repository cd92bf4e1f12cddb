"""The queue for people: what waits, and who deals with it."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from bot.clock import utc_now
from bot.store.schema import tickets
from bot.store.store import Store
from bot.store.tickets import ticket_of
from bot.web import ticket_changes
from bot.web.api.access import Answering, Shelves, door_of
from bot.web.api.fields import Text
from bot.web.api.paging import After, Business, Limit, Page, newest_rows
from bot.web.api.problems import Refusal, missing
from bot.web.ticket_changes import Change, Impossible
from handoff.model import Ticket, TicketStatus

router = APIRouter(prefix="/tickets", tags=["tickets"])

TicketId = Annotated[str, Path(max_length=16)]


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
    caller_name: str = Field(description="As the line told it, which nobody has proven; empty on most lines.")
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
def take_ticket(request: Request, token: Answering, ticket_id: TicketId) -> TicketWithTranscript:
    """For the one who is first; 409 for everybody after."""
    return _changed(request, ticket_id, Change.TAKE)


@router.post("/{ticket_id}/done")
def finish_ticket(request: Request, token: Answering, ticket_id: TicketId) -> TicketWithTranscript:
    """409 while a person talks with the caller."""
    return _changed(request, ticket_id, Change.DONE)


@router.post("/{ticket_id}/back")
def put_back(request: Request, token: Answering, ticket_id: TicketId) -> TicketWithTranscript:
    """It waits again. 409 while a person talks with the caller."""
    return _changed(request, ticket_id, Change.BACK)


@router.post("/{ticket_id}/move")
async def move_ticket(
    request: Request, token: Answering, store: Shelves, ticket_id: TicketId, asked: Move
) -> TicketWithTranscript:
    """To another queue, while it waits."""
    try:
        await ticket_changes.move_ticket(door_of(request).house, ticket_id, asked.queue, utc_now())
    except Impossible as error:
        raise _refused(error) from error
    return _shown(await run_in_threadpool(_ticket, store, ticket_id))


def _changed(request: Request, ticket_id: str, change: Change) -> TicketWithTranscript:
    try:
        return _shown(ticket_changes.change_ticket(door_of(request).house, ticket_id, change, utc_now()))
    except Impossible as error:
        raise _refused(error) from error


def _refused(error: Impossible) -> Refusal:
    return missing("ticket") if error.why == "gone" else Refusal(409, f"api.ticket_{error.why}", error.sentence)


def _ticket(store: Store, ticket_id: str) -> Ticket:
    ticket = store.tickets.get(ticket_id)
    if ticket is None:
        raise missing("ticket")
    return ticket


def _shown(ticket: Ticket) -> TicketWithTranscript:
    lines = [
        {"speaker": line.speaker, "text": line.text, "at_ms": line.at_ms, "confidence": line.confidence}
        for line in ticket.packet.transcript
    ]
    return TicketWithTranscript(**_facts(ticket), transcript=lines)


def _facts(ticket: Ticket) -> dict[str, Any]:
    packet = ticket.packet
    same = ("business", "queue", "summary", "caller", "caller_name", "customer", "identity", "wants", "call_id")
    return {name: getattr(packet, name) for name in same} | {
        "id": ticket.id,
        "created_at": ticket.created_at,
        "priority": packet.priority.name.lower(),
        "status": ticket.status,
        "reasons": list(packet.reasons),
        "number": packet.call_back,
        "slots": {key: str(value) for key, value in packet.slots.items()},
    }
