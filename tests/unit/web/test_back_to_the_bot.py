"""On the wire: back to the bot, the bot's voice in a talk, supervisors in talks and in calls of the bot."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient, WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from bot.config import Settings
from bot.events import TakenOver
from bot.report import CallReport, Turn
from bot.web.server import create_app
from handoff.history import What
from handoff.model import TicketStatus
from handoff.people import Role
from handoff.queues import Queue, weekly
from tests.unit.web.fake_centre import NOON, FakeCentre, LoudnessDetector, echo_centre, session_cookie
from tests.unit.web.test_floor import LOUD, Line, call, desk, eventually, has, presence, state, wait_for_person, whats


@pytest.fixture
def centre() -> FakeCentre:
    return echo_centre()[0]


@pytest.fixture
def app(centre: FakeCentre, monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    monkeypatch.setattr("bot.web.waiting_room.QUEUE_LOOK_S", 0.02)
    monkeypatch.setattr("bot.web.floor.LOOK_S", 0.02)
    monkeypatch.setattr("bot.web.overseeing.LOOK_S", 0.02)
    monkeypatch.setattr("bot.web.talk_sound.SpeechDetector", LoudnessDetector)
    return create_app(centre)


@pytest.fixture
def web(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app) as client:
        yield client


def talking(agent: Line, caller_socket: WebSocketTestSession) -> Line:
    """From the call to the talk."""
    agent.until(presence("paused"))
    agent.send(type="ready")
    caller = wait_for_person(caller_socket)
    ticket = agent.until(has("offer"))["offer"]["ticket"]["id"]
    agent.send(type="answer", ticket=ticket)
    agent.until(has("talk"))
    caller.until(state("person"))
    return caller


def back_with_the_bot(caller: Line, centre: FakeCentre) -> None:
    """At once, though the caller's line brings nothing meanwhile."""
    eventually(lambda: What.GIVEN_BACK in whats(centre))
    caller.until(state("bot"))


def board(web: TestClient, app: FastAPI, path: str) -> WebSocketTestSession:
    web.cookies.clear()
    web.cookies.update(session_cookie(app, Role.SUPERVISOR, "Sue"))
    return web.websocket_connect(f"/board/{path}")


def test_a_caller_given_back_takes_the_survey_and_the_answer_is_kept(
    web: TestClient, app: FastAPI, centre: FakeCentre
) -> None:
    with desk(web, app) as agent_socket, call(web) as caller_socket:
        agent = Line(agent_socket)
        caller = talking(agent, caller_socket)
        agent.send(type="back", goal="survey")
        back_with_the_bot(caller, centre)
        caller.until(lambda message: "would be glad to hear" in message.get("text", ""))
        agent.until(presence("wrap-up"))
        caller.send(type="digit", digit="4")
        assert caller.until(lambda message: message["type"] == "ended")["reason"] == "bot"
    assert [errand.goal for errand in centre.errands] == ["survey"]
    assert centre.errands[0].person == "Maya"
    assert centre.tickets.tickets["T1"].status is TicketStatus.DONE
    eventually(lambda: What.SURVEYED in whats(centre))
    [surveyed] = [one for one in centre.history.happened if one.what is What.SURVEYED]
    assert (surveyed.agent, surveyed.details) == (1, {"rating": 4})
    assert What.ABANDONED not in whats(centre)


def test_a_caller_given_back_can_come_to_a_person_again(web: TestClient, app: FastAPI, centre: FakeCentre) -> None:
    with desk(web, app) as agent_socket, call(web) as caller_socket:
        agent = Line(agent_socket)
        caller = talking(agent, caller_socket)
        agent.send(type="back", goal="anything")
        back_with_the_bot(caller, centre)
        agent.until(presence("wrap-up"))
        agent.send(type="wrap", disposition="solved")
        caller.send(type="digit", digit="0")
        assert agent.until(has("offer"))["offer"]["ticket"]["id"] == "T2"
        agent.send(type="answer", ticket="T2")
        caller.until(state("person"))


def test_where_it_is_set_who_talked_with_a_person_is_asked_how_it_was(
    web: TestClient, app: FastAPI, centre: FakeCentre
) -> None:
    centre.settings = Settings(secret=centre.settings.secret, survey="talks")
    with desk(web, app) as agent_socket, call(web) as caller_socket:
        agent = Line(agent_socket)
        caller = talking(agent, caller_socket)
        agent.send(type="end")
        back_with_the_bot(caller, centre)
    assert [errand.goal for errand in centre.errands] == ["survey"]


def test_answers_are_suggested_and_the_bot_says_one_to_the_caller(
    web: TestClient, app: FastAPI, centre: FakeCentre
) -> None:
    with desk(web, app) as agent_socket, call(web) as caller_socket:
        agent = Line(agent_socket)
        caller = talking(agent, caller_socket)
        for _ in range(25):
            caller.socket.send_bytes(LOUD)
        for _ in range(60):
            caller.socket.send_bytes(bytes(640))
        [suggested] = agent.until(has("suggestions"))["suggestions"]
        assert suggested["text"] == "X-rays can be sent to us by e-mail."
        agent.send(type="say", text=suggested["text"])
        spoken = caller.until(lambda message: message.get("speaker") == "bot" and "X-rays" in message["text"])
        assert spoken["final"]
        assert caller.until_loud() > 300
    assert centre.voice.said == ["X-rays can be sent to us by e-mail."]


