"""The live hand-over on the wire: a caller's page and agents' pages, sound and states, with a call centre in memory."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient, WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from bot.errors import StoreError
from bot.events import AudioChunk
from bot.web.agent_line import Command
from bot.web.floor import Floor
from bot.web.server import create_app
from handoff.desk import Desk
from handoff.history import Happening, What
from handoff.model import TicketStatus
from handoff.people import Role
from tests.unit.web.fake_centre import FakeCentre, LoudnessDetector, echo_centre, loudness, packet, session_cookie, tone

LOUD = tone(20, 500)


@pytest.fixture
def centre() -> FakeCentre:
    return echo_centre()[0]


@pytest.fixture
def app(centre: FakeCentre, monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    monkeypatch.setattr("bot.web.waiting_room.QUEUE_LOOK_S", 0.02)
    monkeypatch.setattr("bot.web.floor.LOOK_S", 0.02)
    return create_app(centre)


@pytest.fixture
def web(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app) as client:
        yield client


@pytest.fixture
def later(app: FastAPI) -> Callable[[float], None]:
    """Lets the floor's clock jump."""
    floor: Floor = app.state.house.floor
    now = floor._clock

    def jump(seconds: float) -> None:
        floor._clock = lambda: now() + dt.timedelta(seconds=seconds)

    return jump


