"""The line of a caller who waits, as a call sees it: the bot talks on it, music fills the rest, a person ends it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from itertools import count
from typing import Final

from bot.channels.browser_wire import FromPage
from bot.events import CHUNK_MS, Answered, AudioChunk, DigitPressed, Event
from bot.web.caller_line import CallerLine
from handoff.music import hold_music

QUIET_S: Final = 2.0
"""After words, of either side, so long there is no music: an answer may come."""
UNREAD: Final = 500
"""Chunks and keys that wait to be read, ten seconds of sound; after that the oldest go."""


class QueueLine:
    """A `bot.channels.channel.Channel` for one stretch of waiting; `stop` ends the stretch, not the line."""

    def __init__(self, line: CallerLine, *, with_music: bool) -> None:
        self.transferred_to = ""
        """The queue that the bot would send them to: somewhere else than they wait, when it is more urgent."""
        self._line = line
        self._inbox: asyncio.Queue[Event | None] = asyncio.Queue(UNREAD)
        self._is_over = False
        self._words_at = asyncio.get_running_loop().time()
        self._music = asyncio.create_task(self._play_music()) if with_music else None

    # Channel ---------------------------------------------------------------------------

    async def events(self) -> AsyncIterator[Event]:
        yield Answered("")
        while (event := await self._inbox.get()) is not None:
            yield event

    async def play(self, pcm: bytes) -> None:
        self._words_at = asyncio.get_running_loop().time()
        if not self._is_over:
            await self._line.play(pcm)

    async def clear(self) -> None:
        self._words_at = asyncio.get_running_loop().time()
        if not self._is_over:
            await self._line.clear()

    async def transfer(self, queue: str, ticket_id: str) -> None:
        self.transferred_to = queue

    async def hang_up(self) -> None:
        """The stretch is over; the line stays."""

    async def caption(self, speaker: str, text: str, final: bool) -> None:
        if not self._is_over:
            await self._line.caption(speaker, text, final)

    # For who keeps the line -----------------------------------------------------------------

    def hear(self, message: FromPage | None) -> None:
        if isinstance(message, AudioChunk | DigitPressed) and not self._is_over:
            self._put(message)

    def forget(self) -> None:
        """What came before now answers nothing."""
        while not (self._inbox.empty() or self._is_over):
            self._inbox.get_nowait()

    def stop(self) -> None:
        """Nothing more is said or heard from now on. Once or more."""
        if self._is_over:
            return
        self._is_over = True
        self._put(None)
        if self._music:
            self._music.cancel()

    def _put(self, event: Event | None) -> None:
        if self._inbox.full():
            self._inbox.get_nowait()
        self._inbox.put_nowait(event)

    async def _play_music(self) -> None:
        """Until cancelled; the line paces it."""
        clock = asyncio.get_running_loop().time
        for at_ms in count(0, CHUNK_MS):
            if (quiet_s := self._words_at + QUIET_S - clock()) > 0:
                await asyncio.sleep(quiet_s)
                continue
            await self._line.play(hold_music(at_ms))
