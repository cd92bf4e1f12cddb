"""The list for people: who waits, why, and what was said. For those who answer callers.

The page is static and fills itself from JSON with text nodes only, so that nothing a caller said can become markup.
"""

from __future__ import annotations

from dataclasses import asdict

from fastapi import APIRouter, Request, WebSocket
from starlette.responses import FileResponse, JSONResponse, Response

from bot.clock import utc_now
from bot.errors import RecordingError
from bot.store.earlier import EarlierCalls
from bot.web import diary, ticket_changes
from bot.web.board import day_start
from bot.web.guard import STATIC, Answering, AnsweringChange, Denied, admitted, with_session
from bot.web.house import house_of
from bot.web.ticket_changes import Change, Impossible
from bot.web.views import describe
from handoff.kpis import by_agent, figures, journeys
from handoff.people import ANSWERS

router = APIRouter(prefix="/desk", include_in_schema=False)
router.include_router(diary.router)


@router.get("")
def desk_page(request: Request, person: Answering) -> Response:
    return with_session(request, person, FileResponse(STATIC / "desk.html"))


@router.get("/tickets")
async def tickets(request: Request, person: Answering) -> Response:
    """The list without what was said; what changes in it from then on comes over the line."""
    found = {"now": utc_now().isoformat()} | await house_of(request).floor.screens.whole_list()
    return with_session(request, person, JSONResponse(found))


@router.get("/tickets/{ticket_id}")
def ticket(request: Request, ticket_id: str, person: Answering) -> Response:
    """Everything known of one."""
    found = house_of(request).centre.tickets.get(ticket_id)
    if found is None:
        raise Denied(404, "There is no such ticket any more.")
    return JSONResponse(describe(found), headers={"Cache-Control": "no-store"})


@router.get("/messages/{ticket_id}")
def message(request: Request, ticket_id: str, person: Answering) -> Response:
    """What a caller said after the tone."""
    centre = house_of(request).centre
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
    centre = house_of(request).centre
    ticket = centre.tickets.get(ticket_id)
    if ticket is None:
        raise Denied(404, "There is no such ticket any more.")
    found = [asdict(one) | {"at": one.at.isoformat()} for one in EarlierCalls(centre.shelves.database).of(ticket)]
    return JSONResponse({"earlier": found}, headers={"Cache-Control": "no-store"})


@router.get("/today")
def my_day(request: Request, person: Answering) -> Response:
    """One's own figures since midnight, by the definitions of the wall board."""
    centre = house_of(request).centre
    midnight = day_start(utc_now(), centre.timezone)
    of_today = journeys(centre.history.entries(midnight), centre.history.since(midnight))
    mine = figures(by_agent(of_today).get(person.id, []))
    return JSONResponse({"calls": mine.answered, "aht_s": mine.aht_s})


@router.post("/tickets/{ticket_id}/{change}")
def change_ticket(request: Request, ticket_id: str, change: str, person: AnsweringChange) -> Response:
    if change not in set(Change):
        raise Denied(404, "That cannot be done with a ticket.")
    try:
        changed = ticket_changes.change_ticket(house_of(request), ticket_id, Change(change), utc_now())
    except Impossible as error:
        raise Denied(404 if error.why == "gone" else 409, error.sentence) from error
    return JSONResponse({"id": ticket_id, "status": changed.status.value})


@router.websocket("/line")
async def desk_line(socket: WebSocket) -> None:
    """An agent's page while it is open: presence, offers, talks."""
    if person := await admitted(socket, ANSWERS):
        await house_of(socket).floor.people.serve(socket, person)