class Line:
    """A WebSocket read as the pages read it."""

    def __init__(self, socket: WebSocketTestSession) -> None:
        self.socket = socket

    def send(self, **message: object) -> None:
        self.socket.send_json(message)

    def until(self, is_it: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
        for _ in range(3_000):
            raw = self.socket.receive()
            if raw["type"] == "websocket.close":
                raise AssertionError("closed")
            if raw.get("text") and is_it(message := json.loads(raw["text"])):
                return dict(message)
        raise AssertionError("it never came")

    def until_loud(self) -> float:
        for _ in range(3_000):
            raw = self.socket.receive()
            if raw.get("bytes") and (level := loudness(AudioChunk(raw["bytes"]))) > 300:
                return level
        raise AssertionError("silence")


def state(name: str) -> Callable[[dict[str, Any]], object]:
    return lambda message: message.get("state") == name


def presence(name: str) -> Callable[[dict[str, Any]], object]:
    return lambda message: message.get("type") == "state" and message["me"]["presence"] == name


def has(part: str) -> Callable[[dict[str, Any]], object]:
    return lambda message: message.get("type") == "state" and message.get(part)


def call(web: TestClient) -> WebSocketTestSession:
    web.cookies.clear()
    return web.websocket_connect("/call/browser")


def desk(web: TestClient, app: FastAPI, name: str = "Maya") -> WebSocketTestSession:
    web.cookies.clear()
    web.cookies.update(session_cookie(app, Role.AGENT, name))
    return web.websocket_connect("/desk/line")


def wait_for_person(socket: WebSocketTestSession) -> Line:
    line = Line(socket)
    line.send(type="start")
    line.send(type="digit", digit="0")
    line.until(state("waiting"))
    return line


def whats(centre: FakeCentre) -> list[What]:
    return [one.what for one in centre.history.happened]


def eventually(is_so: Callable[[], bool]) -> None:
    """What the server does after its last word to the page."""
    for _ in range(500):
        if is_so():
            return
        time.sleep(0.01)
    raise AssertionError("it never came")


def test_a_caller_is_offered_answered_heard_held_and_written_up(
    web: TestClient, app: FastAPI, centre: FakeCentre
) -> None:
    with desk(web, app) as agent_socket, call(web) as caller_socket:
        agent = Line(agent_socket)
        agent.until(presence("paused"))
        agent.send(type="ready")
        caller = wait_for_person(caller_socket)
        offer = agent.until(has("offer"))["offer"]
        assert offer["ticket"]["reasons"] == ["not understood twice"]
        assert offer["ticket"]["transcript"][1]["doubtful"] == ["ex", "rays"]
        agent.send(type="answer", ticket=offer["ticket"]["id"])
        assert caller.until(state("person"))["who"] == "Maya"
        agent.until(has("talk"))
        caller.socket.send_bytes(LOUD)
        assert agent.until_loud() > 300
        agent.socket.send_bytes(LOUD)
        assert caller.until_loud() > 300

        agent.send(type="hold", on=True)
        caller.until(state("held"))
        assert caller.until_loud() < 5_000, "music, softly"
        agent.send(type="hold", on=False)
        caller.until(state("person"))
        agent.send(type="end")
        assert caller.until(lambda message: message["type"] == "ended")["reason"] == "done"
        agent.until(presence("wrap-up"))
        agent.send(type="wrap", disposition="solved", notes="moved to Thursday")
        agent.until(presence("ready"))
    assert centre.tickets.tickets["T1"].status is TicketStatus.DONE
    kept = [What.OFFERED, What.ANSWERED, What.HELD, What.RESUMED, What.ENDED, What.WRAPPED]
    eventually(lambda: whats(centre) == kept)
    assert centre.history.happened[-1].details["notes"] == "moved to Thursday"


def test_on_hold_neither_side_hears_the_other(web: TestClient, app: FastAPI) -> None:
    with desk(web, app) as agent_socket, call(web) as caller_socket:
        agent, caller = Line(agent_socket), wait_for_person(caller_socket)
        agent.send(type="answer", ticket="T1")
        agent.until(has("talk"))
        agent.send(type="hold", on=True)
        agent.until(lambda message: message.get("talk") and message["talk"]["held"])
        floor: Floor = app.state.house.floor
        line = floor.talks.sounds.lines[1]
        caller.socket.send_bytes(LOUD)
        agent.send(type="hold", on=False)
        agent.until(lambda message: message.get("talk") and not message["talk"]["held"])
        assert line.pump._chunks.empty()


def test_a_caller_who_hangs_up_in_mid_talk_brings_the_agent_to_wrap_up(
    web: TestClient, app: FastAPI, centre: FakeCentre
) -> None:
    with desk(web, app) as agent_socket:
        agent = Line(agent_socket)
        with call(web) as caller_socket:
            caller = wait_for_person(caller_socket)
            agent.send(type="answer", ticket="T1")
            agent.until(has("talk"))
            caller.send(type="hangup")
            agent.until(presence("wrap-up"))
    eventually(lambda: whats(centre)[:2] == [What.ANSWERED, What.ENDED])
    assert centre.tickets.tickets["T1"].status is TicketStatus.DONE


def test_who_leaves_the_queue_is_counted_and_their_ticket_kept(web: TestClient, centre: FakeCentre) -> None:
    with call(web) as caller_socket:
        caller = wait_for_person(caller_socket)
        caller.send(type="hangup")
        caller.until(lambda message: message["type"] == "ended")
    eventually(lambda: whats(centre) == [What.ABANDONED])
    assert centre.tickets.tickets["T1"].status is TicketStatus.WAITING


def test_two_agents_answer_at_once_and_one_of_them_has_the_caller(
    web: TestClient, app: FastAPI, centre: FakeCentre
) -> None:
    with desk(web, app, "Maya") as first_socket, desk(web, app, "Bob") as second_socket, call(web) as caller_socket:
        caller = wait_for_person(caller_socket)
        first, second = Line(first_socket), Line(second_socket)
        for agent in (first, second):
            agent.send(type="answer", ticket="T1")
        who = caller.until(state("person"))["who"]
        winner, loser = (first, second) if who == "Maya" else (second, first)
        winner.until(has("talk"))
        assert "quicker" in loser.until(lambda message: message["type"] == "note")["text"]
    assert whats(centre).count(What.ANSWERED) == 1


def test_a_declined_caller_goes_to_the_next_person(web: TestClient, app: FastAPI, centre: FakeCentre) -> None:
    with desk(web, app, "Maya") as first_socket, desk(web, app, "Bob") as second_socket, call(web) as caller_socket:
        first, second = Line(first_socket), Line(second_socket)
        first.send(type="ready")
        first.until(presence("ready"))
        second.send(type="ready")
        wait_for_person(caller_socket)
        first.until(has("offer"))
        first.send(type="decline", ticket="T1")
        assert second.until(has("offer"))["offer"]["ticket"]["id"] == "T1"
    eventually(lambda: whats(centre)[:3] == [What.OFFERED, What.DECLINED, What.OFFERED])


def test_a_page_that_was_lost_finds_its_call_again(web: TestClient, app: FastAPI) -> None:
    with call(web) as caller_socket:
        caller = wait_for_person(caller_socket)
        with desk(web, app) as lost:
            Line(lost).send(type="answer", ticket="T1")
            caller.until(state("person"))
        caller.until(state("person-lost"))
        with desk(web, app) as again:
            assert Line(again).until(has("talk"))["talk"]["ticket"]["id"] == "T1"
            caller.until(state("person"))
            again.send_bytes(LOUD)
            caller.until_loud()


def test_a_caller_whose_agent_stays_away_waits_again_and_is_next(
    web: TestClient, app: FastAPI, centre: FakeCentre, later: Callable[[float], None]
) -> None:
    with call(web) as caller_socket:
        caller = wait_for_person(caller_socket)
        with desk(web, app) as lost:
            Line(lost).send(type="answer", ticket="T1")
            caller.until(state("person"))
        caller.until(state("person-lost"))
        later(31)
        assert caller.until(state("waiting"))["place"] == 1
        with desk(web, app, "Bob") as other:
            agent = Line(other)
            agent.send(type="ready")
            assert agent.until(has("offer"))["offer"]["ticket"]["id"] == "T1"
    eventually(lambda: What.RETURNED in whats(centre))
    assert What.ABANDONED not in whats(centre)[: whats(centre).index(What.RETURNED)]


def test_a_caller_whose_agent_stays_away_waits_again_once_the_database_answers(
    web: TestClient, app: FastAPI, centre: FakeCentre, later: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    put_back, tries = centre.tickets.pass_on, list[str]()

    def fails_at_first(ticket_id: str, *rest: Any) -> None:
        tries.append(ticket_id)
        if len(tries) < 3:
            raise StoreError("store.locked", "The database is busy.")
        put_back(ticket_id, *rest)

    monkeypatch.setattr(centre.tickets, "pass_on", fails_at_first)
    with call(web) as caller_socket:
        caller = wait_for_person(caller_socket)
        with desk(web, app) as lost:
            Line(lost).send(type="answer", ticket="T1")
            caller.until(state("person"))
        caller.until(state("person-lost"))
        later(31)
        with desk(web, app, "Bob") as other:
            agent = Line(other)
            agent.send(type="ready")
            assert agent.until(has("offer"))["offer"]["ticket"]["id"] == "T1"
    assert tries == ["T1"] * 3


def test_a_colleague_cannot_settle_a_ticket_whose_caller_is_being_talked_with(
    web: TestClient, app: FastAPI, centre: FakeCentre
) -> None:
    with desk(web, app) as socket, call(web) as caller_socket:
        caller, agent = wait_for_person(caller_socket), Line(socket)
        agent.send(type="answer", ticket="T1")
        agent.until(has("talk"))
        web.cookies.clear()
        web.cookies.update(session_cookie(app, Role.AGENT, "Bob"))
        for change in ("done", "back"):
            answer = web.post(f"/desk/tickets/T1/{change}", headers={"X-Frontdesk": "desk"})
            assert (answer.status_code, answer.json()["error"]) == (409, "A colleague is talking with them.")
        agent.socket.send_bytes(LOUD)
        caller.until_loud()


class SlowDatabase:
    """Takes tickets only when it is let."""

    def __init__(self, centre: FakeCentre, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[str] = []
        self.answers = threading.Event()
        self._take = centre.tickets.take
        monkeypatch.setattr(centre.tickets, "take", self.take)

    def take(self, ticket_id: str, now: dt.datetime) -> bool:
        self.asked.append(ticket_id)
        assert self.answers.wait(30)
        return self._take(ticket_id, now)


def test_who_answers_on_the_page_and_the_telephone_at_once_has_one_caller(
    web: TestClient, app: FastAPI, centre: FakeCentre, monkeypatch: pytest.MonkeyPatch
) -> None:
    floor, database = app.state.house.floor, SlowDatabase(centre, monkeypatch)
    with desk(web, app) as socket, call(web) as first, call(web) as second:
        agent = Line(socket)
        wait_for_person(first)
        wait_for_person(second)
        agent.send(type="answer", ticket="T1")
        eventually(lambda: database.asked == ["T1"])
        by_phone = Command(type="answer", ticket="T2")
        answering = web.portal.start_task_soon(floor.people.obey, 1, floor.talks.sounds.lines[1], by_phone)  # type: ignore[union-attr]
        assert "quicker" in agent.until(lambda message: message["type"] == "note")["text"]
        database.answers.set()
        assert agent.until(has("talk"))["talk"]["ticket"]["id"] == "T1"
        answering.result()
        assert centre.tickets.tickets["T2"].status is TicketStatus.WAITING


def test_a_caller_whose_agent_is_gone_before_the_database_answers_waits_on(
    web: TestClient, app: FastAPI, centre: FakeCentre, monkeypatch: pytest.MonkeyPatch
) -> None:
    floor, database = app.state.house.floor, SlowDatabase(centre, monkeypatch)
    with desk(web, app) as socket, call(web) as caller_socket:
        wait_for_person(caller_socket)
        Line(socket).send(type="answer", ticket="T1")
        eventually(lambda: database.asked == ["T1"])
        web.portal.call(floor.desk.seats.pop, 1)  # type: ignore[union-attr]
        database.answers.set()
        with desk(web, app, "Bob") as other:
            bob = Line(other)
            bob.send(type="ready")
            assert bob.until(has("offer"))["offer"]["ticket"]["id"] == "T1"


def test_an_offer_nobody_answers_is_missed_and_pauses_the_agent(
    web: TestClient, app: FastAPI, later: Callable[[float], None]
) -> None:
    with desk(web, app) as socket, call(web) as caller_socket:
        agent = Line(socket)
        agent.send(type="ready")
        wait_for_person(caller_socket)
        agent.until(has("offer"))
        later(21)
        assert agent.until(presence("paused"))["me"]["reason"] == "missed a call"


def test_a_second_page_of_the_same_person_takes_over(web: TestClient, app: FastAPI) -> None:
    with desk(web, app) as old, desk(web, app) as new:
        assert "elsewhere" in Line(old).until(lambda message: message["type"] == "note")["text"]
        agent = Line(new)
        agent.send(type="ready")
        agent.until(presence("ready"))


@pytest.mark.parametrize("nonsense", ["{}", "no json", '{"type":"fly"}', '{"type":"end","extra":1}', "x" * 5_000])
def test_a_page_that_sends_nonsense_ends_its_own_line(web: TestClient, app: FastAPI, nonsense: str) -> None:
    with desk(web, app) as socket:
        socket.send_text(nonsense)
        with pytest.raises(AssertionError, match="closed"):
            Line(socket).until(lambda message: False)


@pytest.mark.parametrize("role", [None, Role.EDITOR])
def test_the_line_is_for_those_who_answer_callers(web: TestClient, app: FastAPI, role: Role | None) -> None:
    if role:
        web.cookies.update(session_cookie(app, role))
    with pytest.raises(WebSocketDisconnect), web.websocket_connect("/desk/line"):
        pass


def test_another_site_cannot_open_the_line_with_our_cookie(web: TestClient, app: FastAPI) -> None:
    web.cookies.update(session_cookie(app))
    with (
        pytest.raises(WebSocketDisconnect),
        web.websocket_connect("/desk/line", headers={"origin": "http://evil.test"}),
    ):
        pass


def test_what_both_say_is_written_down_on_both_screens_and_kept(
    web: TestClient, app: FastAPI, centre: FakeCentre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.web.talk_sound.SpeechDetector", LoudnessDetector)
    with desk(web, app) as agent_socket, call(web) as caller_socket:
        agent, caller = Line(agent_socket), wait_for_person(caller_socket)
        agent.send(type="answer", ticket="T1")
        caller.until(state("person"))
        for socket, speaker in ((caller_socket, "caller"), (agent_socket, "agent")):
            for chunk in [LOUD] * 20 + [bytes(640)] * 40:
                socket.send_bytes(chunk)
            shown = agent.until(lambda message: message.get("talk") and said_by(message, speaker))  # noqa: B023
            assert shown["talk"]["lines"][-1]["doubtful"] == ["ex"]
            caption = caller.until(lambda message: message["type"] == "caption" and message["speaker"] == speaker)  # noqa: B023
            assert caption["text"] == "an ex ray"
        agent.send(type="end")
        shown = agent.until(lambda message: message.get("wrap"))
        assert [line["speaker"] for line in shown["wrap"]["lines"]] == ["caller", "agent"]
    assert [line["speaker"] for line in centre.talks["c1"]] == ["caller", "agent"]
    ended = [one for one in centre.history.happened if one.what is What.ENDED]
    assert [line["speaker"] for line in ended[0].details["transcript"]] == ["caller", "agent"]


def test_a_talk_that_our_end_cut_off_is_for_somebody_to_take_after_the_next_start(centre: FakeCentre) -> None:
    now = dt.datetime.now(dt.UTC)
    ticket = centre.tickets.add(packet(), now)
    centre.tickets.take(ticket.id, now)
    centre.history.add(Happening(ticket.id, What.ANSWERED, now, 7))
    with TestClient(create_app(centre)):
        eventually(lambda: whats(centre) == [What.ANSWERED, What.RETURNED])
    assert centre.tickets.tickets[ticket.id].status is TicketStatus.WAITING
    assert centre.tickets.tickets[ticket.id].created_at == now, "the place in the queue is kept"


def said_by(message: dict[str, Any], speaker: str) -> bool:
    return any(line["speaker"] == speaker for line in message["talk"]["lines"])


def test_a_caller_is_passed_on_to_a_colleague_with_what_was_said_and_keeps_the_line(
    web: TestClient, app: FastAPI, centre: FakeCentre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.web.talk_sound.SpeechDetector", LoudnessDetector)
    with desk(web, app, "Maya") as first_socket, desk(web, app, "Bob") as second_socket, call(web) as caller_socket:
        first, second, caller = Line(first_socket), Line(second_socket), wait_for_person(caller_socket)
        first.send(type="answer", ticket="T1")
        caller.until(state("person"))
        second.send(type="ready")
        for chunk in [LOUD] * 20 + [bytes(640)] * 40:
            caller_socket.send_bytes(chunk)
        talking = first.until(lambda message: message.get("talk") and said_by(message, "caller"))
        assert {"to": 2, "name": "Bob", "free": True} in talking["targets"]
        first.send(type="transfer", queue="nowhere")
        first.until(lambda message: message["type"] == "note")
        first.send(type="transfer", agent=2)
        first.until(presence("wrap-up"))
        assert caller.until(state("waiting"))["place"] == 1
        offer = second.until(has("offer"))["offer"]
        assert offer["ticket"]["transcript"][-1]["text"] == "an ex ray"
        second.send(type="answer", ticket="T1")
        assert caller.until(state("person"))["who"] == "Bob"
        second_socket.send_bytes(LOUD)
        caller.until_loud()
    eventually(lambda: What.TRANSFERRED in whats(centre))
    assert [line["text"] for line in centre.talks["c1"]] == ["an ex ray"]


def test_waiting_callers_are_told_how_long_it_may_take_once_that_is_known(
    web: TestClient, app: FastAPI, centre: FakeCentre, later: Callable[[float], None]
) -> None:
    now = dt.datetime.now(dt.UTC)
    for _ in range(5):
        ticket = centre.tickets.add(packet(), now)
        centre.tickets.set_status(ticket.id, TicketStatus.DONE, now)
        centre.history.add(Happening(ticket.id, What.ANSWERED, now, 7))
        centre.history.add(Happening(ticket.id, What.ENDED, now + dt.timedelta(seconds=150), 7))
    with desk(web, app) as agent_socket, call(web) as first_socket:
        agent = Line(agent_socket)
        first = wait_for_person(first_socket)
        agent.send(type="answer", ticket="T6")
        first.until(state("person"))
        with call(web) as second_socket:
            second = wait_for_person(second_socket)
            later(61)
            assert second.until(lambda message: message.get("minutes"))["minutes"] == 3


@pytest.mark.parametrize("number", ["+15550100", ""])
def test_who_waits_for_nobody_is_promised_a_call_back_and_stays_in_the_list(
    web: TestClient, app: FastAPI, centre: FakeCentre, later: Callable[[float], None], number: str
) -> None:
    with call(web) as caller_socket:
        caller = wait_for_person(caller_socket)
        centre.tickets.tickets["T1"] = replace(centre.tickets.tickets["T1"], packet=packet(caller=number))
        assert caller.until(lambda message: message.get("staffed") is False)["place"] == 1
        later(46)
        if number:
            assert caller.until(state("call-back"))["number"] == number
        reason = caller.until(lambda message: message["type"] == "ended")["reason"]
        assert reason == ("call-back" if number else "noted"), "without a number nothing is promised"
    eventually(lambda: whats(centre) == [What.PROMISED if number else What.ABANDONED])
    web.cookies.update(session_cookie(app))
    eventually(lambda: web.get("/desk/tickets").json()["tickets"][0]["call_back"])
    assert web.get("/desk/tickets/T1").json()["number"] == number


def test_who_waits_for_people_at_work_goes_on_waiting(
    web: TestClient, app: FastAPI, centre: FakeCentre, later: Callable[[float], None]
) -> None:
    with desk(web, app) as agent_socket, call(web) as caller_socket:
        agent = Line(agent_socket)
        agent.send(type="ready")
        agent.until(presence("ready"))
        caller = wait_for_person(caller_socket)
        agent.until(has("offer"))
        later(15)
        agent.send(type="decline", ticket="T1")
        later(60)
        agent.send(type="answer", ticket="T1")
        caller.until(state("person"))


def test_a_supervisor_hears_both_sides_and_nobody_else_does(web: TestClient, app: FastAPI) -> None:
    with desk(web, app) as agent_socket, call(web) as caller_socket:
        agent, caller = Line(agent_socket), wait_for_person(caller_socket)
        agent.send(type="answer", ticket="T1")
        caller.until(state("person"))
        web.cookies.clear()
        web.cookies.update(session_cookie(app, Role.SUPERVISOR, "Sue"))
        with web.websocket_connect("/board/listen/1") as ear_socket:
            ear = Line(ear_socket)
            caller_socket.send_bytes(LOUD)
            ear.until_loud()
            agent_socket.send_bytes(LOUD)
            caller.until_loud()
            caller_socket.send_bytes(bytes(640))
            ear.until_loud()
        web.cookies.clear()
        web.cookies.update(session_cookie(app, Role.AGENT, "Bob"))
        with pytest.raises(WebSocketDisconnect), web.websocket_connect("/board/listen/1"):
            pass


def test_what_an_admin_changes_holds_for_an_open_desk_at_once(web: TestClient, app: FastAPI) -> None:
    own = {"X-Frontdesk": "desk"}
    with desk(web, app) as socket:
        agent = Line(socket)
        agent.until(presence("paused"))
        web.cookies.clear()
        web.cookies.update(session_cookie(app, Role.ADMIN, "Ada"))
        change = {"role": "agent", "queues": {"billing": 1}, "is_active": True}
        assert web.post("/people/1", headers=own, json=change).status_code == 200
        floor: Floor = app.state.house.floor
        assert dict(floor.desk.seats[1].queues) == {"billing": 1}
        web.post("/people/1", headers=own, json=change | {"is_active": False})
        with pytest.raises(AssertionError, match="closed"):
            agent.until(lambda message: False)


async def test_a_surprise_in_one_look_does_not_end_the_looking(
    centre: FakeCentre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.web.floor.LOOK_S", 0.001)
    floor, looks = Floor(centre, Desk()), []

    async def look() -> None:
        looks.append("look")
        raise KeyError("nobody thought of this")

    monkeypatch.setattr(floor, "_look", look)
    running = asyncio.create_task(floor.run())
    async with asyncio.timeout(10):
        while len(looks) < 2:
            assert not running.done()
            await asyncio.sleep(0.001)
    running.cancel()
