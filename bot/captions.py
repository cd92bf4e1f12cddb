"""Captions as they are spoken and heard, for channels that can show text."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.channels.channel import Captioned, Channel
from bot.events import Effect, Event, Expect, Listen, Observe, PartialTranscript, StartedSpeaking, Think, Utterance
from bot.report import Redact


class Captions:
    """`observe` never waits; `show` sends, one at a time, until cancelled. A partial is dropped for a newer text."""

    def __init__(self, screen: Captioned, redact: Redact) -> None:
        self._screen = screen
        self._redact = redact
        self._expect = Expect()
        self._lines: asyncio.Queue[tuple[str, str, bool]] = asyncio.Queue()

    def observe(self, item: Event | Effect) -> None:
        match item:
            case Listen(expect):
                self._expect = expect
            case PartialTranscript(text) if not self._expect.secret:
                self._put("caller", text, final=False)
            case Think(_, Utterance() as heard) if heard.text:
                self._put("caller", "…" if self._expect.secret else heard.text, final=True)
            case StartedSpeaking(say):
                self._put("bot", say.text, final=True)

    async def show(self) -> None:
        while True:
            speaker, text, final = await self._lines.get()
            if final or self._lines.empty():
                await self._screen.caption(speaker, text, final)

    def _put(self, speaker: str, text: str, *, final: bool) -> None:
        self._lines.put_nowait((speaker, self._redact(text), final))


@asynccontextmanager
async def captioned(channel: Channel, redact: Redact) -> AsyncIterator[Observe]:
    """What to observe the call with; does nothing for a channel without a screen."""
    if not isinstance(channel, Captioned):
        yield lambda item: None
        return
    captions = Captions(channel, redact)
    showing = asyncio.create_task(captions.show())
    try:
        yield captions.observe
    finally:
        showing.cancel()
