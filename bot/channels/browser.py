"""A call from a web page: PCM and JSON over one WebSocket.

The page is read only as fast as the call takes its events, and every send has a time limit: a page that does not
read, floods or babbles ends its own call with a word and holds nothing of ours.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Final, Literal

import structlog

from bot.channels import browser_wire as wire
from bot.channels.pacing import Pacer, pcm_ms
from bot.channels.web_socket import SEND_TIMEOUT_S, WebSocketLike
from bot.errors import ChannelError
from bot.events import CHUNK_BYTES, Answered, AudioChunk, CallerHungUp, DigitPressed, Event

log = structlog.get_logger(__name__)

START_TIMEOUT_S: Final = 10.0
"""A page that says nothing for this long after connecting does not want to call."""

SILENT_LINE_S: Final = 30.0
"""A page sends audio all the time, silence too; one that sends nothing for this long sleeps or is gone.
Nothing else would end its call: the time of a call is counted in what is heard.
"""

MAX_EARLY_MS: Final = 5_000
"""Audio may come this much faster than real time in all; a microphone cannot do more than catch up."""

PRESS_MS: Final = 50
"""Nobody presses keys faster for long; who may be `MAX_EARLY_MS` early has a hundred at once."""

Ending = Literal[
    "",
    "bot",
    "caller",
    "lost",
    "garbled",
    "closing",
    "busy",
    "starting",
    "failed",
    "unnoted",
    "call-back",
    "noted",
    "done",
]

CLOSE_CODES: Final[Mapping[str, int]] = {
    "garbled": 1008,
    "closing": 1012,
    "busy": 1013,
    "starting": 1013,
    "failed": 1011,
}
"""RFC 6455 section 7.4.1 and the IANA registry of close codes; everything else is 1000."""


class BrowserChannel:
    """One call of one page; an accepted WebSocket is handed in, `open` it before anything else."""

    def __init__(
        self,
        socket: WebSocketLike,
        pacer: Pacer | None = None,
        clock: Callable[[], float] | None = None,
    ) -> None:
        self.start = wire.Start()
        """Who calls whom, as the page's first message told it."""
        self.ended: Ending = ""
        """How the call ended; "" while it runs. `lost` when the page went away without a word, `unnoted` when a
        person should have taken over and no list took the request; `call-back` when nobody was there to take over,
        `noted` when there is no number to ring back on either.
        """
        self.ticket = ""
        """The ticket with which the caller waits for a person; "" while with the bot."""
        self.queue = ""
        self._socket = socket
        self._first: wire.FromPage | None = None
        self._pacer = pacer or Pacer()
        self._clock = clock or asyncio.get_event_loop().time
        self._sending = asyncio.Lock()
        self._muted = False
        self._opened_at = self._clock()
        self._received_ms = self._pressed_ms = 0

    # Channel ---------------------------------------------------------------------------

    async def events(self) -> AsyncIterator[Event]:
        yield Answered(self.start.caller, self.start.to)
        while not self.ended:
            message = await self._receive_or_none()
            match message:
                case AudioChunk() | DigitPressed():
                    yield message
                case wire.Start():
                    await self.end("garbled")

    async def play(self, pcm: bytes) -> None:
        for begin in range(0, len(pcm), CHUNK_BYTES):
            chunk = pcm[begin : begin + CHUNK_BYTES]
            await self._send(chunk)
            await self._pacer.send(pcm_ms(chunk))

    async def clear(self) -> None:
        self._pacer.clear()
        await self._send(wire.clear())

    async def transfer(self, queue: str, ticket_id: str) -> None:
        """Without a ticket nobody would know of the caller: the page waits only with one."""
        self.queue, self.ticket = queue, ticket_id
        if ticket_id:
            await self.show("waiting", queue=queue, ticket=ticket_id)

    async def hang_up(self) -> None:
        await self.end("bot")

    async def caption(self, speaker: str, text: str, final: bool) -> None:
        await self._send(wire.caption(speaker, text, final))

    # For the door that keeps the page ------------------------------------------------------

    async def open(self) -> None:
        """Wait for the page's `start`; a page that speaks at once needs none. `ended` is set when nothing comes."""
        try:
            async with asyncio.timeout(START_TIMEOUT_S):
                message = await self.receive()
        except TimeoutError:
            await self.end("garbled")
            return
        if isinstance(message, wire.Start):
            self.start = message
        else:
            self._first = message

    @property
    def is_waiting(self) -> bool:
        """The bot is done and the caller stays on the line for a person."""
        return bool(self.ticket) and not self.ended

    async def show(self, name: str, **details: object) -> None:
        """A state of the call in the page: connected, waiting, taken, person, held, person-lost, call-back."""
        await self._send(wire.state(name, **details))

    async def relay(self, pcm: bytes) -> None:
        """A chunk of somebody who speaks in real time: sent as it is, unpaced."""
        await self._send(pcm)

    async def receive(self) -> wire.FromPage | None:
        """The next message; None when the call ended instead: gone, garbled or hung up."""
        if self._first:
            first, self._first = self._first, None
            return first
        try:
            return await self._receive()
        except ChannelError as error:
            log.info("browser.ended", code=error.code)
            await self.end("garbled")
            return None

    async def end(self, reason: Ending) -> None:
        """Say why to the page and close; what was sent before is still played there. Once only."""
        if self.ended:
            return
        self.ended = reason  # first of all: a page that has gone by now has still ended for this reason
        if await self._reaches(wire.ended(reason)):
            await self._close(CLOSE_CODES.get(reason, 1000))

    # Inside -----------------------------------------------------------------------------

    async def _receive_or_none(self) -> wire.FromPage | None:
        try:
            async with asyncio.timeout(SILENT_LINE_S):
                return await self.receive()
        except TimeoutError:
            log.info("browser.ended", code="channel.silent")
            await self.end("lost")
            return None

    async def _receive(self) -> wire.FromPage | None:
        message = await self._read()
        if message is None:
            self.ended = self.ended or "lost"
        elif isinstance(message, CallerHungUp):
            await self.end("caller")
        elif isinstance(message, wire.Muted):
            self._muted = message.on
        elif isinstance(message, DigitPressed):
            self._pressed_ms += PRESS_MS
            self._refuse_early(self._pressed_ms, "keys faster than anyone presses them")
        elif isinstance(message, AudioChunk):
            return self._take(message)
        return message

    async def _read(self) -> wire.FromPage | None:
        try:
            raw = await self._socket.receive()
        except RuntimeError:  # Starlette: receiving on a socket that is closed already
            return None
        if raw["type"] != "websocket.receive":
            return None
        if (text := raw.get("text")) is not None:
            return wire.parse_text(text)
        return wire.parse_audio(raw.get("bytes") or b"")

    def _take(self, chunk: AudioChunk) -> AudioChunk:
        """A muted page sends silence; should it not, it is silence all the same."""
        self._received_ms += chunk.ms
        self._refuse_early(self._received_ms, "audio faster than anyone speaks")
        return AudioChunk(bytes(len(chunk.pcm))) if self._muted else chunk

    def _refuse_early(self, ms: int, what: str) -> None:
        if ms > (self._clock() - self._opened_at) * 1000 + MAX_EARLY_MS:
            raise wire.garbled(what)

    async def _send(self, data: bytes | str) -> None:
        """In order, with a time limit. A page that is gone is told by `events`, not here: nothing is raised."""
        if not self.ended and not await self._reaches(data) and not self.ended:
            self.ended = "lost"
            await self._close(1001)

    async def _reaches(self, data: bytes | str) -> bool:
        try:
            async with asyncio.timeout(SEND_TIMEOUT_S), self._sending:
                await (self._socket.send_bytes(data) if isinstance(data, bytes) else self._socket.send_text(data))
            return True
        except TimeoutError:
            log.info("browser.lost", code="channel.slow")
        except Exception as error:  # whatever the server's WebSocket raises once the other side is gone
            log.debug("browser.lost", code="channel.lost", error=type(error).__name__)
        return False

    async def _close(self, code: int) -> None:
        try:
            async with asyncio.timeout(SEND_TIMEOUT_S):
                await self._socket.close(code)
        except Exception as error:  # closed already, from the other side
            log.debug("browser.closed", error=type(error).__name__)
