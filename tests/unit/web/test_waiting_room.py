"""Callers in the queue, on the wire: what they can choose while they wait, and what becomes of it."""

from __future__ import annotations

import datetime as dt
import wave
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from starlette.testclient import TestClient

from bot.channels.channel import Channel
from bot.config import Settings
from bot.dialogue.queueing import Queueing
from bot.errors import StoreError
from bot.events import Digits, Hypothesis, Utterance
from bot.report import CallReport
from bot.web.floor import Floor
from bot.web.server import create_app
from handoff.history import What
from handoff.model import Medium, Priority, TicketStatus
from handoff.queues import Queue, weekly
from tests.unit.web.fake_centre import (
    NOON,
    EchoConversation,
    FakeCentre,
    LoudnessDetector,
    echo_centre,
    packet,
    tone,
)
from tests.unit.web.test_floor import Line, call, desk, eventually, has, presence, state, wait_for_person, whats


@pytest.fixture
def centre(tmp_path: Path) -> FakeCentre:
    centre = echo_centre()[0]
    centre.settings = Settings(secret=SecretStr("a secret of the tests"), home=tmp_path)
    return centre


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
def recordings(monkeypatch: pytest.MonkeyPatch) -> list[LoudnessDetector]:
    """One for each message, from the end of its tone on."""
    begun: list[LoudnessDetector] = []

    def detector() -> LoudnessDetector:
        begun.append(LoudnessDetector())
        return begun[-1]

    monkeypatch.setattr("bot.web.message.SpeechDetector", detector)
    return begun


@pytest.fixture
def later(app: FastAPI) -> Callable[[float], None]:
    floor: Floor = app.state.house.floor
    now = floor._clock

    def jump(seconds: float) -> None:
        floor._clock = lambda: now() + dt.timedelta(seconds=seconds)

    return jump


def says(words: str) -> Callable[[dict[str, Any]], object]:
    return lambda message: message.get("type") == "caption" and words in message["text"]


def tells_how_they_stand(message: dict[str, Any]) -> object:
    """That nobody is at work is known at the second look only: which of the two comes first is a race."""
    return says("nobody is at the desk")(message) or says("You are next")(message)


def ended(message: dict[str, Any]) -> object:
    return message["type"] == "ended"


def in_company(caller: Line) -> None:
    """The page sends sound all the time; with the first of it the bot begins."""
    caller.socket.send_bytes(bytes(640))
    caller.until(says("On the keypad"))


def press(caller: Line, *keys: str) -> None:
    for key in keys:
        caller.send(type="digit", digit=key)


def test_a_call_back_is_stored_kept_in_its_place_and_offered_when_somebody_is_free(
    web: TestClient, app: FastAPI, centre: FakeCentre
) -> None:
    with call(web) as socket:
        caller = wait_for_person(socket)
        in_company(caller)
        press(caller, "2")
        caller.until(says("Shall we call you"))
        press(caller, "1")
        caller.until(says("as soon as it's your turn"))
        press(caller, "1")
        caller.until(says("you keep your place"))
        assert centre.tickets.tickets["T1"].medium is Medium.CALLBACK, "stored before it was said"
        assert caller.until(ended)["reason"] == "bot"
    eventually(lambda: whats(centre) == [What.PROMISED])
    with desk(web, app) as socket:
        maya = Line(socket)
        maya.send(type="ready")
        offer = maya.until(has("offer"))["offer"]["ticket"]
        assert (offer["medium"], offer["number"]) == ("callback", "+15550100")
        maya.send(type="answer", ticket="T1")
        maya.until(has("talk"))
        maya.send(type="end")
        maya.until(presence("wrap-up"))
    eventually(lambda: centre.tickets.tickets["T1"].status is TicketStatus.DONE)
    assert [one for one in whats(centre) if one is not What.OFFERED] == [What.PROMISED, What.ANSWERED, What.ENDED]


def test_a_call_back_that_reaches_nobody_is_tried_again_a_while_later(
    web: TestClient, app: FastAPI, centre: FakeCentre, later: Callable[[float], None]
) -> None:
    ticket = centre.tickets.add(packet(), dt.datetime.now(dt.UTC))
    centre.tickets.call_back(ticket.id, "+15550100", None, dt.datetime.now(dt.UTC))
    with desk(web, app) as socket:
        maya = Line(socket)
        maya.send(type="ready")
        maya.until(has("offer"))
        maya.send(type="answer", ticket="T1")
        maya.until(has("talk"))
        maya.send(type="again")
        maya.until(presence("wrap-up"))
        eventually(lambda: What.UNREACHED in whats(centre))
        again = centre.tickets.tickets["T1"]
        assert (again.status, again.tries) == (TicketStatus.WAITING, 1)
        maya.send(type="wrap")
        maya.until(presence("ready"))
        later(15 * 60)
        assert maya.until(has("offer"))["offer"]["ticket"]["id"] == "T1"


