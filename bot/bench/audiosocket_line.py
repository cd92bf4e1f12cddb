"""Asterisk's end of an AudioSocket: announce the call, connect with its UUID, send a frame every 20 ms.

As an exchange does it; source: docs.asterisk.org, "AudioSocket". Frames come unpaced from the caller's simulation and
are 8 kHz, what the dialplan application sends. After the hang-up the dialplan asks what is next: a queue, or the end.
"""

from __future__ import annotations

import asyncio
import urllib.parse
import urllib.request
from collections.abc import AsyncIterator
from uuid import UUID

import bot.channels.audiosocket_wire as wire
from bot.audio.resample import Resampler
from bot.bench.line import Ended, FromBot, LineLost, Sound
from bot.bench.prompter import Prompter
from bot.errors import ChannelError
from bot.events import SAMPLE_RATE

TELEPHONE_RATE = 8_000
ASK_S = 30.0


class AudioSocketLine:
    """One call by `caller` (a number nobody else uses). `http`: `http://HOST:PORT` of the server."""

    def __init__(self, http: str, port: int, token: str, caller: str, prompter: Prompter) -> None:
        self._http, self._port, self._token, self._caller = http, port, token, caller
        self._prompter = prompter
        self._narrow = Resampler(SAMPLE_RATE, TELEPHONE_RATE)
        self._events: asyncio.Queue[FromBot] = asyncio.Queue()
        self._hung_up = False

    async def __aenter__(self) -> AudioSocketLine:
        self._prompter.prompt(self._caller, self._events)
        try:
            self._id = await asyncio.to_thread(self._ask, "/asterisk/calls", caller=self._caller, called="bench")
            reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        except OSError as error:
            raise LineLost(type(error).__name__) from error
        self._writer.write(wire.call_id(UUID(self._id)))
        self._reading = asyncio.create_task(self._read(reader))
        return self

    async def __aexit__(self, *_: object) -> None:
        self._reading.cancel()
        self._prompter.forget(self._caller)
        self._writer.close()

    async def heard(self) -> AsyncIterator[FromBot]:
        while not isinstance(event := await self._events.get(), Ended):
            yield event
        following = "" if self._hung_up else await asyncio.to_thread(self._ask, f"/asterisk/calls/{self._id}/next")
        yield Ended("handed over") if "," in following else event

    async def send(self, pcm: bytes) -> None:
        if self._writer.is_closing():
            return
        try:
            self._writer.write(wire.audio(self._narrow.convert(pcm), TELEPHONE_RATE))
            await self._writer.drain()
        except OSError as error:
            raise LineLost(type(error).__name__) from error

    async def hang_up(self) -> None:
        self._hung_up = True
        self._writer.write(wire.hang_up())
        self._events.put_nowait(Ended("caller"))

    def _ask(self, path: str, **form: str) -> str:
        body = urllib.parse.urlencode({**form, "token": self._token}).encode()
        with urllib.request.urlopen(self._http + path, body, timeout=ASK_S) as answer:
            return str(answer.read().decode())

    async def _read(self, reader: asyncio.StreamReader) -> None:
        frames = wire.FrameReader()
        try:
            while data := await reader.read(4_096):
                for frame in frames.feed(data):
                    match frame:
                        case wire.Audio(pcm, sample_rate):
                            self._events.put_nowait(Sound(pcm, sample_rate))
                        case wire.HungUp():
                            self._events.put_nowait(Ended("bot"))
                            return
        except (OSError, ChannelError) as error:
            self._events.put_nowait(Ended(f"lost: {type(error).__name__}"))
            return
        self._events.put_nowait(Ended("closed without a word"))
