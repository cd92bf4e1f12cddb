"""The list for people: who waits, why, and what was said. For those who answer callers.

The page is static and fills itself from JSON with text nodes only, so that nothing a caller said can become markup.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, JSONResponse, Response

from bot.web.guard import STATIC, Answering, AnsweringChange, Denied, with_session
from bot.web.house import House
from handoff.model import Ticket, TicketStatus

MAX_OTHERS: Final = 100

CHANGES: Final = {
    "take": (TicketStatus.TAKEN, {TicketStatus.WAITING, TicketStatus.OFFERED, TicketStatus.ABANDONED}),
    "done": (TicketStatus.DONE, {TicketStatus.TAKEN, TicketStatus.WAITING, TicketStatus.ABANDONED}),
    "back": (TicketStatus.WAITING, {TicketStatus.TAKEN, TicketStatus.DONE}),
}
"""What a person can do with a ticket: the new status, and the ones from which it is possible."""

router = APIRouter(prefix="/desk", include_in_schema=False)


@router.get("")
def desk_page(request: Request, person: Answering) -> Response:
    return with_session(request, person, FileResponse(STATIC / "desk.html"))


@router.get("/tickets")
def tickets(request: Request, person: Answering) -> Response:
    house, now = _house(request), dt.datetime.now(dt.UTC)
    on_line = house.calls.tickets_on_line()
    waiting = [describe(ticket, now, on_line) for ticket in house.centre.tickets.waiting()]
    shown = {ticket["id"] for ticket in waiting}
    newest = house.centre.tickets.newest(limit=MAX_OTHERS)
    others = [describe(ticket, now, on_line) for ticket in newest if ticket.id not in shown]
    return with_session(request, person, JSONResponse({"waiting": waiting, "others": others}))


@router.post("/tickets/{ticket_id}/{change}")
def change_ticket(request: Request, ticket_id: str, change: str, person: AnsweringChange) -> Response:
    store = _house(request).centre.tickets
    ticket = store.get(ticket_id)
    if ticket is None or change not in CHANGES:
        raise Denied(404, "There is no such ticket any more.")
    status, possible_from = CHANGES[change]
    if ticket.status not in possible_from:
        raise Denied(409, f"This ticket is {ticket.status.value} already.")
    store.set_status(ticket_id, status, dt.datetime.now(dt.UTC))
    return JSONResponse({"id": ticket_id, "status": status.value})


def describe(ticket: Ticket, now: dt.datetime, on_line: set[str]) -> dict[str, Any]:
    """A ticket as the page needs it; plain data, nothing escaped (the page makes text of it)."""
    packet = ticket.packet
    return {
        "id": ticket.id,
        "status": ticket.status.value,
        "created_at": ticket.created_at.isoformat(),
        "waiting_s": max(0, int((now - ticket.created_at).total_seconds())),
        "on_line": ticket.id in on_line,
        "business": packet.business,
        "queue": packet.queue,
        "priority": packet.priority.name.lower(),
        "reasons": list(packet.reasons),
        "summary": packet.summary,
        "caller": packet.caller,
        "customer": packet.customer,
        "identity": packet.identity,
        "wants": packet.wants,
        "slots": dict(packet.slots),
        "transcript": [
            {
                "speaker": line.speaker,
                "text": line.text,
                "at_ms": line.at_ms,
                "confidence": line.confidence,
                "doubtful": list(line.doubtful),
            }
            for line in packet.transcript
        ],
    }


def _house(request: Request) -> House:
    house: House = request.app.state.house
    return house
