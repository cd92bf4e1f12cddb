"""The web server's application: pages, WebSockets, health and figures around one call centre."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from fastapi import APIRouter, FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.staticfiles import StaticFiles

from bot.clock import utc_now
from bot.errors import FrontdeskError
from bot.logs import place_of
from bot.web import (
    board,
    call_pages,
    caller,
    cases,
    content,
    desk,
    phone_doors,
    programs,
    quality,
    queues,
    reports,
    sign_in,
)
from bot.web.agent_phones import AgentPhones
from bot.web.api.app import mount_api
from bot.web.api.delivering import Deliveries
from bot.web.bell import Bell
from bot.web.bookkeeping import Bookkeeping
from bot.web.centre import Centre, Loading
from bot.web.guard import STATIC, Denied, deny, no_page
from bot.web.house import House, house_of
from bot.web.links import Links
from bot.web.metrics import Metrics
from bot.web.phone_lines import PhoneLines
from bot.web.phone_people import PhonePeople
from bot.web.security import BodyLimit, SecurityHeaders

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
    house.metrics.ask(lambda: calls_running(centre), lambda: tickets_waiting(centre))

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        task = asyncio.create_task(load(house, loading)) if loading else None
        floor = asyncio.create_task(house.floor.run())
        await app.state.phone.open()
        phones = asyncio.create_task(AgentPhones(house.floor, app.state.phone.dialler).run())
        telling = asyncio.create_task(deliveries_of(centre).run())
        book = asyncio.create_task(Bookkeeping(centre).run())
        yield
        running = [one for one in (floor, telling, book, phones, task) if one]
        for one in running:
            one.cancel()
        await app.state.phone.close()
        await asyncio.gather(*running, return_exceptions=True)
        await house.calls.close()
        await house.floor.keeping.finish()
        await centre.close()

    app = FastAPI(title="Frontdesk", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.house = house
    people = PhonePeople(centre, house.room, centre.settings.desks)
    app.state.phone = PhoneLines(centre, centre.settings, house.metrics, people, house.busy)
    house.floor.ring_back.use(app.state.phone.dialler, people.take_rung)
    house.floor.consultations.outside.use(app.state.phone.dialler)
    app.add_exception_handler(FrontdeskError, refuse)
    app.add_exception_handler(Denied, deny)
    app.add_exception_handler(HTTPException, no_page)
    app.add_middleware(BodyLimit)
    app.add_middleware(SecurityHeaders)
    app.include_router(router)
    app.include_router(caller.router)
    app.include_router(desk.router)
    app.include_router(queues.router)
    app.include_router(board.router)
    app.include_router(reports.router)
    app.include_router(call_pages.router)
    app.include_router(quality.router)
    app.include_router(cases.router)
    app.include_router(content.router)
    app.include_router(sign_in.router)
    app.include_router(programs.router)
    app.include_router(phone_doors.router)
    app.router.routes.append(mount_api(house, app.state.phone.dialler))
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    return app


def deliveries_of(centre: Centre) -> Deliveries:
    """Whoever tells webhooks."""
    settings = centre.settings.webhooks
    return Deliveries(lambda: centre.shelves, utc_now, settings.allow_private, keep_days=settings.keep_days)


def calls_running(centre: Centre) -> float:
    calls = centre.health().get("calls", 0)
    return calls if isinstance(calls, int) else math.nan


def tickets_waiting(centre: Centre) -> float:
    try:
        return len(centre.tickets.queued())
    except FrontdeskError:  # still loading, or no database: the other figures are told all the same
        return math.nan


async def load(house: House, loading: Loading) -> None:
    """A failure is kept for `/health`: a page can still say that we are closed, and why is in one place."""
    try:
        await loading()
    except FrontdeskError as error:
        house.problem = error.message
        log.error("engines.failed", code=error.code)
    except Exception as error:
        house.problem = "The speech engines could not be loaded; `frontdesk doctor` says what is missing."
        log.error("engines.failed", error=type(error).__name__, where=place_of(error))


async def refuse(request: Request, error: Exception) -> Response:
    """What a part of ours refuses, the page shows as a sentence; most often the database, or engines still loading."""
    assert isinstance(error, FrontdeskError)
    log.warning("web.refused", code=error.code)
    return JSONResponse({"error": error.message}, status_code=503)


@router.get("/health")
def health(request: Request) -> Response:
    house = house_of(request)
    facts = dict(house.centre.health())
    facts["ready"] = house.is_ready()
    if house.problem:
        facts["problem"] = house.problem
    if line_problems := request.app.state.phone.troubles():
        facts["line_problems"] = line_problems
    return JSONResponse(facts, status_code=200 if facts["ready"] else 503)


@router.get("/metrics")
def metrics(request: Request) -> Response:
    house = house_of(request)
    return Response(house.metrics.text(), media_type=house.metrics.content_type)
