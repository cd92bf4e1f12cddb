"""The list for people: who waits, why, and what was said. For those who answer callers.

The page is static and fills itself from JSON with text nodes only, so that nothing a caller said can become markup.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from dataclasses import asdict
from typing import Final

from fastapi import APIRouter, Request, WebSocket
from starlette.responses import FileResponse, JSONResponse, Response

from bot.errors import RecordingError
from bot.store.earlier import EarlierCalls
from bot.web import diary
from bot.web.board import day_start
from bot.web.guard import STATIC, Answering, AnsweringChange, Denied, person_of, with_session
from bot.web.house import House
from bot.web.security import is_same_origin
from bot.web.views import describe
from handoff.kpis import by_agent, figures, journeys
from handoff.model import TicketStatus
from handoff.people import ANSWERS

MAX_OTHERS: Final = 100

CHANGES: Final = {
    "take": (TicketStatus.TAKEN, {TicketStatus.WAITING, TicketStatus.OFFERED}),
    "done": (TicketStatus.DONE, {TicketStatus.TAKEN, TicketStatus.WAITING, TicketStatus.ABANDONED}),
    "back": (TicketStatus.WAITING, {TicketStatus.TAKEN, TicketStatus.DONE}),
}
"""What a person can do with a ticket: the new status, and the ones from which it is possible."""

router = APIRouter(prefix="/desk", include_in_schema=False)
router.include_router(diary.router)


@router.get("")
def desk_page(request: Request, person: Answering) -> Response:
    return with_session(request, person, FileResponse(STATIC / "desk.html"))


@router.get("/tickets")
def tickets(request: Request, person: Answering) -> Response:
    house, now = _house(request), dt.datetime.now(dt.UTC)
    on_line = house.room.tickets_on_line()
    waiting = [describe(ticket, now, ticket.id in on_line) for ticket in house.centre.tickets.waiting()]
    shown = {ticket["id"] for ticket in waiting}
    newest = house.centre.tickets.newest(limit=MAX_OTHERS)
    others = [describe(ticket, now, ticket.id in on_line) for ticket in newest if ticket.id not in shown]
    return with_session(request, person, JSONResponse({"waiting": waiting, "others": others}))


@router.get("/messages/{ticket_id}")
def message(request: Request, ticket_id: str, person: Answering) -> Response:
    """What a caller said after the tone."""
    centre = _house(request).centre
    ticket = centre.tickets.get(ticket_id)
    if ticket is None or not ticket.recording:
        raise Denied(404, "There is no such message any more.")
    try:
        sound = centre.recording.messages.sound(ticket.recording)
    except RecordingError as error:
        raise Denied(404, error.message) from error
    return Response(sound, media_type="audio/wav", headers={"Cache-Control": "no-store"})


@router.get("/earlier/{ticket_id}")
def earlier_calls(request: Request, ticket_id: str, person: Answering) -> Response:
    """What that caller's number called about before, newest first."""
    centre = _house(request).centre
    ticket = centre.tickets.get(ticket_id)
    if ticket is None:
        raise Denied(404, "There is no such ticket any more.")
    found = [asdict(one) | {"at": one.at.isoformat()} for one in EarlierCalls(centre.shelves.database).of(ticket)]
    return JSONResponse({"earlier": found}, headers={"Cache-Control": "no-store"})


@router.get("/today")
def my_day(request: Request, person: Answering) -> Response:
    """One's own figures since midnight, by the definitions of the wall board."""
    centre = _house(request).centre
    midnight = day_start(dt.datetime.now(dt.UTC), centre.timezone)
    of_today = journeys(centre.history.entries(midnight), centre.history.since(midnight))
    mine = figures(by_agent(of_today).get(person.id, []))
    return JSONResponse({"calls": mine.answered, "aht_s": mine.aht_s})


@router.post("/tickets/{ticket_id}/{change}")
def change_ticket(request: Request, ticket_id: str, change: str, person: AnsweringChange) -> Response:
    house = _house(request)
    store = house.centre.tickets
    ticket = store.get(ticket_id)
    if ticket is None or change not in CHANGES:
        raise Denied(404, "There is no such ticket any more.")
    status, possible_from = CHANGES[change]
    if ticket.status not in possible_from:
        raise Denied(409, f"This ticket is {ticket.status.value} already.")
    if change != "take" and house.floor.talks.is_with_person(ticket_id):  # done: they would be hung up on
        raise Denied(409, "A colleague is talking with them.")
    now = dt.datetime.now(dt.UTC)
    if change != "take":
        store.set_status(ticket_id, status, now)
    elif not store.take(ticket_id, now):  # somebody was here since we looked: the store lets one only
        raise Denied(409, "A colleague was quicker.")
    return JSONResponse({"id": ticket_id, "status": status.value})


@router.websocket("/line")
async def desk_line(socket: WebSocket) -> None:
    """An agent's page while it is open: presence, offers, talks."""
    person = await asyncio.to_thread(person_of, socket) if is_same_origin(socket.headers) else None
    if person is None or person.role not in ANSWERS:
        await socket.close(1008)
        return
    await socket.accept()
    house: House = socket.app.state.house
    await house.floor.serve(socket, person)


def _house(request: Request) -> House:
    house: House = request.app.state.house
    return house
