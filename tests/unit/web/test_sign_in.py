"""Signing in over HTTP, and every route behind the sign-in with every role."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from bot.errors import StoreError
from bot.web.guard import COOKIE
from bot.web.house import House
from bot.web.server import create_app
from handoff.people import Person, Role
from handoff.queues import Queue
from handoff.tokens import TokenRole
from handoff.webhooks import Webhook, new_secret
from tests.unit.web.fake_centre import NOON, FakeCentre, echo_centre, packet, session_cookie

OWN = {"X-Frontdesk": "desk"}
PASSWORD = "quiet green window"

EVERYBODY = set(Role)
ANSWER = {Role.AGENT, Role.SUPERVISOR, Role.ADMIN}
OVERSEE = {Role.SUPERVISOR, Role.ADMIN}
ADMIN = {Role.ADMIN}

ROUTES: dict[tuple[str, str], set[Role]] = {
    ("GET", "/desk"): ANSWER,
    ("GET", "/desk/tickets"): ANSWER,
    ("GET", "/desk/tickets/{ticket_id}"): ANSWER,
    ("POST", "/desk/tickets/{ticket_id}/{change}"): ANSWER,
    ("GET", "/desk/me"): EVERYBODY,
    ("GET", "/desk/today"): ANSWER,
    ("GET", "/desk/earlier/{ticket_id}"): ANSWER,
    ("GET", "/desk/messages/{ticket_id}"): ANSWER,
    ("GET", "/board"): OVERSEE,
    ("GET", "/board/queues"): OVERSEE,
    ("PUT", "/board/queues/{name}"): OVERSEE,
    ("POST", "/board/queues/{name}/remove"): OVERSEE,
    ("POST", "/board/queues/tickets/{ticket_id}/move"): OVERSEE,
    ("GET", "/board/figures"): OVERSEE,
    ("GET", "/board/reports"): OVERSEE,
    ("GET", "/board/reports/figures"): OVERSEE,
    ("GET", "/board/reports/export"): OVERSEE,
    ("GET", "/people"): ADMIN,
    ("GET", "/people/list"): ADMIN,
    ("POST", "/people/invite"): ADMIN,
    ("POST", "/people/{person_id}"): ADMIN,
    ("GET", "/people/programs"): ADMIN,
    ("GET", "/people/programs/list"): ADMIN,
    ("GET", "/people/programs/deliveries"): ADMIN,
    ("POST", "/people/programs/tokens"): ADMIN,
    ("POST", "/people/programs/tokens/{token_id}/revoke"): ADMIN,
    ("POST", "/people/programs/webhooks"): ADMIN,
    ("POST", "/people/programs/webhooks/{webhook_id}/ping"): ADMIN,
    ("POST", "/people/programs/webhooks/{webhook_id}/switch"): ADMIN,
    ("POST", "/people/programs/webhooks/{webhook_id}/remove"): ADMIN,
    ("POST", "/people/programs/deliveries/{delivery_id}/again"): ADMIN,
}
OPEN = {
    ("POST", "/desk/sign-in"),
    ("GET", "/desk/enter/{invitation}"),
    ("POST", "/desk/enter/{invitation}"),
    ("POST", "/desk/leave"),
}
BODIES = {
    "/board/queues/{name}": {},
    "/board/queues/{name}/remove": {"move_to": "back"},
    "/board/queues/tickets/{ticket_id}/move": {"queue": "back"},
    "/people/invite": {"role": "agent"},
    "/people/{person_id}": {"role": "admin", "queues": {}, "is_active": True},
    "/people/programs/tokens": {"name": "Our CRM"},
    "/people/programs/webhooks": {"url": "https://crm.example.com/hook", "is_active": False},
    "/people/programs/webhooks/{webhook_id}/switch": {"is_active": False},
}


@pytest.fixture
def centre(tmp_path: Path) -> FakeCentre:
    centre = echo_centre()[0]
    centre.settings = centre.settings.model_copy(update={"home": tmp_path})
    return centre


@pytest.fixture
def app(centre: FakeCentre) -> FastAPI:
    return create_app(centre)


@pytest.fixture
def web(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app) as client:
        yield client


def link(app: FastAPI, role: Role) -> str:
    house: House = app.state.house
    return f"/desk/enter/{house.links.invitation(role)}"


def routes_behind_the_sign_in(app: FastAPI) -> set[tuple[str, str]]:
    places = ("/desk", "/people", "/board")
    routers = [getattr(included, "original_router", None) for included in app.routes]
    return {
        (method, route.path)
        for router in routers
        if router
        for route in router.routes
        if isinstance(route, APIRoute) and route.path.startswith(places)
        for method in route.methods
    }


def ask(web: TestClient, method: str, path: str, **more: object) -> int:
    ids = dict.fromkeys(("person_id", "token_id", "webhook_id", "delivery_id"), "1")
    address = path.format(ticket_id="T1", change="take", name="front", **ids)
    answer = web.request(method, address, json=BODIES.get(path), **more)  # type: ignore[arg-type]
    return answer.status_code


def programs_in(centre: FakeCentre) -> None:
    """A token, and a webhook that is switched off, with something that it was to be told."""
    centre.shelves.tokens.create("CRM", TokenRole.SERVICE, NOON)
    hook = Webhook(0, "https://crm.example.com/hook", new_secret(), is_active=False)
    centre.shelves.outbox.ping(centre.shelves.webhooks.add(hook, NOON).id, NOON)


def test_every_route_is_in_the_table_of_who_may(app: FastAPI) -> None:
    assert routes_behind_the_sign_in(app) == set(ROUTES) | OPEN


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize("role", [None, *Role])
def test_every_route_is_open_to_its_roles_and_shut_to_all_others(
    web: TestClient, app: FastAPI, centre: FakeCentre, method: str, path: str, role: Role | None
) -> None:
    ticket = centre.tickets.add(packet(), NOON)
    centre.tickets.keep_message(ticket.id, "T1.wav", NOON)
    (centre.settings.home / "messages").mkdir()
    (centre.settings.home / "messages" / "T1.wav").write_bytes(b"RIFF")
    for name in ("front", "back"):
        centre.queues.put(Queue(name), NOON)
    if path.startswith("/people/programs"):
        programs_in(centre)
    if role is None:
        assert ask(web, method, path, headers=OWN) == 401
        return
    web.cookies.update(session_cookie(app, role))
    status = ask(web, method, path, headers=OWN)
    assert status == (200 if role in ROUTES[method, path] else 403)
    if method == "POST":
        assert ask(web, method, path) == 403, "a change without our header is another site's"


def test_an_invited_person_makes_an_account_once_signs_out_and_in_again(web: TestClient, app: FastAPI) -> None:
    invitation = link(app, Role.AGENT)
    assert 'data-mode="create"' in web.get(invitation).text
    made = web.post(invitation, headers=OWN, json={"login": "Maya", "name": "Maya Lee", "password": PASSWORD})
    assert made.json()["role"] == "agent"
    cookie = made.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert web.get("/desk").status_code == 200
    assert web.get(invitation).status_code == 403
    again = web.post(invitation, headers=OWN, json={"login": "eve", "name": "Eve", "password": PASSWORD})
    assert again.status_code == 403
    web.post("/desk/leave", headers=OWN)
    assert web.get("/desk").status_code == 401
    assert web.post("/desk/sign-in", headers=OWN, json={"login": "maya", "password": "wrong"}).status_code == 401
    assert web.post("/desk/sign-in", headers=OWN, json={"login": "maya", "password": PASSWORD}).status_code == 200
    assert web.get("/desk/me").json()["name"] == "Maya Lee"


def test_who_mistypes_can_use_the_link_again(web: TestClient, app: FastAPI) -> None:
    invitation = link(app, Role.ADMIN)
    short = web.post(invitation, headers=OWN, json={"login": "maya", "name": "Maya", "password": "short"})
    assert short.status_code == 400
    assert "10" in short.json()["error"]
    assert (
        web.post(invitation, headers=OWN, json={"login": "maya", "name": "Maya", "password": PASSWORD}).status_code
        == 200
    )


def test_of_two_who_use_a_link_at_once_one_gets_an_account(
    web: TestClient, app: FastAPI, centre: FakeCentre, monkeypatch: pytest.MonkeyPatch
) -> None:
    invitation, add = link(app, Role.ADMIN), centre.people.add
    answers = []

    def add_while_another_asks(person: Person, now: dt.datetime) -> Person:
        monkeypatch.setattr(centre.people, "add", add)
        answers.append(web.post(invitation, headers=OWN, json={"login": "eve", "name": "Eve", "password": PASSWORD}))
        return add(person, now)

    monkeypatch.setattr(centre.people, "add", add_while_another_asks)
    answers.append(web.post(invitation, headers=OWN, json={"login": "maya", "name": "Maya", "password": PASSWORD}))
    assert [answer.status_code for answer in answers] == [403, 200]
    assert [person.login for person in centre.people.everybody()] == ["maya"]


def test_a_link_is_good_again_when_the_account_could_not_be_stored(
    web: TestClient, app: FastAPI, centre: FakeCentre, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(person: Person, now: dt.datetime) -> Person:
        raise StoreError("store.gone", "The database cannot be reached; the call centre tries again.")

    invitation = link(app, Role.ADMIN)
    wanted = {"login": "maya", "name": "Maya", "password": PASSWORD}
    with monkeypatch.context() as broken:
        broken.setattr(centre.people, "add", gone)
        assert web.post(invitation, headers=OWN, json=wanted).status_code == 503
    assert web.post(invitation, headers=OWN, json=wanted).status_code == 200


def test_guessing_is_stopped(web: TestClient) -> None:
    guesses = [web.post("/desk/sign-in", headers=OWN, json={"login": "maya", "password": "x"}) for _ in range(6)]
    assert [guess.status_code for guess in guesses] == [401] * 5 + [429]


def test_another_site_cannot_sign_somebody_in(web: TestClient) -> None:
    assert web.post("/desk/sign-in", json={"login": "maya", "password": PASSWORD}).status_code == 403


def test_a_browser_gets_a_page_to_sign_in_and_a_word_when_it_is_not_for_them(web: TestClient, app: FastAPI) -> None:
    browser = {"accept": "text/html,*/*"}
    assert 'data-mode="sign-in"' in web.get("/desk", headers=browser).text
    web.cookies.update(session_cookie(app, Role.EDITOR))
    answer = web.get("/desk", headers=browser)
    assert answer.status_code == 403
    assert "not for the role editor" in answer.text
    assert 'href="/content"' in answer.text


def test_a_first_visitor_is_asked_to_sign_in_and_one_whose_session_is_over_to_do_it_again(web: TestClient) -> None:
    browser = {"accept": "text/html,*/*"}
    assert "Please sign in.<" in web.get("/desk", headers=browser).text
    web.cookies.set(COOKIE, "old")
    assert "Please sign in again.<" in web.get("/desk", headers=browser).text


def test_an_unknown_address_is_a_page_with_a_way_on_for_people_and_json_for_scripts(
    web: TestClient, app: FastAPI
) -> None:
    assert web.get("/programs").json() == {"detail": "Not Found"}
    web.cookies.update(session_cookie(app))
    answer = web.get("/programs", headers={"accept": "text/html,*/*"})
    assert answer.status_code == 404
    assert "There is no page at this address." in answer.text
    assert 'href="/desk"' in answer.text


def test_a_colleague_switched_off_is_out_at_once_and_the_last_admin_stays(web: TestClient, app: FastAPI) -> None:
    admin = session_cookie(app, Role.ADMIN, "Ada")
    agent = session_cookie(app, Role.AGENT, "Bob")
    web.cookies.update(admin)
    off = {"role": "agent", "queues": {"billing": 2}, "is_active": False}
    assert web.post("/people/2", headers=OWN, json=off).json()["queues"] == {"billing": 2}
    assert web.post("/people/1", headers=OWN, json=off).status_code == 409
    web.cookies.update(agent)
    assert web.get("/desk/me").status_code == 401
