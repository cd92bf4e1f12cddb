"""What the call needs of a line, whatever the line is made of."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol, runtime_checkable

from bot.events import Event


class Channel(Protocol):
    """A door a caller came through.

    Audio both ways is 16-bit mono PCM at `events.SAMPLE_RATE`; a door with another format converts at the door.
    """

    def events(self) -> AsyncIterator[Event]:
        """`Answered` first, then audio and digits as they come; ends when the caller is gone."""
        ...

    async def play(self, pcm: bytes) -> None:
        """Send one chunk (20 ms); returns when the next may come, so that at most some 100 ms are under way."""
        ...

    async def clear(self) -> None:
        """Throw away what was sent and not yet heard (barge-in)."""
        ...

    async def transfer(self, queue: str, ticket_id: str) -> None:
        """The bot is done; the caller waits for a person of that queue."""
        ...

    async def hang_up(self) -> None: ...


@runtime_checkable
class Captioned(Protocol):
    """A channel that can also show text: what was heard and said, partial words included."""

    async def caption(self, speaker: str, text: str, final: bool) -> None: ...
