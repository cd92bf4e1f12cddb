"""The content page: the draft and what is wrong with it, a sentence tried, check, publish, versions, missed phrases.

Everything here blocks (files, database, learning), so the routes are plain functions, which the server runs in threads.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import tempfile
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import FileResponse, JSONResponse, Response

from bot.content.content import INTENTS
from bot.content.skill_file import read_skill
from bot.editing.catalogue import catalogue
from bot.editing.checking import problem_of
from bot.editing.editing import Editing as Room
from bot.editing.files import check_path, copy_out, read_files
from bot.editing.publishing import Publisher
from bot.errors import ContentError
from bot.events import SAMPLE_RATE
from bot.nlu.understanding import Understanding
from bot.skills.drawing import draw
from bot.web.guard import STATIC, Denied, Editing, EditingChange
from bot.web.house import House
from handoff.people import ADMINISTERS, Person

router = APIRouter(prefix="/content", include_in_schema=False)

VERSIONS = 50
RANKED = 5
VARIABLE = re.compile(r"{([a-z0-9_]+)}")
"""Of a call when nobody calls, its name is said."""


class Saved(BaseModel):
    path: str = Field(max_length=200)
    kind: str = Field(max_length=20)
    name: str = Field(max_length=120)
    text: str
    opened: str = Field(max_length=32)


class Sentence(BaseModel):
    business: str = Field(max_length=64)
    text: str = Field(max_length=1_000)


class Publishing(BaseModel):
    name: str = Field(max_length=300)
    override: str = Field(default="", max_length=1_000)


class Chosen(BaseModel):
    version: int


class Discarded(BaseModel):
    paths: list[str] | None = None


class Label(BaseModel):
    business: str = Field(max_length=64)
    ids: list[int] = Field(max_length=1_000)
    phrases: list[str] = Field(default=[], max_length=1_000)
    intent: str = Field(default="", max_length=120)
    """ "" : nothing to learn from these."""
    answer: str = Field(default="", max_length=2_000)


@router.get("")
def content_page(person: Editing) -> Response:
    return FileResponse(STATIC / "content.html")


@router.get("/state")
def state(request: Request, person: Editing, business: str = "") -> Response:
    """Everything but the texts' history: asked anew after each change."""
    room, house = _room(request), _house(request)
    published, draft = read_files(room.root), room.draft.files()
    contents, problems = room.contents(draft)
    known = {**room.contents(published)[0], **contents} if problems else contents
    keys = sorted({path.split("/")[0] for path in draft if path.endswith("/business.yml")})
    business = business if business in keys else next(iter(keys), "")
    items = catalogue(published, draft, business)
    questions = sorted(known[business].faq) if business in known else []
    return JSONResponse(
        {
            "me": {"name": person.name, "admin": person.role in ADMINISTERS},
            "business": business,
            "businesses": [{"id": key, "name": known[key].business.name if key in known else key} for key in keys],
            "items": [asdict(item) for item in items],
            "intents": [*(f"faq/{key}" for key in questions), *sorted(INTENTS)],
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
    room = _room(request)
    with _said():
        room.draft.save_piece(given.path, given.kind, given.name, given.text, given.opened, person.name, _now())
    return JSONResponse({})


@router.post("/discard")
def discard(request: Request, given: Discarded, person: EditingChange) -> Response:
    _room(request).draft.discard(given.paths)
    return JSONResponse({})


@router.post("/try")
def try_sentence(request: Request, given: Sentence, person: EditingChange) -> Response:
    """What is understood of a sentence, by what serves and by the draft, and why."""
    with _said():
        tried = _room(request).try_sentence(given.business, given.text, _now())
    found = {"published": tried.published, "draft": tried.draft}
    return JSONResponse({"why": tried.why, **{key: one and _understanding(one) for key, one in found.items()}})


@router.post("/check")
def check(request: Request, person: EditingChange) -> Response:
    with _said():
        return JSONResponse(_room(request).publishing.check().as_json())


@router.post("/publish")
def publish(request: Request, given: Publishing, person: EditingChange) -> Response:
    with _said():
        version = _room(request).publishing.publish(given.name, _publisher(person), _now(), given.override)
    return JSONResponse(_version(version))


@router.post("/rollback")
def rollback(request: Request, given: Chosen, person: EditingChange) -> Response:
    with _said():
        return JSONResponse(_version(_room(request).publishing.rollback(given.version, _publisher(person), _now())))


@router.get("/diff")
def diff(request: Request, person: Editing, old: int | None = None, new: int | None = None) -> Response:
    with _said():
        return JSONResponse(_room(request).publishing.compared(old, new))


@router.get("/misses")
def misses(request: Request, person: Editing, business: str) -> Response:
    """In groups, the largest first."""
    groups = _room(request).labelling.groups(business)
    rows = [
        {"title": group.title, "misses": [asdict(one) | {"at": one.at.isoformat()} for one in group.misses]}
        for group in groups
    ]
    return JSONResponse({"groups": rows})


@router.post("/label")
def label(request: Request, given: Label, person: EditingChange) -> Response:
    labelling = _room(request).labelling
    with _said():
        if given.intent:
            labelling.label(given.business, given.ids, given.phrases, given.intent, person.name, _now(), given.answer)
        else:
            labelling.dismiss(given.ids, person.name)
    return JSONResponse({})


@router.get("/diagram")
def diagram(request: Request, person: Editing, path: str) -> Response:
    """A skill of the draft, drawn (SVG)."""
    with _said(), tempfile.TemporaryDirectory() as scratch:
        files = _room(request).draft.files()
        copy_out({check_path(path): files.get(path, "")}, Path(scratch))
        return Response(draw(read_skill(Path(scratch) / path)), media_type="image/svg+xml")


@router.post("/hear")
def hear(request: Request, given: Sentence, person: EditingChange) -> Response:
    """The sentence as callers will hear it, as WAV."""
    contents, _ = _room(request).contents()
    text = given.text
    with _said():
        if content := contents.get(given.business):
            facts = {**content.business.facts, "business": content.business.name}
            text = VARIABLE.sub(lambda found: facts.get(found[1], found[1].replace("_", " ")), text)
        pcm = b"".join(_house(request).centre.voice.synthesize(text))
    return Response(_wav(pcm), media_type="audio/wav")


def _understanding(found: Understanding) -> dict[str, Any]:
    return {
        "intent": found.intent,
        "confidence": round(found.confidence, 3),
        "accepted": found.accepted,
        "ranking": [{"intent": name, "confidence": round(share, 3)} for name, share in found.ranking[:RANKED]],
        "values": [{"kind": one.kind, "text": one.text} for one in found.entities],
    }


def _version(version: Any) -> dict[str, Any]:
    return asdict(version) | {"at": version.at.isoformat(), "figures": dict(version.figures)}


def _publisher(person: Person) -> Publisher:
    return Publisher(person.name, may_override=person.role in ADMINISTERS)


@contextmanager
def _said() -> Iterator[None]:
    """What is wrong with the content is for the editor to mend, not a fault of the server."""
    try:
        yield
    except ContentError as error:
        raise Denied(409, error.message) from error


def _wav(pcm: bytes) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(pcm)
    return out.getvalue()


def _room(request: Request) -> Room:
    return _house(request).centre.editing


def _house(request: Request) -> House:
    house: House = request.app.state.house
    return house


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
