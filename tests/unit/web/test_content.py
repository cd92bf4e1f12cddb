"""Who may edit: every route of the content page is shut to everybody but editors and admins, and to other sites."""

from __future__ import annotations

from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from bot.web import content, content_misses, content_playing, content_trying
from bot.web.server import create_app
from handoff.people import Role
from tests.unit.web.fake_centre import echo_centre, session_cookie

PARTS = (content_misses, content_playing, content_trying)
ALL = [*content.router.routes, *(route for part in PARTS for route in part.router.routes)]
ROUTES = [
    (method, f"/content{route.path.removeprefix('/content')}")
    for route in ALL
    if isinstance(route, APIRoute)
    for method in route.methods
]
OWN = {"X-Frontdesk": "content"}


def asked(role: Role | None, headers: dict[str, str]) -> dict[tuple[str, str], int]:
    app = create_app(echo_centre()[0])
    with TestClient(app, raise_server_exceptions=False) as web:
        if role:
            web.cookies.update(session_cookie(app, role))
        return {(method, path): web.request(method, path, headers=headers).status_code for method, path in ROUTES}


def test_the_table_is_not_empty() -> None:
    assert ("POST", "/content/publish") in ROUTES
    assert ("POST", "/content/heard") in ROUTES
    assert ("GET", "/content/misses/{miss_id}/sound") in ROUTES
    assert ("GET", "/content") in ROUTES


def test_nobody_edits_without_signing_in() -> None:
    assert set(asked(None, OWN).values()) == {401}


def test_agents_and_supervisors_do_not_edit() -> None:
    assert set(asked(Role.AGENT, OWN).values()) == {403}
    assert set(asked(Role.SUPERVISOR, OWN).values()) == {403}


def test_editors_and_admins_open_the_page() -> None:
    for role in (Role.EDITOR, Role.ADMIN):
        assert asked(role, OWN)["GET", "/content"] == 200


def test_a_change_without_our_header_is_another_sites() -> None:
    changes = {status for (method, _), status in asked(Role.EDITOR, {}).items() if method == "POST"}
    assert changes == {403}
