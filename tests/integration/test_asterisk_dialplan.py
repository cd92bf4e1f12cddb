"""The dialplans of the documentation, word for word, against the real server: where does the caller end up?"""

import asyncio
import contextlib
import re
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from tests.dialplan import Channel, read
from tests.integration.test_all_lines_busy import full_centre
from tests.integration.test_audiosocket import Asterisk
from tests.integration.test_phone_people import at_desk, centre_with, serving
from tests.sip_peer import free_port

pytestmark = pytest.mark.integration

DOCUMENT = Path(__file__).parents[2] / "docs" / "phone-lines.md"
SECTION = "## Asterisk: AudioSocket"
INSTEAD = {
    "websocket": re.compile(r"`(Dial\(WebSocket/[^`]+)`"),
    "application": re.compile(r"`(AudioSocket\(\$[^`]+)`"),
}
"""Other lines for the dialplan's `Dial`, in the text around it."""
TOKEN = "the-password"


def documented(by, audiosocket, frontdesk):
    """The text of the documentation, with the ports of the test."""
    text = DOCUMENT.read_text().partition(SECTION)[2]
    dialplan = re.search(r"```ini\n(\[globals\].+?)```", text, re.DOTALL)[1]
    dialplan = dialplan.replace("127.0.0.1:8080", f"127.0.0.1:{frontdesk}")
    assert dialplan.count("127.0.0.1:9092") == 1
    if by in INSTEAD:
        instead = re.sub(r"\s+", "", INSTEAD[by].search(text)[1])
        dialplan = re.sub(r"Dial\(AudioSocket/.+", instead, dialplan)
    return dialplan.replace("127.0.0.1:9092", f"127.0.0.1:{audiosocket}")


class Exchange:
    """Asterisk around one caller: does what the dialplan says, and presses `keys` once the bot is there."""

    def __init__(self, by="audiosocket", keys="0", while_talking=None):
        self.by, self.keys, self.port = by, keys, free_port()
        self.while_talking = while_talking

    async def call(self, app):
        plan = read(documented(self.by, self.port, app.port), "from-trunk")
        self.channel = Channel("+447700900123", "100", self.curl, self.dial)
        self.app = app
        await asyncio.wait_for(self.channel.run(plan), 20)
        return self.channel.left

    async def curl(self, url, form):
        async with httpx.AsyncClient(trust_env=False) as client:
            with contextlib.suppress(httpx.HTTPError):
                headers = {"Content-Type": "application/x-www-form-urlencoded"}
                return (await client.post(url, content=form, headers=headers)).text
        return ""

    async def dial(self, device, options):
        if device.startswith("AudioSocket/"):
            await self.by_audiosocket(device)
        elif device.startswith("WebSocket/"):
            await self.by_websocket(device)

    async def by_audiosocket(self, device):
        host, uuid, codec = re.fullmatch(r"AudioSocket/([^/]+)/([^/]+)/c\((\w+)\)", device).groups()
        assert codec == "slin16"
        try:
            reader, writer = await asyncio.open_connection(*host.split(":"))
        except OSError:
            return
        peer = Asterisk(reader, writer)
        peer.send(0x01, UUID(uuid).bytes)
        peer.send(0x12, bytes(640))
        for key in self.keys:
            peer.send(0x03, key.encode())
        over = asyncio.create_task(peer.read_until_hang_up())
        if self.while_talking:
            await self.while_talking(peer)
        await over
        writer.close()

    async def by_websocket(self, device):
        """`v(call=…)` becomes the query of the address in websocket_client.conf."""
        call = re.fullmatch(r"WebSocket/frontdesk/c\(slin16\)v\((call=[^)]+)\)", device)[1]
        address = f"ws://127.0.0.1:{self.app.port}/asterisk/media?{call}"
        async with connect(address, subprotocols=["media"], proxy=None) as socket:
            await socket.send("MEDIA_START channel_id:1.1 format:slin16 optimal_frame_size:640")
            for key in self.keys:
                await socket.send(f"DTMF_END digit:{key} channel_id:1.1")
            with contextlib.suppress(ConnectionClosed):
                while await socket.recv() != "HANGUP":
                    pass


def centre_for(exchange, **settings):
    return centre_with(asterisk={"audiosocket_port": exchange.port, "token": TOKEN}, **settings)


@pytest.mark.parametrize("by", ["audiosocket", "websocket"])
async def test_who_wants_a_person_comes_to_the_queue_of_asterisk_with_the_ticket(by):
    exchange = Exchange(by)
    async with serving(centre_for(exchange, desks={"*": "exchange"})) as app:
        assert await exchange.call(app) == "Queue(reception)"
    assert exchange.channel.variables["FRONTDESK_TICKET"] == "T1"
    assert exchange.channel.timeout_s == "3"


@pytest.mark.parametrize("by", ["audiosocket", "websocket"])
async def test_where_a_number_is_named_for_a_queue_that_number_is_dialled(by):
    exchange = Exchange(by)
    async with serving(centre_for(exchange, desks={"reception": "+441632960009"})) as app:
        assert await exchange.call(app) == "Hangup()"
    assert exchange.channel.dialled[-1] == "Local/+441632960009@from-internal"


async def test_a_sip_address_is_nothing_that_a_dialplan_dials():
    exchange = Exchange()
    async with serving(centre_for(exchange, desks={"*": "sip:desk@pbx.example.com"})) as app:
        assert await exchange.call(app) == "Queue(reception)"


async def test_after_a_talk_with_a_person_of_ours_the_caller_is_put_into_no_queue_any_more():
    async def hears_a_person(peer):
        await answering
        await maya.send(type="end")

    exchange = Exchange(while_talking=hears_a_person)
    centre = centre_for(exchange)
    async with serving(centre) as app, at_desk(app) as maya:
        answering = asyncio.create_task(maya.answer())
        assert await exchange.call(app) == "Hangup()"
    assert "FRONTDESK_TICKET" not in exchange.channel.variables


async def test_who_wants_no_call_back_on_busy_lines_is_let_go():
    exchange = Exchange(keys="2")
    centre = full_centre(asterisk={"audiosocket_port": exchange.port, "token": TOKEN})
    async with serving(centre) as app:
        assert await exchange.call(app) == "Hangup()"


async def test_a_call_that_breaks_goes_to_people_and_not_into_silence():
    async def breaks(channel, reminder):
        raise RuntimeError("broken on purpose")

    exchange = Exchange()
    centre = centre_for(exchange)
    centre.conversation = breaks
    async with serving(centre) as app:
        assert await exchange.call(app) == "Queue(reception)"


async def test_with_no_lines_left_callers_hear_the_busy_tone():
    exchange = Exchange()
    centre = centre_for(exchange, busy_calls=0)
    centre.full = True
    async with serving(centre) as app:
        assert await exchange.call(app) == "Busy(10)"


async def test_without_frontdesk_the_caller_goes_to_people():
    exchange = Exchange()

    class Nobody:
        port = free_port()

    assert await exchange.call(Nobody) == "Queue(reception)"


async def test_when_only_the_door_of_the_sound_is_closed_the_caller_goes_to_people():
    exchange = Exchange()
    centre = centre_with(asterisk={"token": TOKEN})
    async with serving(centre) as app:
        assert await exchange.call(app) == "Queue(reception)"


async def test_a_wrong_password_leads_to_people():
    exchange = Exchange()
    centre = centre_with(asterisk={"audiosocket_port": exchange.port, "token": "another"})
    async with serving(centre) as app:
        assert await exchange.call(app) == "Queue(reception)"
