"""Ears, brain and mouth: the three workers of a call. Each has one queue and does one thing at a time, in order.

What blocks runs in a thread, within a budget of time. A surprise in a worker is an event, never the end of a call.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import suppress

import structlog

from bot.asr.recognizer import Ear, Recognizer
from bot.channels.channel import Channel
from bot.dialogue.conversation import Clock, Conversation
from bot.errors import FrontdeskError
from bot.events import (
    CHUNK_BYTES,
    CHUNK_MS,
    Action,
    Answered,
    Apologize,
    Event,
    Excuse,
    Failed,
    FinishedSpeaking,
    FinishUtterance,
    Glimpse,
    Glimpsed,
    HandOver,
    PartialTranscript,
    Recognize,
    Replied,
    ResumeSpeaking,
    Say,
    StartedSpeaking,
    Think,
    Transcript,
)
from bot.logs import place_of
from bot.tts.voice import Voice

log = structlog.get_logger(__name__)

HEARING_BUDGET_S = 8.0
THINKING_BUDGET_S = 12.0
"""A worker that takes longer has failed: a person takes over."""
VOICE_BUDGET_S = 12.0
"""For the next piece of a sentence: a voice that hangs must not leave the caller in silence."""
LONGEST_SENTENCE_S = 600.0
TOGETHER = 5
"""Chunks that are heard at once while the caller speaks: 100 ms, 3 ms of work for a recogniser with a grammar."""

Post = Callable[[Event], None]
HearingTask = Recognize | Glimpse | FinishUtterance


async def guarded(part: str, budget_s: float, post: Post, work: Awaitable[None]) -> None:
    """A surprise becomes `Failed`; its text may hold what was said, so only the code and the type are logged."""
    try:
        async with asyncio.timeout(budget_s):
            await work
    except TimeoutError:
        post(Failed(part, f"{part}.slow"))
    except FrontdeskError as error:
        post(Failed(part, error.code))
    except Exception as error:
        log.error("worker.failed", part=part, error=type(error).__name__, at=place_of(error))
        post(Failed(part, f"{part}.broken"))


class Ears:
    """Feeds the recogniser of the running utterance."""

    def __init__(self, ear: Ear, post: Post) -> None:
        self.todo: asyncio.Queue[HearingTask] = asyncio.Queue()
        self._ear = ear
        self._post = post
        self._session: Recognizer | None = None

    async def work(self) -> None:
        waiting: deque[HearingTask] = deque()
        while True:
            while not is_due(waiting):
                waiting.append(await self.todo.get())
            while not self.todo.empty():
                waiting.append(self.todo.get_nowait())
            await guarded("ears", HEARING_BUDGET_S, self._post, self._hear(next_batch(waiting)))

    async def _hear(self, batch: list[HearingTask]) -> None:
        """The session goes along into the thread. A thread that overruns its time keeps it: Vosk ends the whole
        process when two threads are in one session.
        """
        session, self._session = self._session, None
        event, self._session = await asyncio.to_thread(self._hear_in_thread, batch, session)
        if event:
            self._post(event)

    def _hear_in_thread(
        self, batch: list[HearingTask], session: Recognizer | None
    ) -> tuple[Event | None, Recognizer | None]:
        """Chunks first; at most the last of a batch asks for words. Returns the session for the next batch."""
        words: str | None = None
        for item in batch:
            match item:
                case Recognize(chunk, starts):
                    if starts:
                        session = self._ear.listen(starts)
                    words = (session and session.accept(chunk)) or words
                case Glimpse(turn) if session:
                    return Glimpsed(turn, session.glimpse()), session
                case FinishUtterance(turn, _, _):
                    return Transcript(turn, session.finish() if session else ()), None
        return (PartialTranscript(words) if words else None), session


def is_due(waiting: deque[HearingTask]) -> bool:
    """A way into a thread and back costs more than hearing a chunk does: audio waits for company, a question for words
    does not."""
    return len(waiting) >= TOGETHER or any(not isinstance(task, Recognize) for task in waiting)


def next_batch(waiting: deque[HearingTask]) -> list[HearingTask]:
    """Take from the front up to the first that asks for words. A glimpse that another or the end has overtaken is left
    out: on a busy computer it would cost a second hearing and come too late.
    """
    batch: list[HearingTask] = []
    while waiting:
        task = waiting.popleft()
        if isinstance(task, Glimpse) and any(not isinstance(later, Recognize) for later in waiting):
            continue
        batch.append(task)
        if not isinstance(task, Recognize):
            break
    return batch


class Brain:
    """Asks the conversation what to do; the only place that gives it the time.

    A thread that overruns its budget runs on, so a lock keeps a second one out of the same conversation.
    """

    def __init__(self, conversation: Conversation, clock: Clock, post: Post) -> None:
        self.todo: asyncio.Queue[Answered | Think | Excuse | HandOver] = asyncio.Queue()
        self._conversation = conversation
        self._clock = clock
        self._post = post
        self._one_at_a_time = threading.Lock()

    async def work(self) -> None:
        while True:
            await guarded("brain", THINKING_BUDGET_S, self._post, self._think(await self.todo.get()))

    async def close(self) -> None:
        """The caller is gone: what is being thought of is finished first, for it may be storing a booking."""
        await asyncio.to_thread(self._close_in_thread)

    async def _think(self, item: Answered | Think | Excuse | HandOver) -> None:
        turn = 0 if isinstance(item, Answered) else item.turn
        self._post(Replied(turn, await asyncio.to_thread(self._think_in_thread, item)))

    def _think_in_thread(self, item: Answered | Think | Excuse | HandOver) -> tuple[Action, ...]:
        with self._one_at_a_time:
            match item:
                case Answered():
                    return tuple(self._conversation.open(item, self._clock()))
                case Think(_, heard):
                    return tuple(self._conversation.hear(heard, self._clock()))
                case HandOver(_, reason):
                    return tuple(self._conversation.hand_over(reason, self._clock()))
                case Excuse(_, code):
                    return tuple(self._conversation.fail(code, self._clock()))

    def _close_in_thread(self) -> None:
        with self._one_at_a_time:
            try:
                self._conversation.close(self._clock())
            except Exception as error:
                log.error("conversation.not_closed", error=type(error).__name__, at=place_of(error))


class Mouth:
    """Synthesises and plays, one sentence at a time; what is interrupted is thrown away."""

    def __init__(self, voice: Voice, channel: Channel, apology: bytes, post: Post) -> None:
        self.todo: asyncio.Queue[Say | ResumeSpeaking | Apologize] = asyncio.Queue()
        self._voice = voice
        self._channel = channel
        self._apology = apology
        self._post = post
        self._playing: asyncio.Task[None] | None = None
        self._to_come: asyncio.Queue[Say] = asyncio.Queue()

    def prepare(self, says: Iterable[Say]) -> None:
        """These will be said soon: make their sound while others are played, so that there is no gap between."""
        for say in says:
            self._to_come.put_nowait(say)

    async def make_ahead(self) -> None:
        """A voice that remembers has it then at once; what goes wrong here goes wrong again when it is said."""
        while True:
            say = await self._to_come.get()
            with suppress(Exception):
                await asyncio.to_thread(self._make, say)

    def _make(self, say: Say) -> None:
        for _ in self._voice.synthesize(say.text, say.speed):
            pass

    async def work(self) -> None:
        while True:
            item = await self.todo.get()
            self._playing = asyncio.create_task(guarded("mouth", LONGEST_SENTENCE_S, self._post, self._play(item)))
            try:
                await asyncio.wait([self._playing])
            finally:
                self._playing.cancel()
                self.todo.task_done()

    async def stop(self) -> None:
        """Silence, now."""
        while not self._to_come.empty():
            self._to_come.get_nowait()
        while not self.todo.empty():
            self.todo.get_nowait()
            self.todo.task_done()
        if self._playing:
            self._playing.cancel()
        await self._channel.clear()

    async def _play(self, item: Say | ResumeSpeaking | Apologize) -> None:
        match item:
            case Apologize():
                await self._play_pcm(iter([self._apology]))
            case Say():
                await self._play_pcm(self._voice.synthesize(item.text, item.speed), item)
                self._post(FinishedSpeaking(item))
            case ResumeSpeaking(say, from_ms):
                await self._play_pcm(self._voice.synthesize(say.text, say.speed), say, from_ms)
                self._post(FinishedSpeaking(say))

    async def _play_pcm(self, pieces: Iterator[bytes], say: Say | None = None, from_ms: int = 0) -> None:
        """Cut the voice's pieces into chunks; announce the first one."""
        skip = from_ms // CHUNK_MS * CHUNK_BYTES
        pending, is_first = b"", True
        while (piece := await _next_piece(pieces)) is not None:
            skip, piece = max(0, skip - len(piece)), piece[skip:]
            pending += piece
            if is_first and say and pending:
                self._post(StartedSpeaking(say))
                is_first = False
            while len(pending) >= CHUNK_BYTES:
                await self._channel.play(pending[:CHUNK_BYTES])
                pending = pending[CHUNK_BYTES:]
        if pending:
            await self._channel.play(pending.ljust(CHUNK_BYTES, b"\0"))


async def _next_piece(pieces: Iterator[bytes]) -> bytes | None:
    """None after the last. Raises TimeoutError, and what the voice raises."""
    async with asyncio.timeout(VOICE_BUDGET_S):
        return await asyncio.to_thread(next, pieces, None)
