"""On the wire: a colleague or somebody outside is asked into a talk; the caller is never alone in silence."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from bot.audio.dtmf import DtmfDetector
from bot.channels.outbound_calls import Progress, Talk
from bot.events import AudioChunk
from bot.web.outside import diallable
from bot.web.server import create_app
from handoff.history import What
from handoff.model import TicketStatus
from tests.unit.web.fake_centre import FakeCentre, LoudnessDetector, echo_centre, loudness
from tests.unit.web.test_back_to_the_bot import talking
from tests.unit.web.test_floor import LOUD, Line, call, desk, eventually, has, later, presence, state, whats

__all__ = ["later"]


@pytest.fixture
def centre() -> FakeCentre:
    return echo_centre()[0]


@pytest.fixture
def app(centre: FakeCentre, monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    monkeypatch.setattr("bot.web.waiting_room.QUEUE_LOOK_S", 0.02)
    monkeypatch.setattr("bot.web.floor.LOOK_S", 0.02)
    monkeypatch.setattr("bot.web.talk_sound.SpeechDetector", LoudnessDetector)
    return create_app(centre)


@pytest.fixture
def web(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app) as client:
        yield client


def stage(part: str, name: str) -> Callable[[dict[str, object]], object]:
    def is_there(message: dict[str, object]) -> object:
        shown = message.get(part)
        return isinstance(shown, dict) and shown["stage"] == name

    return is_there


def speak(line: Line) -> None:
    """Longer than others are waited for by whoever mixes voices."""
    for _ in range(5):
        line.socket.send_bytes(LOUD)


def consulting(maya: Line, ben: Line) -> None:
    """Ben is in his seat; Maya's caller hears music by the time both talk by themselves."""
    maya.send(type="consult", agent=2)
    invited = ben.until(has("invite"))["invite"]
    assert (invited["by"], invited["ticket"]["id"]) == ("Maya", "T1")
    ben.send(type="answer", ticket="T1")
    ben.until(stage("guest", "private"))
    maya.until(stage("consult", "private"))


def test_colleagues_talk_by_themselves_then_all_three_then_the_colleague_has_the_caller(
    web: TestClient, app: FastAPI, centre: FakeCentre
) -> None:
    with desk(web, app) as maya_socket, desk(web, app, "Ben") as ben_socket, call(web) as caller_socket:
        maya, ben = Line(maya_socket), Line(ben_socket)
        caller = talking(maya, caller_socket)
        consulting(maya, ben)
        caller.until(state("held"))
        assert caller.until_loud() > 300  # music
        speak(maya)
        assert ben.until_loud() > 300
        maya.send(type="join")
        assert caller.until(state("person"))["who"] == "Maya and Ben"
        ben.until(stage("guest", "together"))
        speak(caller)
        assert ben.until_loud() > 300
        assert maya.until_loud() > 300
        speak(ben)
        assert caller.until_loud() > 300
        maya.send(type="end")
        assert caller.until(lambda message: message.get("who") == "Ben")["state"] == "person"
        maya.until(presence("wrap-up"))
        ben.until(has("talk"))
        speak(caller)
        assert ben.until_loud() > 300
        ben.send(type="end")
        assert caller.until(lambda message: message["type"] == "ended")["reason"] == "done"
        ben.until(presence("wrap-up"))
    kept = [(one.what, one.agent) for one in centre.history.happened]
    assert [one for one in kept if one[0] in (What.CONSULTED, What.TRANSFERRED, What.ENDED)] == [
        (What.CONSULTED, 1),
        (What.TRANSFERRED, 1),
        (What.ENDED, 2),
    ]
    assert centre.tickets.tickets["T1"].status is TicketStatus.DONE


def test_what_colleagues_say_to_each_other_is_not_written_down(
    web: TestClient, app: FastAPI, centre: FakeCentre
) -> None:
    with desk(web, app) as maya_socket, desk(web, app, "Ben") as ben_socket, call(web) as caller_socket:
        maya, ben = Line(maya_socket), Line(ben_socket)
        talking(maya, caller_socket)
        consulting(maya, ben)
        for chunk in [LOUD] * 20 + [bytes(640)] * 45:
            maya.socket.send_bytes(chunk)
        assert ben.until_loud() > 300
        maya.send(type="cancel")
        maya.until(lambda message: message.get("talk") and not message["consult"])
        maya.send(type="end")
        maya.until(presence("wrap-up"))
    assert centre.talks.get("c1", []) == []


