"""A caller on a Twilio line and an agent who answers on an outside number: both legs through Twilio, the whole way."""

import asyncio
import base64
import contextlib
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs

import httpx
import numpy as np
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from bot.audio.g711 import ulaw_decode, ulaw_encode
from bot.channels.twilio import signature
from handoff.history import What
from handoff.model import TicketStatus
from tests.integration.test_phone_people import (
    AGENT_HZ,
    CALLER_HZ,
    at_desk,
    centre_with,
    is_heard,
    serving,
    until,
    whats,
)
from tests.unit.web.fake_centre import tone

pytestmark = pytest.mark.integration

TOKEN, PUBLIC = "a-token", "https://calls.example.com"
OURS, CALLER, AGENT = "+441632960100", "+447700900123", "+447700900456"


class Twilio:
    """Its REST interface and its side of the streams: rings, tells how calls stand, carries sound both ways.

    Written from twilio.com/docs/voice: calls are made by POST to Calls.json, ended by Status=completed, told of by
    status callbacks; a stream that ends goes on with the next verb of its TwiML.
    """

    def __init__(self):
        self.dialled, self.ended, self.app = [], [], None
        twilio = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                fields = {name: values[0] for name, values in parse_qs(body).items()}
                twilio.asked(self.path, fields)
                self.send_response(201)
                self.end_headers()
                self.wfile.write(json.dumps({"sid": f"CA-leg{len(twilio.dialled)}"}).encode())

            def log_message(self, *_):
                pass

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def asked(self, path, fields):
        if path.endswith("/Calls.json"):
            self.dialled.append(fields)
        elif fields.get("Status") == "completed":
            self.ended.append(re.search(r"/Calls/([^/]+)\.json", path)[1])

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    async def post(self, url, form):
        """Signed with the address as the world knows it, delivered here."""
        headers = {"X-Twilio-Signature": signature(TOKEN, url, form.items())}
        async with httpx.AsyncClient(trust_env=False) as client:
            return await client.post(
                url.replace(PUBLIC, f"http://127.0.0.1:{self.app.port}"), data=form, headers=headers
            )

    @contextlib.asynccontextmanager
    async def leg(self, twiml, sid, hertz):
        """Of whoever called or was called: their stream, with a tone for a voice."""
        url = re.search(r'<Stream url="([^"]+)"', twiml)[1]
        address = url.replace(PUBLIC.replace("http", "ws"), f"ws://127.0.0.1:{self.app.port}")
        headers = {"X-Twilio-Signature": signature(TOKEN, url)}
        async with connect(address, additional_headers=headers, proxy=None) as socket:
            leg = Leg(socket, sid, re.search(r"<Redirect[^>]*>([^<]+)</Redirect>", twiml)[1], self)
            await leg.begin()
            tasks = [asyncio.create_task(leg.listen()), asyncio.create_task(leg.speak(hertz))]
            leg.over = tasks[0]
            try:
                yield leg
            finally:
                for task in tasks:
                    task.cancel()

    async def calls_us(self):
        """The TwiML for somebody who calls our number."""
        form = {"CallSid": "CA-caller", "From": CALLER, "To": OURS}
        return (await self.post(f"{PUBLIC}/twilio/voice", form)).text

    async def says(self, dialled, status):
        await self.post(dialled["StatusCallback"], {"CallSid": "CA-leg1", "CallStatus": status})


