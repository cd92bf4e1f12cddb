"""A caller who was with a person, as a channel for the bot again: the line is the same, whatever it is made of."""

from __future__ import annotations

from collections.abc import AsyncIterator

from bot.channels.browser_wire import Start
from bot.events import Answered, Event
from bot.web.caller_line import CallerLine
from bot.web.incoming import Incoming


class LineChannel:
    """Implements `bot.channels.channel.Channel`."""

    def __init__(self, line: CallerLine, incoming: Incoming) -> None:
        self._line, self._incoming = line, incoming

    async def events(self) -> AsyncIterator[Event]:
        """Who calls is known already: the bot goes on with the conversation it had."""
        yield Answered("")
        while (message := await self._incoming.receive()) is not None:
            if not isinstance(message, Start) and isinstance(message, Event):
                yield message

    async def play(self, pcm: bytes) -> None:
        await self._line.play(pcm)

    async def clear(self) -> None:
        await self._line.clear()

    async def transfer(self, queue: str, ticket_id: str) -> None:
        """To people again, with a new ticket."""
        self._line.queue, self._line.ticket = queue, ticket_id

    async def hang_up(self) -> None:
        await self._line.end("bot")

    async def caption(self, speaker: str, text: str, final: bool) -> None:
        await self._line.caption(speaker, text, final)
