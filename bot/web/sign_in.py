"""Signing in and out, invitations, and who works here."""

from __future__ import annotations

import datetime as dt
from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse, JSONResponse, Response

from bot.web.guard import COOKIE, STATIC, Administering, AdministeringChange, Anyone, Denied, sign_in_page, with_session
from bot.web.house import house_of
from bot.web.security import is_own_change
from handoff.accounts import Refused
from handoff.people import Person, Role

router = APIRouter(include_in_schema=False)


class Credentials(BaseModel):
    login: str = Field(max_length=200)
    password: str = Field(max_length=1_000)
    name: str = Field(default="", max_length=200)


class Invitation(BaseModel):
    role: Role


class Change(BaseModel):
    role: Role
    queues: dict[str, int] = Field(max_length=100)
    is_active: bool


@router.post("/desk/sign-in")
def sign_in(request: Request, given: Credentials) -> Response:
    _must_be_ours(request)
    address = request.client.host if request.client else ""
    try:
        person = house_of(request).accounts.sign_in(given.login, given.password, address, dt.datetime.now(dt.UTC))
    except Refused as error:
        raise Denied(429 if error.code == "accounts.guesses" else 401, error.sentence) from error
    return with_session(request, person, JSONResponse(describe(person)))


@router.get("/desk/enter/{invitation}")
def invited(request: Request, invitation: str) -> Response:
    role = house_of(request).links.invited_as(invitation)
    if not role:
        return sign_in_page(403, "shut", "This link is too old or was used already. Ask for a new one.")
    return sign_in_page(200, "create", f"Make your account. Your role: {role}.")


@router.post("/desk/enter/{invitation}")
def enter(request: Request, invitation: str, given: Credentials) -> Response:
    """One account a link: it is used up first, and good again when nothing came of it (somebody mistyped)."""
    _must_be_ours(request)
    house = house_of(request)
    role = house.links.invited_as(invitation)
    if not role or not house.links.accept(invitation):
        raise Denied(403, "This link is too old or was used already. Ask for a new one.")
    person = None
    try:
        person = house.accounts.create(given.login, given.name, given.password, Role(role), dt.datetime.now(dt.UTC))
    except Refused as error:
        raise Denied(400, error.sentence) from error
    finally:
        if person is None:
            house.links.give_back(invitation)
    return with_session(request, person, JSONResponse(describe(person)))


@router.post("/desk/leave")
def leave(request: Request) -> Response:
    _must_be_ours(request)
    response = JSONResponse({})
    response.delete_cookie(COOKIE, path="/")
    return response


@router.get("/desk/me")
def me(person: Anyone) -> Response:
    return JSONResponse(describe(person))


@router.get("/people")
def people_page(person: Administering) -> Response:
    return FileResponse(STATIC / "people.html")


@router.get("/people/list")
def list_people(request: Request, person: Administering) -> Response:
    everybody = house_of(request).centre.people.everybody()
    return JSONResponse({"people": [describe(one) for one in everybody], "me": person.id})


@router.post("/people/invite")
def invite(request: Request, asked: Invitation, person: AdministeringChange) -> Response:
    """A link for a colleague; works once, within a day, until the next start."""
    return JSONResponse({"link": f"/desk/enter/{house_of(request).links.invitation(asked.role.value)}"})


@router.post("/people/{person_id}")
async def change_person(request: Request, person_id: int, asked: Change, person: AdministeringChange) -> Response:
    try:
        accounts = house_of(request).accounts
        changed = await run_in_threadpool(accounts.change, person_id, asked.role, asked.queues, asked.is_active)
    except Refused as error:
        raise Denied(409, error.sentence) from error
    await house_of(request).floor.people.changed(changed)
    await house_of(request).overseers.changed(changed)
    return JSONResponse(describe(changed))


def describe(person: Person) -> dict[str, Any]:
    return {
        "id": person.id,
        "login": person.login,
        "name": person.name,
        "role": person.role.value,
        "queues": dict(person.queues),
        "is_active": person.is_active,
    }


def _must_be_ours(request: Request) -> None:
    if not is_own_change(request):
        raise Denied(403, "Only a page of this call centre may do that.")
