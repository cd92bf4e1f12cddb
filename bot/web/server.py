"""The web server's application: pages, WebSockets, health and figures around one call centre."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from fastapi import APIRouter, FastAPI, Request
from starlette.responses import JSONResponse, Response
from starlette.staticfiles import StaticFiles

from bot.errors import FrontdeskError
from bot.web import caller, desk
from bot.web.bell import Bell
from bot.web.centre import Centre, Loading
from bot.web.house import House
from bot.web.links import Links
from bot.web.metrics import Metrics
from bot.web.security import SecurityHeaders

log = structlog.get_logger(__name__)

router = APIRouter(include_in_schema=False)


def create_app(
    centre: Centre, loading: Loading | None = None, *, metrics: Metrics | None = None, bell: Bell | None = None
) -> FastAPI:
    """Pages are served at once; calls and a 200 at `/health` come when `loading` is through.

    `metrics` and `bell` are handed in by whoever also uses them: the centre reports reply times, reminders ring.
    """
    links = Links(centre.settings.secret_key())
    house = House(centre, links, bell or Bell(), metrics or Metrics())
    house.metrics.count_waiting(lambda: len(centre.tickets.waiting()))

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        task = asyncio.create_task(load(house, loading)) if loading else None
        yield
        if task:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        await house.calls.close()
        await centre.close()

    app = FastAPI(title="Frontdesk", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.house = house
    app.add_middleware(SecurityHeaders)
    app.include_router(router)
    app.include_router(caller.router)
    app.include_router(desk.router)
    app.mount("/static", StaticFiles(directory=caller.STATIC), name="static")
    return app


async def load(house: House, loading: Loading) -> None:
    """A failure is kept for `/health`: a page can still say that we are closed, and why is in one place."""
    try:
        await loading()
    except FrontdeskError as error:
        house.problem = error.message
        log.error("engines.failed", code=error.code)
    except Exception as error:
        house.problem = "The speech engines could not be loaded; `frontdesk doctor` says what is missing."
        log.error("engines.failed", error=type(error).__name__, exc_info=True)


@router.get("/health")
def health(request: Request) -> Response:
    house: House = request.app.state.house
    facts = dict(house.centre.health())
    facts["ready"] = house.is_ready()
    if house.problem:
        facts["problem"] = house.problem
    return JSONResponse(facts, status_code=200 if facts["ready"] else 503)


@router.get("/metrics")
def metrics(request: Request) -> Response:
    house: House = request.app.state.house
    return Response(house.metrics.text(), media_type=house.metrics.content_type)