class Leg:
    def __init__(self, socket, sid, following, twilio):
        self.socket, self.sid, self.following, self.twilio = socket, sid, following, twilio
        self.heard = b""

    async def begin(self):
        await self.socket.send('{"event":"connected","protocol":"Call","version":"1.0.0"}')
        about = {"streamSid": f"MZ-{self.sid}", "callSid": self.sid, "customParameters": {},
                 "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}}  # fmt: skip
        await self.socket.send(json.dumps({"event": "start", "streamSid": f"MZ-{self.sid}", "start": about}))

    async def speak(self, hertz):
        sound = ulaw_encode(np.frombuffer(tone(1_000, hertz), "<i2")[::2].tobytes())
        with contextlib.suppress(ConnectionClosed):
            for chunk in range(1, 3_000):
                begin = chunk % 50 * 160
                payload = base64.b64encode(sound[begin : begin + 160]).decode()
                media = {"track": "inbound", "chunk": str(chunk), "payload": payload}
                await self.socket.send(json.dumps({"event": "media", "media": media}))
                await asyncio.sleep(0.02)

    async def press(self, digit):
        await self.socket.send(json.dumps({"event": "dtmf", "dtmf": {"track": "inbound_track", "digit": digit}}))

    async def listen(self):
        with contextlib.suppress(ConnectionClosed):
            while True:
                message = json.loads(await self.socket.recv())
                if message["event"] == "media":
                    self.heard += ulaw_decode(base64.b64decode(message["media"]["payload"]))
                elif message["event"] == "mark":
                    await self.socket.send(json.dumps(message))

    async def hangs_up(self):
        await self.socket.send('{"event":"stop"}')
        await self.socket.close()

    async def what_next(self):
        return (await self.twilio.post(self.following, {"CallSid": self.sid})).text


@contextlib.asynccontextmanager
async def house(**settings):
    with Twilio() as twilio:
        account = {"auth_token": TOKEN, "account_sid": "AC1", "api_url": twilio.url, "number": OURS}
        centre = centre_with(twilio=account, public_url=PUBLIC, **settings)
        async with serving(centre) as app:
            twilio.app = app
            yield twilio, centre, app
            await until(lambda: app.state.phone.door.calls == 0)


@contextlib.asynccontextmanager
async def ringing(twilio, app):
    """A caller waits, and the telephone of the agent they were offered to is rung."""
    async with at_desk(app) as maya, twilio.leg(await twilio.calls_us(), "CA-caller", CALLER_HZ) as caller:
        await maya.send(type="phone", number=AGENT)
        await caller.press("0")
        await until(lambda: twilio.dialled)
        rung = twilio.dialled[0]
        assert (rung["To"], rung["From"]) == (AGENT, OURS)
        yield rung, caller, maya


@contextlib.asynccontextmanager
async def talking(twilio, app):
    """From the caller's first word to the agent's: both legs and the agent's page."""
    async with ringing(twilio, app) as (rung, caller, maya):
        await twilio.says(rung, "ringing")
        await twilio.says(rung, "in-progress")
        async with twilio.leg(rung["Twiml"], "CA-leg1", AGENT_HZ) as agent:
            await until(lambda: maya.state["me"]["presence"] == "talking")
            await until(lambda: is_heard(agent.heard, CALLER_HZ, 8_000))
            await until(lambda: is_heard(caller.heard, AGENT_HZ, 8_000))
            assert maya.heard == b"", "the page is silent meanwhile"
            yield maya, caller, agent


async def test_the_agent_hangs_up_and_the_caller_is_let_go():
    async with house() as (twilio, centre, app), talking(twilio, app) as (maya, caller, agent):
        await agent.hangs_up()
        await until(lambda: maya.state["me"]["presence"] == "wrap-up")
        await caller.over
        await twilio.says(twilio.dialled[0], "completed")
        assert "CA-caller" in twilio.ended, "Twilio is told to end the caller's leg"
        assert "<Hangup/>" in await caller.what_next(), "and hears the same if it asks"
        assert centre.tickets.tickets["T1"].status is TicketStatus.DONE
        assert whats(centre)[-1] is What.ENDED


async def test_the_caller_hangs_up_and_so_does_the_agents_telephone():
    async with house() as (twilio, centre, app), talking(twilio, app) as (maya, caller, agent):
        await caller.hangs_up()
        await until(lambda: maya.state["me"]["presence"] == "wrap-up")
        await asyncio.wait_for(agent.over, 10)
        assert "CA-leg1" in twilio.ended
        assert "<Hangup/>" in await agent.what_next()
        await twilio.says(twilio.dialled[0], "completed")
        assert centre.tickets.tickets["T1"].status is TicketStatus.DONE


async def test_the_talk_is_ended_on_the_page_and_both_legs_are_let_go():
    async with house() as (twilio, _, app), talking(twilio, app) as (maya, caller, agent):
        await maya.send(type="end")
        await asyncio.wait_for(caller.over, 10)
        await asyncio.wait_for(agent.over, 10)
        assert {"CA-caller", "CA-leg1"} <= set(twilio.ended)
        await twilio.says(twilio.dialled[0], "completed")


@pytest.mark.parametrize("status", ["busy", "no-answer", "failed"])
async def test_an_agent_who_is_not_reached_costs_no_caller_their_place(status):
    async with house() as (twilio, centre, app), ringing(twilio, app) as (rung, caller, _):
        await twilio.says(rung, status)
        if status == "busy":
            await until(lambda: What.DECLINED in whats(centre))
        assert centre.tickets.tickets["T1"].status is TicketStatus.WAITING
        await caller.hangs_up()


async def test_who_hangs_up_while_the_agent_is_rung_lets_the_telephone_fall_silent():
    async with house() as (twilio, _, app), ringing(twilio, app) as (rung, caller, _):
        await twilio.says(rung, "ringing")
        await caller.hangs_up()
        await until(lambda: "CA-leg1" in twilio.ended)


async def test_without_an_account_a_talk_that_is_over_leads_the_caller_into_no_queue():
    """Nothing ends the call by REST then: the stream ends, and Twilio asks what is next."""
    with Twilio() as twilio:
        centre = centre_with(twilio={"auth_token": TOKEN}, public_url=PUBLIC)
        async with (
            serving(centre) as twilio.app,
            at_desk(twilio.app) as maya,
            twilio.leg(await twilio.calls_us(), "CA-caller", CALLER_HZ) as caller,
        ):
            await caller.press("0")
            await maya.answer()
            await until(lambda: is_heard(caller.heard, AGENT_HZ, 8_000))
            await maya.send(type="end")
            await asyncio.wait_for(caller.over, 10)
            assert "<Hangup/>" in await caller.what_next()
