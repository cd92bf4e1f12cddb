"""The sound of one talk: from the caller to the person and back, music on hold, and what both sides say in words."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Mapping
from functools import partial
from itertools import count
from typing import Any

from bot.asr.recognizer import Ear
from bot.audio.vad import SpeechDetector
from bot.dialogue.privacy import redact
from bot.events import CHUNK_MS
from bot.transcript import Scribe
from bot.web.agent_line import AgentLine, Pump
from bot.web.caller_line import CallerLine
from bot.web.views import describe_line
from handoff.mixing import BothSides
from handoff.model import Line
from handoff.music import hold_music

Listeners = Mapping[AgentLine, BothSides]
"""Who listens to this talk without being heard."""


class TalkSound:
    """From the answer to the end; `stop` it then. On hold, neither side hears the other."""

    def __init__(
        self, channel: CallerLine, ear: Ear, clock: Callable[[], dt.datetime], wrote: Callable[[], None]
    ) -> None:
        """`wrote` is called when `said` has a new line."""
        self.said: list[dict[str, Any]] = []
        self._channel, self._ear, self._clock, self._told = channel, ear, clock, wrote
        self._to_caller = Pump(channel.relay)
        self._music: asyncio.Task[None] | None = None
        self._scribes: dict[str, Scribe] = {}

    def from_caller(self, pcm: bytes, person: AgentLine | None, listeners: Listeners) -> None:
        """`person` is None while their page is lost."""
        if self._music:
            return
        if person:
            person.pump.put(pcm)
        self._write_down("caller", pcm)
        for listener, both in listeners.items():
            listener.pump.put(both.caller(pcm))

    def from_person(self, pcm: bytes, listeners: Listeners) -> None:
        if self._music:
            return
        self._to_caller.put(pcm)
        self._write_down("agent", pcm)
        for both in listeners.values():
            both.agent(pcm)

    def hold(self) -> None:
        self._music = self._music or asyncio.create_task(play_music(self._channel))

    async def resume(self) -> None:
        if music := self._music:
            self._music = None
            music.cancel()
            await asyncio.gather(music, return_exceptions=True)
            await self._channel.clear()

    async def stop(self) -> None:
        self._to_caller.stop()
        for scribe in self._scribes.values():
            scribe.stop()
        await self.resume()

    def _write_down(self, speaker: str, pcm: bytes) -> None:
        """Each side has its own ears, from its first sound on."""
        if speaker not in self._scribes:
            wrote = partial(self._wrote, speaker)
            self._scribes[speaker] = Scribe(self._ear, SpeechDetector().is_speech, wrote)
        self._scribes[speaker].hear(pcm)

    async def _wrote(self, speaker: str, text: str, confidence: float, doubtful: tuple[str, ...]) -> None:
        """For the person's screen, and on the caller's."""
        line = Line(speaker, redact(text), confidence=confidence, doubtful=doubtful)
        self.said.append(describe_line(line, self._clock()))
        self._told()
        await self._channel.caption(speaker, line.text, True)


async def play_music(channel: CallerLine) -> None:
    """Until cancelled; the line paces it."""
    for at_ms in count(0, CHUNK_MS):
        await channel.play(hold_music(at_ms))
