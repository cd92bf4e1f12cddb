"""Two lines joined: what one says the other hears, until one of them hangs up.

For the caller whose exchange refuses to be sent elsewhere, and for people at the desk who answer on their phone.
"""

from __future__ import annotations

import asyncio
from typing import Protocol, runtime_checkable

from bot.channels.channel import Channel
from bot.events import AudioChunk


@runtime_checkable
class Joinable(Protocol):
    """A line whose exchange may join it with another line of its own: then nothing runs through us any more."""

    async def join(self, other: Channel) -> bool:
        """When true, the call is over for us and `other` is to be hung up; else both lines go on as they were."""
        ...


async def bridge(one: Channel, other: Channel) -> None:
    """Returns when either line is gone; both are hung up then. Digits are not passed on."""
    pumps = [asyncio.create_task(_pump(one, other)), asyncio.create_task(_pump(other, one))]
    try:
        await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for pump in pumps:
            pump.cancel()
        await asyncio.gather(*pumps, return_exceptions=True)
        await asyncio.gather(one.hang_up(), other.hang_up(), return_exceptions=True)


async def _pump(source: Channel, sink: Channel) -> None:
    async for event in source.events():
        if isinstance(event, AudioChunk):
            await sink.play(event.pcm)
