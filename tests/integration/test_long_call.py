"""A call of four hours in its own time: the disk gets what was said, memory does not grow with the length."""

import asyncio
import datetime as dt
import json

import av
import numpy as np
import psutil
import pytest

from bot.call import Call
from bot.channels.media_streams import MARK_EVERY_MS, MOST_MARKS, MediaStreamChannel
from bot.channels.media_streams_wire import TWILIO
from bot.events import FREE, Answered, AudioChunk, Hypothesis, Listen, Say
from bot.recording.files import Files
from bot.recording.recorder import Recorder
from bot.report import CallReport, Witness, as_json
from bot.run import Engines, run_call
from bot.store.store import open_store
from bot.taps import TappedChannel, Taps
from bot.web.talk_sound import CALLER, TalkSound
from handoff.mixing import Part
from tests.fakes import NOW, is_loud

pytestmark = pytest.mark.integration

SECOND = 50
"""Chunks."""
EVERY_S, SPEAKS_S = 12, 1
"""The caller says something so often, so long."""
CALLER_HZ, BOT_HZ = 500, 1_000
MARGIN_MB = 12
"""For what four hours of transcript need (some 3 MB) and for what an allocator keeps."""


def sine(hertz, chunks=SECOND):
    at = np.arange(chunks * 320) / 16_000
    return (9_000 * np.sin(2 * np.pi * hertz * at)).astype("<i2").tobytes()


def chunks_of(pcm):
    return [pcm[begin : begin + 640] for begin in range(0, len(pcm), 640)]


