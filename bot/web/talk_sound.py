"""The sound of one talk: everybody in it hears what they may, music on hold, and what is said in words."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Any, Final

from bot.asr.recognizer import Ear
from bot.audio.keys import tones_of
from bot.audio.vad import SpeechDetector
from bot.dialogue.privacy import redact
from bot.events import CHUNK_BYTES, CHUNK_MS
from bot.taps import Who
from bot.transcript import Scribe
from bot.web.agent_line import Pump
from bot.web.caller_line import CallerLine
from bot.web.views import describe_line
from handoff.mixing import Mixer, Part, is_heard
from handoff.model import Line
from handoff.music import hold_music

CALLER: Final = "caller"
BOT: Final = "bot"

Sink = Callable[[bytes], None]
"""Takes sound without waiting."""

TAPPED_AS: Final[dict[Part, Who]] = {
    Part.CALLER: "caller",
    Part.BOT: "bot",
    Part.AGENT: "agent",
    Part.CONSULTED: "agent",
    Part.BARGER: "agent",
}
"""What a recording gets to hear, and as whose."""


@dataclass(slots=True)
class Seated:
    """Somebody in the talk."""

    part: Part
    sink: Sink
    mixer: Mixer = field(default_factory=Mixer)


class TalkSound:
    """From the answer to the end; `stop` it then. On hold, the caller hears music and nobody hears the caller."""

    def __init__(
        self,
        channel: CallerLine,
        ear: Ear,
        clock: Callable[[], dt.datetime],
        wrote: Callable[[dict[str, Any]], None],
        tap: Callable[[Who, bytes], None] = lambda who, pcm: None,
    ) -> None:
        """`wrote` is told each new line of `said`."""
        self.said: list[dict[str, Any]] = []
        self._channel, self._ear, self._clock, self._told, self._tap = channel, ear, clock, wrote, tap
        self._to_caller = Pump(channel.relay)
        self._music: asyncio.Task[None] | None = None
        self._saying: asyncio.Task[None] | None = None
        self._scribes: dict[Hashable, Scribe] = {}
        self._tracks: dict[Who, Mixer] = {}
        """What is recorded as one side's: colleagues who talk with the caller together are one."""
        self._ears: dict[Hashable, Seated] = {CALLER: Seated(Part.CALLER, self._to_caller.put)}

    # Who is in it -------------------------------------------------------------------------

    def join(self, who: Hashable, part: Part, sink: Sink) -> None:
        """Again with another part: it changes."""
        if who in self._ears:
            self._ears[who].part = part
        else:
            self._ears[who] = Seated(part, sink)

    def leave(self, who: Hashable) -> None:
        self._ears.pop(who, None)
        for mixer in [*(ear.mixer for ear in self._ears.values()), *self._tracks.values()]:
            mixer.leave(who)
        if scribe := self._scribes.pop(who, None):
            scribe.stop()

    def hear(self, who: Hashable, pcm: bytes) -> None:
        """A chunk of somebody's sound; of nobody in the talk, it is heard by nobody."""
        speaker = self._ears.get(who)
        if speaker is None:
            return
        on_hold = self._music is not None
        for other, listener in tuple(self._ears.items()):
            may_hear = other != who and is_heard(speaker.part, listener.part, on_hold)
            if may_hear and (heard := listener.mixer.put(who, pcm)):
                listener.sink(heard)
        if is_heard(speaker.part, Part.CALLER, on_hold) or (speaker.part is Part.CALLER and not on_hold):
            self._note(who, speaker.part, pcm)

    def _note(self, who: Hashable, part: Part, pcm: bytes) -> None:
        """What caller and colleagues share is recorded and written down."""
        side = TAPPED_AS[part]
        if heard := self._tracks.setdefault(side, Mixer()).put(who, pcm):
            self._tap(side, heard)
        if side != "bot":
            self._write_down(who, side, pcm)

    # Hold, and the bot's voice ------------------------------------------------------------

    @property
    def is_on_hold(self) -> bool:
        return self._music is not None

    def hold(self) -> None:
        self._music = self._music or asyncio.create_task(play_music(self._channel))

    async def resume(self) -> None:
        if music := self._music:
            self._music = None
            music.cancel()
            await asyncio.gather(music, return_exceptions=True)
            await self._channel.clear()

    async def say(self, text: str, pcm: bytes) -> None:
        """The bot's voice in the talk, for all to hear; a new sentence cuts off the one before."""
        self._play(pcm)
        await self._wrote(BOT, text, None, ())

    def press(self, digits: str) -> None:
        """The tones of those keys, for all to hear; cuts off what the bot says."""
        self._play(tones_of(digits))

    def _play(self, pcm: bytes) -> None:
        if self._saying:
            self._saying.cancel()
        self.join(BOT, Part.BOT, lambda _: None)
        self._saying = asyncio.create_task(self._speak(pcm))

    async def _speak(self, pcm: bytes) -> None:
        """In real time, as people speak."""
        loop = asyncio.get_running_loop()
        started = loop.time()
        for begin in range(0, len(pcm), CHUNK_BYTES):
            self.hear(BOT, pcm[begin : begin + CHUNK_BYTES].ljust(CHUNK_BYTES, b"\0"))
            at_ms = begin // CHUNK_BYTES * CHUNK_MS + CHUNK_MS
            await asyncio.sleep(max(0.0, started + at_ms / 1000 - loop.time()))
        self.leave(BOT)

    async def stop(self) -> None:
        self._to_caller.stop()
        if self._saying:
            self._saying.cancel()
        for scribe in self._scribes.values():
            scribe.stop()
        await self.resume()

    # In words -----------------------------------------------------------------------------

    def _write_down(self, who: Hashable, side: Who, pcm: bytes) -> None:
        """Everybody has their own ears, from their first sound on."""
        if who not in self._scribes:
            wrote = partial(self._wrote, side)
            self._scribes[who] = Scribe(self._ear, SpeechDetector().is_speech, wrote)
        self._scribes[who].hear(pcm)

    async def _wrote(self, speaker: str, text: str, confidence: float | None, doubtful: tuple[str, ...]) -> None:
        """For the person's screen, and on the caller's."""
        line = Line(speaker, redact(text), confidence=confidence, doubtful=doubtful)
        self.said.append(describe_line(line, self._clock()))
        self._told(self.said[-1])
        await self._channel.caption(speaker, line.text, True)


async def play_music(channel: CallerLine) -> None:
    """Until cancelled; the line paces it."""
    for at_ms in count(0, CHUNK_MS):
        await channel.play(hold_music(at_ms))
