"""What a line has delivered and the call has not taken yet, bounded.

What nobody takes must not fill memory: the oldest sound is dropped, for what was said two seconds ago is of no use to
a talk. That is the time between two listeners; the bot takes all at once, and has a bound of its own (`run.Waiting`).
Digits and the hang-up are never dropped but for an absurd flood of them.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from typing import Final

from bot.events import AudioChunk, Event

MAX_AUDIO_MS: Final = 2_000
MAX_OTHERS: Final = 200
"""Digits waiting at most; a person presses some four a second."""


class Inbox:
    """Filled by the line's reader (in the loop's thread), emptied by `events`; one reader."""

    def __init__(self) -> None:
        self.chunks = 0
        """Of sound, that were put in."""
        self._waiting: deque[Event] = deque()
        self._audio_ms = 0
        self._others = 0
        self._is_closed = False
        self._changed = asyncio.Event()

    def put(self, event: Event) -> None:
        if self._is_closed:
            return
        if isinstance(event, AudioChunk):
            self.chunks += 1
            self._waiting.append(event)
            self._audio_ms += event.ms
            self._drop_old_audio()
        elif self._others < MAX_OTHERS:
            self._waiting.append(event)
            self._others += 1
        self._changed.set()

    def close(self) -> None:
        """Nothing more comes; what waits is still delivered."""
        self._is_closed = True
        self._changed.set()

    @property
    def is_closed(self) -> bool:
        return self._is_closed

    async def events(self) -> AsyncIterator[Event]:
        while True:
            while self._waiting:
                yield self._take()
            if self._is_closed:
                return
            self._changed.clear()
            await self._changed.wait()

    def _take(self) -> Event:
        event = self._waiting.popleft()
        if isinstance(event, AudioChunk):
            self._audio_ms -= event.ms
        else:
            self._others -= 1
        return event

    def _drop_old_audio(self) -> None:
        while self._audio_ms > MAX_AUDIO_MS:
            oldest = next(event for event in self._waiting if isinstance(event, AudioChunk))
            self._waiting.remove(oldest)
            self._audio_ms -= oldest.ms
