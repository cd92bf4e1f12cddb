"""Missed phrases on the content page: in groups, to be heard where the call was recorded, and labelled."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from functools import cache
from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response

from bot.clock import utc_now
from bot.editing.model import Miss
from bot.recording.excerpt import caller_between
from bot.recording.files import Files
from bot.web.content_room import as_wav, refusals_said, room_of
from bot.web.guard import Denied, Editing, EditingChange
from bot.web.house import house_of

router = APIRouter()

BEFORE_MS, AFTER_MS = 400, 500
"""Heard around the sentence: its first sound is found late, its last one fades."""


class Label(BaseModel):
    business: str = Field(max_length=64)
    ids: list[int] = Field(max_length=1_000)
    phrases: list[str] = Field(default=[], max_length=1_000)
    intent: str = Field(default="", max_length=120)
    """ "" : nothing to learn from these."""
    answer: str = Field(default="", max_length=2_000)


@router.get("/misses")
def misses(request: Request, person: Editing, business: str) -> Response:
    """In groups, the largest first."""
    recorded = _recorded(house_of(request).centre.recording.files)
    rows = [
        {"title": group.title, "misses": [_row(one, recorded(one.at.date(), one.call_id)) for one in group.misses]}
        for group in room_of(request).labelling.groups(business)
    ]
    return JSONResponse({"groups": rows})


@router.get("/misses/{miss_id}/sound")
def sound(request: Request, person: Editing, miss_id: int) -> Response:
    """What the caller said, as WAV: the voice is theirs, and names in it are not masked. Who hears it is written down,
    as for a whole call."""
    miss = room_of(request).rows.miss(miss_id)
    if miss is None:
        raise Denied(404, "There is no such phrase any more.")
    centre = house_of(request).centre
    files = centre.recording.files
    with refusals_said():
        pcm, rate = caller_between(
            files, miss.call_id, miss.at, max(0, miss.start_ms - BEFORE_MS), miss.end_ms + AFTER_MS
        )
    centre.shelves.call_log.listened(miss.call_id, person.id, utc_now())
    return as_wav(pcm, rate)


@router.post("/label")
def label(request: Request, given: Label, person: EditingChange) -> Response:
    labelling = room_of(request).labelling
    with refusals_said():
        if given.intent:
            labelling.label(
                given.business, given.ids, given.phrases, given.intent, person.name, utc_now(), given.answer
            )
        else:
            labelling.dismiss(given.ids, person.name)
    return JSONResponse({})


def _row(miss: Miss, has_sound: bool) -> dict[str, Any]:
    return asdict(miss) | {"at": miss.at.isoformat(), "sound": has_sound and miss.end_ms > miss.start_ms}


def _recorded(files: Files) -> Any:
    """Was the call of that day recorded? Every day's folder is looked into once."""
    on = cache(files.calls_on)
    return lambda day, call_id: call_id in on(day) or call_id in on(day + dt.timedelta(days=1))
