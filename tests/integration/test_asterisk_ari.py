"""An ARI written from Asterisk's published description: who is led on into the dialplan, and what a refusal means."""

import asyncio
import base64
import contextlib
import re
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qsl, unquote, urlsplit
from uuid import UUID

import httpx
import pytest

from tests.dialplan import Channel, read
from tests.integration.test_asterisk_dialplan import DOCUMENT, TOKEN
from tests.integration.test_audiosocket import Asterisk
from tests.integration.test_phone_people import centre_with, serving
from tests.sip_peer import free_port

pytestmark = pytest.mark.integration

IN_STASIS = "1764000000.7"
"""A caller whom the ARI application has; any other is in the dialplan, or nowhere."""


class Ari:
    """Only what is documented: basic authentication; 404, 409 and 204; parameters in the query."""

    def __init__(self):
        self.variables, self.went_on, self.refused = {}, "", []
        peer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                self.send_response(peer.answer(self.path, self.headers))
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}/ari"

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, target, headers):
        status = self._obey(urlsplit(target), headers)
        if status != 204:
            self.refused.append(status)
        return status

    def _obey(self, target, headers):
        if headers["Authorization"] != "Basic " + base64.b64encode(b"frontdesk:secret").decode():
            return 401
        path = re.fullmatch(r"/ari/channels/([^/]+)/(variable|continue)", target.path)
        query = dict(parse_qsl(target.query, keep_blank_values=True))
        if path is None or self.went_on:
            return 404
        if unquote(path[1]) != IN_STASIS:
            return 409
        if path[2] == "variable":
            self.variables[query["variable"]] = query["value"]
        else:
            self.went_on = "{context},{extension},{priority}".format(**query)
        return 204


def settings(port, ari, password="secret"):
    return {"audiosocket_port": port, "token": TOKEN, "ari_url": ari.url, "ari_password": password}


async def a_call(app, port, channel):
    """As an ARI application does it: announce, connect the media, wait for its end; what a dialplan would be told."""
    form = {"token": TOKEN, "caller": "+447700900123", "called": "100", "channel": channel}
    async with httpx.AsyncClient(trust_env=False, base_url=f"http://127.0.0.1:{app.port}") as client:
        call = (await client.post("/asterisk/calls", data=form)).text
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        with contextlib.closing(writer):
            peer = Asterisk(reader, writer)
            peer.send(0x01, UUID(call).bytes)
            peer.send(0x03, b"0")
            await asyncio.wait_for(peer.read_until_hang_up(), 10)
        assert peer.kinds[-1] == 0x00, "the media is let go"
        return (await client.post(f"/asterisk/calls/{call}/next", data={"token": TOKEN})).text


async def people_of(ari):
    """The documented dialplan, from where ARI continued."""
    text = DOCUMENT.read_text().partition("## Asterisk: ARI")[2]
    dialplan = re.search(r"```ini\n(\[frontdesk-people\].+?)```", text, re.DOTALL)[1]
    dialled = []

    async def dial(device, options):
        dialled.append(device)

    async def curl(url, form):
        raise AssertionError("nothing is asked")

    channel = Channel("+447700900123", "s", curl, dial, variables=dict(ari.variables))
    await channel.run(read(dialplan, "frontdesk-people"))
    return channel.left, dialled


async def test_a_caller_in_an_application_is_led_to_the_queue_with_the_ticket():
    port = free_port()
    with Ari() as ari:
        async with serving(centre_with(asterisk=settings(port, ari), desks={"*": "exchange"})) as app:
            await a_call(app, port, IN_STASIS)
        assert ari.went_on == "frontdesk-people,s,1"
        assert (ari.variables["FRONTDESK_TICKET"], ari.refused) == ("T1", [])
        assert await people_of(ari) == ("Queue(reception)", [])


async def test_or_to_the_number_that_is_named_for_it():
    port = free_port()
    with Ari() as ari:
        async with serving(centre_with(asterisk=settings(port, ari), desks={"*": "+441632960009"})) as app:
            await a_call(app, port, IN_STASIS)
        assert await people_of(ari) == ("Hangup()", ["Local/+441632960009@from-internal"])


@pytest.mark.parametrize(("channel", "status"), [("1764000000.9", 409), ("", None)])
async def test_a_caller_in_the_dialplan_goes_on_there(channel, status):
    port = free_port()
    with Ari() as ari:
        async with serving(centre_with(asterisk=settings(port, ari), desks={"*": "exchange"})) as app:
            assert await a_call(app, port, channel) == "reception,T1,"
        assert (ari.went_on, ari.refused) == ("", [status] if status else [])


async def test_a_wrong_password_or_no_asterisk_keeps_nobody_on_a_dead_line():
    port = free_port()
    with Ari() as ari:
        wrong = settings(port, ari, password="wrong")
        async with serving(centre_with(asterisk=wrong, desks={"*": "exchange"})) as app:
            assert await a_call(app, port, IN_STASIS) == "reception,T1,"
        assert ari.refused == [401]
    async with serving(centre_with(asterisk=settings(port, ari), desks={"*": "exchange"})) as app:
        assert await a_call(app, port, IN_STASIS) == "reception,T1,"


async def test_who_is_answered_at_our_own_desk_is_led_nowhere():
    port = free_port()
    with Ari() as ari:
        centre = centre_with(asterisk=settings(port, ari), unstaffed_wait_s=0)
        async with serving(centre) as app:
            assert await a_call(app, port, IN_STASIS) == "over"
        assert (ari.went_on, ari.refused) == ("", [])
