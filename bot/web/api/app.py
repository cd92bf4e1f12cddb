"""`/api/v1`: the call centre for programs. An application of its own within the server, with its own way to fail."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.routing import Mount

from bot.channels.outbound_calls import Dialler
from bot.web.api import appointments, calls, connections, content, people, problems, reports, tickets
from bot.web.api.access import Door
from bot.web.house import House

PREFIX: Final = "/api/v1"

ABOUT: Final = """Calls, tickets, appointments, figures: what the pages of Frontdesk show, for programs.

Send a token with every request (`Authorization: Bearer fd_…`). Errors are problem JSON (RFC 9457) with a stable `code`
and a sentence. Long lists come in pages: ask again with `after` set to the `next` you got. Moments are ISO 8601."""


def create_api(house: House, lines: Callable[[], Dialler | None]) -> FastAPI:
    """To be mounted at `PREFIX`. `lines` gives the line that places calls, if there is one."""
    api = FastAPI(
        title="Frontdesk",
        version="1",
        description=ABOUT,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        responses=problems.DOCUMENTED,
        redirect_slashes=False,
    )
    api.state.door = Door(house, lines)
    problems.install(api)
    for part in (calls, tickets, people, appointments, reports, content, connections):
        api.include_router(part.router)
    api.openapi = lambda: _described(api)  # type: ignore[method-assign]
    return api


def mount_api(house: House, lines: Callable[[], Dialler | None]) -> Mount:
    """Takes every path below `PREFIX`, also one with a line break in it, which Starlette's own pattern leaves out."""
    mount = Mount(PREFIX, create_api(house, lines))
    mount.path_regex = re.compile(mount.path_regex.pattern, re.DOTALL)
    return mount


def _described(api: FastAPI) -> dict[str, Any]:
    if api.openapi_schema is None:
        schema = get_openapi(
            title=api.title,
            version=api.version,
            description=api.description,
            routes=api.routes,
            servers=[{"url": PREFIX}],
        )
        schema["components"]["schemas"]["Problem"] = problems.Problem.model_json_schema()
        api.openapi_schema = schema
    return api.openapi_schema
