"""The content page: the draft and what is wrong with it, check, publish, versions; what is tried and missed is beside.

Everything here blocks (files, database, learning), so the routes are plain functions, which the server runs in threads.
"""

from __future__ import annotations

import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import FileResponse, JSONResponse, Response

from bot.clock import utc_now
from bot.content.content import INTENTS
from bot.content.skill_file import read_skill
from bot.editing.catalogue import catalogue
from bot.editing.checking import problem_of
from bot.editing.files import check_path, copy_out, read_files
from bot.editing.publishing import Publisher
from bot.skills.drawing import draw
from bot.web import content_misses, content_playing, content_trying
from bot.web.content_room import refusals_said, room_of
from bot.web.guard import STATIC, Editing, EditingChange
from bot.web.house import house_of
from handoff.people import ADMINISTERS, Person

router = APIRouter(prefix="/content", include_in_schema=False)
for part in (content_trying, content_playing, content_misses):
    router.include_router(part.router)

VERSIONS = 50


class Saved(BaseModel):
    path: str = Field(max_length=200)
    kind: str = Field(max_length=20)
    name: str = Field(max_length=120)
    text: str
    opened: str = Field(max_length=32)


class Publishing(BaseModel):
    name: str = Field(max_length=300)
    override: str = Field(default="", max_length=1_000)


class Chosen(BaseModel):
    version: int


class Discarded(BaseModel):
    paths: list[str] | None = None


@router.get("")
def content_page(person: Editing) -> Response:
    return FileResponse(STATIC / "content.html")


@router.get("/state")
def state(request: Request, person: Editing, business: str = "") -> Response:
    """Everything but the texts' history: asked anew after each change."""
    room, house = room_of(request), house_of(request)
    published, draft = read_files(room.root), room.draft.files()
    contents, problems = room.contents(draft)
    known = {**room.contents(published)[0], **contents} if problems else contents
    keys = sorted({path.split("/")[0] for path in draft if path.endswith("/business.yml")})
    business = business if business in keys else next(iter(keys), "")
    items = catalogue(published, draft, business)
    questions = sorted(known[business].faq) if business in known else []
    skills = known[business].skills if business in known else {}
    return JSONResponse(
        {
            "me": {"name": person.name, "admin": person.role in ADMINISTERS},
            "business": business,
            "businesses": [{"id": key, "name": known[key].business.name if key in known else key} for key in keys],
            "items": [asdict(item) for item in items],
            "intents": [*(f"faq/{key}" for key in questions), *sorted(INTENTS | set(skills))],
            "draft": [{"path": one.path, "by": one.by, "at": one.at.isoformat()} for one in room.draft.edited()],
            "conflicts": room.draft.conflicts(),
            "problems": [asdict(problem_of(error)) for error in problems.values()],
            "serving": house.centre.health().get("content_problems", {}),
            "misses": len(room.rows.misses(business)),
            "versions": [_version(one) for one in room.publishing.versions()[:VERSIONS]],
        }
    )


@router.post("/save")
def save(request: Request, given: Saved, person: EditingChange) -> Response:
    room = room_of(request)
    with refusals_said():
        room.draft.save_piece(given.path, given.kind, given.name, given.text, given.opened, person.name, utc_now())
    return JSONResponse({})


@router.post("/discard")
def discard(request: Request, given: Discarded, person: EditingChange) -> Response:
    room_of(request).draft.discard(given.paths)
    return JSONResponse({})


@router.post("/check")
def check(request: Request, person: EditingChange) -> Response:
    with refusals_said():
        return JSONResponse(room_of(request).publishing.check().as_json())


@router.get("/check")
def checking(request: Request, person: Editing) -> Response:
    """Where a check is that goes on: what, how many steps are done, of how many; null for none."""
    step = room_of(request).publishing.step
    return JSONResponse(asdict(step) if step else None)


@router.post("/publish")
def publish(request: Request, given: Publishing, person: EditingChange) -> Response:
    with refusals_said():
        version = room_of(request).publishing.publish(given.name, _publisher(person), utc_now(), given.override)
    return JSONResponse(_version(version))


@router.post("/rollback")
def rollback(request: Request, given: Chosen, person: EditingChange) -> Response:
    with refusals_said():
        return JSONResponse(
            _version(room_of(request).publishing.rollback(given.version, _publisher(person), utc_now()))
        )


@router.get("/diff")
def diff(request: Request, person: Editing, old: int | None = None, new: int | None = None) -> Response:
    with refusals_said():
        return JSONResponse(room_of(request).publishing.compared(old, new))


@router.get("/diagram")
def diagram(request: Request, person: Editing, path: str) -> Response:
    """A skill of the draft, drawn (SVG)."""
    with refusals_said(), tempfile.TemporaryDirectory() as scratch:
        files = room_of(request).draft.files()
        copy_out({check_path(path): files.get(path, "")}, Path(scratch))
        return Response(draw(read_skill(Path(scratch) / path)), media_type="image/svg+xml")


def _version(version: Any) -> dict[str, Any]:
    return asdict(version) | {"at": version.at.isoformat(), "figures": dict(version.figures)}


def _publisher(person: Person) -> Publisher:
    return Publisher(person.name, may_override=person.role in ADMINISTERS)
