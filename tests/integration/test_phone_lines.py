import asyncio
import re
import socket
import tomllib
from pathlib import Path

import pytest

from bot.config import Settings
from bot.web.phone_lines import PhoneLines
from tests.fakes_phone import EchoCentre
from tests.sip_peer import free_port

pytestmark = pytest.mark.integration


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


@pytest.mark.parametrize("page", ["README.md", "docs/phone-lines.md"])
def test_the_settings_in_the_guides_are_settings(page):
    text = (Path(__file__).parents[2] / page).read_text("utf-8")
    blocks = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    assert len(blocks) >= 4
    for block in blocks:
        Settings(**tomllib.loads(block))
