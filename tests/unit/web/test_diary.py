"""Booking from an agent's desk, in the same diary that the bot books in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from bot.web.server import create_app
from handoff.history import Happening, What
from handoff.people import Person, Role
from tests.unit.web.api_centre import ApiCentre, api_centre
from tests.unit.web.fake_centre import NOON, packet, session_cookie

CHANGE = {"X-Frontdesk": "desk"}


@pytest.fixture
def centre() -> ApiCentre:
    return api_centre()


@pytest.fixture
def app(centre: ApiCentre) -> FastAPI:
    return create_app(centre)  # type: ignore[arg-type]


@pytest.fixture
def web(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app) as client:
        client.cookies.update(session_cookie(app, Role.AGENT))
        yield client


@pytest.fixture
def diary(centre: ApiCentre) -> str:
    """The address of the diary of a caller."""
    ticket = centre.tickets.add(packet(business="clinic", caller="+447700900123"), NOON)
    return f"/desk/diary/{ticket.id}"


def free(web: TestClient, diary: str) -> list[dict[str, str]]:
    service = web.get(diary).json()["services"][0]["id"]
    found: list[dict[str, str]] = web.get(f"{diary}/free", params={"service": service}).json()["free"]
    return found


def chosen(slot: dict[str, str], **more: str) -> dict[str, str]:
    return {name: slot[name] for name in ("service", "staff", "branch", "start")} | more


def test_an_appointment_is_booked_moved_and_cancelled_and_stands_with_the_caller(web: TestClient, diary: str) -> None:
    first, second, *_ = free(web, diary)
    booked = web.post(f"{diary}/book", json=chosen(first, name="Ann Example"), headers=CHANGE)
    assert booked.status_code == 200, booked.text
    [customer] = web.get(diary).json()["customers"]
    assert customer["name"] == "Ann Example"
    [appointment] = customer["appointments"]
    assert appointment["start"] == first["start"]
    moved = chosen(second, reference=appointment["reference"])
    assert web.post(f"{diary}/book", json=moved, headers=CHANGE).status_code == 200
    [appointment] = web.get(diary).json()["customers"][0]["appointments"]
    assert appointment["start"] == second["start"]
    assert web.post(f"{diary}/cancel/{appointment['reference']}", headers=CHANGE).status_code == 200
    assert web.get(diary).json()["customers"][0]["appointments"] == []


def test_a_time_is_booked_once(web: TestClient, diary: str) -> None:
    slot = free(web, diary)[0]
    assert web.post(f"{diary}/book", json=chosen(slot, name="Ann"), headers=CHANGE).status_code == 200
    again = web.post(f"{diary}/book", json=chosen(slot, name="Bob"), headers=CHANGE)
    assert again.status_code == 409
    assert "choose another" in again.json()["error"]


def test_nobody_is_booked_without_a_name(web: TestClient, diary: str) -> None:
    answer = web.post(f"{diary}/book", json=chosen(free(web, diary)[0]), headers=CHANGE)
    assert answer.status_code == 422
    assert "Enter a name" in answer.json()["error"]


def test_what_there_is_not_is_said(web: TestClient, diary: str) -> None:
    assert web.get("/desk/diary/T99").status_code == 404
    assert web.get(f"{diary}/free", params={"service": "magic"}).status_code == 404
    assert web.post(f"{diary}/cancel/00000", headers=CHANGE).status_code == 404
    slot = chosen(free(web, diary)[0], name="Ann") | {"staff": "nobody"}
    assert web.post(f"{diary}/book", json=slot, headers=CHANGE).status_code == 404


def test_only_who_answers_callers_and_from_our_own_page(web: TestClient, app: FastAPI, diary: str) -> None:
    slot = chosen(free(web, diary)[0], name="Ann")
    assert web.post(f"{diary}/book", json=slot).status_code == 403
    web.cookies.clear()
    assert web.get(diary).status_code == 401
    web.cookies.update(session_cookie(app, Role.EDITOR))
    assert web.get(diary).status_code == 403


def test_what_the_number_called_about_before_stands_beside_the_caller(
    web: TestClient, centre: ApiCentre, diary: str
) -> None:
    store = centre.shelves
    before = store.tickets.add(packet(business="clinic", caller="+447700900123", wants="a filling"), NOON)
    notes = {"disposition": "call back", "notes": "will ring on Monday"}
    store.happenings.add(Happening(before.id, What.WRAPPED, NOON, 1, notes))
    store.tickets.add(packet(business="clinic", caller="+447700900999"), NOON)
    store.tickets.add(packet(business="other", caller="+447700900123"), NOON)
    [earlier] = web.get(diary.replace("diary", "earlier")).json()["earlier"]
    assert (earlier["about"], earlier["outcome"], earlier["notes"]) == ("a filling", *notes.values())
    withheld = store.tickets.add(packet(business="clinic", caller=""), NOON)
    assert web.get(f"/desk/earlier/{withheld.id}").json()["earlier"] == []
    assert web.get("/desk/earlier/T99").status_code == 404


def test_what_was_booked_in_a_talk_is_told_to_the_bot_with_the_caller(
    web: TestClient, app: FastAPI, centre: ApiCentre, diary: str
) -> None:
    """Outside a talk nobody comes back to the bot, and nothing is kept."""
    ticket_id, talks = diary.rsplit("/", 1)[1], app.state.house.floor.talks
    slot = free(web, diary)[0]
    web.post(f"{diary}/book", json=chosen(slot, name="Ann"), headers=CHANGE)
    assert talks.returns.deeds(ticket_id) == ()
    ticket = centre.tickets.get(ticket_id)
    assert ticket
    desk = app.state.house.floor.desk
    desk.arrive(Person(7, "maya", "Maya", Role.AGENT, "", "key"), NOON)
    desk.answered(7, ticket, NOON)
    [second, *_] = free(web, diary)
    assert web.post(f"{diary}/book", json=chosen(second, name="Ann"), headers=CHANGE).status_code == 200
    told = f"booked: {second['what']}, {second['when']}, {second['who']}"
    assert talks.returns.deeds(ticket_id) == (told,)