def test_a_message_is_on_the_disk_before_the_caller_is_thanked_and_offered_like_a_call(
    web: TestClient, app: FastAPI, centre: FakeCentre, recordings: list[LoudnessDetector]
) -> None:
    with call(web) as socket:
        caller = wait_for_person(socket)
        in_company(caller)
        press(caller, "3")
        caller.until(says("after the tone"))
        eventually(lambda: bool(recordings))
        for _ in range(40):
            socket.send_bytes(tone(20, 500))
        press(caller, "#")
        caller.until(says("Your message is stored"))
        ticket = centre.tickets.tickets["T1"]
        assert ticket.medium is Medium.MESSAGE
        with wave.open(str(centre.settings.home / "messages" / ticket.recording)) as wav:
            assert (wav.getframerate(), wav.getnframes()) == (16_000, 40 * 320)
        caller.until(ended)
    eventually(lambda: whats(centre) == [What.MESSAGE])
    with desk(web, app) as socket:
        maya = Line(socket)
        maya.send(type="ready")
        assert maya.until(has("offer"))["offer"]["ticket"]["message"] == "/desk/messages/T1"
        heard = web.get("/desk/messages/T1")
        assert (heard.status_code, heard.headers["content-type"]) == (200, "audio/wav")
    assert web.get("/desk/messages/T9").status_code == 404


def test_who_says_nothing_after_the_tone_waits_on(
    web: TestClient, centre: FakeCentre, recordings: list[LoudnessDetector]
) -> None:
    with call(web) as socket:
        caller = wait_for_person(socket)
        in_company(caller)
        press(caller, "3")
        caller.until(says("after the tone"))
        eventually(lambda: bool(recordings))
        press(caller, "#")
        caller.until(says("didn't hear a message"))
        caller.until(says("nobody is at the desk"))
    assert centre.tickets.tickets["T1"].medium is Medium.CALL


def test_who_goes_on_with_the_bot_stays_in_the_queue_and_is_taken_out_of_it_when_a_person_is_free(
    web: TestClient, app: FastAPI, centre: FakeCentre
) -> None:
    with call(web) as socket:
        caller = wait_for_person(socket)
        in_company(caller)
        press(caller, "4")
        eventually(lambda: bool(centre.errands))
        assert (centre.errands[0].goal, centre.tickets.tickets["T1"].status) == ("meanwhile", TicketStatus.WAITING)
        with desk(web, app) as agent:
            web.cookies.clear()
            maya = Line(agent)
            maya.send(type="ready")
            maya.until(has("offer"))
            maya.send(type="answer", ticket="T1")
            caller.until(state("person"))
            socket.send_bytes(bytes(640))
            maya.until(presence("talking"))


def test_when_the_bot_is_done_they_wait_on_and_have_been_told_what_they_can_do(
    web: TestClient, centre: FakeCentre
) -> None:
    with call(web) as socket:
        caller = wait_for_person(socket)
        in_company(caller)
        press(caller, "4")
        eventually(lambda: bool(centre.errands))
        press(caller, "9")
        caller.until(tells_how_they_stand)
        press(caller, "1")
        caller.until(says("Thank you for waiting"))


def test_a_queue_that_is_closed_says_so_and_offers_nobody(web: TestClient, app: FastAPI, centre: FakeCentre) -> None:
    never = weekly({dt.datetime.now(dt.UTC).weekday(): [("00:00", "00:01")]})
    closed = Queue("reception", opening=never, timezone="UTC")
    centre.queues.put(closed, dt.datetime.now(dt.UTC))
    eventually(lambda: bool(app.state.house.floor.desk.queues))
    with desk(web, app) as agent, call(web) as socket:
        maya = Line(agent)
        maya.send(type="ready")
        caller = wait_for_person(socket)
        socket.send_bytes(bytes(640))
        caller.until(says("not in at this time"))
        press(caller, "2")
        caller.until(says("Shall we call you"))
        assert app.state.house.floor.desk.offers == {}


