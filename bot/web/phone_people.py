"""Phone callers whom the bot has handed over to people at our own desk: what a page would show them, they hear.

They hear music while they wait, and how they stand whenever that changes; then the person who answers.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from itertools import count

import structlog

from bot.channels.browser import Ending
from bot.channels.browser_wire import FromPage
from bot.channels.desks import DeskNumbers, is_elsewhere
from bot.channels.door import PhoneChannel
from bot.errors import ChannelError, FrontdeskError
from bot.events import CHUNK_BYTES, CHUNK_MS, AudioChunk, DigitPressed
from bot.web.centre import Centre
from bot.web.waiting_room import WaitingRoom
from bot.web.waiting_words import words_for
from handoff.music import hold_music

log = structlog.get_logger(__name__)

Speak = Callable[[str], Awaitable[bytes]]
"""A sentence as PCM."""


class PhonePeople:
    """Our own desk, as the phone lines see it (`bot.channels.door.People`)."""

    def __init__(self, centre: Centre, room: WaitingRoom, desks: DeskNumbers) -> None:
        """`desks`: queues whose people are elsewhere."""
        self._centre, self._room, self._desks = centre, room, desks
        self._callers: set[PhoneCaller] = set()

    def answer(self, channel: PhoneChannel) -> bool:
        """Without a ticket nobody at the desk would know of the caller."""
        return bool(channel.ticket) and not is_elsewhere(self._desks, channel.queue)

    async def take(self, channel: PhoneChannel) -> None:
        caller = PhoneCaller(channel, self._speak)
        self._callers.add(caller)
        try:
            await self._room.keep(caller)
        finally:
            self._callers.discard(caller)
            await caller.stop()

    async def close(self) -> None:
        await asyncio.gather(*(caller.end("closing") for caller in self._callers), return_exceptions=True)

    async def _speak(self, sentence: str) -> bytes:
        return await asyncio.to_thread(lambda: b"".join(self._centre.voice.synthesize(sentence)))


class PhoneCaller:
    """A `CallerLine`."""

    def __init__(self, channel: PhoneChannel, speak: Speak) -> None:
        self.queue, self.ticket = channel.queue, channel.ticket
        self.ended: Ending = ""
        self._ending: Ending = ""
        self._channel, self._speak = channel, speak
        self._events = channel.events()
        self._sentences: deque[str] = deque(maxlen=2)
        self._last_told = ""
        self._entertaining: asyncio.Task[None] | None = asyncio.create_task(self._entertain())

    async def receive(self) -> FromPage | None:
        try:
            async for event in self._events:
                if isinstance(event, AudioChunk | DigitPressed):
                    return event
        except ChannelError as error:
            log.info("phone.ended", code=error.code)
        self.ended = self.ended or self._ending or "caller"
        return None

    async def show(self, name: str, **details: object) -> None:
        if name in ("person", "held"):
            self._last_told = ""
            await self.stop()
            await self._channel.clear()
            return
        if (words := words_for(name, details)) and words != self._last_told:
            self._last_told = words
            self._sentences.append(words)
        if name in ("waiting", "taken", "person-lost") and self._entertaining is None and not self._ending:
            self._entertaining = asyncio.create_task(self._entertain())

    async def play(self, pcm: bytes) -> None:
        await self._channel.play(pcm)

    async def relay(self, pcm: bytes) -> None:
        """Phones play what comes at once: the channel's pacing keeps it in time."""
        await self._channel.play(pcm)

    async def clear(self) -> None:
        await self._channel.clear()

    async def caption(self, speaker: str, text: str, final: bool) -> None:
        """A telephone shows nothing."""

    async def end(self, reason: Ending) -> None:
        """What remains to be said is heard to its end; until then the line counts as open."""
        if self._ending:
            return
        self._ending = reason
        await self.stop()
        if words := words_for(reason, {}):
            self._sentences.append(words)
        while self._sentences and not self.ended:
            await self._say(self._sentences.popleft())
        await self._channel.hang_up()
        self.ended = self.ended or reason

    async def stop(self) -> None:
        """No more music, nor words."""
        if entertaining := self._entertaining:
            self._entertaining = None
            entertaining.cancel()
            await asyncio.gather(entertaining, return_exceptions=True)

    async def _entertain(self) -> None:
        """Until cancelled: words when there are some, music in between; the line paces it."""
        for at_ms in count(0, CHUNK_MS):
            while self._sentences:
                await self._say(self._sentences.popleft())
            await self._channel.play(hold_music(at_ms))

    async def _say(self, sentence: str) -> None:
        try:
            pcm = await self._speak(sentence)
        except FrontdeskError as error:  # music goes on
            log.error("phone.not_told", code=error.code)
            return
        for begin in range(0, len(pcm), CHUNK_BYTES):
            await self._channel.play(pcm[begin : begin + CHUNK_BYTES])
