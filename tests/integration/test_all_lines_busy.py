"""All lines are taken, on the wire: who calls is offered to be called back; only beyond that there is a busy tone."""

import asyncio
from types import SimpleNamespace
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import websockets

from bot.appointments.model import Business
from handoff.model import Medium
from tests.integration.test_audiosocket import Asterisk
from tests.integration.test_phone_people import centre_with, serving, until
from tests.integration.test_web import ended
from tests.sip_peer import BARESIP, Telephone, free_port

pytestmark = pytest.mark.integration


def full_centre(**settings):
    centre = centre_with(**settings)
    business = Business("brightwater", "Brightwater Dental", ZoneInfo("Europe/London"), (), {}, {}, {})
    centre.offices = SimpleNamespace(
        all=dict, at=lambda called: SimpleNamespace(content=SimpleNamespace(business=business))
    )
    centre.full = True
    return centre


def page_of(app):
    return websockets.connect(f"ws://127.0.0.1:{app.port}/call/browser", proxy=None)


async def test_from_asterisk_somebody_presses_one_and_is_called_back():
    port = free_port()
    centre = full_centre(asterisk={"audiosocket_port": port, "token": "t"})
    async with serving(centre) as app:
        call = app.state.phone.calls.announce("+447700900123", "100", 0)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        caller = Asterisk(reader, writer)
        caller.send(0x01, UUID(call).bytes)
        reading = asyncio.create_task(caller.read_until_hang_up())
        await until(lambda: caller.sound)
        caller.send(0x03, b"1")
        await reading
        writer.close()
        await until(lambda: app.state.phone.door.calls == 0)
    assert caller.kinds[-1] == 0x00
    assert centre.voice.said == [centre.wording("").text(f"busy_{key}") for key in ("offer", "promise")]
    [ticket] = centre.tickets.tickets.values()
    assert (ticket.medium, ticket.call_back) == (Medium.CALLBACK, "+447700900123")
    assert not centre.reminders, "the bot was not in it"


async def test_on_the_page_somebody_keys_in_a_number():
    centre = full_centre()
    async with serving(centre) as app, page_of(app) as page:
        await page.send('{"type": "start"}')
        for key in "107700900456#":
            await page.send(f'{{"type": "digit", "digit": "{key}"}}')
        assert await ended(page) == "bot"
    [ticket] = centre.tickets.tickets.values()
    assert ticket.call_back == "+447700900456"


async def test_beyond_that_the_line_is_busy():
    port = free_port()
    centre = full_centre(asterisk={"audiosocket_port": port}, busy_calls=0)
    async with serving(centre) as app:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        caller = Asterisk(reader, writer)
        caller.send(0x01, bytes(16))
        await caller.read_until_hang_up()
        writer.close()
        assert caller.kinds == [0x00]
        async with page_of(app) as page:
            await page.send('{"type": "start"}')
            assert await ended(page) == "busy"
    assert not centre.tickets.tickets


@pytest.mark.skipif(not BARESIP, reason="needs Debian's baresip-core as the caller's telephone")
@pytest.mark.parametrize("busy_calls", [0, 1])
async def test_by_sip_486_comes_only_when_nobody_can_be_offered_anything(tmp_path, busy_calls):
    pytest.importorskip("baresip", reason="calls by SIP need the extra `sip`")
    port = free_port()
    centre = full_centre(sip={"port": port}, busy_calls=busy_calls)
    async with serving(centre) as app, Telephone(tmp_path, user="+447700900123") as telephone:
        telephone.say("dial", f"sip:100@127.0.0.1:{port}")
        if busy_calls:
            await telephone.until("CALL_ESTABLISHED")
            await until(lambda: centre.voice.said)
            await telephone.press("1")
        await telephone.until("CALL_CLOSED")
        await until(lambda: app.state.phone.door.calls == 0)
    closed = next(event["param"] for event in telephone.events if event["type"] == "CALL_CLOSED")
    assert ("486" in closed) is not bool(busy_calls)
    assert [one.call_back for one in centre.tickets.tickets.values()] == ["+447700900123"] * busy_calls
