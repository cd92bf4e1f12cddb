"""On the wire: the bot breaks with a caller it was given back, and the database while a caller is passed on."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from bot.errors import StoreError
from bot.tts import apology
from bot.web.server import create_app
from handoff.model import TicketStatus
from tests.unit.web.fake_centre import FakeCentre, echo_centre
from tests.unit.web.test_back_to_the_bot import talking
from tests.unit.web.test_floor import LOUD, Line, call, desk, eventually, has, presence, state


@pytest.fixture
def centre() -> FakeCentre:
    return echo_centre()[0]


@pytest.fixture
def app(centre: FakeCentre, monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    monkeypatch.setattr("bot.web.waiting_room.QUEUE_LOOK_S", 0.02)
    monkeypatch.setattr("bot.web.waiting_room.STORE_AGAIN_S", 0.0)
    monkeypatch.setattr("bot.web.floor.LOOK_S", 0.02)
    monkeypatch.setattr("bot.channels.browser.Pacer", Hurried)
    return create_app(centre)


@pytest.fixture
def web(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app) as client:
        yield client


class Hurried:
    """The apology lasts seconds. It must wait a little all the same: music that never waits lets nobody else run."""

    async def send(self, ms: int) -> None:
        await asyncio.sleep(ms / 4_000)

    async def drain(self) -> None: ...

    def clear(self) -> None: ...


def apologizes(message: dict[str, Any]) -> bool:
    return message.get("type") == "caption" and message["text"] == apology.TEXT


def breaks(centre: FakeCentre, *, is_known: bool = True) -> None:
    async def resume_call(*_: object) -> None:
        if is_known:
            raise RuntimeError("broken on purpose")

    centre.resume_call = resume_call  # type: ignore[assignment]


class Unwilling:
    """The database takes nobody back, so many times."""

    def __init__(self, centre: FakeCentre, times: int) -> None:
        self.times, self._pass_on = times, centre.tickets.pass_on
        centre.tickets.pass_on = self  # type: ignore[assignment]

    def __call__(self, *what: Any) -> None:
        self.times -= 1
        if self.times >= 0:
            raise StoreError("store.busy", "The database does not answer.")
        self._pass_on(*what)


@pytest.mark.parametrize("is_known", [True, False])
@pytest.mark.parametrize("failures", [0, 2])
def test_a_bot_that_breaks_with_a_caller_given_back_apologizes_and_they_wait_for_a_person_again(
    web: TestClient, app: FastAPI, centre: FakeCentre, is_known: bool, failures: int
) -> None:
    breaks(centre, is_known=is_known)
    with desk(web, app) as agent_socket, call(web) as caller_socket:
        agent = Line(agent_socket)
        caller = talking(agent, caller_socket)
        Unwilling(centre, failures)
        agent.send(type="back", goal="anything")
        caller.until(apologizes)
        assert caller.until_loud() > 300, "it is heard"
        caller.until(state("waiting"))
        assert centre.tickets.tickets["T1"].status is TicketStatus.WAITING
        agent.until(presence("wrap-up"))
        agent.send(type="wrap", disposition="solved")
        assert agent.until(has("offer"))["offer"]["ticket"]["id"] == "T1"


def test_when_nobody_can_be_told_of_them_the_page_says_so(web: TestClient, app: FastAPI, centre: FakeCentre) -> None:
    breaks(centre)
    with desk(web, app) as agent_socket, call(web) as caller_socket:
        caller = talking(Line(agent_socket), caller_socket)
        Unwilling(centre, 100)
        Line(agent_socket).send(type="back", goal="anything")
        caller.until(apologizes)
        assert caller.until(lambda message: message["type"] == "ended")["reason"] == "unnoted"


def test_a_survey_that_breaks_is_no_reason_to_wait_for_a_person(
    web: TestClient, app: FastAPI, centre: FakeCentre
) -> None:
    breaks(centre)
    with desk(web, app) as agent_socket, call(web) as caller_socket:
        caller = talking(Line(agent_socket), caller_socket)
        Line(agent_socket).send(type="back", goal="survey")
        assert caller.until(lambda message: message["type"] == "ended")["reason"] == "done"
    assert centre.tickets.tickets["T1"].status is TicketStatus.DONE


def test_a_caller_whom_the_database_does_not_pass_on_stays_in_the_talk_and_the_agent_is_told(
    web: TestClient, app: FastAPI, centre: FakeCentre
) -> None:
    with desk(web, app) as agent_socket, call(web) as caller_socket, desk(web, app, "Ben") as ben_socket:
        agent = Line(agent_socket)
        caller = talking(agent, caller_socket)
        Line(ben_socket).until(presence("paused"))
        Unwilling(centre, 1)
        ben = next(one.id for one in centre.people.everybody() if one.name == "Ben")
        agent.send(type="transfer", agent=ben)
        assert "database" in agent.until(lambda message: message["type"] == "note")["text"]
        agent_socket.send_bytes(LOUD)
        assert caller.until_loud() > 300, "they still hear each other"
        agent.send(type="transfer", agent=ben)
        agent.until(presence("wrap-up"))
        caller.until(state("waiting"))
    eventually(lambda: centre.tickets.tickets["T1"].status is TicketStatus.WAITING)
