"""Supervisors change queues while callers wait in them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from bot.web.server import create_app
from handoff.people import Role
from handoff.queues import Queue, Strategy
from tests.unit.web.fake_centre import NOON, FakeCentre, echo_centre, packet, session_cookie

OWN = {"X-Frontdesk": "desk"}


@pytest.fixture
def centre() -> FakeCentre:
    centre = echo_centre()[0]
    for name in ("reception", "billing"):
        centre.queues.put(Queue(name), NOON)
    return centre


@pytest.fixture
def app(centre: FakeCentre) -> FastAPI:
    return create_app(centre)


@pytest.fixture
def web(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app) as client:
        client.headers.update(OWN)
        client.cookies.update(session_cookie(app, Role.SUPERVISOR))
        yield client


def test_what_is_set_holds_from_now_on(web: TestClient, app: FastAPI, centre: FakeCentre) -> None:
    asked = {"strategy": "ring_all", "max_length": 5, "overflow_to": "billing", "overflow_after_s": 60}
    answer = web.put("/board/queues/reception", json=asked)
    assert answer.json()["strategy"] == "ring_all"
    expected = Queue("reception", Strategy.RING_ALL, max_length=5, overflow_to="billing", overflow_after_s=60)
    assert centre.queues.all()["reception"] == expected
    assert app.state.house.floor.desk.queues["reception"] == expected


@pytest.mark.parametrize(
    "wrong",
    [
        {"strategy": "by magic"},
        {"max_length": -1},
        {"overflow_to": "reception"},
        {"overflow_to": "nowhere"},
        {"colour": "red"},
        {"opening": [{"weekday": 0, "opens": "17:00", "closes": "09:00"}]},
        {"max_length": "many"},
    ],
)
def test_what_cannot_be_meant_is_refused_with_a_sentence(web: TestClient, centre: FakeCentre, wrong: dict) -> None:
    answer = web.put("/board/queues/reception", json=wrong)
    assert (answer.status_code, bool(answer.json()["error"])) == (422, True)
    assert centre.queues.all()["reception"] == Queue("reception")


def test_queues_that_nobody_set_are_listed_too(web: TestClient, centre: FakeCentre) -> None:
    centre.tickets.add(packet(queue="emergency"), NOON)
    listed = web.get("/board/queues").json()
    assert [(one["name"], one["is_set"]) for one in listed["queues"]] == [
        ("billing", True),
        ("reception", True),
        ("emergency", False),
    ]
    assert "random" in listed["strategies"]


def test_a_queue_is_removed_with_its_callers_moved(web: TestClient, app: FastAPI, centre: FakeCentre) -> None:
    ticket = centre.tickets.add(packet(), NOON)
    assert web.post("/board/queues/reception/remove", json={"move_to": "reception"}).status_code == 422
    assert web.post("/board/queues/reception/remove", json={"move_to": "billing"}).json() == {"moved": 1}
    assert centre.tickets.tickets[ticket.id].packet.queue == "billing"
    assert list(app.state.house.floor.desk.queues) == ["billing"]
    assert web.post("/board/queues/reception/remove", json={"move_to": "billing"}).status_code == 404


def test_a_ticket_is_moved_while_it_waits(web: TestClient, centre: FakeCentre) -> None:
    ticket = centre.tickets.add(packet(), NOON)
    path = f"/board/queues/tickets/{ticket.id}/move"
    assert web.post(path, json={"queue": "nowhere"}).status_code == 422
    assert web.post(path, json={"queue": "billing"}).status_code == 200
    assert centre.tickets.tickets[ticket.id].packet.queue == "billing"
    assert centre.tickets.take(ticket.id, dt.datetime.now(dt.UTC))
    assert web.post(path, json={"queue": "reception"}).status_code == 409
