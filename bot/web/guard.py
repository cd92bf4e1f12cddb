"""Who may open what: every route behind the sign-in names its roles, and the guard keeps to them."""

from __future__ import annotations

from pathlib import Path
from string import Template
from typing import Annotated, Any, Final

from fastapi import Depends, Request, WebSocket
from fastapi.exception_handlers import http_exception_handler
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, JSONResponse, Response

from bot.web.house import house_of
from bot.web.links import SESSION_S
from bot.web.security import is_own_change, is_same_origin
from handoff.people import ADMINISTERS, ANSWERS, EDITS, OVERSEES, Person, Role

COOKIE: Final = "frontdesk_desk"
HOMES: Final = {"/": "To the caller’s page", "/desk": "To your desk", "/content": "To the content page"}
STATIC: Final = Path(__file__).parent / "static"


class Denied(Exception):
    def __init__(self, status: int, sentence: str, home: str = "/") -> None:
        """`home`: where the page that says so leads."""
        super().__init__(sentence)
        self.status, self.sentence, self.home = status, sentence, home


def only(roles: frozenset[Role], *, changes: bool = False) -> Any:
    """A dependency: the signed-in person, who has one of these roles. `changes`: and asks from a page of ours."""

    def check(request: Request) -> Person:
        person = person_of(request)
        if person is None:
            raise Denied(401, "Please sign in again." if COOKIE in request.cookies else "Please sign in.")
        if person.role not in roles:
            raise Denied(403, f"This is not for the role {person.role.value}.", home_of(person))
        if changes and not is_own_change(request):
            raise Denied(403, "Only a page of this call centre may do that.")
        return person

    return Depends(check)


Anyone = Annotated[Person, only(frozenset(Role))]
Answering = Annotated[Person, only(ANSWERS)]
AnsweringChange = Annotated[Person, only(ANSWERS, changes=True)]
Overseeing = Annotated[Person, only(OVERSEES)]
OverseeingChange = Annotated[Person, only(OVERSEES, changes=True)]
Editing = Annotated[Person, only(EDITS)]
EditingChange = Annotated[Person, only(EDITS, changes=True)]
Administering = Annotated[Person, only(ADMINISTERS)]
AdministeringChange = Annotated[Person, only(ADMINISTERS, changes=True)]


def person_of(connection: HTTPConnection) -> Person | None:
    """Who asks; None for nobody we know (any more)."""
    house = house_of(connection)
    session = house.links.read_session(connection.cookies.get(COOKIE, ""))
    return house.accounts.of_session(*session) if session else None


async def admitted(socket: WebSocket, roles: frozenset[Role]) -> Person | None:
    """The WebSocket is accepted for somebody who has one of these roles, from a page of ours; else closed: None."""
    person = await run_in_threadpool(person_of, socket) if is_same_origin(socket.headers) else None
    if person is None or person.role not in roles:
        await socket.close(1008)
        return None
    await socket.accept()
    return person


def with_session(request: Request, person: Person, response: Response) -> Response:
    """Renewed at every look: the session lasts a shift from the last one."""
    house = house_of(request)
    response.set_cookie(
        COOKIE,
        house.links.session(person.id, person.session_key),
        max_age=SESSION_S,
        path="/",
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    return response


def home_of(person: Person | None) -> str:
    """The page somebody works on: editors have no desk."""
    if person is None:
        return "/"
    return "/desk" if person.role in ANSWERS else "/content"


def sign_in_page(status: int, mode: str, lead: str, home: str = "/") -> Response:
    """`mode`: sign-in, create (an account, by invitation), or shut; `lead` says to the person what to do."""
    html = Template((STATIC / "sign-in.html").read_text("utf-8"))
    words = {"mode": mode, "lead": lead, "home": home, "home_name": HOMES[home]}
    return HTMLResponse(html.substitute(words), status_code=status)


async def no_page(request: Request, error: Exception) -> Response:
    """An unknown address: a page with a way on for people, a word for scripts."""
    assert isinstance(error, HTTPException)
    if error.status_code != 404 or not _asks_for_page(request):
        return await http_exception_handler(request, error)
    home = home_of(await run_in_threadpool(person_of, request))
    return sign_in_page(404, "shut", "There is no page at this address.", home)


def _asks_for_page(request: Request) -> bool:
    return request.method == "GET" and "text/html" in request.headers.get("accept", "")


async def deny(request: Request, error: Exception) -> Response:
    """A page for people who opened a page, a sentence for scripts."""
    assert isinstance(error, Denied)
    if _asks_for_page(request):
        return sign_in_page(error.status, "sign-in" if error.status == 401 else "shut", error.sentence, error.home)
    return JSONResponse({"error": error.sentence}, status_code=error.status)
