"""Engines and lines that fit in a few lines each, for whole calls without sound, files or network."""

from __future__ import annotations

import asyncio
import datetime as dt

from bot.errors import HearingError, VoiceError
from bot.events import Answered, AudioChunk, DigitPressed, FinishedSpeaking, Hypothesis, Say

LOUD, QUIET = b"\x01" * 640, b"\x00" * 640
"""20 ms at 16 kHz."""
NOW = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)


def is_loud(chunk):
    return any(chunk.pcm)


class ScriptedChannel:
    """Speaks or presses (`"5"`) what the script says, each after the bot's next sentences; time costs nothing."""

    def __init__(self, *sayings, caller="+441632960001"):
        self.sayings, self.caller = sayings, caller
        self.played, self.log = b"", []
        self._asked, self._over = asyncio.Event(), asyncio.Event()

    def observe(self, item):
        match item:
            case Say():
                self._asked.clear()
            case FinishedSpeaking():
                self._asked.set()

    async def events(self):
        yield Answered(self.caller)
        for saying in self.sayings:
            async for chunk in self._quiet():
                yield chunk
            self._asked.clear()
            if isinstance(saying, str):
                for digit in saying:
                    yield DigitPressed(digit)
            else:
                for _ in range(saying // 20):
                    yield AudioChunk(LOUD)
                    await asyncio.sleep(0)
        async for chunk in self._quiet():
            yield chunk

    async def _quiet(self):
        for _ in range(3000):
            if self._asked.is_set() or self._over.is_set():
                return
            yield AudioChunk(QUIET)
            await asyncio.sleep(0.0005)

    async def play(self, pcm):
        self.played += pcm

    async def clear(self):
        self.log.append("clear")

    async def transfer(self, queue, ticket_id):
        self.log.append(f"transfer to {queue} with {ticket_id}")
        self._over.set()

    async def hang_up(self):
        self.log.append("hang up")
        self._over.set()


class ScriptedEar:
    """Hears the given texts, one an utterance; an exception in the list is raised."""

    def __init__(self, *texts):
        self.texts = list(texts)

    def listen(self, expect):
        return self

    def accept(self, chunk):
        return None

    def glimpse(self):
        return (Hypothesis(self.texts[0], 0.9),) if isinstance(self.texts[0], str) else ()

    def finish(self):
        text = self.texts.pop(0)
        if not isinstance(text, str):
            raise text
        return (Hypothesis(text, 0.9),) if text else ()


class EchoVoice:
    """Its sound is the text, 20 ms a sentence."""

    def __init__(self, breaks_at=""):
        self.breaks_at = breaks_at

    def synthesize(self, text, speed=1.0):
        if self.breaks_at and self.breaks_at in text:
            raise VoiceError("voice.broken", "The voice broke.")
        yield text.encode().ljust(640, b" ")


class ScriptedConversation:
    """Answers with the given lists of actions, in order; an exception in them is raised."""

    def __init__(self, *replies, failing=()):
        self.replies, self.failing, self.heard, self.log = list(replies), failing, [], []

    def _next(self):
        reply = self.replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return reply

    def open(self, answered, now):
        self.log.append(answered)
        return self._next()

    def hear(self, heard, now):
        self.heard.append(heard)
        return self._next()

    def fail(self, code, now):
        self.log.append(code)
        if isinstance(self.failing, Exception):
            raise self.failing
        return self.failing

    def close(self, now):
        self.log.append("closed")


def broken_ear():
    return HearingError("hearing.broken", "The recogniser broke.")
