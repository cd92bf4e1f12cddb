"""The calls page: what was said in which call, what became of it, and its recording.

Agents see the calls they answered. Whoever opens a recording is written down, by id.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Final, Literal

import structlog
from fastapi import APIRouter, Query, Request
from starlette.responses import FileResponse, JSONResponse, Response

from bot.clock import utc_now
from bot.errors import RecordingError
from bot.store.call_log import Wanted, WholeCall
from bot.web.api.fields import Day
from bot.web.board import day_start
from bot.web.call_views import describe_call, describe_row
from bot.web.centre import Centre
from bot.web.guard import STATIC, Answering, AnsweringChange, Denied
from bot.web.house import house_of
from bot.web.security import is_own_change
from handoff.people import OVERSEES, Person

log = structlog.get_logger(__name__)

SHOWN: Final = 50
SEARCHED: Final = dt.timedelta(days=90)
"""Words are looked for in calls of so long, unless a day is named."""

Text = Annotated[str, Query(max_length=100)]
Outcome = Literal["", "completed", "escalated", "abandoned", "failed"]

router = APIRouter(prefix="/calls", include_in_schema=False)


@router.get("")
def calls_page(person: Answering) -> Response:
    return FileResponse(STATIC / "calls.html")


@router.get("/list")
def newest(
    request: Request,
    person: Answering,
    day: Day | None = None,
    business: Text = "",
    queue: Text = "",
    agent: int | None = None,
    outcome: Outcome = "",
    text: Text = "",
) -> Response:
    """The newest calls that fit, and what there is to choose from. Brings the book of contacts up to date first."""
    centre = house_of(request).centre
    businesses = {key: office.content.business for key, office in centre.offices.all().items()}
    store = centre.shelves
    store.book.refresh(lambda key: businesses[key].timezone if key in businesses else dt.UTC)
    mine = agent if person.role in OVERSEES else person.id
    wanted = Wanted(*_days(day, text.strip(), centre.timezone), business, outcome, queue, mine, text.strip())
    names = names_of(centre)
    people = {key: name for key, name in names.items() if person.role in OVERSEES or key == person.id}
    choices = {
        "queues": sorted({*centre.queues.all(), "reception"}),
        "agents": [{"id": key, "name": name} for key, name in people.items()],
        "businesses": {key: one.name for key, one in businesses.items()},
        "oversees": person.role in OVERSEES,
    }
    return JSONResponse({"calls": [describe_row(one, names) for one in store.call_log.newest(wanted, SHOWN)]} | choices)


@router.get("/{call_id}")
def one_call(request: Request, call_id: str, person: Answering) -> Response:
    centre = house_of(request).centre
    call = _may_see(centre, call_id, person)
    stretches = centre.recording.stretches(call_id, _started_at(call))
    listeners = centre.shelves.call_log.listeners(call_id) if person.role in OVERSEES else []
    return JSONResponse(describe_call(call, stretches, names_of(centre), listeners))


@router.get("/{call_id}/recording/{number}")
def recording(request: Request, call_id: str, number: int, person: Answering) -> Response:
    """A stretch, opened with our key: Ogg Opus. From our pages alone, so that no other page can have it played."""
    centre = house_of(request).centre
    if not is_own_change(request):
        raise Denied(403, "Only a page of this call centre may do that.")
    stretches = centre.recording.stretches(call_id, _started_at(_may_see(centre, call_id, person)))
    if not 0 <= number < len(stretches):
        raise Denied(404, "There is no such recording any more.")
    try:
        sound = b"".join(centre.recording.files.sound(stretches[number]))
    except RecordingError as error:
        raise Denied(404 if error.code == "recording.gone" else 409, error.message) from error
    centre.shelves.call_log.listened(call_id, person.id, utc_now())
    log.info("recording.opened", call=call_id, stretch=number, person=person.id)
    return Response(sound, media_type="audio/ogg")


@router.post("/{call_id}/recording/pause")
def pause(request: Request, call_id: str, person: AnsweringChange) -> Response:
    """Paused, or resumed; by the colleague who is in that call, or by those who oversee."""
    house = house_of(request)
    talk = house.floor.desk.talks.get(person.id)
    is_mine = talk is not None and talk.ticket.packet.call_id == call_id
    if not (is_mine or person.role in OVERSEES):
        raise Denied(404, "You are not in that call any more.")
    state = house.centre.recording.pause(call_id)
    log.info("recording.switched", call=call_id, state=state, person=person.id)
    return JSONResponse({"state": state})


def names_of(centre: Centre) -> Mapping[int, str]:
    return {one.id: one.name for one in centre.people.everybody()}


def _may_see(centre: Centre, call_id: str, person: Person) -> WholeCall:
    """Somebody else's call is none, for an agent."""
    call = centre.shelves.call_log.whole(call_id[:64])
    if call is None or not (person.role in OVERSEES or person.id in call.agents):
        raise Denied(404, "There is no such call, or it was none of yours.")
    return call


def _days(day: dt.date | None, text: str, zone: dt.tzinfo) -> tuple[dt.datetime | None, dt.datetime | None]:
    if day is None:
        return (utc_now() - SEARCHED if text else None), None
    noon = dt.datetime.combine(day, dt.time(12), zone)
    return day_start(noon, zone), day_start(noon + dt.timedelta(days=1), zone)


def _started_at(call: WholeCall) -> dt.datetime:
    return dt.datetime.fromisoformat(call.report["started_at"])
