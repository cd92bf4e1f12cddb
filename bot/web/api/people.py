"""The floor: queues as they are now, and people at work."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from bot.clock import utc_now
from bot.web.api.access import Answering, Shelves, door_of
from handoff.model import Listed

router = APIRouter(tags=["floor"])


class QueueOut(BaseModel):
    queue: str
    waiting: int = Field(description="Tickets that nobody has taken.")
    on_line: int = Field(description="Of them: callers who are on the line now.")
    longest_wait_s: int
    agents_ready: int
    agents_at_work: int


class AgentOut(BaseModel):
    id: int
    name: str
    presence: str = Field(description="ready, paused, talking, wrap-up, not connected, or off when no desk is open")
    since: dt.datetime | None
    reason: str
    queues: dict[str, int] = Field(description="Queue and level, 1 is best; empty: every queue.")
    calls: int = Field(description="Answered since they came.")


@router.get("/queues")
def list_queues(request: Request, token: Answering, store: Shelves) -> list[QueueOut]:
    """Those that are set up, have somebody waiting, or somebody who answers them."""
    floor, now = door_of(request).house.floor, utc_now()
    waiting, on_line = store.tickets.queued(), {ticket.id for ticket in floor.waiting()}
    seats = [seat for seat in list(floor.desk.seats.values()) if seat.lost_at is None]
    names = {
        *store.queues.all(),
        *(one.queue for one in waiting),
        *(name for seat in seats for name in seat.queues),
    }
    found = []
    for name in sorted(names):
        here = [one for one in waiting if one.queue == name]
        people = [seat.presence.value for seat in seats if seat.answers(name)]
        found.append(
            QueueOut(
                queue=name,
                waiting=len(here),
                on_line=sum(one.id in on_line for one in here),
                longest_wait_s=_longest(here, now),
                agents_ready=people.count("ready"),
                agents_at_work=sum(one != "paused" for one in people),
            )
        )
    return found


@router.get("/agents")
def list_agents(request: Request, token: Answering, store: Shelves) -> list[AgentOut]:
    """Everybody who may sign in, and what they are at."""
    seats = dict(door_of(request).house.floor.desk.seats)
    found = []
    for person in store.people.everybody():
        seat = seats.get(person.id)
        presence = "off" if seat is None else "not connected" if seat.lost_at else seat.presence.value
        if person.is_active:
            found.append(
                AgentOut(
                    id=person.id,
                    name=person.name,
                    presence=presence,
                    since=(seat.lost_at or seat.since) if seat else None,
                    reason=seat.reason if seat else "",
                    queues=dict(person.queues),
                    calls=seat.calls if seat else 0,
                )
            )
    return found


def _longest(waiting: Iterable[Listed], now: dt.datetime) -> int:
    return max((int((now - one.created_at).total_seconds()) for one in waiting), default=0)
