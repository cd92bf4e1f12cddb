"""The dialplans of the documentation in a real Asterisk: callers come to the bot, and from it to where they should."""

import asyncio
import json
import re
from urllib.parse import urlencode

import httpx
import pytest
from websockets.asyncio.client import connect

from handoff.history import What
from tests.asterisk import ASTERISK, RealAsterisk, modules
from tests.integration.test_asterisk_dialplan import DOCUMENT, TOKEN, documented
from tests.integration.test_phone_people import AGENT_HZ, at_desk, centre_with, is_heard, serving, until, whats
from tests.sip_peer import free_port

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(not (ASTERISK and modules()), reason="needs the program `asterisk` and its modules"),
]

CALLER = "+447700900123"
DOORS = ["audiosocket", "application", "websocket"]
DESK = "[from-internal]\nexten => _[+0-9].,1,Answer()\n same => n,Wait(30)\n"
ARI_APP = """
[from-trunk]
exten => _[+0-9].,1,Answer()
 same => n,Stasis(receptionist)
 same => n,Hangup()
"""


def websocket_client(frontdesk):
    section = DOCUMENT.read_text().partition("## Asterisk: WebSocket")[2]
    return re.search(r"```ini\n(.+?)```", section, re.DOTALL)[1].replace(":8080", f":{frontdesk}")


def people():
    section = DOCUMENT.read_text().partition("## Asterisk: ARI")[2]
    return re.search(r"```ini\n(.+?)```", section, re.DOTALL)[1]


def asterisk(home, by, audiosocket, frontdesk):
    dialplan = documented(by, audiosocket, frontdesk).replace(
        "FRONTDESK_TOKEN = the-password", f"FRONTDESK_TOKEN = {TOKEN}"
    )
    return RealAsterisk(home / "asterisk", dialplan + DESK, websocket_client(frontdesk))


def centre_at(audiosocket, **settings):
    return centre_with(asterisk={"audiosocket_port": audiosocket, "token": TOKEN}, **settings)


@pytest.mark.parametrize("by", DOORS)
async def test_who_wants_a_person_comes_to_the_queue_of_asterisk_with_the_ticket(tmp_path, by):
    port = free_port()
    centre = centre_at(port, desks={"*": "exchange"})
    async with serving(centre) as app, asterisk(tmp_path, by, port, app.port) as exchange:
        exchange.call("100", CALLER)
        await until(lambda: centre.calls == 1)
        await exchange.press("0")
        joined = await exchange.happens("QueueCallerJoin")
        assert (joined["Queue"], joined["CallerIDNum"]) == ("reception", CALLER)
        assert exchange.variable("FRONTDESK_TICKET") == "T1"
        await until(lambda: app.state.phone.door.calls == 0)
    assert centre.tickets.tickets["T1"].packet.caller == CALLER


@pytest.mark.parametrize("by", DOORS)
async def test_where_a_number_is_named_for_a_queue_that_number_is_dialled(tmp_path, by):
    port = free_port()
    centre = centre_at(port, desks={"reception": "+441632960009"})
    async with serving(centre) as app, asterisk(tmp_path, by, port, app.port) as exchange:
        exchange.call("100", CALLER)
        await until(lambda: centre.calls == 1)
        await exchange.press("0")
        await exchange.until(
            lambda event: event.get("Context") == "from-internal" and event.get("Application") == "Wait"
        )
        assert "Queue(reception)" not in exchange.applications()


@pytest.mark.parametrize("by", DOORS)
async def test_after_a_talk_with_a_person_of_ours_the_call_is_over(tmp_path, by):
    port = free_port()
    centre = centre_at(port)
    async with (
        serving(centre) as app,
        at_desk(app) as maya,
        asterisk(tmp_path, by, port, app.port) as exchange,
    ):
        exchange.call("100", CALLER)
        await until(lambda: centre.calls == 1)
        await exchange.press("0")
        await maya.answer()
        await until(lambda: What.ANSWERED in whats(centre))
        await until(lambda: is_heard(maya.heard, AGENT_HZ, 16_000))  # her own tone, through Asterisk and back
        await maya.send(type="end")
        await exchange.happens("Newexten", lambda event: event["Application"] == "Hangup")
        assert "Queue(reception)" not in exchange.applications()


