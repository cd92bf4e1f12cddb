"""A caller whom the bot has handed over, as the people's side sees them: in a browser or on any phone line."""

from __future__ import annotations

from typing import Protocol

from bot.channels.browser import Ending
from bot.channels.browser_wire import FromPage


class CallerLine(Protocol):
    """The line stays the one they called on; what was sent to them before is still heard there."""

    queue: str
    """Where they wait; who passes them on changes it."""

    ticket: str
    """With which they wait for a person, or talk to one."""

    @property
    def ended(self) -> Ending:
        """Why the line is over; "" while it is open."""
        ...

    async def receive(self) -> FromPage | None:
        """What comes from the caller next; None when the line is over instead."""
        ...

    async def show(self, name: str, **details: object) -> None:
        """How it stands: waiting, taken, person, held, person-lost, call-back; seen, or heard, or both."""
        ...

    async def play(self, pcm: bytes) -> None:
        """Paced: returns when the next chunk may come."""
        ...

    async def relay(self, pcm: bytes) -> None:
        """Sound of somebody who speaks in real time."""
        ...

    async def clear(self) -> None: ...

    async def caption(self, speaker: str, text: str, final: bool) -> None:
        """Does nothing where nothing can be shown."""
        ...

    async def end(self, reason: Ending) -> None:
        """Say why, and let the line go. Once only."""
        ...
