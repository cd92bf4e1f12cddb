"""Recording of all calls of a centre: when it is on, what it leaves out, and for how long it is kept."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Final

import structlog

from bot.config import RecordingSettings
from bot.events import Effect, Event, Listen, Observe, Replied, StopRecording, Transfer
from bot.recording.files import Files, Stretch
from bot.recording.messages import Messages
from bot.recording.recorder import Recorder, State
from bot.recording.sealing import read_key
from bot.taps import Taps

log = structlog.get_logger(__name__)

TIDY_S: Final = 6 * 3_600.0


class Recording:
    """Raises RecordingError `recording.key` when the key is none."""

    def __init__(self, settings: RecordingSettings, home: Path, taps: Taps, clock: Callable[[], dt.datetime]) -> None:
        self._settings, self._clock = settings, clock
        key = settings.key.get_secret_value()
        seal = read_key(key) if key else None
        self.files, self.messages = Files(home / "recordings", seal), Messages(home / "messages", seal)
        self.recorder: Recorder | None = None
        """None while recording is off: older ones can still be heard, and are deleted in time."""
        if settings.on:
            self.recorder = Recorder(self.files, clock)
            taps.record(self.recorder.heard)

    def observer(self, call_id: str) -> Observe:
        """While a card number or a PIN is asked for, both sides are silent in the recording; whom the bot gives to a
        person is recorded again. A caller who refuses is not, from then on.
        """

        def observe(item: Event | Effect) -> None:
            if self.recorder is None:
                return
            if isinstance(item, StopRecording):
                self.recorder.refuse(call_id)
            elif isinstance(item, Replied):
                for action in item.actions:
                    if isinstance(action, Listen | Transfer):
                        self.recorder.pause(call_id, isinstance(action, Listen) and action.expect.secret)

        return observe

    def state(self, call_id: str) -> State:
        """Of a call that goes on."""
        return self.recorder.state(call_id) if self.recorder else "off"

    def pause(self, call_id: str, on: bool | None = None) -> State:
        """None for `on`: the other way round. What a caller refused stays refused."""
        if self.recorder:
            self.recorder.pause(call_id, not self.recorder.is_paused(call_id) if on is None else on)
        return self.state(call_id)

    def stretches(self, call_id: str, started_at: dt.datetime) -> list[Stretch]:
        """What can be heard of a call, in order."""
        return self.files.of_call(call_id, started_at)

    async def tidy(self) -> None:
        """Deletes what is older than wanted, now and every few hours, until cancelled."""
        while True:
            await asyncio.to_thread(self.delete_old)
            await asyncio.sleep(TIDY_S)

    def delete_old(self) -> None:
        first = self._clock().astimezone(dt.UTC).date() - dt.timedelta(days=self._settings.keep_days)
        if days := self.files.delete_before(first):
            log.info("recordings.deleted", days=days)
        if messages := self.messages.delete_before(dt.datetime.combine(first, dt.time(), dt.UTC)):
            log.info("messages.deleted", messages=messages)

    def close(self) -> None:
        if self.recorder:
            self.recorder.close()
