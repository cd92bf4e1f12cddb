"""A call with this computer's microphone and loudspeaker, through PortAudio (`sounddevice`).

The sound card's own thread only moves bytes: what it hears is handed to the event loop, what it plays comes out of a
buffer that `play` keeps short, so that `clear` is silence at once. Use headphones: there is no echo cancellation here.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from typing import Any

from bot.errors import ChannelError
from bot.events import CHUNK_BYTES, CHUNK_MS, SAMPLE_RATE, Answered, AudioChunk, Event

AHEAD_CHUNKS = 4
"""At most this much sound waits to be played (80 ms). It is looked at now and then: the sound thread must not wait."""


class MicrophoneChannel:
    """`open` it first: that raises ChannelError (`sound.missing`) when there is no sound card or no PortAudio."""

    def __init__(self, caller: str = "microphone", called: str = "") -> None:
        self._answered = Answered(caller, called)
        self._heard: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._to_play = bytearray()
        self._lock = threading.Lock()
        self._stream: Any = None
        self._is_over = False

    async def events(self) -> AsyncIterator[Event]:
        self._stream.start()
        try:
            yield self._answered
            while not self._is_over and (pcm := await self._heard.get()) is not None:
                yield AudioChunk(pcm)
        finally:
            self._stream.close()

    async def play(self, pcm: bytes) -> None:
        while len(self._to_play) >= AHEAD_CHUNKS * CHUNK_BYTES and not self._is_over:  # noqa: ASYNC110
            await asyncio.sleep(CHUNK_MS / 2000)
        with self._lock:
            self._to_play += pcm

    async def clear(self) -> None:
        with self._lock:
            self._to_play.clear()

    async def transfer(self, queue: str, ticket_id: str) -> None:
        await self.hang_up()

    async def hang_up(self) -> None:
        while self._to_play and not self._is_over:  # noqa: ASYNC110
            await asyncio.sleep(CHUNK_MS / 1000)
        self._is_over = True
        self._heard.put_nowait(None)

    async def open(self) -> None:
        loop = asyncio.get_running_loop()

        def exchange(heard: Any, to_play: Any, frames: int, time: Any, status: Any) -> None:
            loop.call_soon_threadsafe(self._heard.put_nowait, bytes(heard))
            self._fill(to_play)

        def stopped() -> None:  # unplugged, or the driver gave up
            loop.call_soon_threadsafe(self._heard.put_nowait, None)

        try:
            import sounddevice  # here, for importing it fails where PortAudio is missing

            samples = SAMPLE_RATE * CHUNK_MS // 1000
            self._stream = sounddevice.RawStream(
                SAMPLE_RATE, samples, channels=1, dtype="int16", callback=exchange, finished_callback=stopped
            )
        except Exception as error:  # ImportError, OSError, PortAudioError: each says "no sound here" in its own way
            raise ChannelError(
                "sound.missing",
                "No microphone or loudspeaker was found. Plug one in (on Debian also: apt install libportaudio2),"
                " or try `frontdesk chat` with the keyboard, or the caller's page in a browser.",
            ) from error

    def _fill(self, to_play: Any) -> None:
        with self._lock:
            ready = bytes(self._to_play[: len(to_play)])
            del self._to_play[: len(to_play)]
        to_play[:] = ready.ljust(len(to_play), b"\0")
