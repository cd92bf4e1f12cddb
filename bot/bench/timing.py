"""What is taken down of a call at the caller's end: reply times, interruptions either way, and who talked over whom.

Times are those of `time.perf_counter`, in seconds; figures are in milliseconds. Nothing reads a clock here.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from bot.bench.line import Sound
from bot.bench.script import Kind
from bot.bench.speech import Clip
from bot.bench.tally import Tally
from bot.events import CHUNK_BYTES

AUDIBLE = 0.01
"""Of full scale (-40 dBFS): quieter chunks of the bot are the silence between its sentences."""
COLLIDES_WITHIN_S = 0.4
"""Bot and caller began at once: so soon nobody can have taken the first word for the whole answer."""
NOTICED_WITHIN_S = 1.5
"""Stopping this soon after a disturbance's beginning was caused by it."""
TALKED_OVER_S = 0.3
"""The bot spoke for so long inside a caller's sentence: nobody calls that a false start any more."""
NEW_STRETCH_S = 0.3
"""A silence of the bot after which its speech begins anew."""


@dataclass
class Saying:
    """A clip on its way down the line."""

    clip: Clip
    began: float
    kind: Kind | None = None
    """None: a disturbance."""
    into_bot: bool = False
    """Began while the bot was speaking."""
    sent: int = 0
    was_cleared: bool = False
    was_cut: bool = False
    was_answered: bool = False
    collided: bool = False
    bot_went_on: bool = False
    """The bot still spoke a second after we began."""
    talked_over_s: float = 0.0
    heard_as: list[str] = field(default_factory=list)
    """What the bot understood."""

    @property
    def first_sample(self) -> float:
        return self.began + self.clip.starts_s

    @property
    def last_sample(self) -> float:
        return self.began + self.clip.ends_s

    @property
    def has_the_floor(self) -> bool:
        return not self.into_bot or self.was_cleared

    def next_chunk(self) -> bytes:
        piece = self.clip.pcm[self.sent : self.sent + CHUNK_BYTES]
        self.sent += CHUNK_BYTES
        return piece.ljust(CHUNK_BYTES, b"\0")

    @property
    def is_said(self) -> bool:
        return self.sent >= len(self.clip.pcm)


class Stopwatch:
    """Of one call. `saying` is what the caller says now, `awaited` what was said and is not answered yet."""

    def __init__(self, tally: Tally, talk: list[str]) -> None:
        self.saying: Saying | None = None
        self.awaited: Saying | None = None
        self.noise: Saying | None = None
        self.bot_began = self.bot_until = 0.0
        """`bot_until`: when the last sound received so far will have been played."""
        self.echoes = False
        """The bot hears itself: what stops it without a word of ours was its own echo."""
        self._tally, self._talk = tally, talk

    def hear(self, sound: Sound, now: float) -> None:
        """The bot's sound: the answer when the caller is done, an interruption while they speak."""
        if np.abs(np.frombuffer(sound.pcm, "<i2")).max(initial=0) < AUDIBLE * 32768:
            return
        if now > self.bot_until + NEW_STRETCH_S:
            self.bot_began = now
        self.bot_until = max(self.bot_until, now) + sound.seconds
        if self.saying:
            self._note_talking_over(self.saying, sound.seconds, now)
        if self.awaited and now >= self.awaited.last_sample:
            self._note_reply(self.awaited, now)

    def _note_talking_over(self, saying: Saying, seconds: float, now: float) -> None:
        if saying.first_sample + 1.0 < now and saying.into_bot and not saying.was_cleared:
            saying.bot_went_on = True
        inside = saying.first_sample < now < saying.last_sample and saying.has_the_floor
        if saying.kind and inside:
            self._note_inside(saying, saying.kind, seconds, now)
        elif saying.kind and now >= saying.last_sample and saying.has_the_floor and not saying.was_answered:
            self.awaited = saying  # only the sound's dying away is not sent yet

    def _note_inside(self, saying: Saying, kind: Kind, seconds: float, now: float) -> None:
        before, saying.talked_over_s = saying.talked_over_s, saying.talked_over_s + seconds
        if before < TALKED_OVER_S <= saying.talked_over_s:
            self._tally.talked_over += 1
        if not saying.collided and now < saying.first_sample + COLLIDES_WITHIN_S:
            saying.collided = True
            self._tally.collisions += 1
        if not saying.collided and not saying.was_cut:
            saying.was_cut = True
            self._tally.cut_off[kind] += 1
            self._talk.append(f"(cut off in: {saying.clip.text})")

    def _note_reply(self, saying: Saying, now: float) -> None:
        self.awaited, saying.was_answered = None, True
        reply_ms = 1000 * (now - saying.last_sample)
        if saying.kind and saying.has_the_floor and not saying.was_cut:
            self._tally.replies[saying.kind].append(reply_ms)
            self._talk.append(f"({saying.kind}: {reply_ms:.0f} ms)")

    def note_stop(self, now: float, at_once: bool) -> None:
        """The bot broke off: because of us, of a noise, of its echo."""
        silent_at = now if at_once else max(now, self.bot_until)
        was_speaking = now < self.bot_until + NEW_STRETCH_S
        self.bot_until = silent_at
        for saying in (self.saying, self.awaited):
            if saying and saying.kind and saying.into_bot and not saying.was_cleared:
                saying.was_cleared = True
                self._tally.barge_ins.append(1000 * (silent_at - saying.first_sample))
                return
        if self.noise and not self.noise.was_cleared and now < self.noise.began + NOTICED_WITHIN_S:
            self.noise.was_cleared = True
            self._note_false_stop(self.noise.clip.text)
        elif self.echoes and was_speaking and not (self.saying or self.awaited):
            self._note_false_stop("echo")

    def _note_false_stop(self, by: str) -> None:
        self._tally.stopped_by.append(by)
        self._talk.append(f"(stopped by {by})")
