"""A peer written from the published protocol, over TCP on loopback."""

import asyncio
import contextlib
from uuid import UUID, uuid4

import pytest

from bot.channels.audiosocket_server import AudioSocketServer
from bot.channels.door import PhoneDoor
from bot.channels.exchange_calls import ExchangeCalls
from bot.errors import ChannelError
from tests.fakes_phone import EchoCentre

pytestmark = pytest.mark.integration


class Asterisk:
    """Speaks bytes, knows nothing of our classes."""

    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer
        self.sound, self.kinds = b"", []

    def send(self, kind, payload=b""):
        self.writer.write(bytes([kind]) + len(payload).to_bytes(2, "big") + payload)

    async def read_until_hang_up(self):
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                header = await self.reader.readexactly(3)
                self.kinds.append(header[0])
                self.sound += await self.reader.readexactly(int.from_bytes(header[1:], "big"))


@contextlib.asynccontextmanager
async def exchange(centre, calls=None, **options):
    door = PhoneDoor(centre)
    server = AudioSocketServer(door, calls or ExchangeCalls(), **options)
    await server.start(port=0)
    try:
        yield server, door
    finally:
        await door.close()
        await server.close()


@contextlib.asynccontextmanager
async def calling(server, uuid=None):
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    peer = Asterisk(reader, writer)
    peer.send(0x01, (uuid or uuid4()).bytes)
    try:
        yield peer
    finally:
        writer.close()


async def until(condition):
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - what is awaited is on the other side of a socket
            await asyncio.sleep(0.005)


async def test_a_call_is_announced_heard_and_passed_on_to_a_queue_that_the_dialplan_can_ask_for():
    centre, calls = EchoCentre(), ExchangeCalls()
    uuid = calls.announce("+441632960001", "100", now=0)
    async with exchange(centre, calls) as (server, _), calling(server, UUID(uuid)) as peer:
        for _ in range(10):
            peer.send(0x10, bytes(320))
        peer.send(0x03, b"1")
        await peer.read_until_hang_up()
    assert (centre.answered[0].caller, centre.answered[0].called) == ("+441632960001", "100")
    assert centre.heard_ms == 200
    assert (calls.find(uuid).queue, calls.find(uuid).ticket) == ("billing", "T-7")
    assert peer.kinds[-1] == 0x00
    assert len(peer.sound) == 10 * 320


async def test_a_wide_line_is_answered_wide():
    centre = EchoCentre()
    async with exchange(centre) as (server, _), calling(server) as peer:
        peer.send(0x12, bytes(640))
        await until(lambda: centre.heard_ms == 20)
        peer.send(0x03, b"2")
        await peer.read_until_hang_up()
    assert peer.kinds[-2:] == [0x12, 0x00]
    assert centre.heard == [bytes(640)]


async def test_the_callers_hang_up_ends_the_call_whether_told_or_not():
    for ending in ("told", "closed"):
        centre = EchoCentre(play_ms=60_000)
        async with exchange(centre) as (server, door), calling(server) as peer:
            await until(lambda centre=centre: centre.calls == 1)
            if ending == "told":
                peer.send(0x00)
            else:
                peer.writer.close()
            await until(lambda door=door: door.calls == 0)
            assert centre.calls == 0


async def test_hardly_anything_is_under_way_so_that_the_bot_is_silent_at_once():
    centre = EchoCentre(play_ms=60_000)
    async with exchange(centre) as (server, _), calling(server) as peer:
        reading = asyncio.create_task(peer.read_until_hang_up())
        await until(lambda: len(peer.kinds) >= 5)
        peer.send(0x03, b"3")
        await until(lambda: centre.digits == "3")
        await asyncio.sleep(0.02)
        frames = len(peer.kinds)
        await asyncio.sleep(0.2)
        assert len(peer.kinds) <= frames + 1
        reading.cancel()


async def test_scanners_and_garbage_disturb_nobody():
    centre = EchoCentre()
    async with exchange(centre) as (server, door), calling(server) as peer:
        await until(lambda: centre.calls == 1)
        for junk in (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", bytes(40), b"\x01\x00\x10short"):
            _, writer = await asyncio.open_connection("127.0.0.1", server.port)
            writer.write(junk)
            writer.close()
        await asyncio.sleep(0.05)
        assert door.calls == 1
        peer.send(0x03, b"2")
        await peer.read_until_hang_up()
    assert peer.kinds[-1] == 0x00


async def test_garbage_in_the_middle_of_a_call_ends_that_call_only():
    centre = EchoCentre(play_ms=60_000)
    async with exchange(centre) as (server, door), calling(server) as good, calling(server) as bad:
        await until(lambda: centre.calls == 2)
        bad.send(0x01, uuid4().bytes)
        await until(lambda: door.calls == 1)
        good.send(0x10, bytes(320))
        await until(lambda: centre.heard_ms == 20)


async def test_no_more_calls_than_lines_and_none_before_the_engines_are_ready():
    centre = EchoCentre(lines=1, play_ms=60_000)
    async with exchange(centre) as (server, _), calling(server):
        await until(lambda: centre.calls == 1)
        async with calling(server) as second:
            await second.read_until_hang_up()
            assert second.kinds == [0x00]
    centre.is_ready = False
    async with exchange(centre) as (server, _), calling(server) as early:
        await early.read_until_hang_up()
        assert early.kinds == [0x00]


async def test_a_call_that_was_not_announced_can_be_refused():
    async with exchange(EchoCentre(), announced_only=True) as (server, _), calling(server) as peer:
        await peer.read_until_hang_up()
        assert peer.kinds == [0x00]


async def test_a_broken_call_releases_its_line():
    centre = EchoCentre()
    async with exchange(centre) as (server, door), calling(server) as peer:
        peer.send(0x03, b"9")
        await peer.read_until_hang_up()
        assert door.calls == 0


@pytest.mark.parametrize("stop_after", [0, 1, 2, 3, 4, 5])
async def test_whenever_the_caller_is_gone_no_task_is_left_over(stop_after):
    before = asyncio.all_tasks()
    async with exchange(EchoCentre(play_ms=60_000)) as (server, door):
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        peer = Asterisk(reader, writer)
        steps = [(0x01, uuid4().bytes), (0x10, bytes(320)), (0x03, b"5"), (0x10, bytes(160)), (0x03, b"3")]
        for kind, payload in steps[:stop_after]:
            peer.send(kind, payload)
            await asyncio.sleep(0.01)
        writer.close()
        await until(lambda: door.calls == 0)
    await asyncio.sleep(0.01)
    assert asyncio.all_tasks() == before


async def test_a_taken_port_is_a_clear_error():
    async with exchange(EchoCentre()) as (server, door):
        with pytest.raises(ChannelError, match="choose another"):
            await AudioSocketServer(door, ExchangeCalls()).start(port=server.port)


async def test_closing_with_somebody_on_the_line_is_no_surprise_to_the_event_loop():
    complaints = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: complaints.append(context))
    server = AudioSocketServer(PhoneDoor(EchoCentre(play_ms=60_000)), ExchangeCalls())
    await server.start(port=0)
    async with calling(server) as peer:
        await until(lambda: server._tasks)
        await server.close()
        await peer.read_until_hang_up()
    assert complaints == []
    assert not server._tasks
