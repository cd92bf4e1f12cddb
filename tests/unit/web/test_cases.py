"""Cases over HTTP: opened by tickets, followed up, closed; and who may."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from bot.web import cases
from bot.web.server import create_app
from handoff.history import Happening, What
from handoff.people import Role
from tests.unit.web.api_centre import ApiCentre, api_centre
from tests.unit.web.fake_centre import packet, session_cookie

OWN = {"X-Frontdesk": "desk"}
ANSWER = {Role.AGENT, Role.SUPERVISOR, Role.ADMIN}
ROUTES = {
    ("GET", "/cases"),
    ("GET", "/cases/of/{ticket_id}"),
    ("POST", "/cases/{case_id}/follow-up"),
    ("POST", "/cases/{case_id}/close"),
}
TOMORROW = (dt.datetime.now(dt.UTC) + dt.timedelta(days=1)).isoformat()


@pytest.fixture
def centre() -> ApiCentre:
    return api_centre()


@pytest.fixture
def app(centre: ApiCentre) -> FastAPI:
    return create_app(centre)


@pytest.fixture
def web(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app) as client:
        yield client


def came(centre: ApiCentre) -> tuple[str, str]:
    """A ticket, and the case that it belongs to."""
    ticket = centre.tickets.add(packet(business="clinic"), dt.datetime.now(dt.UTC))
    case = centre.shelves.cases.of_ticket(ticket.id)
    assert case
    return ticket.id, case.id


def test_every_route_is_in_the_table_of_who_may() -> None:
    routes = (route for route in cases.router.routes if isinstance(route, APIRoute))
    assert {(method, route.path) for route in routes for method in route.methods} == ROUTES


@pytest.mark.parametrize(("method", "path"), sorted(ROUTES))
@pytest.mark.parametrize("role", [None, *Role])
def test_every_route_is_open_to_its_roles_and_shut_to_all_others(
    web: TestClient, app: FastAPI, centre: ApiCentre, method: str, path: str, role: Role | None
) -> None:
    ticket_id, case_id = came(centre)
    address, body = path.format(ticket_id=ticket_id, case_id=case_id), {"due_at": TOMORROW}
    more = {"json": body if path.endswith("follow-up") else {}} if method == "POST" else {}
    if role is not None:
        web.cookies.update(session_cookie(app, role))
    status = web.request(method, address, headers=OWN, **more).status_code
    assert status == (401 if role is None else 200 if role in ANSWER else 403)
    if method == "POST" and role is not None:
        assert web.request(method, address, **more).status_code == 403


def test_a_case_goes_from_the_first_call_over_a_follow_up_to_its_end_and_back(
    web: TestClient, app: FastAPI, centre: ApiCentre
) -> None:
    web.cookies.update(session_cookie(app, Role.AGENT))
    ticket_id, case_id = came(centre)
    centre.history.add(Happening(ticket_id, What.ANSWERED, dt.datetime.now(dt.UTC), 1))
    [case] = web.get("/cases").json()["cases"]
    assert (case["customer"], case["owner"], case["mine"]) == ("Ann Example", "Maya", True)
    asked = {"kind": "e-mail", "due_at": TOMORROW, "note": "<i>the form</i>"}
    assert web.post(f"/cases/{case_id}/follow-up", json=asked, headers=OWN).json()["follow_up"] == "e-mail"
    assert web.post(f"/cases/{case_id}/close", json={}, headers=OWN).json()["status"] == "closed"
    assert web.get("/cases").json()["cases"] == []
    again, same = came(centre)
    assert same == case_id
    found = web.get(f"/cases/of/{again}").json()["case"]
    assert [step["what"] for step in found["steps"]] == ["opened", "taken", "follow-up", "closed", "reopened"]
    assert web.get("/cases/of/NOTICKET").json() == {"case": None}


def test_a_wrong_time_or_case_is_refused_with_a_sentence(web: TestClient, app: FastAPI, centre: ApiCentre) -> None:
    web.cookies.update(session_cookie(app, Role.AGENT))
    _, case_id = came(centre)
    for due_at in ("2020-01-01T00:00:00Z", "2999-01-01T00:00:00Z", "soon", "2026-01-01T00:00:00"):
        assert web.post(f"/cases/{case_id}/follow-up", json={"due_at": due_at}, headers=OWN).status_code == 422
    assert web.post("/cases/none/close", json={}, headers=OWN).status_code == 404
