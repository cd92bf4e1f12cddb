"""A caller made of recordings: each file is what the caller says after the bot's next question.

The line runs as fast as it honestly can. What the bot says takes no time, and speech is handed over faster than it was
spoken, for the recogniser keeps up; silence passes in real time, because then the answer is being thought of, and the
reported response times stay true.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable

import numpy as np

from bot.events import (
    CHUNK_BYTES,
    CHUNK_MS,
    Answered,
    AudioChunk,
    DigitPressed,
    Effect,
    Event,
    FinishedSpeaking,
    Say,
)

QUIET = b"\0" * CHUNK_BYTES
QUIET_RMS = 150.0
"""Root mean square of 16-bit samples (-47 dBFS) below which a chunk of a recording passes in real time."""
SPEECH_SPEED = 4
PATIENCE_S = 60.0
"""A bot that says nothing for this long is given up on."""

Saying = bytes | str
"""PCM of one answer, or the digits to press."""


class WavFileChannel:
    """`observe` must see the call's events and effects: it tells when the bot is done asking.

    A saying is taken from `sayings` when the bot has asked, so a generator may decide by what was asked.
    """

    def __init__(self, sayings: Iterable[Saying], caller: str = "", called: str = "", speed: int = SPEECH_SPEED):
        self.heard = bytearray()
        """Everything the bot said: 16-bit mono PCM at 16 kHz."""
        self._sayings = sayings
        self._answered = Answered(caller, called)
        self._speed = speed
        self._bot_has_asked = asyncio.Event()
        self._is_over = asyncio.Event()

    def observe(self, item: Event | Effect) -> None:
        match item:
            case Say():
                self._bot_has_asked.clear()
            case FinishedSpeaking():
                self._bot_has_asked.set()

    async def events(self) -> AsyncIterator[Event]:
        yield self._answered
        async for silence in self._wait_for_question():
            yield silence
        for saying in self._sayings:
            if self._is_over.is_set():
                return
            self._bot_has_asked.clear()
            if isinstance(saying, str):
                for digit in saying:
                    yield DigitPressed(digit)
            else:
                async for chunk in self._speak(saying):
                    yield chunk
            async for silence in self._wait_for_question():
                yield silence

    async def _wait_for_question(self) -> AsyncIterator[AudioChunk]:
        """Silence in real time until the bot has asked and a little after, when more of its sentences would come."""
        waited_ms = 0
        while not self._is_over.is_set() and waited_ms < PATIENCE_S * 1000:
            if self._bot_has_asked.is_set():
                await asyncio.sleep(0)  # the next sentence, if there is one, is announced in the same breath
                if self._bot_has_asked.is_set():
                    return
            yield AudioChunk(QUIET)
            await asyncio.sleep(CHUNK_MS / 1000)
            waited_ms += CHUNK_MS

    async def _speak(self, pcm: bytes) -> AsyncIterator[AudioChunk]:
        for start in range(0, len(pcm), CHUNK_BYTES):
            chunk = pcm[start : start + CHUNK_BYTES].ljust(CHUNK_BYTES, b"\0")
            yield AudioChunk(chunk)
            rms = float(np.sqrt(np.mean(np.frombuffer(chunk, "<i2").astype(np.float32) ** 2)))
            await asyncio.sleep(CHUNK_MS / 1000 / (self._speed if rms > QUIET_RMS else 1))

    async def play(self, pcm: bytes) -> None:
        self.heard += pcm
        await asyncio.sleep(0)

    async def clear(self) -> None:
        """Nothing is under way: `play` takes no time."""

    async def transfer(self, queue: str, ticket_id: str) -> None:
        self._is_over.set()

    async def hang_up(self) -> None:
        self._is_over.set()