def test_a_supervisor_listens_whispers_and_barges_in(web: TestClient, app: FastAPI) -> None:
    with desk(web, app) as agent_socket, call(web) as caller_socket, board(web, app, "listen/1") as board_socket:
        agent, supervisor = Line(agent_socket), Line(board_socket)
        caller = talking(agent, caller_socket)
        caller.socket.send_bytes(LOUD)
        assert supervisor.until_loud() > 300
        supervisor.send(type="whisper")
        supervisor.until(lambda message: message.get("mode") == "whisper")
        supervisor.socket.send_bytes(LOUD)
        assert agent.until_loud() > 300
        supervisor.send(type="barge")
        supervisor.until(lambda message: message.get("mode") == "barge")
        for _ in range(5):
            supervisor.socket.send_bytes(LOUD)
        assert caller.until_loud() > 300


def test_a_call_of_the_bot_is_heard_and_read_by_a_supervisor(web: TestClient, app: FastAPI, centre: FakeCentre) -> None:
    report = CallReport("c7", "browser", NOON, caller="+15550107", turns=[Turn("caller", "my bill", 0, 900, 0.4)])
    with centre.live.going_on(report, lambda: 0.4), board(web, app, "calls/c7") as socket:
        supervisor = Line(socket)
        assert supervisor.until(has("call"))["lines"][0]["text"] == "my bill"
        web.portal.call(centre.taps.heard, "c7", "bot", LOUD)  # type: ignore[union-attr]
        assert supervisor.until_loud() > 300
        [shown] = web.get("/board/figures").json()["calls"]
        assert (shown["caller"], shown["confidence"]) == ("+15550107", 0.4)


def test_who_takes_a_call_over_from_the_bot_gets_the_caller_at_once(
    web: TestClient, app: FastAPI, centre: FakeCentre
) -> None:
    posted: list[object] = []
    with (
        centre.live.going_on(CallReport("c1", "browser", NOON), lambda: None) as reachable,
        desk(web, app) as agent_socket,
        call(web) as caller_socket,
    ):
        reachable(posted.append)
        agent = Line(agent_socket)
        agent.until(presence("paused"))
        agent.send(type="take-over", call="c1")
        eventually(lambda: bool(posted))
        assert posted == [TakenOver("Maya took over")]
        caller = wait_for_person(caller_socket)  # the fake bot hands call c1 over
        assert agent.until(has("talk"))["talk"]["ticket"]["id"] == "T1"
        caller.until(state("person"))


def test_who_was_taken_over_from_the_bot_is_not_turned_away_by_a_closed_queue(
    web: TestClient, app: FastAPI, centre: FakeCentre
) -> None:
    another_day = (dt.datetime.now(dt.UTC).weekday() + 3) % 7
    centre.queues.put(Queue("reception", opening=weekly({another_day: [("00:00", "00:01")]})), NOON)
    eventually(lambda: bool(app.state.house.floor.desk.queues))
    posted: list[object] = []
    with (
        centre.live.going_on(CallReport("c1", "browser", NOON), lambda: None) as reachable,
        desk(web, app) as agent_socket,
        call(web) as caller_socket,
    ):
        reachable(posted.append)
        agent = Line(agent_socket)
        agent.until(presence("paused"))
        agent.send(type="take-over", call="c1")
        eventually(lambda: bool(posted))
        caller = wait_for_person(caller_socket)
        agent.until(has("talk"))
        caller.until(state("person"))


def test_a_call_that_is_over_cannot_be_taken_over(web: TestClient, app: FastAPI) -> None:
    with desk(web, app) as agent_socket:
        agent = Line(agent_socket)
        agent.until(presence("paused"))
        agent.send(type="take-over", call="c9")
        assert "not in that call any more" in agent.until(lambda message: message["type"] == "note")["text"]


@pytest.mark.parametrize("path", ["listen/7", "calls/c7"])
def test_who_oversees_no_more_hears_no_more(web: TestClient, app: FastAPI, centre: FakeCentre, path: str) -> None:
    report = CallReport("c7", "browser", NOON)
    with centre.live.going_on(report, lambda: None), board(web, app, path) as socket:
        web.cookies.clear()
        web.cookies.update(session_cookie(app, Role.ADMIN, "Ada"))
        change = {"role": "agent", "queues": {}, "is_active": True}
        sue = next(person for person in centre.people.everybody() if person.name == "Sue")
        assert web.post(f"/people/{sue.id}", headers={"X-Frontdesk": "desk"}, json=change).status_code == 200
        with pytest.raises(AssertionError, match="closed"):
            Line(socket).until(lambda message: False)


@pytest.mark.parametrize("path", ["listen/1", "calls/c7"])
def test_an_agent_may_not_oversee(web: TestClient, app: FastAPI, path: str) -> None:
    web.cookies.clear()
    web.cookies.update(session_cookie(app, Role.AGENT))
    with pytest.raises(WebSocketDisconnect), web.websocket_connect(f"/board/{path}") as socket:
        socket.receive_text()


def test_ones_own_figures_of_the_day(web: TestClient, app: FastAPI, centre: FakeCentre) -> None:
    with desk(web, app) as agent_socket, call(web) as caller_socket:
        agent = Line(agent_socket)
        talking(agent, caller_socket)
        agent.send(type="end")
        agent.until(presence("wrap-up"))
        agent.send(type="wrap", disposition="solved")
        agent.until(presence("ready"))
        web.cookies.update(session_cookie(app, Role.AGENT, "Maya"))
        eventually(lambda: web.get("/desk/today").json()["aht_s"] is not None)
        assert web.get("/desk/today").json()["calls"] == 1
