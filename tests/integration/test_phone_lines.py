import asyncio
import re
import socket
import subprocess
import sys
import tomllib
from pathlib import Path

import httpx
import pytest

from bot.config import Settings
from bot.web.phone_lines import AUDIOSOCKET_GONE, SIP_AWAITED, SIP_GONE, PhoneLines
from tests.fakes_phone import EchoCentre
from tests.integration.test_phone_people import centre_with, serving
from tests.sip_peer import free_port

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[2]


async def test_only_what_the_settings_ask_for_is_opened_and_all_is_given_back():
    pytest.importorskip("baresip")
    before = asyncio.all_tasks()
    idle = PhoneLines(EchoCentre(), Settings())
    await idle.open()
    assert idle.dialler() is None
    await idle.close()
    port, sip = free_port(), free_port()
    lines = PhoneLines(EchoCentre(), Settings(asterisk={"audiosocket_port": port}, sip={"port": sip}))
    await lines.open()
    assert lines.problems == []
    assert lines.dialler()
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.close()
    await lines.close()
    for kind, number in ((socket.SOCK_STREAM, port), (socket.SOCK_DGRAM, sip)):
        with socket.socket(socket.AF_INET, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", number))
    await asyncio.sleep(0.05)
    assert asyncio.all_tasks() <= before


async def test_a_line_that_cannot_be_opened_is_told_and_the_others_work():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        lines = PhoneLines(EchoCentre(), Settings(asterisk={"audiosocket_port": port}))
        await lines.open()
        assert "choose another" in lines.problems[0]
        await lines.close()


@pytest.mark.parametrize(
    ("sip", "said"),
    [
        ({"host": "10.9.9.9"}, "10.9.9.9 is no address of this computer"),
        ({"certificate": "/no/such/frontdesk.pem"}, "/no/such/frontdesk.pem cannot be read"),
        ({"host": "localhost"}, "in figures"),
    ],
)
async def test_a_sip_line_that_nothing_could_reach_says_which_setting_is_wrong(sip, said):
    pytest.importorskip("baresip")
    lines = PhoneLines(EchoCentre(), Settings(sip={"port": free_port(), **sip}))
    await lines.open()
    assert said in lines.troubles()[0]
    assert lines.dialler() is None
    await lines.close()


async def test_a_stack_that_fails_without_a_word_is_not_believed(monkeypatch):
    sip = pytest.importorskip("bot.channels.sip")
    monkeypatch.setattr(sip, "why_no_sip", lambda settings: "")
    port = free_port()
    lines = PhoneLines(EchoCentre(), Settings(sip={"port": port, "host": "10.9.9.9"}))
    await lines.open()
    assert lines.troubles() == [f"The SIP stack does not listen at 10.9.9.9:{port}; please choose another."]
    await lines.close()


async def test_a_busy_sip_port_is_named_and_so_is_its_line():
    pytest.importorskip("baresip")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        lines = PhoneLines(EchoCentre(), Settings(sip={"port": port}))
        await lines.open()
        assert f"Port {port} for SIP is taken" in lines.troubles()[0]
        await lines.close()


async def test_tls_is_listened_for_only_with_a_certificate():
    pytest.importorskip("baresip")
    port = free_port()
    lines = PhoneLines(EchoCentre(), Settings(sip={"port": port}))
    await lines.open()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", port + 1))
    await lines.close()


async def test_a_door_whose_listener_dies_takes_no_other_door_with_it():
    pytest.importorskip("baresip")
    port, sip = free_port(), free_port()
    centre = EchoCentre(play_ms=60_000)
    lines = PhoneLines(centre, Settings(asterisk={"audiosocket_port": port}, sip={"port": sip}))
    await lines.open()
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"\x01\x00\x10" + bytes(16))
    async with asyncio.timeout(5):
        while not lines.door.calls:  # noqa: ASYNC110 - the other side of a socket
            await asyncio.sleep(0.01)
    await lines._sip._runtime.close()
    for _ in range(25):
        writer.write(b"\x10\x01\x40" + bytes(320))
    async with asyncio.timeout(5):
        while centre.heard_ms < 500:  # noqa: ASYNC110 - the other side of a socket
            await asyncio.sleep(0.01)
    assert lines.door.calls == 1
    writer.close()
    await lines.close()


async def test_a_door_that_closes_by_itself_is_told_in_health():
    port = free_port()
    centre = centre_with(asterisk={"audiosocket_port": port})
    async with serving(centre) as app, httpx.AsyncClient(trust_env=False) as client:
        health = f"http://127.0.0.1:{app.port}/health"
        assert "line_problems" not in (await client.get(health)).json()
        app.state.phone._audiosocket._server.close()
        told = await client.get(health)
        assert (told.status_code, told.json()["line_problems"]) == (200, [AUDIOSOCKET_GONE])
        assert app.state.phone.door.refusal() == "", "the others go on"


async def test_a_line_that_the_trunk_does_not_know_is_told():
    pytest.importorskip("baresip")
    nobody = {"port": free_port(), "domain": f"127.0.0.1:{free_port()}", "password": "x"}
    lines = PhoneLines(EchoCentre(), Settings(sip=nobody))
    await lines.open()
    assert lines.troubles() == [SIP_AWAITED]
    await lines.close()


SIP_DIES = """
import asyncio, sys
from bot.config import Settings
from bot.web.phone_lines import PhoneLines
from tests.fakes_phone import EchoCentre

async def main(audiosocket, sip):
    account = {"account_sid": "AC1", "auth_token": "t", "number": "+15550100"}
    settings = Settings(asterisk={"audiosocket_port": audiosocket}, sip={"port": sip}, twilio=account)
    lines = PhoneLines(EchoCentre(), settings)
    await lines.open()
    lines._sip._runtime._send_stop()
    async with asyncio.timeout(10):
        while not lines.troubles():
            await asyncio.sleep(0.02)
    _, writer = await asyncio.open_connection("127.0.0.1", audiosocket)
    writer.write(bytes([1, 0, 16]) + bytes(16))
    async with asyncio.timeout(5):
        while not lines.door.calls:
            await asyncio.sleep(0.02)
    print(lines.troubles(), type(lines.dialler()).__name__, flush=True)
    await lines.close()

asyncio.run(main(*map(int, sys.argv[1:])))
"""


def test_when_the_sip_stack_dies_the_others_go_on_calls_are_placed_elsewhere_and_it_is_told():
    """In a process of its own: one whose stack died has no second one."""
    pytest.importorskip("baresip")
    command = [sys.executable, "-c", SIP_DIES, str(free_port()), str(free_port())]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip().splitlines()[-1:] == [f"{[SIP_GONE]} TwilioDialler"], done.stderr


@pytest.mark.parametrize("page", ["README.md", "docs/phone-lines.md"])
def test_the_settings_in_the_guides_are_settings(page):
    text = (ROOT / page).read_text("utf-8")
    blocks = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    assert len(blocks) >= 4
    for block in blocks:
        Settings(**tomllib.loads(block))