def test_a_promise_that_cannot_be_stored_is_made_once_it_can(
    web: TestClient, app: FastAPI, centre: FakeCentre, later: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    promise, tries = centre.tickets.call_back, list[str]()

    def fails_at_first(ticket_id: str, *rest: Any) -> bool:
        tries.append(ticket_id)
        if len(tries) < 3:
            raise StoreError("store.locked", "The database is busy.")
        return promise(ticket_id, *rest)

    monkeypatch.setattr(centre.tickets, "call_back", fails_at_first)
    with call(web) as socket:
        caller = wait_for_person(socket)
        later(3_600)
        assert caller.until(ended)["reason"] == "call-back"
    assert tries == ["T1"] * 3
    eventually(lambda: app.state.house.room._standings == {})


def test_a_look_at_the_queue_that_breaks_is_not_the_last(
    web: TestClient, app: FastAPI, later: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    floor: Floor = app.state.house.floor
    alone_s, looks = floor.alone_s, list[str]()

    def breaks_at_first(line: Any) -> float:
        looks.append(line.ticket)
        if len(looks) < 3:
            raise RuntimeError("broken on purpose")
        return alone_s(line)

    monkeypatch.setattr(floor, "alone_s", breaks_at_first)
    with call(web) as socket:
        caller = wait_for_person(socket)
        eventually(lambda: len(looks) > 3)
        later(3_600)
        assert caller.until(ended)["reason"] == "call-back"


def test_a_full_queue_and_a_wait_too_long_end_in_the_promise_of_a_call_back(
    web: TestClient, app: FastAPI, centre: FakeCentre, later: Callable[[float], None]
) -> None:
    centre.queues.put(Queue("reception", max_length=1, max_wait_s=600), dt.datetime.now(dt.UTC))
    centre.settings = centre.settings.model_copy(update={"unstaffed_wait_s": 86_400.0})
    eventually(lambda: bool(app.state.house.floor.desk.queues))
    with call(web) as first, call(web) as second:
        waits = wait_for_person(first)
        eventually(lambda: len(app.state.house.floor.waiting()) == 1)
        turned_away = wait_for_person(second)
        second.send_bytes(bytes(640))
        turned_away.until(says("the queue is full"))
        later(61)
        assert turned_away.until(ended)["reason"] == "call-back"
        later(660)
        assert waits.until(ended)["reason"] == "call-back"
    assert {one.medium for one in centre.tickets.tickets.values()} == {Medium.CALLBACK}


def test_who_hangs_up_while_waiting_has_left_and_an_emergency_said_to_the_bot_goes_to_the_front(
    web: TestClient, centre: FakeCentre
) -> None:
    with call(web) as socket:
        caller = wait_for_person(socket)
        in_company(caller)
        centre.next_transfer = "emergency"
        press(caller, "4")
        eventually(lambda: centre.tickets.tickets["T1"].packet.priority is Priority.EMERGENCY)
        assert centre.tickets.tickets["T1"].packet.queue == "emergency"
    eventually(lambda: centre.tickets.tickets["T1"].left_at is not None)
    assert whats(centre) == [What.ABANDONED]


def test_the_last_agent_is_known_to_the_floor(web: TestClient, app: FastAPI, centre: FakeCentre) -> None:
    centre.queues.put(Queue("reception", last_agent_s=30), dt.datetime.now(dt.UTC))
    centre.tickets.last_agents["+15550100"] = 7
    eventually(lambda: bool(app.state.house.floor.desk.queues))
    with call(web) as socket:
        wait_for_person(socket)
        eventually(lambda: app.state.house.floor.desk.served_by == {"T1": 7})


class LeavesNumber(FakeCentre):
    """A caller who asks, in words, to be called back at ten tomorrow."""

    async def attend(self, channel: Channel, conversation: Queueing) -> CallReport:
        for heard in (Digits("2"), Digits("1"), Utterance((Hypothesis("tomorrow at ten in the morning"),))):
            conversation.hear(heard, NOON)
        return CallReport("", "", NOON)


def test_a_time_to_be_called_back_is_one_of_the_business_they_called(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.unit.web.fake_centre.packet", partial(packet, business="tokyo"))
    conversation = EchoConversation()
    centre = conversation.centre = LeavesNumber(conversation)
    tokyo = SimpleNamespace(timezone=ZoneInfo("Asia/Tokyo"))
    centre.offices = SimpleNamespace(all=lambda: {"tokyo": SimpleNamespace(content=SimpleNamespace(business=tokyo))})
    with TestClient(create_app(centre)) as web, call(web) as socket:
        caller = wait_for_person(socket)
        caller.socket.send_bytes(bytes(640))
        caller.until(ended)
    due_at = centre.tickets.tickets["T1"].due_at
    assert due_at is not None
    assert due_at.astimezone(dt.UTC).hour == 1, "ten in Tokyo"
