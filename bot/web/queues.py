"""Queues as supervisors set them, while callers wait in them; tickets are moved between them."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Body, Request
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from bot.web import ticket_changes
from bot.web.guard import Denied, Overseeing, OverseeingChange
from bot.web.house import house_of
from bot.web.ticket_changes import Impossible
from handoff.queues import Queue, Strategy, queue_as_plain, queue_from

router = APIRouter(prefix="/board/queues", include_in_schema=False)


class Removal(BaseModel, extra="forbid"):
    move_to: str = Field(max_length=64)
    """The queue that takes its callers."""


class Move(BaseModel, extra="forbid"):
    queue: str = Field(max_length=64)


@router.get("")
def list_queues(request: Request, person: Overseeing) -> Response:
    """Those that are set, and as shipped those that tickets wait in or people answer."""
    house = house_of(request)
    desk = house.floor.desk
    known = dict(house.centre.queues.all())
    seen = {ticket.queue for ticket in house.centre.tickets.queued()}
    seen |= {queue for person in house.centre.people.everybody() for queue in person.queues}
    unset = {name: Queue(name, desk.strategy) for name in seen - set(known) if name}
    queues = [queue_as_plain(one) | {"is_set": one.name in known} for one in [*known.values(), *unset.values()]]
    return JSONResponse({"queues": queues, "strategies": [one.value for one in Strategy]})


@router.put("/{name}")
async def set_queue(
    request: Request, name: str, asked: Annotated[dict[str, Any], Body()], person: OverseeingChange
) -> Response:
    """All of its settings; what is left out is as shipped. Holds for callers who wait already, from now on."""
    house = house_of(request)
    try:
        queue = queue_from({**asked, "name": name})
    except (ValueError, TypeError, KeyError) as error:
        sentence = str(error) if isinstance(error, ValueError) else "These are not the settings of a queue."
        raise Denied(422, sentence) from error
    known = await run_in_threadpool(house.centre.queues.all)
    if queue.overflow_to and queue.overflow_to not in known:
        raise Denied(422, "The queue that helps out is not set; set that one first.")
    await run_in_threadpool(house.centre.queues.put, queue, _now())
    await house.floor.read_queues(at_once=True)
    return JSONResponse(queue_as_plain(queue))


@router.post("/{name}/remove")
async def remove_queue(request: Request, name: str, asked: Removal, person: OverseeingChange) -> Response:
    """Its callers wait in the other queue from then on, where they were by their age."""
    house = house_of(request)
    known = await run_in_threadpool(house.centre.queues.all)
    if name not in known:
        raise Denied(404, "There is no such queue any more.")
    if asked.move_to not in known or asked.move_to == name:
        raise Denied(422, "Choose another queue, one that is set, for its callers.")
    moved = await run_in_threadpool(house.centre.queues.remove, name, asked.move_to, _now())
    await house.floor.read_queues(at_once=True)
    return JSONResponse({"moved": moved})


@router.post("/tickets/{ticket_id}/move")
async def move_ticket(request: Request, ticket_id: str, asked: Move, person: OverseeingChange) -> Response:
    house = house_of(request)
    if asked.queue not in await run_in_threadpool(house.centre.queues.all):
        raise Denied(422, "Choose a queue that is set.")
    try:
        await ticket_changes.move_ticket(house, ticket_id, asked.queue, _now())
    except Impossible as error:
        raise Denied(409, error.sentence) from error
    return JSONResponse({"id": ticket_id, "queue": asked.queue})


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
