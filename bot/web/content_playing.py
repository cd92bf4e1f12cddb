"""Conversations as tests, played on the content page with the draft: one of them, or all of a file."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response

from bot.content.content import load_content
from bot.editing.files import check_path, copy_out
from bot.errors import ContentError
from bot.rehearsal.conversation import read_conversations
from bot.rehearsal.run import Result, run_conversations
from bot.web.content_room import refusals_said, room_of
from bot.web.guard import Editing, EditingChange

router = APIRouter()

TestFile = Annotated[str, Query(max_length=200)]


class Played(BaseModel):
    path: str = Field(max_length=200)
    line: int = 0
    """Where the one conversation begins; 0 for all of the file."""


@router.get("/conversations")
def conversations(request: Request, person: Editing, path: TestFile) -> Response:
    """Titles and lines of a file of the draft."""
    with refusals_said(), _written_out(request, path) as file:
        return JSONResponse([{"title": one.title, "line": one.line} for one in read_conversations(file)])


@router.post("/conversations")
def play(request: Request, given: Played, person: EditingChange) -> Response:
    """Each with an empty diary; nothing is booked, and nobody is told."""
    room = room_of(request)
    with refusals_said(), _written_out(request, given.path) as file:
        chosen = [one for one in read_conversations(file) if given.line in (0, one.line)]
        content = load_content(file.parents[1])
        results = run_conversations(content, room.interpreter_of(content), chosen)
    return JSONResponse([_as_json(result) for result in results])


@contextmanager
def _written_out(request: Request, path: str) -> Iterator[Path]:
    """The file, with all of the draft around it."""
    files = room_of(request).draft.files()
    if path not in files or len(Path(path).parts) != 3:
        raise ContentError("content.no_tests", "There is no such file of conversations any more.")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "nlu_data"
        copy_out(files, folder)
        yield folder / check_path(path)


def _as_json(result: Result) -> dict[str, Any]:
    told = {"wanted": result.wanted, "why": result.why, "story": list(result.story)}
    return {"title": result.conversation.title, "line": result.conversation.line, "passed": result.passed, **told}
