"""Callers on their way from a person back to the bot: what they are to do there, and the sign for who keeps the line.

The sign wakes whoever reads the line: a telephone that suppresses silence brings nothing by itself.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from bot.dialogue.errand import Errand


@dataclass(frozen=True, slots=True)
class GivenBack:
    """A caller on the way from a person to the bot."""

    call_id: str
    agent: int
    errand: Errand


class Returns:
    """By ticket. On the event loop only."""

    def __init__(self) -> None:
        self._backs: dict[str, GivenBack] = {}
        self._signs: dict[str, asyncio.Future[None]] = {}
        self._done: dict[str, list[str]] = {}

    def __contains__(self, ticket: object) -> bool:
        return ticket in self._backs

    def expect(self, ticket: str) -> asyncio.Future[None]:
        """Done as soon as that caller is given back."""
        sign = self._signs[ticket] = asyncio.get_running_loop().create_future()
        self._tell(ticket)
        return sign

    def put(self, ticket: str, back: GivenBack) -> None:
        self._backs[ticket] = back
        self._tell(ticket)

    def _tell(self, ticket: str) -> None:
        sign = self._signs.get(ticket)
        if sign and ticket in self._backs and not sign.done():
            sign.set_result(None)

    def take(self, ticket: str) -> GivenBack | None:
        """Once; None when they were not given back. Nothing is expected any more."""
        self._signs.pop(ticket, None)
        return self._backs.pop(ticket, None)

    def note(self, ticket: str, deed: str) -> None:
        """What a person did for them, for the bot to know."""
        self._done.setdefault(ticket, []).append(deed)

    def deeds(self, ticket: str) -> tuple[str, ...]:
        """Forgets them."""
        return tuple(self._done.pop(ticket, ()))
