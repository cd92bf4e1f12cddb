"""The list for people: who waits, why, and what was said. Entered by a link that works once.

The page is static and fills itself from JSON with text nodes only, so that nothing a caller said can become markup.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response

from bot.web.house import House
from bot.web.links import SESSION_S
from bot.web.security import is_own_change
from handoff.model import Ticket, TicketStatus

COOKIE: Final = "frontdesk_desk"
STATIC: Final = Path(__file__).parent / "static"
MAX_OTHERS: Final = 100

CHANGES: Final = {
    "take": (TicketStatus.TAKEN, {TicketStatus.WAITING, TicketStatus.OFFERED, TicketStatus.ABANDONED}),
    "done": (TicketStatus.DONE, {TicketStatus.TAKEN, TicketStatus.WAITING, TicketStatus.ABANDONED}),
    "back": (TicketStatus.WAITING, {TicketStatus.TAKEN, TicketStatus.DONE}),
}
"""What a person can do with a ticket: the new status, and the ones from which it is possible."""

router = APIRouter(prefix="/desk", include_in_schema=False)


@router.get("")
def desk_page(request: Request) -> Response:
    if not _is_signed_in(request):
        return FileResponse(STATIC / "sign-in.html", status_code=401)
    return _with_session(request, FileResponse(STATIC / "desk.html"))


@router.get("/enter/{invitation}")
def enter(request: Request, invitation: str) -> Response:
    if not _house(request).links.accept(invitation):
        return FileResponse(STATIC / "sign-in.html", status_code=403)
    return _with_session(request, RedirectResponse("/desk", status_code=303))


@router.get("/tickets")
def tickets(request: Request) -> Response:
    if not _is_signed_in(request):
        return _refusal(401, "Please sign in again with a new link.")
    house, now = _house(request), dt.datetime.now(dt.UTC)
    on_line = house.calls.tickets_on_line()
    waiting = [describe(ticket, now, on_line) for ticket in house.centre.tickets.waiting()]
    shown = {ticket["id"] for ticket in waiting}
    newest = house.centre.tickets.newest(limit=MAX_OTHERS)
    others = [describe(ticket, now, on_line) for ticket in newest if ticket.id not in shown]
    return _with_session(request, JSONResponse({"waiting": waiting, "others": others}))


@router.post("/tickets/{ticket_id}/{change}")
def change_ticket(request: Request, ticket_id: str, change: str) -> Response:
    if refusal := _change_refusal(request):
        return refusal
    store = _house(request).centre.tickets
    ticket = store.get(ticket_id)
    if ticket is None or change not in CHANGES:
        return _refusal(404, "There is no such ticket any more.")
    status, possible_from = CHANGES[change]
    if ticket.status not in possible_from:
        return _refusal(409, f"This ticket is {ticket.status.value} already.")
    store.set_status(ticket_id, status, dt.datetime.now(dt.UTC))
    return JSONResponse({"id": ticket_id, "status": status.value})


@router.post("/invite")
def invite(request: Request) -> Response:
    """A link for a colleague; works once."""
    if refusal := _change_refusal(request):
        return refusal
    return JSONResponse({"link": f"/desk/enter/{_house(request).links.invitation()}"})


@router.post("/leave")
def leave(request: Request) -> Response:
    if refusal := _change_refusal(request):
        return refusal
    response = JSONResponse({})
    response.delete_cookie(COOKIE, path="/desk")
    return response


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


def _change_refusal(request: Request) -> Response | None:
    if not _is_signed_in(request):
        return _refusal(401, "Please sign in again with a new link.")
    if not is_own_change(request):
        return _refusal(403, "Only a page of this call centre may do that.")
    return None


def _is_signed_in(request: Request) -> bool:
    return _house(request).links.is_session(request.cookies.get(COOKIE, ""))


def _with_session(request: Request, response: Response) -> Response:
    """Renewed at every answer: the session lasts a shift from the last look."""
    response.set_cookie(
        COOKIE,
        _house(request).links.session(),
        max_age=SESSION_S,
        path="/desk",
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    return response


def _refusal(status: int, sentence: str) -> Response:
    return JSONResponse({"error": sentence}, status_code=status)


def _house(request: Request) -> House:
    house: House = request.app.state.house
    return house
