"""Carrying a call out: events of the channel and of the workers go into one inbox, effects go to who does them.

The workers (ears, brain and mouth) live in one `TaskGroup`: when the call ends or breaks, all of it ends.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import structlog

from bot.asr.recognizer import Ear
from bot.call import Call
from bot.channels.channel import Channel
from bot.dialogue.conversation import Clock, Conversation
from bot.errors import FrontdeskError
from bot.events import (
    CHUNK_BYTES,
    Answered,
    Apologize,
    AudioChunk,
    CallerHungUp,
    Effect,
    Event,
    Excuse,
    Failed,
    FinishUtterance,
    Glimpse,
    HandOver,
    HangUp,
    Observe,
    Recognize,
    Replied,
    ResumeSpeaking,
    Say,
    StopSpeaking,
    Think,
    Transfer,
)
from bot.logs import place_of
from bot.tts.voice import Voice
from bot.workers import Brain, Ears, Mouth

log = structlog.get_logger(__name__)

MOST_WAITING: Final = 250
"""Events; five seconds of sound, of no use to a talk that is so far behind."""


@dataclass(frozen=True, slots=True)
class Engines:
    """What a call is carried out with. `clock` gives the aware time now; `apology` is PCM that needs no voice."""

    ear: Ear
    voice: Voice
    conversation: Conversation
    clock: Clock
    apology: bytes = b""


class Waiting(asyncio.Queue[Event]):
    """What the call has not taken yet. When it falls behind, the oldest sound is dropped, and never anything else."""

    _queue: deque[Event]

    def _put(self, item: Event) -> None:
        """The hook of `asyncio.Queue` for its kinds."""
        if len(self._queue) >= MOST_WAITING:
            self._drop_oldest_sound()
        self._queue.append(item)

    def _drop_oldest_sound(self) -> None:
        oldest = next((at for at, event in enumerate(self._queue) if isinstance(event, AudioChunk)), None)
        if oldest is not None:
            del self._queue[oldest]


async def run_call(
    channel: Channel,
    engines: Engines,
    call: Call,
    observe: Observe = lambda item: None,
    reachable: Callable[[Callable[[Event], None]], None] = lambda post: None,
) -> None:
    """Run until the caller is gone, transferred or let go. Raises only what the channel's own deeds raise.

    `reachable` is told how events from elsewhere come in.
    """
    inbox = Waiting()
    reachable(inbox.put_nowait)
    ears, brain = Ears(engines.ear, inbox.put_nowait), Brain(engines.conversation, engines.clock, inbox.put_nowait)
    mouth = Mouth(engines.voice, channel, engines.apology, inbox.put_nowait)
    try:
        async with asyncio.TaskGroup() as tasks:
            workers = [tasks.create_task(work) for work in (_listen_to(channel, inbox), ears.work(), brain.work())]
            workers += [tasks.create_task(work) for work in (mouth.work(), mouth.make_ahead())]
            while not call.is_over:
                event = await inbox.get()
                observe(event)
                if isinstance(event, Answered):
                    brain.todo.put_nowait(event)
                elif isinstance(event, Replied):
                    mouth.prepare([action for action in event.actions if isinstance(action, Say)][1:])
                for effect in call.handle(event):
                    observe(effect)
                    await _carry_out(effect, channel, ears, brain, mouth)
            for worker in workers:
                worker.cancel()
    finally:
        await brain.close()


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
    except Exception as error:
        log.error("channel.failed", error=type(error).__name__, at=place_of(error))
        inbox.put_nowait(Failed("channel", "channel.broken"))
    inbox.put_nowait(CallerHungUp())


async def _carry_out(effect: Effect, channel: Channel, ears: Ears, brain: Brain, mouth: Mouth) -> None:
    match effect:
        case Recognize() | Glimpse() | FinishUtterance():
            ears.todo.put_nowait(effect)
        case Think() | Excuse() | HandOver():
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