def test_a_cancelled_consultation_brings_the_caller_back_and_frees_the_colleague(web: TestClient, app: FastAPI) -> None:
    with desk(web, app) as maya_socket, desk(web, app, "Ben") as ben_socket, call(web) as caller_socket:
        maya, ben = Line(maya_socket), Line(ben_socket)
        ben.send(type="ready")
        ben.until(presence("ready"))
        ben.send(type="pause", reason="break")
        caller = talking(maya, caller_socket)
        consulting(maya, ben)
        caller.until(state("held"))
        maya.send(type="cancel")
        assert caller.until(state("person"))["who"] == "Maya"
        ben.until(presence("paused"))


def test_a_colleague_who_declines_or_leaves_leaves_the_caller_with_the_asker(web: TestClient, app: FastAPI) -> None:
    with desk(web, app) as maya_socket, desk(web, app, "Ben") as ben_socket, call(web) as caller_socket:
        maya, ben = Line(maya_socket), Line(ben_socket)
        caller = talking(maya, caller_socket)
        maya.send(type="consult", agent=2)
        ben.until(has("invite"))
        ben.send(type="decline", ticket="T1")
        maya.until(lambda message: "Ben cannot come" in message.get("text", ""))
        consulting(maya, ben)
        maya.send(type="join")
        caller.until(lambda message: message.get("who") == "Maya and Ben")
        ben.send(type="end")
        maya.until(lambda message: "Ben has left" in message.get("text", ""))
        assert caller.until(state("person"))["who"] == "Maya"
        speak(caller)
        assert maya.until_loud() > 300


def test_an_asker_whose_page_dies_in_mid_consultation_leaves_the_caller_to_the_colleague(
    web: TestClient, app: FastAPI, later: Callable[[float], None]
) -> None:
    with desk(web, app, "Maya") as maya_socket, desk(web, app, "Ben") as ben_socket, call(web) as caller_socket:
        maya, ben = Line(maya_socket), Line(ben_socket)
        caller = talking(maya, caller_socket)
        consulting(maya, ben)
        maya.socket.close()
        ben.until(lambda message: message.get("guest") and message["guest"]["lost"])
        later(31)
        ben.until(has("talk"))
        assert caller.until(lambda message: message.get("who") == "Ben")["state"] == "person"
        speak(caller)
        assert ben.until_loud() > 300


def test_a_caller_who_hangs_up_in_mid_consultation_frees_everybody(web: TestClient, app: FastAPI) -> None:
    with desk(web, app) as maya_socket, desk(web, app, "Ben") as ben_socket:
        maya, ben = Line(maya_socket), Line(ben_socket)
        with call(web) as caller_socket:
            talking(maya, caller_socket)
            consulting(maya, ben)
        maya.until(presence("wrap-up"))
        ben.until(presence("paused"))


# Somebody outside ---------------------------------------------------------------------------


class Phone:
    """A telephone outside: silence comes from it until it is hung up; `heard` is what was played to it."""

    queue = ticket = ""

    def __init__(self) -> None:
        self.heard: list[bytes] = []
        self.is_open = True

    async def events(self) -> AsyncIterator[AudioChunk]:
        while self.is_open:
            yield AudioChunk(LOUD)
            await asyncio.sleep(0.01)

    async def play(self, pcm: bytes) -> None:
        self.heard.append(pcm)

    async def hang_up(self) -> None:
        self.is_open = False


class Lines:
    """Places calls; `number` is the last one. Whoever is rung lifts, unless the number is busy."""

    def __init__(self) -> None:
        self.number, self.phone, self.is_busy = "", Phone(), False
        self.lets_go, self.has_let_go = asyncio.Event(), False
        """Of a number that ends with 99: nobody lifts, and the line takes its time to stop ringing."""

    async def place_call(
        self, number: str, reminder: str = "", ring_s: float = 30.0, talk: Talk | None = None
    ) -> AsyncGenerator[Progress, None]:
        self.number = number
        yield "ringing"
        if number.endswith("99"):
            try:
                await asyncio.Event().wait()
            finally:
                await self.lets_go.wait()
                self.has_let_go = True
        if self.is_busy:
            yield "busy"
            return
        assert talk
        yield "answered"
        await talk(self.phone)  # type: ignore[arg-type]
        yield "ended"