@pytest.mark.parametrize("by", DOORS)
async def test_a_telephone_that_sends_nothing_while_nobody_speaks_is_a_silent_caller(tmp_path, by):
    port = free_port()
    centre = centre_at(port)
    async with (
        serving(centre) as app,
        at_desk(app) as maya,
        asterisk(tmp_path, by, port, app.port) as exchange,
    ):
        exchange.call("100", CALLER, "Wait")
        await until(lambda: centre.calls == 1)
        await exchange.press("0")
        await maya.answer()
        heard = len(maya.heard)
        await until(lambda: len(maya.heard) > heard + 32_000)
        assert not any(maya.heard)


async def test_the_caller_who_hangs_up_is_gone_here_too(tmp_path):
    port = free_port()
    centre = centre_at(port)
    async with serving(centre) as app, asterisk(tmp_path, "audiosocket", port, app.port) as exchange:
        exchange.call("100", CALLER)
        await until(lambda: centre.calls == 1)
        came = await exchange.happens("Newchannel")
        exchange.send(Action="Hangup", Channel=came["Channel"])
        await until(lambda: app.state.phone.door.calls == 0)


@pytest.mark.parametrize("by", DOORS)
async def test_without_frontdesk_the_caller_goes_to_people(tmp_path, by):
    async with asterisk(tmp_path, by, free_port(), free_port()) as exchange:
        exchange.call("100", CALLER)
        assert (await exchange.happens("QueueCallerJoin"))["Queue"] == "reception"


async def test_a_call_that_breaks_goes_to_people(tmp_path):
    async def breaks(channel, reminder):
        raise RuntimeError("broken on purpose")

    port = free_port()
    centre = centre_at(port)
    centre.conversation = breaks
    async with serving(centre) as app, asterisk(tmp_path, "audiosocket", port, app.port) as exchange:
        exchange.call("100", CALLER)
        assert (await exchange.happens("QueueCallerJoin"))["Queue"] == "reception"


class Application:
    """A small ARI application, as somebody has it who wants the bot in it."""

    def __init__(self, exchange, app, audiosocket):
        self.exchange, self.app, self.audiosocket = exchange, app, audiosocket

    async def run(self):
        key = urlencode({"app": "receptionist", "api_key": "frontdesk:secret"})
        async with (
            connect(f"ws://127.0.0.1:{self.exchange.http}/ari/events?{key}", proxy=None) as events,
            httpx.AsyncClient(trust_env=False, auth=("frontdesk", "secret")) as client,
        ):
            self.ari = client
            self.exchange.call("100", CALLER)
            async for message in events:
                event = json.loads(message)
                if event["type"] == "StasisStart" and event["channel"]["name"].startswith("Local/"):
                    await self.take(event["channel"])

    async def take(self, caller):
        form = {"token": TOKEN, "caller": caller["caller"]["number"], "called": "100", "channel": caller["id"]}
        call = await self.ari.post(f"http://127.0.0.1:{self.app.port}/asterisk/calls", data=form)
        media = await self.post(
            "channels/externalMedia",
            app="receptionist",
            external_host=f"127.0.0.1:{self.audiosocket}",
            encapsulation="audiosocket",
            transport="tcp",
            format="slin16",
            data=call.text,
        )
        bridge = await self.post("bridges", type="mixing")
        await self.post(f"bridges/{bridge['id']}/addChannel", channel=f"{caller['id']},{media['id']}")

    async def post(self, path, **query):
        answer = await self.ari.post(f"http://127.0.0.1:{self.exchange.http}/ari/{path}", params=query)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else {}


@pytest.mark.parametrize("desk", ["exchange", "+441632960009"])
async def test_a_caller_in_an_ari_application_is_led_to_people(tmp_path, desk):
    port = free_port()
    exchange = RealAsterisk(tmp_path / "asterisk", ARI_APP + people() + DESK)
    ari = {"ari_url": f"http://127.0.0.1:{exchange.http}/ari", "ari_password": "secret"}
    centre = centre_with(asterisk={"audiosocket_port": port, "token": TOKEN, **ari}, desks={"*": desk})
    async with serving(centre) as app, exchange:
        application = asyncio.create_task(Application(exchange, app, port).run())
        await until(lambda: centre.calls == 1 or application.done())
        await exchange.press("0")
        if desk == "exchange":
            assert (await exchange.happens("QueueCallerJoin"))["Queue"] == "reception"
        else:
            await exchange.until(
                lambda event: event.get("Context") == "from-internal" and event.get("Application") == "Wait"
            )
        assert exchange.variable("FRONTDESK_TICKET") == "T1"
        application.cancel()
