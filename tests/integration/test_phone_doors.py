"""Carriers and an exchange written from their published protocols, against the real server on loopback."""

import asyncio
import base64
import contextlib
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from bot.channels.twilio import signature
from bot.config import Settings
from bot.web import phone_doors
from bot.web.phone_lines import PhoneLines
from tests.fakes_phone import EchoCentre

pytestmark = pytest.mark.integration

TOKEN = "a-token"
CALL = {"CallSid": "CA1", "From": "+441632960001", "To": "+441632960100"}


class Line:
    """The server under test, and how its callers reach it."""

    def __init__(self, centre, phone, port):
        self.centre, self.phone = centre, phone
        self.http, self.ws = f"http://127.0.0.1:{port}", f"ws://127.0.0.1:{port}"

    async def post(self, path, form, token=TOKEN, **options):
        headers = {"X-Twilio-Signature": signature(token, self.http + path, form.items())}
        async with httpx.AsyncClient(trust_env=False) as client:
            return await client.post(self.http + path, data=form, headers=headers, **options)

    def stream(self, url, token=TOKEN, **options):
        headers = {"X-Twilio-Signature": signature(token, url)}
        return connect(url, additional_headers=headers, proxy=None, **options)


@contextlib.asynccontextmanager
async def serving(centre=None, **settings):
    centre = centre or EchoCentre()
    options = {"twilio": {"auth_token": TOKEN}, "carriers": {"token": TOKEN}, "asterisk": {"token": TOKEN}} | settings
    app = FastAPI()
    app.state.phone = phone = PhoneLines(centre, Settings(**options))
    app.include_router(phone_doors.router)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical", lifespan="off"))
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    try:
        yield Line(centre, phone, server.servers[0].sockets[0].getsockname()[1])
    finally:
        await phone.close()
        server.should_exit = True
        await task