@pytest.fixture
def lines(app: FastAPI, web: TestClient) -> Lines:
    lines = Lines()
    app.state.house.floor.consultations.outside.use(lambda: lines)
    return lines


def test_somebody_outside_is_asked_in_and_keeps_the_caller_when_the_asker_goes(
    web: TestClient, app: FastAPI, centre: FakeCentre, lines: Lines
) -> None:
    with desk(web, app) as maya_socket, call(web) as caller_socket:
        maya = Line(maya_socket)
        caller = talking(maya, caller_socket)
        maya.send(type="consult", number="+1 (555) 010-9")
        maya.until(stage("consult", "private"))
        assert lines.number == "+15550109"
        assert maya.until_loud() > 300
        maya.send(type="join")
        caller.until(state("person"))
        maya.send(type="hand-over")
        maya.until(presence("wrap-up"))
        caller.until(lambda message: "put you through" in str(message.get("who")))
        lines.phone.heard.clear()
        speak(caller)
        eventually(lambda: any(loudness(AudioChunk(pcm)) > 300 for pcm in lines.phone.heard))
        assert caller.until_loud() > 300
        lines.phone.is_open = False
        assert caller.until(lambda message: message["type"] == "ended")["reason"] == "done"
    eventually(lambda: centre.tickets.tickets["T1"].status is TicketStatus.DONE)
    eventually(lambda: What.LEFT_OUTSIDE in whats(centre))


def test_a_caller_put_through_to_a_number_outside_who_hangs_up_ends_that_call_too(
    web: TestClient, app: FastAPI, centre: FakeCentre, lines: Lines
) -> None:
    with desk(web, app) as maya_socket:
        maya = Line(maya_socket)
        with call(web) as caller_socket:
            caller = talking(maya, caller_socket)
            maya.send(type="transfer", number="5550109")
            maya.until(presence("wrap-up"))
            caller.until(lambda message: "put you through" in str(message.get("who")))
        eventually(lambda: not lines.phone.is_open)
    eventually(lambda: centre.tickets.tickets["T1"].status is TicketStatus.DONE)


def test_a_number_given_up_that_stops_ringing_late_does_not_end_the_next_call(
    web: TestClient, app: FastAPI, lines: Lines
) -> None:
    with desk(web, app) as maya_socket, call(web) as caller_socket:
        maya = Line(maya_socket)
        talking(maya, caller_socket)
        maya.send(type="consult", number="5550199")
        maya.until(stage("consult", "asked"))
        eventually(lambda: lines.number == "5550199")
        maya.send(type="cancel")
        maya.until(lambda message: message.get("type") == "state" and not message["consult"])
        maya.send(type="consult", number="5550101")
        maya.until(stage("consult", "private"))
        web.portal.call(lines.lets_go.set)  # type: ignore[union-attr]
        eventually(lambda: lines.has_let_go)
        assert lines.phone.is_open
        maya.send(type="join")
        maya.until(stage("consult", "together"))


def test_a_busy_number_leaves_the_caller_on_hold_with_the_asker(web: TestClient, app: FastAPI, lines: Lines) -> None:
    lines.is_busy = True
    with desk(web, app) as maya_socket, call(web) as caller_socket:
        maya = Line(maya_socket)
        caller = talking(maya, caller_socket)
        maya.send(type="transfer", number="5550109")
        maya.until(lambda message: "busy" in message.get("text", ""))
        caller.until(state("held"))
        maya.send(type="hold", on=False)
        caller.until(state("person"))


@pytest.mark.parametrize(
    ("written", "dialled"),
    [
        ("+44 20 7946-0018", "+442079460018"),
        ("sip:anna@example.org", "sip:anna@example.org"),
        ("call me", ""),
        ("", ""),
        ("12", ""),
        ("5550109; rm", ""),
    ],
)
def test_numbers_are_dialled_without_the_marks_people_write(written: str, dialled: str) -> None:
    assert diallable(written) == dialled


def test_keys_are_heard_as_tones_by_the_caller(web: TestClient, app: FastAPI) -> None:
    with desk(web, app) as maya_socket, call(web) as caller_socket:
        maya = Line(maya_socket)
        caller = talking(maya, caller_socket)
        maya.send(type="keys", digits="12#")
        ear, found = DtmfDetector(), ""
        while len(found) < 3:
            raw = caller.socket.receive()
            found += ear.hear(raw["bytes"]) if raw.get("bytes") else ""
        assert found == "12#"
