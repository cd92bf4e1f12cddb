"""Calls written to disk while they go on, by one thread for all of them; a call waits for none of it.

A recording is made of stretches: one begins with the first sound and ends when nothing was heard for a while, so
that minutes on hold in a queue cost nothing. Each is a file of its own, named by the call and when it began.
"""

from __future__ import annotations

import datetime as dt
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from time import monotonic
from typing import Final, Literal

import structlog

from bot.errors import RecordingError
from bot.logs import place_of
from bot.recording.files import Files
from bot.recording.opus import OpusTrack
from bot.recording.timeline import LEFT, RIGHT, Timeline

log = structlog.get_logger(__name__)

State = Literal["recording", "paused", "refused", "off"]
"""Of one call: paused on purpose, refused by the caller, or no call is recorded here."""

IDLE_MS: Final = 10_000
"""Nothing heard from anybody for so long ends a stretch."""

SETTLED_MS: Final = 500
"""Sound is encoded this long after it was heard: until then other chunks of the same moment may come."""

MOST_WAITING: Final = 20_000
"""Chunks of 20 ms that wait for the disk, some four minutes of two sides; more are dropped, for memory has an end."""

RESTS_MS: Final = 60_000
"""After a failure nothing of that call is tried for so long."""

LOOK_MS: Final = 1_000


@dataclass(frozen=True, slots=True)
class _Heard:
    call_id: str
    who: str
    pcm: bytes
    at_ms: int


@dataclass(slots=True)
class _Stretch:
    began_ms: int
    track: OpusTrack
    timeline: Timeline
    last_ms: int


class Recorder:
    """Thread-safe. `close` it: what is under way is written to the end."""

    def __init__(self, files: Files, clock: Callable[[], dt.datetime], now_ms: Callable[[], int] | None = None) -> None:
        """`now_ms` counts milliseconds from anywhere."""
        self._files, self._clock = files, clock
        self._now_ms = now_ms or (lambda: round(monotonic() * 1000))
        self._incoming: queue.SimpleQueue[_Heard | None] = queue.SimpleQueue()
        self._paused: set[str] = set()
        self._refused: set[str] = set()
        """For good: who comes back to the bot, or whose last sound is still on its way here, stays refused."""
        self._stretches: dict[str, _Stretch] = {}
        """By call; the writing thread's alone."""
        self._given_up: dict[str, int] = {}
        """By call: until when nothing of it is tried, after a failure."""
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    # From the calls -----------------------------------------------------------------------

    def heard(self, call_id: str, who: str, pcm: bytes) -> None:
        """A chunk of somebody's sound: "caller" on the left, everybody else on the right. Never waits."""
        if call_id in self._paused or call_id in self._refused or self._incoming.qsize() >= MOST_WAITING:
            return
        self._incoming.put(_Heard(call_id, who, pcm, self._now_ms()))

    def pause(self, call_id: str, on: bool) -> None:
        """Silence on both sides meanwhile: for card numbers, and whenever an agent asks."""
        (self._paused.add if on else self._paused.discard)(call_id)

    def is_paused(self, call_id: str) -> bool:
        return call_id in self._paused

    def state(self, call_id: str) -> State:
        if call_id in self._refused:
            return "refused"
        return "paused" if call_id in self._paused else "recording"

    def refuse(self, call_id: str) -> None:
        """The caller does not want it: what was recorded is deleted, and no more is."""
        self._refused.add(call_id)
        self._incoming.put(_Heard(call_id, "", b"", self._now_ms()))

    def close(self) -> None:
        self._incoming.put(None)
        self._thread.join(10)

    # In the writing thread ----------------------------------------------------------------

    def _run(self) -> None:
        """Time is that of the chunk at hand: when the disk is slow, what waits is not late."""
        next_look = self._now_ms()
        while True:
            try:
                item = self._incoming.get(timeout=LOOK_MS / 1000)
            except queue.Empty:
                self._look(self._now_ms())
                continue
            if item is None:
                break
            if item.at_ms >= next_look:
                self._look(item.at_ms)
                next_look = item.at_ms + LOOK_MS
            self._guarded(item.call_id, partial(self._take, item))
        for call_id in list(self._stretches):
            self._guarded(call_id, partial(self._finish, call_id))

    def _take(self, heard: _Heard) -> None:
        if heard.call_id in self._refused:
            self._stretches.pop(heard.call_id, None)
            self._files.delete(heard.call_id)
            return
        if self._given_up.get(heard.call_id, heard.at_ms) > heard.at_ms:
            return
        stretch = self._stretches.get(heard.call_id) or self._begin(heard)
        side = LEFT if heard.who == "caller" else RIGHT
        stretch.timeline.put(heard.who, side, heard.pcm, heard.at_ms - stretch.began_ms)
        stretch.last_ms = heard.at_ms

    def _begin(self, heard: _Heard) -> _Stretch:
        track = OpusTrack(self._files.create(heard.call_id, self._clock()))
        stretch = self._stretches[heard.call_id] = _Stretch(heard.at_ms, track, Timeline(), heard.at_ms)
        return stretch

    def _look(self, now: int) -> None:
        for call_id, stretch in list(self._stretches.items()):
            self._guarded(call_id, partial(self._advance, call_id, stretch, now))

    def _advance(self, call_id: str, stretch: _Stretch, now: int) -> None:
        if now - stretch.last_ms >= IDLE_MS:
            self._finish(call_id)
        else:
            stretch.track.write(stretch.timeline.take(now - SETTLED_MS - stretch.began_ms))

    def _finish(self, call_id: str) -> None:
        stretch = self._stretches.pop(call_id)
        stretch.track.write(stretch.timeline.take(stretch.timeline.end_ms))
        stretch.track.close()

    def _guarded(self, call_id: str, work: Callable[[], None]) -> None:
        """A recording that fails is given up; the call goes on, and the others are recorded."""
        try:
            work()
        except RecordingError as error:
            log.error("recording.failed", code=error.code)
            self._give_up(call_id)
        except Exception as error:  # whatever the encoder raises
            log.error("recording.failed", error=type(error).__name__, where=place_of(error))
            self._give_up(call_id)

    def _give_up(self, call_id: str) -> None:
        self._stretches.pop(call_id, None)
        now = self._now_ms()
        self._given_up = {call: until for call, until in self._given_up.items() if until > now}
        self._given_up[call_id] = now + RESTS_MS
