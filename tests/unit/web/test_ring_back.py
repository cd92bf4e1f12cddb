"""Call backs over a phone line: who answered one talks with whom they rang, or tries again."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from bot.channels.outbound_calls import Progress, Talk
from bot.errors import ChannelError
from bot.events import Answered, AudioChunk, Event
from bot.web.server import create_app
from handoff.history import What
from handoff.model import TicketStatus
from handoff.queues import Opening, Queue
from tests.unit.web.fake_centre import FakeCentre, echo_centre, packet
from tests.unit.web.test_floor import LOUD, Line, desk, eventually, presence, whats

NUMBER = "+15550100"


class Callee:
    """A line that was lifted: speaks a tone all the time, notes what it hears. Implements PhoneChannel."""

    queue = ticket = ""

    def __init__(self) -> None:
        self.heard = b""
        self.is_gone = False

    async def events(self) -> AsyncIterator[Event]:
        yield Answered(NUMBER)
        while not self.is_gone:
            yield AudioChunk(LOUD)
            await asyncio.sleep(0.01)

    async def play(self, pcm: bytes) -> None:
        self.heard += pcm

    async def clear(self) -> None: ...
    async def transfer(self, queue: str, ticket_id: str) -> None: ...
    async def pass_on(self) -> None: ...

    async def hang_up(self) -> None:
        self.is_gone = True

    close = hang_up


class FakeLine:
    """A line that places calls: what becomes of each is set by `ends`."""

    def __init__(self) -> None:
        self.rung: list[str] = []
        self.ends: list[Progress | None] = []
        """Of the next calls; None: it is lifted. Empty: it rings on."""
        self.callee = Callee()
        self.is_hung_up = False

    async def place_call(
        self, number: str, reminder: str = "", ring_s: float = 30.0, talk: Talk | None = None
    ) -> AsyncGenerator[Progress, None]:
        self.rung.append(number)
        try:
            yield "dialling"
            yield "ringing"
            if not self.ends:
                await asyncio.sleep(60)
            if end := self.ends.pop(0):
                yield end
                return
            yield "answered"
            assert talk
            await talk(self.callee)
            yield "ended"
        finally:
            self.is_hung_up = True


@pytest.fixture
def centre() -> FakeCentre:
    centre = echo_centre()[0]
    ticket = centre.tickets.add(packet(), dt.datetime.now(dt.UTC))
    centre.tickets.call_back(ticket.id, NUMBER, None, dt.datetime.now(dt.UTC))
    return centre


@pytest.fixture
def phone() -> FakeLine:
    return FakeLine()


@pytest.fixture
def app(centre: FakeCentre, phone: FakeLine, monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    monkeypatch.setattr("bot.web.waiting_room.QUEUE_LOOK_S", 0.02)
    monkeypatch.setattr("bot.web.floor.LOOK_S", 0.02)
    monkeypatch.setattr("bot.web.phone_lines.PhoneLines.dialler", lambda lines: phone)
    return create_app(centre)


@pytest.fixture
def web(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app) as client:
        yield client


def rings(state: str) -> Callable[[dict[str, object]], object]:
    return lambda message: message.get("type") == "state" and message["ring"] == state


def take(maya: Line) -> None:
    maya.send(type="ready")
    maya.until(lambda message: message.get("offer"))
    maya.send(type="answer", ticket="T1")


def test_the_number_is_rung_both_hear_each_other_and_what_is_said_is_written_down(
    web: TestClient, app: FastAPI, centre: FakeCentre, phone: FakeLine
) -> None:
    phone.ends = [None]
    with desk(web, app) as socket:
        maya = Line(socket)
        take(maya)
        maya.until(rings("talking"))
        assert phone.rung == [NUMBER]
        maya.until_loud()
        socket.send_bytes(LOUD)
        eventually(lambda: LOUD in phone.callee.heard)
        maya.send(type="end")
        maya.until(presence("wrap-up"))
        eventually(lambda: phone.callee.is_gone and phone.is_hung_up)
    assert centre.tickets.tickets["T1"].status is TicketStatus.DONE
    assert [one for one in whats(centre) if one is not What.OFFERED] == [What.ANSWERED, What.ENDED]


def test_who_was_rung_and_hangs_up_brings_the_person_to_wrap_up(
    web: TestClient, app: FastAPI, centre: FakeCentre, phone: FakeLine
) -> None:
    phone.ends = [None]
    with desk(web, app) as socket:
        maya = Line(socket)
        take(maya)
        maya.until(rings("talking"))
        phone.callee.is_gone = True
        maya.until(presence("wrap-up"))
    eventually(lambda: centre.tickets.tickets["T1"].status is TicketStatus.DONE)


@pytest.mark.parametrize("end", ["busy", "declined", "no_answer", "failed"])
def test_what_was_in_vain_is_rung_once_more_or_tried_again_later(
    web: TestClient, app: FastAPI, centre: FakeCentre, phone: FakeLine, end: Progress
) -> None:
    phone.ends = [end, end]
    with desk(web, app) as socket:
        maya = Line(socket)
        take(maya)
        maya.until(rings(end))
        maya.send(type="ring")
        eventually(lambda: phone.rung == [NUMBER, NUMBER])
        maya.send(type="again")
        maya.until(presence("wrap-up"))
        eventually(lambda: What.UNREACHED in whats(centre))
    waits = centre.tickets.tickets["T1"]
    assert (waits.status, waits.tries) == (TicketStatus.WAITING, 1)


def test_a_mailbox_is_hung_up_on_and_the_call_back_tried_again(
    web: TestClient, app: FastAPI, centre: FakeCentre, phone: FakeLine
) -> None:
    phone.ends = [None]
    with desk(web, app) as socket:
        maya = Line(socket)
        take(maya)
        maya.until(rings("talking"))
        maya.send(type="again")
        maya.until(presence("wrap-up"))
        eventually(lambda: phone.is_hung_up)
    eventually(lambda: whats(centre)[-1] is What.UNREACHED)
    assert centre.tickets.tickets["T1"].status is TicketStatus.WAITING
    assert What.PROMISED not in whats(centre)


@pytest.mark.parametrize("how", ["again", "end"])
def test_who_puts_it_aside_while_it_rings_stops_the_ringing(
    web: TestClient, app: FastAPI, phone: FakeLine, how: str
) -> None:
    with desk(web, app) as socket:
        maya = Line(socket)
        take(maya)
        maya.until(rings("ringing"))
        maya.send(type=how)
        maya.until(presence("wrap-up"))
        eventually(lambda: phone.is_hung_up)


def test_whom_we_rang_is_let_in_though_the_queue_has_closed(
    web: TestClient, app: FastAPI, centre: FakeCentre, phone: FakeLine
) -> None:
    tomorrow = (dt.datetime.now(dt.UTC).weekday() + 2) % 7
    phone.ends = [None]
    with desk(web, app) as socket:
        maya = Line(socket)
        take(maya)
        maya.until(rings("talking"))
        centre.queues.put(Queue("reception", opening=(Opening(tomorrow, "09:00", "10:00"),)), centre.now())
        maya.until_loud()
        maya.send(type="end")
        maya.until(presence("wrap-up"))


def test_a_line_that_cannot_dial_the_number_says_so_and_offers_to_try_again(
    web: TestClient, app: FastAPI, phone: FakeLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuses(*_: object, **__: object) -> AsyncGenerator[Progress, None]:
        raise ChannelError("channel.number", "This number cannot be called.")
        yield "failed"

    monkeypatch.setattr(phone, "place_call", refuses)
    with desk(web, app) as socket:
        maya = Line(socket)
        take(maya)
        maya.until(lambda message: message.get("text") == "This number cannot be called.")
        maya.until(rings("failed"))


def test_without_a_line_nobody_is_rung_and_the_page_is_told_so(
    web: TestClient, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.state.house.floor.ring_back.use(lambda: None, app.state.house.floor.ring_back._lifted)
    with desk(web, app) as socket:
        maya = Line(socket)
        take(maya)
        maya.until(lambda message: message.get("talk") and message["ring"] == "")
        maya.send(type="ring")
        maya.send(type="end")
        maya.until(presence("wrap-up"))


def test_who_left_a_message_is_rung_when_the_person_wants_it(
    web: TestClient, app: FastAPI, centre: FakeCentre, phone: FakeLine
) -> None:
    centre.tickets.keep_message("T1", "T1.wav", centre.now())
    phone.ends = [None]
    with desk(web, app) as socket:
        maya = Line(socket)
        take(maya)
        maya.until(rings("possible"))
        assert phone.rung == []
        maya.send(type="ring")
        maya.until(rings("talking"))
        maya.send(type="end")
        maya.until(presence("wrap-up"))
