"""Carrying a call out: the inbox loop, and the three workers ears, brain and mouth.

Each worker has one queue and does one thing at a time, in order; what blocks runs in a thread. All of them live in one
`TaskGroup`: when the call ends or breaks, all of it ends. A surprise in a worker is an event, never the end of a call.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass

import structlog

from bot.asr.recognizer import Ear, Recognizer
from bot.call import Call
from bot.channels.channel import Channel
from bot.dialogue.conversation import Conversation
from bot.errors import FrontdeskError
from bot.events import (
    CHUNK_BYTES,
    CHUNK_MS,
    Answered,
    Apologize,
    AudioChunk,
    CallerHungUp,
    Effect,
    Event,
    Excuse,
    Failed,
    FinishedSpeaking,
    FinishUtterance,
    Glimpse,
    Glimpsed,
    HangUp,
    PartialTranscript,
    Recognize,
    Replied,
    ResumeSpeaking,
    Say,
    StartedSpeaking,
    StopSpeaking,
    Think,
    Transcript,
    Transfer,
)
from bot.logs import place_of
from bot.tts.voice import Voice

log = structlog.get_logger()

HEARING_BUDGET_S = 8.0
THINKING_BUDGET_S = 12.0
"""A worker that takes longer has failed: a person takes over."""

Observe = Callable[[Event | Effect], None]
Post = Callable[[Event], None]
Clock = Callable[[], dt.datetime]


@dataclass(frozen=True, slots=True)
class Engines:
    """What a call is carried out with. `clock` gives the aware time now; `apology` is PCM that needs no voice."""

    ear: Ear
    voice: Voice
    conversation: Conversation
    clock: Clock
    apology: bytes = b""


async def run_call(channel: Channel, engines: Engines, call: Call, observe: Observe = lambda item: None) -> None:
    """Run until the caller is gone, transferred or let go. Raises only what the channel itself raises."""
    inbox: asyncio.Queue[Event] = asyncio.Queue()
    ears, brain = Ears(engines.ear, inbox.put_nowait), Brain(engines.conversation, engines.clock, inbox.put_nowait)
    mouth = Mouth(engines.voice, channel, engines.apology, inbox.put_nowait)
    try:
        async with asyncio.TaskGroup() as tasks:
            workers = [tasks.create_task(work) for work in (_listen_to(channel, inbox), ears.work(), brain.work())]
            workers.append(tasks.create_task(mouth.work()))
            while not call.is_over:
                event = await inbox.get()
                observe(event)
                if isinstance(event, Answered):
                    brain.todo.put_nowait(event)
                for effect in call.handle(event):
                    observe(effect)
                    await _carry_out(effect, channel, ears, brain, mouth)
            for worker in workers:
                worker.cancel()
    finally:
        await asyncio.to_thread(engines.conversation.close, engines.clock())


async def _listen_to(channel: Channel, inbox: asyncio.Queue[Event]) -> None:
    """Audio is cut into chunks of `CHUNK_MS` here, whatever pieces the line delivers."""
    pending = b""
    try:
        async for event in channel.events():
            if not isinstance(event, AudioChunk):
                inbox.put_nowait(event)
                continue
            pending += event.pcm
            while len(pending) >= CHUNK_BYTES:
                inbox.put_nowait(AudioChunk(pending[:CHUNK_BYTES]))
                pending = pending[CHUNK_BYTES:]
    except FrontdeskError as error:
        inbox.put_nowait(Failed("channel", error.code))
    inbox.put_nowait(CallerHungUp())


async def _carry_out(effect: Effect, channel: Channel, ears: Ears, brain: Brain, mouth: Mouth) -> None:
    match effect:
        case Recognize() | Glimpse() | FinishUtterance():
            ears.todo.put_nowait(effect)
        case Think() | Excuse():
            brain.todo.put_nowait(effect)
        case Say() | ResumeSpeaking() | Apologize():
            mouth.todo.put_nowait(effect)
        case StopSpeaking():
            await mouth.stop()
        case Transfer(queue, _, ticket_id):
            await mouth.todo.join()
            await channel.transfer(queue, ticket_id)
        case HangUp():
            await mouth.todo.join()
            await channel.hang_up()


async def _guarded(part: str, budget_s: float, post: Post, work: Awaitable[None]) -> None:
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
        self.todo: asyncio.Queue[Recognize | Glimpse | FinishUtterance] = asyncio.Queue()
        self._ear = ear
        self._post = post
        self._session: Recognizer | None = None

    async def work(self) -> None:
        while True:
            batch = [await self.todo.get()]
            while isinstance(batch[-1], Recognize) and not self.todo.empty():
                batch.append(self.todo.get_nowait())
            await _guarded("ears", HEARING_BUDGET_S, self._post, self._hear(batch))

    async def _hear(self, batch: list[Recognize | Glimpse | FinishUtterance]) -> None:
        event = await asyncio.to_thread(self._hear_in_thread, batch)
        if event:
            self._post(event)

    def _hear_in_thread(self, batch: list[Recognize | Glimpse | FinishUtterance]) -> Event | None:
        """Chunks first; at most the last of a batch asks for words."""
        words: str | None = None
        for item in batch:
            match item:
                case Recognize(chunk, starts):
                    if starts or self._session is None:
                        self._session = self._ear.listen(starts) if starts else None
                    words = (self._session and self._session.accept(chunk)) or words
                case Glimpse(turn) if self._session:
                    return Glimpsed(turn, self._session.glimpse())
                case FinishUtterance(turn, _, _):
                    session, self._session = self._session, None
                    return Transcript(turn, session.finish() if session else ())
        return PartialTranscript(words) if words else None


class Brain:
    """Asks the conversation what to do; the only place that gives it the time."""

    def __init__(self, conversation: Conversation, clock: Clock, post: Post) -> None:
        self.todo: asyncio.Queue[Answered | Think | Excuse] = asyncio.Queue()
        self._conversation = conversation
        self._clock = clock
        self._post = post

    async def work(self) -> None:
        while True:
            await _guarded("brain", THINKING_BUDGET_S, self._post, self._think(await self.todo.get()))

    async def _think(self, item: Answered | Think | Excuse) -> None:
        now = self._clock()
        match item:
            case Answered():
                turn, actions = 0, await asyncio.to_thread(self._conversation.open, item, now)
            case Think(turn, heard):
                actions = await asyncio.to_thread(self._conversation.hear, heard, now)
            case Excuse(turn, code):
                actions = await asyncio.to_thread(self._conversation.fail, code, now)
        self._post(Replied(turn, tuple(actions)))


class Mouth:
    """Synthesises and plays, one sentence at a time; what is interrupted is thrown away."""

    def __init__(self, voice: Voice, channel: Channel, apology: bytes, post: Post) -> None:
        self.todo: asyncio.Queue[Say | ResumeSpeaking | Apologize] = asyncio.Queue()
        self._voice = voice
        self._channel = channel
        self._apology = apology
        self._post = post
        self._playing: asyncio.Task[None] | None = None

    async def work(self) -> None:
        while True:
            item = await self.todo.get()
            self._playing = asyncio.create_task(_guarded("mouth", 600.0, self._post, self._play(item)))
            try:
                await asyncio.wait([self._playing])
            finally:
                self._playing.cancel()
                self.todo.task_done()

    async def stop(self) -> None:
        """Silence, now."""
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
        while (piece := await asyncio.to_thread(next, pieces, None)) is not None:
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
