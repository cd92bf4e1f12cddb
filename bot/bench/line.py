"""The caller's end of a line, whatever the line is made of: what a simulated caller can do on it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Literal, Protocol

from bot.events import SAMPLE_WIDTH

Transport = Literal["websocket", "audiosocket", "sip"]
TRANSPORTS: tuple[Transport, ...] = ("websocket", "audiosocket", "sip")


@dataclass(frozen=True, slots=True)
class Sound:
    """What the bot sent: 16-bit mono PCM at `sample_rate` Hz."""

    pcm: bytes
    sample_rate: int

    @property
    def seconds(self) -> float:
        return len(self.pcm) / SAMPLE_WIDTH / self.sample_rate


@dataclass(frozen=True, slots=True)
class Stopped:
    """The bot broke off. `at_once`: what was sent is thrown away; else it is still heard to its end."""

    at_once: bool


@dataclass(frozen=True, slots=True)
class Caption:
    """What was said (`bot`) or understood (`caller`), in words."""

    speaker: str
    text: str


@dataclass(frozen=True, slots=True)
class Ended:
    """`bot`, `caller`, `handed over`, or what went wrong."""

    how: str


FromBot = Sound | Stopped | Caption | Ended


class LineLost(Exception):
    """The line could not be opened, or broke."""


class Line(Protocol):
    """Opened by `async with`; lets go of everything at its end. Raises LineLost."""

    async def __aenter__(self) -> Line: ...
    async def __aexit__(self, *_: object) -> None: ...

    def heard(self) -> AsyncIterator[FromBot]:
        """Until the call is over; `Ended` is the last."""
        ...

    async def send(self, pcm: bytes) -> None:
        """One chunk of 20 ms, as `events.CHUNK_BYTES`."""
        ...

    async def hang_up(self) -> None: ...
