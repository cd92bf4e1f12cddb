"""A SIP telephone at the caller's end: INVITE, G.711, RTP, BYE. One stack for all callers of the process.

The stack (baresip) hands out sound behind its jitter buffer; the buffer is off here, so that what is timed is the
arrival on the wire.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any, Final

import baresip

from bot.audio.resample import Resampler
from bot.bench.line import Ended, FromBot, LineLost, Sound
from bot.bench.prompter import Prompter
from bot.channels.sip_placing import place
from bot.events import CHUNK_MS, SAMPLE_RATE

RATE: Final = 8_000
ANSWER_S: Final = 30.0
READ_BYTES: Final = RATE // 5 * 2
"""200 ms at most at a time."""


class Telephones:
    """The stack. `async with`, then `line` for each call."""

    def __init__(self, server_port: int, prompter: Prompter) -> None:
        self._server = f"127.0.0.1:{server_port}"
        self._prompter = prompter
        self._runtime = baresip.Runtime()

    async def __aenter__(self) -> Telephones:
        logging.getLogger("baresip").setLevel(logging.ERROR)
        await self._runtime.start(
            baresip.Config(
                net_interface="127.0.0.1",
                native_log_level="error",
                max_concurrent_calls=None,
                extra_config_text="sip_listen 127.0.0.1:0\naudio_jitter_buffer_type off\n",
            )
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runtime.close()

    def line(self, caller: str) -> SipLine:
        return SipLine(self._runtime, self._server, caller, self._prompter)


class SipLine:
    def __init__(self, runtime: baresip.Runtime, server: str, caller: str, prompter: Prompter) -> None:
        self._runtime, self._server, self._caller, self._prompter = runtime, server, caller, prompter
        self._narrow = Resampler(SAMPLE_RATE, RATE)
        self._events: asyncio.Queue[FromBot] = asyncio.Queue()
        self._call: Any = None

    async def __aenter__(self) -> SipLine:
        self._prompter.prompt(self._caller, self._events)
        account = baresip.Account(self._caller, self._server, "", reg_interval=0, audio_codecs=("pcmu",))
        try:
            agent = await baresip.UserAgent.create(self._runtime, account)
            self._call = await place(agent, f"sip:bench@{self._server}")
            self._call.on(self._note)
            await self._call.wait_established(ANSWER_S)
        except (baresip.BaresipError, TimeoutError) as error:
            self._prompter.forget(self._caller)
            raise LineLost(type(error).__name__) from error
        self._reading = asyncio.create_task(self._read())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._reading.cancel()
        self._prompter.forget(self._caller)
        await self._end()

    async def heard(self) -> AsyncIterator[FromBot]:
        while not isinstance(event := await self._events.get(), Ended):
            yield event
        yield event

    async def send(self, pcm: bytes) -> None:
        try:
            self._call.audio.write(self._narrow.convert(pcm))
        except (baresip.AudioNotActive, baresip.AudioRestarted):
            return  # media comes up, or goes: what is said then is not heard

    async def hang_up(self) -> None:
        self._events.put_nowait(Ended("caller"))
        await self._end()

    async def _end(self) -> None:
        if self._call.state is baresip.CallState.CLOSED:
            return
        try:
            await self._call.hangup()
        except baresip.BaresipError:
            return  # gone in the same moment

    def _note(self, event: Any) -> None:
        if event.event is baresip.Event.CALL_CLOSED:
            self._events.put_nowait(Ended("bot"))

    async def _read(self) -> None:
        """Every frame as it comes; the line carries silence too."""
        while True:
            try:
                if pcm := self._call.audio.read(READ_BYTES):
                    self._events.put_nowait(Sound(pcm, RATE))
            except (baresip.AudioNotActive, baresip.AudioRestarted):
                pass
            await asyncio.sleep(CHUNK_MS / 2000)
