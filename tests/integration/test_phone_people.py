"""Phone callers and people at their desks: the real server, a phone line on one side, an agent's page on the other."""

import asyncio
import contextlib
import json
from uuid import UUID, uuid4

import numpy as np
import pytest
import uvicorn
from websockets.asyncio.client import connect

from bot.clock import utc_now
from bot.config import Settings
from bot.events import Answered, DigitPressed
from bot.web.server import create_app
from handoff.history import What
from handoff.model import TicketStatus
from tests.integration.test_audiosocket import Asterisk
from tests.sip_peer import BARESIP, SCENARIOS, Telephone, free_port, needs_sipp, sipp_that_is_called, start_sipp
from tests.unit.web.fake_centre import FakeCentre, packet, session_cookie, tone

pytestmark = pytest.mark.integration

MS_20 = 640
AGENT_HZ, CALLER_HZ = 700, 500


class HandsOver:
    """The bot's part: a call is answered, and at `0` goes to a person with a ticket."""

    def __init__(self):
        self.centre = None

    async def __call__(self, channel, reminder):
        async for event in channel.events():
            match event:
                case Answered(caller):
                    self.caller = caller
                case DigitPressed("0"):
                    ticket = self.centre.tickets.add(packet(caller=self.caller), self.centre.now())
                    await channel.transfer("reception", ticket.id)
                    return


def centre_with(**settings):
    conversation = HandsOver()
    centre = conversation.centre = FakeCentre(conversation, Settings(secret="of the tests", **settings))
    centre.now = utc_now
    centre.speaks_in_queue = True
    return centre


@contextlib.asynccontextmanager
async def serving(centre):
    app = create_app(centre)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical"))
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    app.port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield app
    finally:
        server.should_exit = True
        await task


class Desk:
    """An agent's page on the wire: shows `state`, speaks a tone from the answer on, notes what it hears."""

    def __init__(self, socket):
        self.socket, self.state, self.heard = socket, {}, b""
        self.speaking = None

    async def send(self, **message):
        await self.socket.send(json.dumps(message))

    async def listen(self):
        async for message in self.socket:
            if isinstance(message, bytes):
                self.heard += message
            elif (told := json.loads(message))["type"] == "state":
                self.state = told

    async def answer(self):
        await until(lambda: self.state.get("offer"))
        await self.send(type="answer", ticket=self.state["offer"]["ticket"]["id"])
        await until(lambda: self.state["me"]["presence"] == "talking")
        self.speaking = asyncio.create_task(self._speak())

    async def _speak(self):
        sound = tone(1_000, AGENT_HZ)
        while True:
            for begin in range(0, len(sound), MS_20):
                await self.socket.send(sound[begin : begin + MS_20])
                await asyncio.sleep(0.02)


@contextlib.asynccontextmanager
async def at_desk(app, name="Maya"):
    [(cookie, value)] = session_cookie(app, name=name).items()
    headers = {"Cookie": f"{cookie}={value}", "Origin": f"http://127.0.0.1:{app.port}"}
    async with connect(f"ws://127.0.0.1:{app.port}/desk/line", additional_headers=headers, proxy=None) as socket:
        desk = Desk(socket)
        listening = asyncio.create_task(desk.listen())
        await desk.send(type="ready")
        try:
            yield desk
        finally:
            for task in filter(None, (listening, desk.speaking)):
                task.cancel()


class AudioSocketCaller(Asterisk):
    """Speaks a tone all the time, as Asterisk sends frames all the time."""

    async def talk(self):
        sound = np.frombuffer(tone(1_000, CALLER_HZ), "<i2")[::2].tobytes()
        while True:
            for begin in range(0, len(sound), 320):
                self.send(0x10, sound[begin : begin + 320])
                await asyncio.sleep(0.02)


@contextlib.asynccontextmanager
async def on_audiosocket(port):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    caller = AudioSocketCaller(reader, writer)
    caller.send(0x01, uuid4().bytes)
    tasks = [asyncio.create_task(caller.talk()), asyncio.create_task(caller.read_until_hang_up())]
    caller.over = tasks[1]
    try:
        yield caller
    finally:
        for task in tasks:
            task.cancel()
        writer.close()


async def until(condition):
    async with asyncio.timeout(15):
        while not condition():  # noqa: ASYNC110 - what is awaited is on the other side of a socket
            await asyncio.sleep(0.01)


