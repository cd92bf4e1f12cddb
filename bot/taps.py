"""Where a call can be heard while it runs: each side's sound in chunks, with who it is from.

Supervisors listen here and recordings are made here; the call waits for none of them. Tapped are the bot's part
(`TappedChannel`) and the talk with a person (`bot.web.talk_sound`), by the call's id, so that one tap hears both.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Literal, Protocol

from bot.channels.channel import Channel
from bot.events import AudioChunk, Event

Who = Literal["caller", "bot", "agent", "music", "supervisor"]


class Tap(Protocol):
    def heard(self, who: Who, pcm: bytes) -> None:
        """16-bit mono PCM at `events.SAMPLE_RATE`, mostly 20 ms. On the event loop: must not wait, raises nothing."""
        ...


class Taps:
    """By call: who hears it."""

    def __init__(self) -> None:
        self._by_call: dict[str, list[Tap]] = {}
        self._of_all: list[Callable[[str, Who, bytes], None]] = []

    def record(self, heard: Callable[[str, Who, bytes], None]) -> None:
        """Told of every call, by its id, from now on; as a `Tap`, it must not wait."""
        self._of_all.append(heard)

    def open(self, call_id: str, tap: Tap) -> None:
        self._by_call.setdefault(call_id, []).append(tap)

    def close(self, call_id: str, tap: Tap) -> None:
        """Nothing happens when it is closed already."""
        taps = [other for other in self._by_call.get(call_id, []) if other is not tap]
        if taps:
            self._by_call[call_id] = taps
        else:
            self._by_call.pop(call_id, None)

    def heard(self, call_id: str, who: Who, pcm: bytes) -> None:
        for tap in tuple(self._by_call.get(call_id, ())):
            tap.heard(who, pcm)
        for heard in self._of_all:
            heard(call_id, who, pcm)


class TappedChannel:
    """A channel as the call sees it, with what goes through it told."""

    def __init__(self, channel: Channel, heard: Callable[[Who, bytes], None]) -> None:
        self._channel, self._heard = channel, heard

    async def events(self) -> AsyncIterator[Event]:
        async for event in self._channel.events():
            if isinstance(event, AudioChunk):
                self._heard("caller", event.pcm)
            yield event

    async def play(self, pcm: bytes) -> None:
        self._heard("bot", pcm)
        await self._channel.play(pcm)

    async def clear(self) -> None:
        await self._channel.clear()

    async def transfer(self, queue: str, ticket_id: str) -> None:
        await self._channel.transfer(queue, ticket_id)

    async def hang_up(self) -> None:
        await self._channel.hang_up()
