"""The wall board: how the queue for people does right now and today, for those who oversee it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request, WebSocket
from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse, JSONResponse, Response

from bot.web.guard import STATIC, Overseeing, admitted
from bot.web.house import house_of
from bot.web.overseeing import oversee, watch
from handoff.kpis import TARGET_S, Journey, arrivals, by_agent, by_queue, figures, journeys
from handoff.model import Listed
from handoff.people import OVERSEES
from handoff.seats import Seat

router = APIRouter(prefix="/board", include_in_schema=False)


@router.get("")
def board_page(person: Overseeing) -> Response:
    return FileResponse(STATIC / "board.html")


@router.websocket("/listen/{agent}")
async def listen(socket: WebSocket, agent: int) -> None:
    """Both sides of what that person talks, as sound."""
    house = house_of(socket)
    if person := await admitted(socket, OVERSEES):
        with house.overseers.listening(person, socket) as line:
            await oversee(house.floor.talks.sounds, line, agent)


@router.websocket("/calls/{call_id}")
async def watch_call(socket: WebSocket, call_id: str) -> None:
    """What is said in a call of the bot, as sound and as text."""
    house = house_of(socket)
    if person := await admitted(socket, OVERSEES):
        with house.overseers.listening(person, socket) as line:
            await watch(house.centre, line, call_id)


@router.get("/figures")
async def board_figures(request: Request, person: Overseeing) -> Response:
    """Since midnight where the default business is."""
    house = house_of(request)
    now = dt.datetime.now(dt.UTC)
    midnight = day_start(now, house.centre.timezone)
    history = house.centre.history
    entries = await run_in_threadpool(history.entries, midnight)
    of_today = journeys(entries, await run_in_threadpool(history.since, midnight))
    waiting, seats = house.floor.waiting(), list(house.floor.desk.seats.values())
    calls, live = house.centre.health().get("calls", 0), house.centre.live.describe()
    listed = house.floor.screens.list
    await listed.read()
    here = house.room.tickets_on_line() | {one.id for one in waiting}
    gone = without_caller(listed.queued, here)
    waits = {
        "tickets": [describe_waiting(one) for one in listed.described([*waiting, *gone])],
        "move_to": sorted(house.floor.desk.queues),
    }
    board = describe_board(of_today, waiting, seats, now, gone)
    return JSONResponse(board | waits | {"with_bot": calls, "calls": live})


def without_caller(stored: Iterable[Listed], on_line: Container[str]) -> list[Listed]:
    """Of all that wait, those to ring back: promised a call, left a message, hung up, or came by another way."""
    return [ticket for ticket in stored if ticket.id not in on_line]


def describe_waiting(listed: Mapping[str, Any]) -> dict[str, Any]:
    """As lists tell it (`views.describe_listed`)."""
    same = ("id", "medium", "on_line", "since", "queue", "wants", "summary")
    who = listed["customer"] or listed["caller_name"] or listed["caller"] or "Unknown caller"
    return {"who": who} | {name: listed[name] for name in same}


def day_start(now: dt.datetime, zone: dt.tzinfo) -> dt.datetime:
    """Midnight there, at the offset that held at midnight: clocks may have been put forward or back since."""
    return dt.datetime.combine(now.astimezone(zone).date(), dt.time(), zone)


def describe_board(
    today: Sequence[Journey],
    waiting: Sequence[Listed],
    seats: Sequence[Seat],
    now: dt.datetime,
    gone: Sequence[Listed] = (),
) -> dict[str, Any]:
    """`waiting`: on the line. `gone`: wait without being on the line, to be rung back."""
    of_queue, of_agent = by_queue(today), by_agent(today)
    queues = sorted({*of_queue, *(ticket.queue for ticket in [*waiting, *gone])})
    return {
        "now": now.isoformat(),
        "target_s": TARGET_S,
        "today": asdict(figures(today)),
        "waiting": [ticket.created_at.isoformat() for ticket in waiting],
        "ring_back": len(gone),
        "queues": [
            {
                "queue": queue,
                "waiting": [one.created_at.isoformat() for one in waiting if one.queue == queue],
                "ring_back": sum(one.queue == queue for one in gone),
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