def is_heard(pcm, hertz, rate):
    """That tone is the loudest of the last quarter of a second."""
    samples = np.frombuffer(pcm[-rate // 2 :], "<i2").astype(float)
    if len(samples) < rate // 4:
        return False
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return spectrum.max() > 10_000 and abs(np.argmax(spectrum) * rate / len(samples) - hertz) < 20


def whats(centre):
    return [one.what for one in centre.history.happened]


async def test_a_phone_caller_waits_with_music_is_told_their_place_and_talks_to_a_person():
    port = free_port()
    centre = centre_with(asterisk={"audiosocket_port": port})
    async with serving(centre) as app, on_audiosocket(port) as caller:
        caller.send(0x03, b"0")
        await until(lambda: len(caller.sound) > 16_000)
        await until(lambda: centre.voice.said)
        async with at_desk(app) as maya:
            await maya.answer()
            await until(lambda: is_heard(maya.heard, CALLER_HZ, 16_000))
            await until(lambda: is_heard(caller.sound, AGENT_HZ, 8_000))
            await maya.send(type="hold")
            await until(lambda: not is_heard(caller.sound, AGENT_HZ, 8_000))
            await maya.send(type="hold")
            await until(lambda: is_heard(caller.sound, AGENT_HZ, 8_000))
            await maya.send(type="end")
            await caller.over
        assert caller.kinds[-1] == 0x00
        await until(lambda: app.state.phone.door.calls == 0)
    assert centre.tickets.tickets["T1"].status is TicketStatus.DONE
    assert [one for one in whats(centre) if one is not What.OFFERED] == [
        What.ANSWERED,
        What.HELD,
        What.RESUMED,
        What.ENDED,
    ]


async def test_who_hangs_up_while_waiting_has_given_up_and_who_does_in_a_talk_has_ended_it():
    port = free_port()
    centre = centre_with(asterisk={"audiosocket_port": port})
    async with serving(centre) as app:
        async with on_audiosocket(port) as caller:
            caller.send(0x03, b"0")
            await until(lambda: app.state.house.room.tickets_on_line())
        await until(lambda: What.ABANDONED in whats(centre))
        async with at_desk(app) as maya, on_audiosocket(port) as caller:
            caller.send(0x03, b"0")
            await maya.answer()
            await until(lambda: is_heard(caller.sound, AGENT_HZ, 8_000))
            caller.send(0x00)
            await until(lambda: maya.state["me"]["presence"] == "wrap-up")
        await until(lambda: app.state.phone.door.calls == 0)


async def test_a_phone_caller_without_a_number_for_whom_nobody_works_is_promised_nothing_and_hears_it_to_the_end():
    port = free_port()
    centre = centre_with(asterisk={"audiosocket_port": port}, unstaffed_wait_s=0)
    async with serving(centre) as app, on_audiosocket(port) as caller:
        caller.send(0x03, b"0")
        await caller.over
        await until(lambda: app.state.phone.door.calls == 0)
    assert "What you told me is noted" in centre.voice.said[-1]
    assert is_heard(caller.sound, 2_000, 8_000), "that was the last that was heard"
    assert centre.tickets.tickets["T1"].status is TicketStatus.WAITING


async def test_a_caller_passed_on_hears_music_again_and_then_the_colleague():
    port = free_port()
    centre = centre_with(asterisk={"audiosocket_port": port})
    async with serving(centre) as app, on_audiosocket(port) as caller, at_desk(app) as maya:
        caller.send(0x03, b"0")
        await maya.answer()
        await until(lambda: is_heard(caller.sound, AGENT_HZ, 8_000))
        async with at_desk(app, "Ben") as ben:
            await until(lambda: ben.state.get("me"))
            await maya.send(type="transfer", agent=app.state.house.centre.people.by_login("ben-agent").id)
            await until(lambda: maya.state["me"]["presence"] == "wrap-up")
            await ben.answer()
            await until(lambda: is_heard(caller.sound, AGENT_HZ, 8_000))


async def test_queues_that_are_answered_elsewhere_are_the_exchanges():
    port = free_port()
    centre = centre_with(asterisk={"audiosocket_port": port, "token": "t"}, desks={"*": "exchange"})
    async with serving(centre) as app:
        call = app.state.phone.calls.announce("+15550100", "100", 0)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        caller = Asterisk(reader, writer)
        caller.send(0x01, UUID(call).bytes)
        caller.send(0x03, b"0")
        await caller.read_until_hang_up()
        writer.close()
        assert app.state.phone.calls.find(call).queue == "reception"


@pytest.mark.skipif(not BARESIP, reason="needs Debian's baresip-core as the caller's telephone")
async def test_a_caller_by_sip_talks_to_a_person_in_the_browser(tmp_path):
    pytest.importorskip("baresip", reason="calls by SIP need the extra `sip`")
    port = free_port()
    centre = centre_with(sip={"port": port})
    async with serving(centre) as app, at_desk(app) as maya, Telephone(tmp_path) as telephone:
        telephone.say("dial", f"sip:100@127.0.0.1:{port}")
        await telephone.until("CALL_ESTABLISHED")
        await telephone.press("0")
        await maya.answer()
        await until(lambda: is_heard(maya.heard, CALLER_HZ, 16_000))
        heard = len(maya.heard)
        await until(lambda: len(maya.heard) > heard + 32_000)
        await maya.send(type="end")
        await telephone.until("CALL_CLOSED")
        await until(lambda: app.state.phone.door.calls == 0)
    assert is_heard(telephone.heard(), AGENT_HZ, 8_000)


@contextlib.asynccontextmanager
async def by_phone(tmp_path, account=""):
    """A caller on AudioSocket waits; Maya is ready, and answers on a telephone by SIP."""
    pytest.importorskip("baresip", reason="calls by SIP need the extra `sip`")
    sip, port = free_port(), free_port()
    centre = centre_with(sip={"port": sip}, asterisk={"audiosocket_port": port})
    async with (
        serving(centre) as app,
        Telephone(tmp_path, f"audio_codecs=PCMU/8000/1{account}") as telephone,
        at_desk(app) as maya,
        on_audiosocket(port) as caller,
    ):
        await maya.send(type="phone", number=f"sip:phone@127.0.0.1:{telephone.sip}")
        caller.send(0x03, b"0")
        yield app, centre, telephone, maya, caller
        await until(lambda: app.state.phone.door.calls == 0)


needs_telephone = pytest.mark.skipif(not BARESIP, reason="needs Debian's baresip-core as the agent's telephone")


@needs_telephone
async def test_an_agent_answers_on_a_telephone_and_both_hear_each_other(tmp_path):
    async with by_phone(tmp_path) as (_, centre, telephone, maya, caller):
        await telephone.until("CALL_INCOMING")
        telephone.say("accept")
        await until(lambda: maya.state["me"]["presence"] == "talking")
        await until(lambda: is_heard(caller.sound, CALLER_HZ, 8_000))  # the telephone's own tone has that pitch
        heard = len(caller.sound)
        await until(lambda: len(caller.sound) > heard + 16_000)
        await maya.send(type="end")
        await telephone.until("CALL_CLOSED")
        await caller.over
    assert is_heard(telephone.heard(), CALLER_HZ, 8_000)
    assert maya.heard == b"", "the page is silent meanwhile"
    assert whats(centre)[-1] is What.ENDED


@needs_telephone
async def test_hanging_up_the_telephone_ends_the_talk(tmp_path):
    async with by_phone(tmp_path, ";answermode=auto") as (_, centre, telephone, maya, caller):
        await until(lambda: maya.state.get("me", {}).get("presence") == "talking")
        await until(lambda: is_heard(caller.sound, CALLER_HZ, 8_000))
        telephone.say("hangup")
        await until(lambda: maya.state["me"]["presence"] == "wrap-up")
        await caller.over
    assert centre.tickets.tickets["T1"].status is TicketStatus.DONE


@needs_telephone
async def test_a_telephone_that_declines_declines_the_offer(tmp_path):
    async with by_phone(tmp_path) as (_, centre, telephone, _, caller):
        await telephone.until("CALL_INCOMING")
        telephone.say("hangup")
        await until(lambda: What.DECLINED in whats(centre))
        caller.send(0x00)


@needs_telephone
async def test_who_answers_on_the_page_stops_the_ringing(tmp_path):
    async with by_phone(tmp_path) as (_, _, telephone, maya, caller):
        await telephone.until("CALL_INCOMING")
        await maya.answer()
        await telephone.until("CALL_CLOSED")
        await until(lambda: is_heard(caller.sound, AGENT_HZ, 8_000))
        await maya.send(type="end")
        await caller.over


@needs_telephone
@pytest.mark.parametrize("lifts", [True, False])
async def test_who_was_promised_a_call_back_is_rung_and_talks_with_the_person_or_is_tried_again(tmp_path, lifts):
    pytest.importorskip("baresip", reason="calls by SIP need the extra `sip`")
    centre = centre_with(sip={"port": free_port()})
    ticket = centre.tickets.add(packet(), centre.now())
    async with (
        Telephone(tmp_path, "audio_codecs=PCMU/8000/1") as telephone,
        serving(centre) as app,
        at_desk(app) as maya,
    ):
        centre.tickets.call_back(ticket.id, f"sip:phone@127.0.0.1:{telephone.sip}", None, centre.now())
        await maya.answer()
        await telephone.until("CALL_INCOMING")
        if lifts:
            telephone.say("accept")
            await until(lambda: maya.state["ring"] == "talking")
            await until(lambda: is_heard(maya.heard, CALLER_HZ, 16_000))
            heard = len(maya.heard)
            await until(lambda: len(maya.heard) > heard + 32_000)
            await maya.send(type="end")
            await telephone.until("CALL_CLOSED")
        else:
            telephone.say("hangup")
            await until(lambda: maya.state["ring"] in ("busy", "declined"))
            await maya.send(type="again")
        await until(lambda: maya.state["me"]["presence"] == "wrap-up")
        await until(lambda: whats(centre)[-1] is (What.ENDED if lifts else What.UNREACHED))
    assert not lifts or is_heard(telephone.heard(), AGENT_HZ, 8_000)
    assert centre.tickets.tickets["T1"].status is (TicketStatus.DONE if lifts else TicketStatus.WAITING)


@contextlib.asynccontextmanager
async def put_through_by_sip(tmp_path, scenario):
    """A caller whose exchange is sipp talks to Maya, who puts them through to a telephone there."""
    pytest.importorskip("baresip", reason="calls by SIP need the extra `sip`")
    port = free_port()
    centre = centre_with(sip={"port": port})
    auto = "audio_codecs=PCMU/8000/1;answermode=auto"
    async with serving(centre) as app, at_desk(app) as maya, Telephone(tmp_path, auto) as telephone:
        exchange = await start_sipp(tmp_path, "-sf", SCENARIOS / scenario, "-m", "1", port=port)
        await maya.answer()
        await maya.send(type="transfer", number=f"sip:phone@127.0.0.1:{telephone.sip}")
        await telephone.until("CALL_ESTABLISHED")
        yield app, centre, telephone, exchange
        await until(lambda: app.state.phone.door.calls == 0)
        await until(lambda: centre.tickets.tickets["T1"].status is TicketStatus.DONE)


@needs_telephone
@needs_sipp
async def test_a_caller_left_with_somebody_at_the_same_exchange_is_joined_there_and_the_line_is_free_again(tmp_path):
    async with put_through_by_sip(tmp_path, "joins.xml") as (_, centre, telephone, exchange):
        assert await asyncio.wait_for(exchange.wait(), 20) == 0
        await telephone.until("CALL_CLOSED")
    assert What.LEFT_OUTSIDE in whats(centre)


@needs_telephone
@needs_sipp
async def test_where_the_exchange_will_not_join_them_the_call_goes_on_through_us(tmp_path):
    async with put_through_by_sip(tmp_path, "refuses_to_join.xml") as (_, _, telephone, exchange):
        assert await asyncio.wait_for(exchange.wait(), 20) == 0, "it is the caller who hangs up, after the refusal"
        await telephone.until("CALL_CLOSED")


@needs_telephone
@needs_sipp
async def test_who_hangs_up_while_the_exchange_joins_them_leaves_nobody_behind(tmp_path):
    async with put_through_by_sip(tmp_path, "hangs_up_while_joined.xml") as (_, centre, telephone, exchange):
        assert await asyncio.wait_for(exchange.wait(), 20) == 0
        await telephone.until("CALL_CLOSED")
    assert What.LEFT_OUTSIDE in whats(centre)


@needs_telephone
@needs_sipp
@pytest.mark.parametrize(("who", "promise"), [("phone", "We will call you back"), ("anonymous", "call again later")])
async def test_whose_desk_elsewhere_is_not_reached_is_told_so_and_promised_a_call_back(tmp_path, who, promise):
    pytest.importorskip("baresip", reason="calls by SIP need the extra `sip`")
    port = free_port()
    async with sipp_that_is_called(tmp_path, "declines.xml", calls=2) as elsewhere:  # by the caller, and by us
        centre = centre_with(sip={"port": port}, desks={"reception": f"sip:desk@127.0.0.1:{elsewhere}"})
        await lets_down(tmp_path, centre, port, who, promise)
    ticket = centre.tickets.tickets["T1"]
    assert ticket.status is TicketStatus.WAITING
    assert (ticket.number, What.PROMISED in whats(centre)) == (("phone", True) if who == "phone" else ("", False))


async def lets_down(tmp_path, centre, port, who, promise):
    async with serving(centre) as app, Telephone(tmp_path, user=who) as telephone:
        telephone.say("dial", f"sip:100@127.0.0.1:{port}")
        await telephone.until("CALL_ESTABLISHED")
        await telephone.press("0")
        await until(lambda: promise in "".join(centre.voice.said))
        await telephone.until("CALL_CLOSED")
        await until(lambda: app.state.phone.door.calls == 0)
    assert "nobody could be reached" in centre.voice.said[0]
