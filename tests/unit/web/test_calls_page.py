"""The calls page over HTTP: who may open what, what is found, what a call shows, who listened, and scores."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from pydantic import SecretStr
from starlette.testclient import TestClient

from bot.config import RecordingSettings, Settings
from bot.web import call_pages, quality
from bot.web.call_views import timed
from bot.web.server import create_app
from handoff.history import Happening, What
from handoff.model import TicketStatus
from handoff.people import Role
from tests.unit.web.api_centre import ApiCentre
from tests.unit.web.fake_centre import EchoConversation, packet, session_cookie

OWN = {"X-Frontdesk": "calls"}
ANSWER = {Role.AGENT, Role.SUPERVISOR, Role.ADMIN}
OVERSEE = {Role.SUPERVISOR, Role.ADMIN}
ROUTES: dict[tuple[str, str], set[Role]] = {
    ("GET", "/calls"): ANSWER,
    ("GET", "/calls/list"): ANSWER,
    ("GET", "/calls/{call_id}"): ANSWER,
    ("GET", "/calls/{call_id}/recording/{number}"): ANSWER,
    ("POST", "/calls/{call_id}/recording/pause"): OVERSEE,  # and the agent who is in the call
    ("GET", "/quality"): OVERSEE,
    ("GET", "/quality/figures"): OVERSEE,
    ("POST", "/quality/card"): OVERSEE,
    ("GET", "/quality/calls/{call_id}"): OVERSEE,
    ("POST", "/quality/calls/{call_id}"): OVERSEE,
}
QUESTION = {"id": "tone", "text": "Friendly?", "kind": "yes_no", "weight": 1}
BODIES = {"/quality/card": {"questions": [QUESTION]}, "/quality/calls/{call_id}": {"answers": {"tone": 1}}}
REFUSED = {(Role.AGENT, "/calls/{call_id}/recording/pause"): 404}


@pytest.fixture
def centre(tmp_path: Path) -> ApiCentre:
    centre = ApiCentre(EchoConversation(), Settings(secret=SecretStr("a secret of the tests"), home=tmp_path))
    stored(centre, "c1", agent=1, text="can i bring my ex rays")
    return centre


@pytest.fixture
def app(centre: ApiCentre) -> FastAPI:
    return create_app(centre)


@pytest.fixture
def web(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app) as client:
        yield client


def stored(centre: ApiCentre, call_id: str, agent: int | None, text: str, minutes: int = 0) -> None:
    """A call with one thing said, answered by that colleague, with one stretch of sound that is none."""
    began = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=10 + minutes)
    turn = {"speaker": "caller", "text": text, "start_ms": 500, "end_ms": 2_000}
    facts = {}
    if agent is not None:
        ticket = centre.tickets.add(packet(business="clinic", call_id=call_id), began)
        centre.history.add(Happening(ticket.id, What.ANSWERED, began, agent))
        centre.history.add(Happening(ticket.id, What.ENDED, began + dt.timedelta(minutes=1), agent))
        centre.tickets.set_status(ticket.id, TicketStatus.DONE, began + dt.timedelta(minutes=1))
        facts = {"ticket": {"id": ticket.id}}
    report = {"call_id": call_id, "started_at": began.isoformat(), "outcome": "escalated", "caller": "+447700900123"}
    centre.shelves.calls.save(report | {"turns": [turn]} | facts, "clinic")
    day = centre.settings.home / "recordings" / f"{began:%Y-%m-%d}"
    day.mkdir(parents=True, exist_ok=True)
    (day / f"{call_id}-{round(began.timestamp() * 1000) + 250:013}.ogg").write_bytes(b"OggS sound")


def signed_in(web: TestClient, app: FastAPI, role: Role, name: str = "Maya") -> TestClient:
    web.cookies.update(session_cookie(app, role, name))
    return web


def test_every_route_is_in_the_table_of_who_may() -> None:
    routers = (call_pages.router, quality.router)
    routes = (route for router in routers for route in router.routes if isinstance(route, APIRoute))
    assert {(method, route.path) for route in routes for method in route.methods} == set(ROUTES)


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize("role", [None, *Role])
def test_every_route_is_open_to_its_roles_and_shut_to_all_others(
    web: TestClient, app: FastAPI, centre: ApiCentre, method: str, path: str, role: Role | None
) -> None:
    address = path.format(call_id="c1", number=0)
    if role is None:
        assert web.request(method, address, json=BODIES.get(path), headers=OWN).status_code == 401
        return
    signed_in(web, app, role)  # the first colleague, who answered the call
    if role in OVERSEE and path == "/quality/calls/{call_id}":
        assert web.post("/quality/card", json=BODIES["/quality/card"], headers=OWN).status_code == 200
    status = web.request(method, address, json=BODIES.get(path), headers=OWN).status_code
    assert status == (200 if role in ROUTES[method, path] else REFUSED.get((role, path), 403))
    if method == "POST":
        assert web.request(method, address, json=BODIES.get(path)).status_code == 403


def test_calls_are_found_by_what_was_said_and_by_every_filter(web: TestClient, app: FastAPI, centre: ApiCentre) -> None:
    stored(centre, "c2", agent=None, text="Où est la gare? 100%", minutes=5)
    signed_in(web, app, Role.SUPERVISOR)

    def found(**asked: str) -> list[str]:
        answer = web.get("/calls/list", params=asked)
        assert answer.status_code == 200, answer.text
        return [call["id"] for call in answer.json()["calls"]]

    today = f"{dt.datetime.now(dt.UTC) - dt.timedelta(minutes=10):%Y-%m-%d}"
    assert found() == ["c1", "c2"]
    assert found(text="EX RAYS") == found(queue="reception") == found(agent="1") == ["c1"]
    assert found(text="où est") == found(text="100%") == ["c2"]
    assert found(text="escalated") == found(text="%")[1:] == found(agent="7") == found(outcome="failed") == []
    assert "c1" in found(day=today)
    assert found(day="2020-01-01") == []
    assert found(business="clinic", outcome="escalated") == ["c1", "c2"]
    assert web.get("/calls/list", params={"day": "yesterday"}).status_code == 422


def test_agents_see_the_calls_they_answered_and_no_others(web: TestClient, app: FastAPI, centre: ApiCentre) -> None:
    signed_in(web, app, Role.AGENT, "Maya")
    stored(centre, "c2", agent=99, text="somebody else")
    assert [call["id"] for call in web.get("/calls/list", params={"agent": "99"}).json()["calls"]] == ["c1"]
    assert web.get("/calls/c1").status_code == 200
    for path in ("/calls/c2", "/calls/c2/recording/0", "/calls/none", "/calls/..%2Fetc"):
        assert web.get(path, headers=OWN).status_code == 404


def test_a_call_shows_what_happened_and_where_its_sound_lies(web: TestClient, app: FastAPI) -> None:
    call = signed_in(web, app, Role.SUPERVISOR).get("/calls/c1").json()
    assert call["agents"] == ["Maya"]
    assert [one["what"] for one in call["happened"]] == ["answered", "ended"]
    assert call["ticket"]["summary"] == "Wants to move an appointment."
    assert [(one["number"], one["at_ms"]) for one in call["stretches"]] == [(0, 250)]
    assert call["listeners"] == []


def test_who_opens_a_recording_is_written_down_and_only_our_page_may(web: TestClient, app: FastAPI) -> None:
    signed_in(web, app, Role.SUPERVISOR)
    assert web.get("/calls/c1/recording/0").status_code == 403
    sound = web.get("/calls/c1/recording/0", headers=OWN)
    assert (sound.content, sound.headers["content-type"]) == (b"OggS sound", "audio/ogg")
    assert sound.headers["cache-control"] == "no-store"
    assert web.get("/calls/c1/recording/1", headers=OWN).status_code == 404
    assert [one["who"] for one in web.get("/calls/c1").json()["listeners"]] == ["Maya"]


def test_scores_count_for_who_handled_the_call_and_can_be_changed(
    web: TestClient, app: FastAPI, centre: ApiCentre
) -> None:
    signed_in(web, app, Role.SUPERVISOR)
    stored(centre, "c2", agent=None, text="nobody of us")
    before = web.get("/quality/calls/c1").json()
    assert before["can_score"]
    assert before["checks"]["greeted"] is None
    first = {question["id"]: None for question in before["questions"]} | {"greeting": 1}
    assert web.post("/quality/calls/c1", json={"answers": first}, headers=OWN).json() == {"score": 100}
    changed = {"answers": first | {"tone": 1}, "comment": "<b>short</b>"}
    assert web.post("/quality/calls/c1", json=changed, headers=OWN).status_code == 200
    assert [one["comment"] for one in web.get("/quality/calls/c1").json()["scores"]] == ["<b>short</b>"]
    [agent] = web.get("/quality/figures").json()["agents"]
    assert (agent["name"], agent["weeks"][0]["count"]) == ("Maya", 1)
    assert agent["weeks"][0]["score"] == pytest.approx(100 / 3)
    drawn = web.get("/quality/figures").json()["listen_to"]
    assert [(one["id"], one["is_scored"]) for one in drawn] == [("c1", True)]
    assert web.post("/quality/calls/c2", json=changed, headers=OWN).status_code == 404
    for wrong in ({}, {"gone": 1}, {"greeting": 7}):
        assert web.post("/quality/calls/c1", json={"answers": wrong}, headers=OWN).status_code == 422


def test_new_questions_hold_for_scores_to_come(web: TestClient, app: FastAPI) -> None:
    signed_in(web, app, Role.SUPERVISOR)
    asked = web.post("/quality/card", json={"questions": [QUESTION]}, headers=OWN)
    assert asked.json()["questions"] == [QUESTION]
    assert web.get("/quality/figures").json()["questions"] == [QUESTION]
    for wrong in ([], [QUESTION, QUESTION], [QUESTION | {"text": "  "}]):
        assert web.post("/quality/card", json={"questions": wrong}, headers=OWN).status_code == 422


def test_lines_of_which_the_end_alone_is_known_begin_earlier_and_not_before_the_line_before() -> None:
    line = {"speaker": "agent", "text": "a" * 40, "start_ms": 5_000, "end_ms": 5_000}
    assert timed([line])[0]["start_ms"] == 5_000 - 40 * 65
    before = {"speaker": "caller", "text": "hello", "start_ms": 3_000, "end_ms": 4_500}
    assert timed([line, before])[1]["start_ms"] == 4_500
    keys = {"speaker": "caller", "text": "[keys 1234567890]", "start_ms": 5_000, "end_ms": 5_000}
    assert timed([keys])[0]["start_ms"] == 5_000


async def test_the_colleague_in_the_call_pauses_its_recording_and_is_shown_so(tmp_path: Path) -> None:
    recorded = Settings(secret=SecretStr("a secret of the tests"), home=tmp_path, recording=RecordingSettings(on=True))
    centre = ApiCentre(EchoConversation(), recorded)
    app = create_app(centre)
    floor = app.state.house.floor
    with TestClient(app) as web:
        signed_in(web, app, Role.AGENT)
        [maya] = centre.people.everybody()
        assert web.post("/calls/c9/recording/pause", headers=OWN).status_code == 404
        ticket = centre.tickets.add(packet(business="clinic", call_id="c9"), floor.now())
        floor.desk.arrive(maya, floor.now())
        floor.desk.answered(maya.id, ticket, floor.now())
        assert floor.screens._recording_of(maya.id) == {"call": "c9", "state": "recording"}
        assert web.post("/calls/c9/recording/pause", headers=OWN).json() == {"state": "paused"}
        assert floor.screens._recording_of(maya.id) == {"call": "c9", "state": "paused"}
        assert web.post("/calls/c9/recording/pause", headers=OWN).json() == {"state": "recording"}
        assert centre.recording.recorder
        centre.recording.recorder.refuse("c9")
        assert web.post("/calls/c9/recording/pause", headers=OWN).json() == {"state": "refused"}
    centre.recording.close()
