"""Writes down a talk between two people while it goes on: one `Scribe` a side, the same ears as the bot's calls.

A side is cut into utterances by pauses; what the talk needs is never waited for. Audio that the ears cannot keep up
with is left out rather than put off: a transcript that is a minute late helps nobody.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import structlog

from bot.asr.recognizer import Ear, Recognizer
from bot.errors import FrontdeskError
from bot.events import CHUNK_BYTES, CHUNK_MS, FREE, AudioChunk, Hypothesis

log = structlog.get_logger(__name__)

STARTS_MS: Final = 80
"""Speech that is certainly some."""
PAUSE_MS: Final = 700
"""A pause so long ends a line."""
LONGEST_MS: Final = 12_000
"""A line is ended after so long, pause or not."""
PRE_ROLL_MS: Final = 300
MAX_BEHIND_MS: Final = 8_000
BATCH_S: Final = 0.1
"""The ears are woken this often, not for every chunk."""
DOUBTFUL: Final = 0.5
"""A word heard with less confidence is marked."""

IsSpeech = Callable[[AudioChunk], bool]
Wrote = Callable[[str, float, tuple[str, ...]], Awaitable[None]]
"""Text, confidence (0–1), words heard with doubt."""


class Cutter:
    """Speech or not, 20 ms at a time, to utterances of a recogniser. Blocking; one thread at a time."""

    def __init__(self, ear: Ear, is_speech: IsSpeech) -> None:
        self._ear, self._is_speech = ear, is_speech
        self._before: deque[AudioChunk] = deque(maxlen=PRE_ROLL_MS // CHUNK_MS)
        self._session: Recognizer | None = None
        self._speech_ms = self._silence_ms = self._length_ms = 0

    def take(self, chunk: AudioChunk) -> Sequence[Hypothesis]:
        """What was heard, when this chunk ends a line; else ()."""
        speaks = self._is_speech(chunk)
        self._speech_ms = self._speech_ms + CHUNK_MS if speaks else 0
        self._silence_ms = 0 if speaks else self._silence_ms + CHUNK_MS
        if self._session is None:
            self._before.append(chunk)
            if self._speech_ms >= STARTS_MS:
                self._begin()
            return ()
        self._session.accept(chunk)
        self._length_ms += CHUNK_MS
        return self._end() if self._silence_ms >= PAUSE_MS or self._length_ms >= LONGEST_MS else ()

    def _begin(self) -> None:
        self._session = self._ear.listen(FREE)
        for chunk in self._before:
            self._session.accept(chunk)
        self._before.clear()
        self._length_ms = 0

    def _end(self) -> Sequence[Hypothesis]:
        session, self._session = self._session, None
        return session.finish() if session else ()


class Scribe:
    """One side of one talk; `stop` it when the talk is over."""

    def __init__(self, ear: Ear, is_speech: IsSpeech, wrote: Wrote) -> None:
        self._cutter = Cutter(ear, is_speech)
        self._wrote = wrote
        self._rest = b""
        self._chunks: asyncio.Queue[AudioChunk] = asyncio.Queue(MAX_BEHIND_MS // CHUNK_MS)
        self._task = asyncio.create_task(self._run())

    def hear(self, pcm: bytes) -> None:
        """Never waits; audio comes in pieces of any length."""
        self._rest += pcm
        while len(self._rest) >= CHUNK_BYTES:
            chunk, self._rest = AudioChunk(self._rest[:CHUNK_BYTES]), self._rest[CHUNK_BYTES:]
            if not self._chunks.full():
                self._chunks.put_nowait(chunk)

    def stop(self) -> None:
        self._task.cancel()

    async def _run(self) -> None:
        try:
            while True:
                batch = [await self._chunks.get()]
                batch += [self._chunks.get_nowait() for _ in range(self._chunks.qsize())]
                for hypothesis in await asyncio.to_thread(self._listen, batch):
                    doubtful = tuple(word.text for word in hypothesis.words if word.confidence < DOUBTFUL)
                    await self._wrote(hypothesis.text, hypothesis.confidence, doubtful)
                await asyncio.sleep(BATCH_S)
        except FrontdeskError as error:  # the talk goes on without its transcript
            log.error("transcript.failed", code=error.code)

    def _listen(self, batch: Sequence[AudioChunk]) -> list[Hypothesis]:
        """The best of each line that ended."""
        heard = (self._cutter.take(chunk) for chunk in batch)
        return [hypotheses[0] for hypotheses in heard if hypotheses]