class LongLine:
    """A caller who speaks a second of every twelve; time goes as fast as the call and the recorder take it."""

    def __init__(self, minutes):
        self.ms, self._end_ms = 0, minutes * 60_000
        self.recorder = None
        self._played_ms = 0
        self._moved = asyncio.Condition()
        self._voice, self._quiet = chunks_of(sine(CALLER_HZ)), bytes(640)
        self.memory_mb = {}

    async def events(self):
        yield Answered("+441632960001", "100")
        while self.ms < self._end_ms:
            at = self.ms // 20 % (EVERY_S * SECOND)
            yield AudioChunk(self._voice[at] if at < SPEAKS_S * SECOND else self._quiet)
            self.ms += 20
            if self.ms % 200 == 0:
                await self._breathe()

    async def _breathe(self):
        """Threads get their turn; who plays goes on."""
        async with self._moved:
            self._moved.notify_all()
        await asyncio.sleep(0.0002)
        while self.recorder._incoming.qsize() > 5_000:  # noqa: ASYNC110 - a thread's queue
            await asyncio.sleep(0.002)
        if self.ms % 300_000 == 0:
            self.memory_mb[self.ms // 60_000] = psutil.Process().memory_info().rss / 2**20

    async def play(self, pcm):
        """In the call's time, as a door paces it: a little ahead."""
        if self._played_ms < self.ms:
            self._played_ms = self.ms
        self._played_ms += 20
        if self._played_ms > self.ms + 200:
            async with self._moved:
                await self._moved.wait_for(lambda: self.ms >= min(self._played_ms - 200, self._end_ms))

    async def clear(self):
        pass

    async def transfer(self, queue, ticket_id):
        pass

    async def hang_up(self):
        pass


class Ear:
    """Hears the same each time."""

    def listen(self, expect):
        return self

    def accept(self, chunk):
        return None

    def glimpse(self):
        return self.finish()

    def finish(self):
        return (Hypothesis("and what about the other one", 0.9),)


class Voice:
    def synthesize(self, text, speed=1.0):
        yield sine(BOT_HZ)


class Conversation:
    """Always has an answer."""

    def open(self, answered, now):
        return [Say("Good morning."), Listen(FREE)]

    def hear(self, heard, now):
        return [Say("That one costs twelve pounds."), Listen(FREE)]

    def fail(self, code, now):
        raise AssertionError(code)

    def close(self, now):
        pass


async def call(folder, minutes):
    files, line, taps = Files(folder), LongLine(minutes), Taps()
    line.recorder = recorder = Recorder(files, lambda: NOW, lambda: line.ms)
    taps.record(recorder.heard)
    witness = Witness(CallReport("c1", "audiosocket", NOW), lambda text: text)
    tapped = TappedChannel(line, lambda who, pcm: taps.heard("c1", who, pcm))
    engines = Engines(Ear(), Voice(), Conversation(), lambda: NOW + dt.timedelta(milliseconds=line.ms))
    await run_call(tapped, engines, Call(is_loud, lambda words, expect: 300), witness.observe)
    await asyncio.to_thread(recorder.close)
    return line, witness.report, files


def tail(path, last_s):
    """Left and right of the last seconds (48 kHz), and the length of all of it in seconds."""
    with av.open(str(path)) as container:
        seconds = container.duration / av.time_base
        container.seek(round((seconds - last_s) * av.time_base))
        frames = [(frame.time, frame.to_ndarray()) for frame in container.decode(audio=0)]
    sound = np.concatenate([samples for _, samples in frames], axis=1)
    sound = sound[:, max(0, round((seconds - last_s - frames[0][0]) * 48_000)) :]
    return sound[0], sound[1], seconds


def loud(sound):
    """By 20 ms."""
    windows = sound[: len(sound) // 960 * 960].reshape(-1, 960)
    return np.sqrt((windows**2).mean(axis=1)) > 0.05


def loudest_hz(sound):
    return np.abs(np.fft.rfft(sound)).argmax() * 48_000 / len(sound)


@pytest.mark.parametrize("minutes", [10, pytest.param(4 * 60, marks=pytest.mark.slow)])
def test_a_long_call_is_on_the_disk_and_not_in_memory(tmp_path, minutes):
    line, report, files = asyncio.run(call(tmp_path / "recordings", minutes))
    assert line.memory_mb[minutes] - line.memory_mb[5] < MARGIN_MB, line.memory_mb

    [stretch] = files.of_call("c1", NOW)
    left, right, seconds = tail(stretch.path, 60)
    assert abs(seconds - minutes * 60) < 1
    assert loudest_hz(left) == pytest.approx(CALLER_HZ, abs=10)
    assert loudest_hz(right) == pytest.approx(BOT_HZ, abs=10)
    assert loud(left).mean() == pytest.approx(SPEAKS_S / EVERY_S, rel=0.2), "only the caller is on the left"
    began_s = seconds - 60 + loud(left).argmax() * 0.02
    assert (began_s + 6) % EVERY_S == pytest.approx(6, abs=0.2), "to the end each word is where it was said"

    said = [turn for turn in report.turns if turn.speaker == "caller"]
    assert len(said) == pytest.approx(minutes * 60 / EVERY_S, rel=0.05)
    assert len(json.dumps(as_json(report))) < 2_000 * minutes * 60 / EVERY_S
    store = open_store(f"sqlite:///{tmp_path / 'calls.db'}")
    store.calls.save(as_json(report), "brightwater")
    assert len(store.calls.get("c1")["turns"]) == len(report.turns)
    store.close()


class Page:
    """A caller's line in a talk with a person."""

    async def relay(self, pcm):
        pass

    async def caption(self, speaker, text, final):
        pass


class Detector:
    def is_speech(self, chunk):
        return is_loud(chunk)


async def talk(folder, minutes):
    """Both sides send all the time, and speak in turns."""
    files, taps, ms = Files(folder), Taps(), 0
    recorder = Recorder(files, lambda: NOW, lambda: ms)
    taps.record(recorder.heard)
    sound = TalkSound(Page(), Ear(), lambda: NOW, lambda line: None, lambda who, pcm: taps.heard("c1", who, pcm))
    sound.join(7, Part.AGENT, lambda pcm: None)
    voices = {CALLER: chunks_of(sine(CALLER_HZ)), 7: chunks_of(sine(BOT_HZ))}
    memory_mb = {}
    while ms < minutes * 60_000:
        second = ms // 1_000 % EVERY_S
        for who, speaks in ((CALLER, second == 0), (7, second == EVERY_S // 2)):
            sound.hear(who, voices[who][ms // 20 % SECOND] if speaks else bytes(640))
        ms += 20
        if ms % 200 == 0:
            await asyncio.sleep(0.0002)
        while recorder._incoming.qsize() > 5_000:  # noqa: ASYNC110 - a thread's queue
            await asyncio.sleep(0.002)
        if ms % 300_000 == 0:
            memory_mb[ms // 60_000] = psutil.Process().memory_info().rss / 2**20
    await sound.stop()
    await asyncio.to_thread(recorder.close)
    return sound.said, memory_mb, files


@pytest.mark.parametrize("minutes", [10, pytest.param(4 * 60, marks=pytest.mark.slow)])
def test_a_long_talk_with_a_person_is_on_the_disk_and_not_in_memory(tmp_path, minutes, monkeypatch):
    monkeypatch.setattr("bot.web.talk_sound.SpeechDetector", Detector)
    monkeypatch.setattr("bot.transcript.BATCH_S", 0.0)
    said, memory_mb, files = asyncio.run(talk(tmp_path, minutes))
    assert memory_mb[minutes] - memory_mb[5] < MARGIN_MB, memory_mb
    [stretch] = files.of_call("c1", NOW)
    left, right, seconds = tail(stretch.path, 60)
    assert abs(seconds - minutes * 60) < 1
    assert (loudest_hz(left), loudest_hz(right)) == (
        pytest.approx(CALLER_HZ, abs=10),
        pytest.approx(BOT_HZ, abs=10),
    )
    assert 0 < len(said) <= 2 * (minutes * 60 // EVERY_S + 1)


class Deaf:
    """A carrier that takes sound and never tells what was played."""

    async def receive(self):
        return {"type": "websocket.receive", "text": '{"event":"start","streamSid":"M","start":{}}'}

    async def send_text(self, data):
        pass

    async def close(self, code=1000, reason=None):
        pass


class AtOnce:
    async def send(self, ms):
        pass


async def test_a_carrier_that_sends_no_marks_back_fills_no_memory():
    channel = MediaStreamChannel(Deaf(), TWILIO, pacer=AtOnce())
    await channel.open()
    for _ in range(10 * MOST_MARKS * MARK_EVERY_MS // 20):
        await channel.play(bytes(640))
    assert len(channel._marks) == MOST_MARKS