def twilio_start(call_sid="CA1"):
    return json.dumps(
        {"event": "start", "streamSid": "MZ1", "start": {"streamSid": "MZ1", "callSid": call_sid,
         "customParameters": {}, "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}}}
    )  # fmt: skip


def media(payload, chunk):
    return json.dumps(
        {
            "event": "media",
            "media": {"track": "inbound", "chunk": str(chunk), "payload": base64.b64encode(payload).decode()},
        }
    )


class Twilio:
    """Plays in real time what it gets, echoes marks when their sound is through, and forgets all at a clear."""

    def __init__(self, socket):
        self.socket, self.events, self.sound, self.cleared = socket, [], b"", 0

    async def listen(self):
        with contextlib.suppress(ConnectionClosed):
            while True:
                message = json.loads(await self.socket.recv())
                self.events.append(message["event"])
                match message["event"]:
                    case "media":
                        self.sound += base64.b64decode(message["media"]["payload"])
                    case "mark":
                        await self.socket.send(json.dumps(message))
                    case "clear":
                        self.cleared += 1


async def until(condition):
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - what is awaited is on the other side of a socket
            await asyncio.sleep(0.005)


def stream_in(twiml):
    url = re.search(r'<Stream url="([^"]+)"', twiml)
    following = re.search(r"<Redirect[^>]*>([^<]+)</Redirect>", twiml)
    return url[1], following[1].removeprefix("http://").partition("/")[2]


async def test_a_call_by_twilio_from_the_first_question_to_the_queue():
    async with serving() as line:
        answer = await line.post("/twilio/voice", CALL)
        assert answer.headers["content-type"].startswith("text/xml")
        url, following = stream_in(answer.text)
        async with line.stream(url) as socket:
            twilio = Twilio(socket)
            await socket.send('{"event":"connected","protocol":"Call","version":"1.0.0"}')
            await socket.send(twilio_start())
            for chunk in range(1, 11):
                await socket.send(media(b"\xff" * 160, chunk))
            await socket.send('{"event":"dtmf","streamSid":"MZ1","dtmf":{"track":"inbound_track","digit":"1"}}')
            await twilio.listen()
        assert (line.centre.answered[0].caller, line.centre.answered[0].called) == (CALL["From"], CALL["To"])
        assert line.centre.heard_ms == 200
        assert len(twilio.sound) == 1_600
        assert "mark" in twilio.events
        assert "<Enqueue>billing</Enqueue>" in (await line.post("/" + following, CALL)).text


async def test_a_call_that_the_bot_ended_is_hung_up():
    async with serving() as line:
        url, following = stream_in((await line.post("/twilio/voice", CALL)).text)
        async with line.stream(url) as socket:
            await socket.send(twilio_start())
            await socket.send('{"event":"dtmf","dtmf":{"digit":"2"}}')
            await Twilio(socket).listen()
        assert "<Hangup/>" in (await line.post("/" + following, CALL)).text


async def test_when_the_caller_cuts_in_twilio_is_told_to_forget_the_rest():
    async with serving(EchoCentre(play_ms=60_000)) as line:
        url, _ = stream_in((await line.post("/twilio/voice", CALL)).text)
        async with line.stream(url) as socket:
            twilio = Twilio(socket)
            listening = asyncio.create_task(twilio.listen())
            await socket.send(twilio_start())
            await until(lambda: "mark" in twilio.events)
            await socket.send('{"event":"dtmf","dtmf":{"digit":"3"}}')
            await until(lambda: twilio.cleared == 1)
            played = len(twilio.sound)
            await asyncio.sleep(0.15)
            assert len(twilio.sound) <= played + 160
            await socket.close()
            await listening
        await until(lambda: line.phone.door.calls == 0)


@pytest.mark.parametrize("path", ["/twilio/voice", "/twilio/next/x"])
async def test_what_twilio_did_not_sign_is_refused(path):
    async with serving() as line:
        assert (await line.post(path, CALL, token="another")).status_code == 403
    async with serving(twilio={}) as line:
        assert (await line.post(path, CALL, token="")).status_code == 403


async def test_a_stream_needs_the_signature_and_a_call_id_opens_one_stream_only():
    async with serving() as line:
        url, _ = stream_in((await line.post("/twilio/voice", CALL)).text)
        for address, token in ((url, "another"), (line.ws + "/twilio/media/unknown", TOKEN)):
            with pytest.raises(InvalidStatus):
                await line.stream(address, token=token).__aenter__()
        async with line.stream(url):
            pass  # whoever came without the signature has not used it up
        with pytest.raises(InvalidStatus):
            await line.stream(url).__aenter__()


async def test_a_public_address_is_what_is_signed_and_given_to_twilio():
    async with serving(public_url="https://calls.example.com/") as line:
        signed = signature(TOKEN, "https://calls.example.com/twilio/voice", CALL.items())
        async with httpx.AsyncClient(trust_env=False) as client:
            answer = await client.post(line.http + "/twilio/voice", data=CALL, headers={"X-Twilio-Signature": signed})
        assert 'url="wss://calls.example.com/twilio/media/' in answer.text


async def test_a_full_house_answers_busy():
    async with serving(EchoCentre(lines=0)) as line:
        assert '<Reject reason="busy"/>' in (await line.post("/twilio/voice", CALL)).text
        assert (await line.post("/asterisk/calls", {"token": TOKEN})).text == "busy"


async def test_garbage_on_a_stream_ends_that_call_only():
    async with serving(EchoCentre(play_ms=60_000)) as line:
        good, bad = [stream_in((await line.post("/twilio/voice", CALL)).text)[0] for _ in range(2)]
        async with line.stream(good) as healthy, line.stream(bad) as broken:
            for socket in (healthy, broken):
                await socket.send(twilio_start())
            await until(lambda: line.centre.calls == 2)
            await broken.send("this is not JSON")
            await until(lambda: line.phone.door.calls == 1)


@contextlib.contextmanager
def rest_of_twilio(status=200):
    """Keeps what it is asked for."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            asked.append((self.path, {name: values[0] for name, values in parse_qs(body).items()}))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(b'{"sid":"CA9"}')

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.parametrize(("digit", "form"), [("1", "Twiml"), ("2", "Status")])
@pytest.mark.parametrize("status", [200, 500])
async def test_with_an_account_the_call_is_changed_by_rest_and_a_refusal_still_ends_the_stream(digit, form, status):
    with rest_of_twilio(status) as (api, asked):
        account = {"auth_token": TOKEN, "account_sid": "AC1", "api_url": api}
        async with serving(twilio=account, desks={"billing": "+441632960009"}) as line:
            url, _ = stream_in((await line.post("/twilio/voice", CALL)).text)
            async with line.stream(url) as socket:
                await socket.send(twilio_start("CA77"))
                await socket.send(json.dumps({"event": "dtmf", "dtmf": {"digit": digit}}))
                await Twilio(socket).listen()
        ((path, fields),) = asked
        assert path == "/2010-04-01/Accounts/AC1/Calls/CA77.json"
        assert ("+441632960009" in fields[form]) if form == "Twiml" else (fields[form] == "completed")


@pytest.mark.parametrize("lines", [10, 0])
async def test_a_call_placed_through_twilio_is_told_of_step_by_step_and_talks_about_its_reminder(lines):
    with rest_of_twilio() as (api, asked):
        account = {"auth_token": TOKEN, "account_sid": "AC1", "api_url": api, "number": "+441632960100"}
        async with serving(
            EchoCentre(at_once="2", lines=lines), twilio=account, public_url="http://calls.example"
        ) as line:
            told = []

            async def ring():
                async for progress in line.phone.dialler().place_call("+441632960001", reminder="r-9"):
                    told.append(progress)  # noqa: PERF401 - looked at while it grows

            ringing = asyncio.create_task(ring())
            await until(lambda: asked)
            path, fields = asked[0]
            assert path == "/2010-04-01/Accounts/AC1/Calls.json"
            assert (fields["To"], fields["From"]) == ("+441632960001", "+441632960100")
            status = fields["StatusCallback"].removeprefix("http://calls.example")
            for state in ("ringing", "in-progress"):
                await say_status(line, status, state)
            url, _ = stream_in(fields["Twiml"])
            async with connect(
                url.replace("ws://calls.example", line.ws),
                additional_headers={"X-Twilio-Signature": signature(TOKEN, url)},
                proxy=None,
            ) as socket:
                await socket.send(twilio_start("CA9"))
                await Twilio(socket).listen()
            await say_status(line, status, "completed")
            await asyncio.wait_for(ringing, 5)
        assert told == ["dialling", "ringing", "answered", "ended"]
        assert line.centre.reminders == ["r-9"]


@pytest.mark.parametrize(("state", "told"), [("busy", "busy"), ("no-answer", "no_answer"), ("failed", "failed")])
async def test_a_call_that_twilio_could_not_put_through_says_why(state, told):
    with rest_of_twilio() as (api, asked):
        account = {"auth_token": TOKEN, "account_sid": "AC1", "api_url": api, "number": "+441632960100"}
        async with serving(twilio=account, public_url="http://calls.example") as line:
            placing = line.phone.dialler().place_call("+441632960001")
            assert await anext(placing) == "dialling"
            outcome = asyncio.create_task(anext(placing))
            await until(lambda: asked)
            await say_status(line, asked[0][1]["StatusCallback"].removeprefix("http://calls.example"), state)
            assert await asyncio.wait_for(outcome, 5) == told
            assert [progress async for progress in placing] == []
        assert len(asked) == 1


async def say_status(line, path, state):
    form = {"CallSid": "CA9", "CallStatus": state}
    headers = {"X-Twilio-Signature": signature(TOKEN, "http://calls.example" + path, form.items())}
    async with httpx.AsyncClient(trust_env=False) as client:
        assert (await client.post(line.http + path, data=form, headers=headers)).status_code == 204


@pytest.mark.parametrize("carrier", ["telnyx", "plivo"])
async def test_other_carriers_speak_their_own_dialect(carrier):
    async with serving() as line:
        answer = await line.post(f"/streams/{carrier}/voice/{TOKEN}", CALL)
        url = re.search(r"wss?://[^\"<]+", answer.text)[0]
        async with connect(url, proxy=None) as socket:
            start = {"telnyx": {"call_control_id": "v2", "media_format": {"encoding": "PCMU", "sample_rate": 8000}},
                     "plivo": {"callId": "c", "streamId": "s", "mediaFormat": {"encoding": "audio/x-mulaw"}},
                     }  # fmt: skip
            await socket.send(json.dumps({"event": "start", "start": start[carrier]}))
            for chunk in (1, 3, 2, 4):
                await socket.send(media(bytes([chunk]) * 160, chunk))
            message = json.loads(await socket.recv())
            assert message["event"] == {"telnyx": "media", "plivo": "playAudio"}[carrier]
            await until(lambda: line.centre.heard_ms == 80)
            await socket.send('{"event":"dtmf","dtmf":{"digit":"1"}}')
            with contextlib.suppress(ConnectionClosed):
                while True:
                    await socket.recv()
        assert (
            await line.post(url.replace("ws:", "http:").partition(line.http)[2].replace("media", "next"), CALL)
        ).text


async def test_jambonz_sends_and_gets_wide_sound_as_binary_messages():
    async with serving() as line:
        async with httpx.AsyncClient(trust_env=False) as client:
            answer = await client.post(
                f"{line.http}/streams/jambonz/voice/{TOKEN}", json={"from": "+1500", "to": "+1600", "call_sid": "j"}
            )
        listen = answer.json()[1]
        async with connect(listen["url"], subprotocols=["audio.jambonz.org"], proxy=None) as socket:
            assert socket.subprotocol == "audio.jambonz.org"
            await socket.send(json.dumps({"callSid": "j", "sampleRate": listen["sampleRate"]}))
            await socket.send(bytes(640))
            assert len(await socket.recv()) == 640
            await until(lambda: line.centre.heard_ms == 20)
        assert line.centre.answered[0].caller == "+1500"


async def test_other_carriers_need_the_token():
    async with serving() as line:
        assert (await line.post("/streams/telnyx/voice/wrong", CALL)).status_code == 403
        assert (await line.post(f"/streams/nobody/voice/{TOKEN}", CALL)).status_code == 403


@pytest.mark.parametrize("notation", ["json", "plain"])
async def test_a_call_by_asterisks_websocket_to_a_queue(notation):
    start = {
        "json": '{"event":"MEDIA_START","channel_id":"1.1","format":"slin16","optimal_frame_size":640}',
        "plain": "MEDIA_START connection_id:m channel:x channel_id:1.1 format:slin16 optimal_frame_size:640",
    }
    digit = {"json": '{"event":"DTMF_END","digit":"1"}', "plain": "DTMF_END digit:1 channel_id:1.1"}
    async with serving() as line:
        call = (await line.post("/asterisk/calls", {"token": TOKEN, "caller": "201", "called": "100"})).text
        sound, words = b"", []
        async with connect(f"{line.ws}/asterisk/media?call={call}", subprotocols=["media"], proxy=None) as socket:
            await socket.send(start[notation])
            await socket.send(bytes(640))
            await socket.send(digit[notation])
            with contextlib.suppress(ConnectionClosed):
                while True:
                    message = await socket.recv()
                    if isinstance(message, bytes):
                        sound += message
                    else:
                        words.append(message)
        assert line.centre.answered[0].caller == "201"
        assert len(sound) == 10 * 640
        assert words == [{"json": '{"command": "HANGUP"}', "plain": "HANGUP"}[notation]]
        assert (await line.post(f"/asterisk/calls/{call}/next", {"token": TOKEN})).text == "billing,T-7,"
        assert (await line.post(f"/asterisk/calls/{call}/next", {"token": "wrong"})).status_code == 403


async def test_asterisk_is_waited_for_when_its_queue_is_full_and_flushed_when_the_caller_cuts_in():
    async with serving(EchoCentre(play_ms=60_000)) as line:
        call = (await line.post("/asterisk/calls", {"token": TOKEN})).text
        got = []
        async with connect(f"{line.ws}/asterisk/media?call={call}", proxy=None) as socket:

            async def listen():
                with contextlib.suppress(ConnectionClosed):
                    while True:
                        got.append(await socket.recv())

            listening = asyncio.create_task(listen())
            await socket.send("MEDIA_START channel_id:1.1 format:ulaw optimal_frame_size:160")
            await until(lambda: len(got) > 5)
            await socket.send("MEDIA_XOFF")
            await asyncio.sleep(0.1)
            held = len(got)
            await asyncio.sleep(0.15)
            assert len(got) <= held + 1
            await socket.send("MEDIA_XON")
            await until(lambda: len(got) > held + 3)
            await socket.send("DTMF_END digit:3 channel_id:1.1")
            await until(lambda: "FLUSH_MEDIA" in got)
            await socket.close()
            await listening


async def test_a_call_too_many_goes_to_people_however_it_comes_from_asterisk():
    """Announced while there was a line, and connected when there was none any more."""
    async with serving() as line:
        call = (await line.post("/asterisk/calls", {"token": TOKEN})).text
        line.centre.lines = 0
        async with connect(f"{line.ws}/asterisk/media?call={call}", proxy=None) as socket:
            await socket.send("MEDIA_START channel_id:1.1 format:ulaw")
            with pytest.raises(ConnectionClosed):
                await asyncio.wait_for(socket.recv(), 5)
        assert (await line.post(f"/asterisk/calls/{call}/next", {"token": TOKEN})).text == ""


async def test_a_websocket_that_was_not_announced_is_refused():
    async with serving() as line:
        with pytest.raises(InvalidStatus):
            await connect(f"{line.ws}/asterisk/media?call=nothing", proxy=None).__aenter__()


@pytest.mark.parametrize("stop_after", range(5))
async def test_whenever_twilio_is_gone_no_task_is_left_over(stop_after):
    async with serving(EchoCentre(play_ms=60_000)) as line:
        before = len(asyncio.all_tasks())
        url, _ = stream_in((await line.post("/twilio/voice", CALL)).text)
        socket = await line.stream(url).__aenter__()
        steps = [
            '{"event":"connected"}',
            twilio_start(),
            media(b"\xff" * 160, 1),
            '{"event":"dtmf","dtmf":{"digit":"3"}}',
        ]
        for step in steps[:stop_after]:
            await socket.send(step)
            await asyncio.sleep(0.02)
        await socket.close()
        await until(lambda: line.phone.door.calls == 0 and len(asyncio.all_tasks()) <= before)
