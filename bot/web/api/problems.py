"""What a program is told when something does not work: one shape of errors, problem JSON (RFC 9457), with our code."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from bot.errors import FrontdeskError
from bot.logs import place_of

log = structlog.get_logger(__name__)

MEDIA_TYPE: Final = "application/problem+json"


class Problem(BaseModel):
    """RFC 9457, and `code`, which is stable: programs decide by it, people read `detail`."""

    type: str = Field(default="about:blank", description="Always about:blank; `code` says which problem it is.")
    title: str = Field(description="What the HTTP status is called.")
    status: int
    code: str = Field(description="Stable, such as `diary.slot_taken`.")
    detail: str = Field(description="A sentence that says what to do.")
    alternatives: list[dict[str, str]] | None = Field(
        default=None, description="With `diary.slot_taken`: times that are free, nearest first."
    )


class Refusal(Exception):
    def __init__(self, status: int, code: str, detail: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail, self.headers = status, code, detail, headers


def missing(what: str) -> Refusal:
    return Refusal(404, f"api.no_{what}", f"There is no such {what}.")


DOCUMENTED: Final[dict[int | str, dict[str, Any]]] = {
    status: {
        "description": description,
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for status, description in (
        (400, "The request cannot be read."),
        (401, "No token, or none that is valid."),
        (403, "The token's role does not permit this."),
        (404, "There is no such thing."),
        (409, "It cannot be done as things are: the time is taken, the ticket is done already …"),
        (422, "A value is missing or cannot be meant."),
        (429, "Too many requests; `Retry-After` says for how many seconds to wait."),
        (503, "The call centre is still getting ready, or its database does not answer."),
    )
}
"""For every operation alike."""

_NOT_THERE: Final = ("diary.no_", "store.no_", "content.no_", "api.no_")
_CONFLICTS: Final = ("diary.", "store.taken")


def answer(status: int, code: str, detail: str, headers: dict[str, str] | None = None, **more: object) -> JSONResponse:
    problem = Problem(title=HTTPStatus(status).phrase, status=status, code=code, detail=detail, **more)  # type: ignore[arg-type]
    return JSONResponse(problem.model_dump(exclude_none=True), status, headers, MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Every error of this application, ours or not, is answered in the one shape."""
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(FrontdeskError, _failed)
    app.add_exception_handler(RequestValidationError, _not_meant)
    app.add_exception_handler(HTTPException, _not_found)
    app.add_exception_handler(Exception, _surprised)


def status_of(error: FrontdeskError) -> int:
    if error.code.startswith(_NOT_THERE):
        return 404
    return 409 if error.code.startswith(_CONFLICTS) else 503


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    return answer(error.status, error.code, error.detail, error.headers)


async def _failed(request: Request, error: Exception) -> Response:
    assert isinstance(error, FrontdeskError)
    slots = getattr(error, "alternatives", None)
    free = None if slots is None else [_slot(slot) for slot in slots]
    return answer(status_of(error), error.code, error.message, alternatives=free)


async def _not_meant(request: Request, error: Exception) -> Response:
    """Where, and what is wrong; never the value, which may be somebody's."""
    assert isinstance(error, RequestValidationError)
    wrong = [f"{'.'.join(str(part) for part in one['loc'])}: {one['msg'].lower()}" for one in error.errors()]
    return answer(422, "api.wrong", f"Please correct {'; '.join(wrong[:5])}.")


async def _not_found(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = {404: "api.no_such_path", 405: "api.no_such_method"}.get(error.status_code, "api.refused")
    return answer(error.status_code, code, f"{error.detail}.", dict(error.headers or {}))


async def _surprised(request: Request, error: Exception) -> Response:
    log.error("api.failed", error=type(error).__name__, where=place_of(error))
    return answer(500, "api.failed", "This should not have happened; the log of the call centre says where it did.")


def _slot(slot: Any) -> dict[str, str]:
    return {
        "service": slot.service_id,
        "staff": slot.staff_id,
        "branch": slot.branch_id,
        "start": slot.start.isoformat(),
        "end": slot.end.isoformat(),
    }
