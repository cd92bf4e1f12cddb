"""The wall board: how the queue for people does right now and today, for those who oversee it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request, WebSocket
from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse, JSONResponse, Response

from bot.web.guard import STATIC, Overseeing, person_of
from bot.web.house import House
from bot.web.overseeing import oversee, watch
from bot.web.security import is_same_origin
from handoff.kpis import TARGET_S, Journey, arrivals, by_agent, by_queue, figures, journeys
from handoff.model import Ticket
from handoff.people import OVERSEES
from handoff.seats import Seat

router = APIRouter(prefix="/board", include_in_schema=False)


@router.get("")
def board_page(person: Overseeing) -> Response:
    return FileResponse(STATIC / "board.html")


@router.websocket("/listen/{agent}")
async def listen(socket: WebSocket, agent: int) -> None:
    """Both sides of what that person talks, as sound."""
    person = await run_in_threadpool(person_of, socket) if is_same_origin(socket.headers) else None
    if person is None or person.role not in OVERSEES:
        await socket.close(1008)
        return
    await socket.accept()
    house: House = socket.app.state.house
    with house.overseers.listening(person, socket) as line:
        await oversee(house.floor.talks.sounds, line, agent)


@router.websocket("/calls/{call_id}")
async def watch_call(socket: WebSocket, call_id: str) -> None:
    """What is said in a call of the bot, as sound and as text."""
    person = await run_in_threadpool(person_of, socket) if is_same_origin(socket.headers) else None
    if person is None or person.role not in OVERSEES:
        await socket.close(1008)
        return
    await socket.accept()
    house: House = socket.app.state.house
    with house.overseers.listening(person, socket) as line:
        await watch(house.centre, line, call_id)


@router.get("/figures")
async def board_figures(request: Request, person: Overseeing) -> Response:
    """Since midnight where the default business is."""
    house: House = request.app.state.house
    now = dt.datetime.now(dt.UTC)
    midnight = day_start(now, house.centre.timezone)
    history = house.centre.history
    entries = await run_in_threadpool(history.entries, midnight)
    of_today = journeys(entries, await run_in_threadpool(history.since, midnight))
    waiting, seats = house.floor.waiting(), list(house.floor.desk.seats.values())
    calls, live = house.centre.health().get("calls", 0), house.centre.live.describe()
    waits = {
        "tickets": [describe_waiting(one) for one in [*waiting, *house.floor.unanswered.tickets.values()]],
        "move_to": sorted(house.floor.desk.queues),
    }
    return JSONResponse(describe_board(of_today, waiting, seats, now) | waits | {"with_bot": calls, "calls": live})


def describe_waiting(ticket: Ticket) -> dict[str, str]:
    packet = ticket.packet
    return {
        "id": ticket.id,
        "who": packet.customer or packet.caller or "Unknown caller",
        "medium": ticket.medium.value,
        "since": ticket.since.isoformat(),
        "queue": packet.queue,
        "wants": packet.wants,
        "summary": packet.summary,
    }


def day_start(now: dt.datetime, zone: dt.tzinfo) -> dt.datetime:
    """Midnight there, at the offset that held at midnight: clocks may have been put forward or back since."""
    return dt.datetime.combine(now.astimezone(zone).date(), dt.time(), zone)


def describe_board(
    today: Sequence[Journey], waiting: Sequence[Ticket], seats: Sequence[Seat], now: dt.datetime
) -> dict[str, Any]:
    of_queue, of_agent = by_queue(today), by_agent(today)
    queues = sorted({*of_queue, *(ticket.packet.queue for ticket in waiting)})
    return {
        "now": now.isoformat(),
        "target_s": TARGET_S,
        "today": asdict(figures(today)),
        "waiting": [ticket.created_at.isoformat() for ticket in waiting],
        "queues": [
            {
                "queue": queue,
                "waiting": [one.created_at.isoformat() for one in waiting if one.packet.queue == queue],
                "arrivals": arrivals(of_queue.get(queue, []), now),
            }
            | asdict(figures(of_queue.get(queue, [])))
            for queue in queues
        ],
        "people": [
            {
                "id": seat.agent,
                "name": seat.name,
                "presence": "not connected" if seat.lost_at else seat.presence.value,
                "since": (seat.lost_at or seat.since).isoformat(),
                "reason": seat.reason,
            }
            | asdict(figures(of_agent.get(seat.agent, [])))
            for seat in sorted(seats, key=lambda seat: seat.name)
        ],
    }
