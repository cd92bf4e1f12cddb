"""A simulated caller on the browser's door: listens to the captions, answers what was asked, and takes the time.

Times are taken on the wire: from the moment the caller's last loud sample was sent to the arrival of the bot's next
sound. The caller runs in a process of its own, so that its work is not the server's.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from dataclasses import dataclass, field

import numpy as np
import websockets

CHUNK_BYTES = 640
CHUNK_S = 0.02
QUIET = b"\0" * CHUNK_BYTES
LOUD = 0.02
"""Of full scale (-34 dBFS): quieter samples at the end of a rendered sentence are not speech any more."""


@dataclass(frozen=True)
class Line:
    """What the caller says when the bot's question matches `asked`."""

    asked: str
    kind: str
    """closed, free or paused (free with a natural pause inside)."""
    pcm: bytes
    text: str

    @property
    def loud_bytes(self) -> int:
        """Up to the last loud sample."""
        samples = np.abs(np.frombuffer(self.pcm, "<i2"))
        loud = np.flatnonzero(samples > LOUD * 32768)
        return 2 * int(loud[-1] + 1) if len(loud) else len(self.pcm)


@dataclass
class Tally:
    """Milliseconds, by kind of question."""

    replies: dict[str, list[float]] = field(default_factory=lambda: {"closed": [], "free": [], "paused": []})
    barge_ins: list[float] = field(default_factory=list)
    cut_off: int = 0
    spoken: int = 0
    finished: int = 0
    lost: int = 0
    captions: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        for kind, times in other.replies.items():
            self.replies[kind] += times
        self.barge_ins += other.barge_ins
        self.cut_off += other.cut_off
        self.spoken += other.spoken
        self.finished += other.finished
        self.lost += other.lost
        self.captions += other.captions


class SimulatedCaller:
    """One call; `lines` are used at most once each, in the order in which their questions come."""

    def __init__(self, url: str, lines: list[Line], barge_in: Line | None = None) -> None:
        self.tally = Tally()
        self._url = url
        self._lines = list(lines)
        self._barge_in = barge_in
        self._question = ""
        self._heard_at = 0.0
        self._cleared_at = 0.0
        self._to_send = bytearray()
        self._line: Line | None = None
        self._quiet_from = 0.0
        self._is_over = False

    async def call(self, limit_s: float = 120.0) -> Tally:
        origin = re.sub(r"^ws(.*)/call/browser$", r"http\1", self._url)
        try:
            async with websockets.connect(self._url, origin=origin, max_size=None) as socket, asyncio.timeout(limit_s):
                await socket.send(json.dumps({"type": "start", "to": "", "caller": ""}))
                await asyncio.gather(self._listen(socket), self._speak(socket))
        except (TimeoutError, OSError, websockets.WebSocketException):
            self.tally.lost += 1
        return self.tally

    async def _listen(self, socket) -> None:
        async for message in socket:
            now = time.perf_counter()
            if isinstance(message, bytes):
                self._note_sound(now)
                self._heard_at = now
                continue
            event = json.loads(message)
            if event["type"] == "clear":
                self._cleared_at = now
            elif event["type"] == "caption" and event["final"]:
                self.tally.captions.append(f"{event['speaker']}: {event['text']}")
                if event["speaker"] == "bot":
                    self._question = event["text"]
            elif event["type"] == "ended" or event.get("state") == "waiting":
                break
        self._is_over = True
        self.tally.finished += 1

    def _note_sound(self, now: float) -> None:
        """The bot's sound: an answer when the caller is done, an interruption while they speak."""
        if self._line is None:
            return
        if self._to_send:
            self.tally.cut_off += self._heard_at < now - 0.5
            return
        self.tally.replies[self._line.kind].append(1000 * (now - self._quiet_from))
        self._line = None

    async def _speak(self, socket) -> None:
        """20 ms every 20 ms, by deadline; what is to be said, else silence."""
        deadline = time.perf_counter()
        while not self._is_over:
            if not self._to_send and self._line is None:
                self._choose()
            chunk = bytes(self._to_send[:CHUNK_BYTES]).ljust(CHUNK_BYTES, b"\0")
            if self._to_send:
                del self._to_send[:CHUNK_BYTES]
                if not self._to_send:
                    self._quiet_from = time.perf_counter()
            await socket.send(chunk)
            deadline += CHUNK_S
            await asyncio.sleep(max(0.0, deadline - time.perf_counter()))

    def _choose(self) -> None:
        """Answer when the bot fell silent after a question that we have a line for; hang up when there is none."""
        if not self._question or time.perf_counter() - self._heard_at < 0.6:
            return
        line = next((line for line in self._lines if re.search(line.asked, self._question.lower())), None)
        if line is None:
            self._is_over = True
            return
        self._lines.remove(line)
        self._question = ""
        self._line, self._to_send = line, bytearray(line.pcm[: line.loud_bytes])
        self.tally.spoken += 1
