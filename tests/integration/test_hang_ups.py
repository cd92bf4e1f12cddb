"""Callers hang up at every stage of a call, through every door, on real ears and a real voice: nothing is left over."""

import asyncio
import contextlib
import os
import threading
from uuid import uuid4

import pytest
import websockets

from bot import events
from bot.audio.pcm import resample, to_pcm, to_samples
from tests.integration.test_audiosocket import Asterisk
from tests.integration.test_phone_people import serving
from tests.sip_peer import BARESIP, Telephone, free_port
from tests.spoken import ALICE

pytestmark = pytest.mark.integration

QUIET_S = 0.6
"""Before the caller speaks: into the greeting."""
PRESSED = (events.DigitPressed, events.Digits, events.Transfer)
STAGES = [
    events.Answered,
    events.Say,
    events.StartedSpeaking,
    events.Listen,
    events.AudioChunk,
    events.Recognize,
    events.StopSpeaking,
    events.Glimpse,
    events.FinishUtterance,
    events.Transcript,
    events.Think,
    events.Replied,
    *PRESSED[::2],
]


class WatchedCentre:
    """The centre; the next call that comes is watched for that stage."""

    def __init__(self, centre, **settings):
        self._centre = centre
        self.settings = centre.settings.model_copy(update=settings)
        self.watch(events.Answered)

    def watch(self, stage):
        self.stage, self.reached, self.taken = stage, asyncio.Event(), asyncio.Event()

    def __getattr__(self, name):
        return getattr(self._centre, name)

    async def close(self):
        """The house closes it."""

    async def take_call(self, channel, reminder=""):
        stage, reached = self.stage, self.reached
        self.taken.set()

        def observe(item):
            if isinstance(item, stage):
                reached.set()

        return await self._centre.take_call(channel, reminder, observe)


async def by_audiosocket(app, is_pressing):
    reader, writer = await asyncio.open_connection("127.0.0.1", app.centre.settings.asterisk.audiosocket_port)
    peer = Asterisk(reader, writer)
    peer.send(0x01, uuid4().bytes)

    async def talk():
        async for pcm in frames(is_pressing):
            peer.send(0x12, pcm) if pcm else peer.send(0x03, b"0")

    return writer.transport.abort, [asyncio.create_task(talk()), asyncio.create_task(peer.read_until_hang_up())]


async def by_browser(app, is_pressing):
    socket = await websockets.connect(f"ws://127.0.0.1:{app.port}/call/browser", proxy=None)
    await socket.send('{"type": "start"}')

    async def talk():
        async for pcm in frames(is_pressing):
            await socket.send(pcm or '{"type": "digit", "digit": "0"}')

    async def listen():
        with contextlib.suppress(websockets.ConnectionClosed):
            async for _ in socket:
                pass

    return socket.transport.abort, [asyncio.create_task(talk()), asyncio.create_task(listen())]


async def frames(is_pressing):
    """What the caller sends, in real time; an empty frame is the key 0."""
    sound = bytes(int(32_000 * QUIET_S) // 640 * 640) + ALICE.says("when are you open on Saturdays") + bytes(64_000)
    if is_pressing:
        yield b""
    while True:
        for begin in range(0, len(sound), 640):
            yield sound[begin : begin + 640].ljust(640, b"\0")
            await asyncio.sleep(0.02)


def left_over():
    """What a call may take: tasks, threads of its own, sockets and files."""
    shared = ("asyncio_", "call_", "call-")  # pools, which grow to their size once
    threads = sum(1 for thread in threading.enumerate() if not thread.name.startswith(shared))
    return asyncio.all_tasks(), threads, sorted(open_files())


def open_files():
    """Sockets, recordings and the like, by kind; the database's pool of connections is everybody's."""
    for number in os.listdir("/proc/self/fd"):
        with contextlib.suppress(OSError):
            name = os.readlink(f"/proc/self/fd/{number}").partition("[")[0]
            if ".db" not in name and "sqlite" not in name:
                yield name


async def until(condition, seconds=20):
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - what is awaited has no event
            await asyncio.sleep(0.005)


async def released(centre, app, before):
    tasks, threads, files = before

    def is_all():
        now = left_over()
        calls = centre.calls or app.state.phone.door.calls or app.state.house.room.tickets_on_line()
        return not calls and now[0] <= tasks and now[1] <= threads and len(now[2]) <= len(files)

    try:
        await until(is_all)
    except TimeoutError:
        now = left_over()
        more = [task.get_coro().__qualname__ for task in now[0] - tasks]
        raise AssertionError(f"left over: {more}, threads {threads}→{now[1]}, files {now[2]}, were {files}") from None


async def begin(stage, call, app):
    """The call has begun; what is returned ends it, as soon as that stage is reached."""
    centre = app.centre
    centre.watch(stage)
    reached = centre.reached
    hang_up, tasks = await call(app, stage in PRESSED)
    async with asyncio.timeout(10):
        await centre.taken.wait()

    async def end():
        try:
            async with asyncio.timeout(40):
                await reached.wait()
        finally:
            hang_up()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    return end


@pytest.mark.parametrize("call", [by_audiosocket, by_browser])
async def test_whenever_somebody_hangs_up_nothing_is_left_over(house, call):
    ALICE.says("when are you open on Saturdays")
    asterisk = house.settings.asterisk.model_copy(update={"audiosocket_port": free_port()})
    centre = WatchedCentre(house.centre, asterisk=asterisk)
    async with serving(centre) as app:
        app.centre = centre
        await (await begin(events.Transcript, call, app))()  # what is made once is made
        await until(lambda: not house.centre.calls)
        await asyncio.sleep(1)
        before = left_over()
        endings = [asyncio.create_task((await begin(stage, call, app))()) for stage in STAGES]
        await asyncio.gather(*endings)
        await released(house.centre, app, before)


@pytest.mark.slow
@pytest.mark.skipif(not BARESIP, reason="needs Debian's baresip-core as the caller's telephone")
async def test_whenever_somebody_hangs_up_by_sip_nothing_is_left_over(house, tmp_path):
    pytest.importorskip("baresip", reason="calls by SIP need the extra `sip`")
    sip = house.settings.sip.model_copy(update={"port": free_port()})
    centre = WatchedCentre(house.centre, sip=sip)
    speech = ALICE.says("when are you open on Saturdays")
    sound = bytes(8_000) + to_pcm(resample(to_samples(speech), 16_000, 8_000)) + bytes(16_000 * 60)
    async with serving(centre) as app, Telephone(tmp_path, source=sound) as telephone:

        async def hang_up_by_sip(stage):
            centre.watch(stage)
            telephone.events.clear()
            telephone.say("dial", f"sip:100@127.0.0.1:{sip.port}")
            await telephone.until("CALL_ESTABLISHED")
            if stage in PRESSED:
                await telephone.press("0")
            async with asyncio.timeout(30):
                await centre.reached.wait()
            telephone.say("hangup")
            await telephone.until("CALL_CLOSED")

        await hang_up_by_sip(events.StartedSpeaking)
        await until(lambda: not house.centre.calls)
        await asyncio.sleep(1)
        before = left_over()
        for stage in STAGES:
            await hang_up_by_sip(stage)
            await released(house.centre, app, before)
