"""A call from Asterisk's chan_websocket: sound as binary messages, commands as text.

Asterisk plays at the right speed by itself; we stay little ahead all the same, so that few words are lost when the
caller cuts in. When its queue fills up (XOFF) we wait.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Final

from bot.channels import asterisk_wire as wire
from bot.channels.exchange_calls import ExchangeCall, ExchangeControl, lead_on
from bot.channels.inbox import Inbox
from bot.channels.line_audio import PCM_8K, LineAudio
from bot.channels.line_events import LineEvents
from bot.channels.pacing import Pacer, pcm_ms
from bot.channels.web_socket import WebSocketLike, WebSocketLine
from bot.errors import ChannelError
from bot.events import CHUNK_BYTES, Answered, DigitPressed, Event

START_TIMEOUT_S: Final = 10.0
FLOW_TIMEOUT_S: Final = 30.0
"""An exchange that wants nothing for this long has lost its caller."""


class AsteriskChannel:
    """One call; `open` first, then hand it to the centre."""

    def __init__(
        self,
        socket: WebSocketLike,
        call: ExchangeCall | None = None,
        pacer: Pacer | None = None,
        control: ExchangeControl | None = None,
    ) -> None:
        self.call = call or ExchangeCall()
        self._socket = WebSocketLine(socket, "asterisk")
        self._pacer, self._control = pacer or Pacer(), control
        self._start = wire.MediaStart("", PCM_8K, {}, False)
        self._audio = LineAudio(PCM_8K)
        self._inbox = Inbox()
        self._may_send = asyncio.Event()
        self._may_send.set()
        self._events = LineEvents(self._inbox, self._read)

    @property
    def queue(self) -> str:
        return self.call.queue

    @property
    def ticket(self) -> str:
        return self.call.ticket

    async def open(self) -> None:
        """Wait for MEDIA_START. Raises ChannelError when something else connects, or its codec is not ours."""
        try:
            async with asyncio.timeout(START_TIMEOUT_S):
                message = await self._socket.receive()
        except TimeoutError as error:
            raise ChannelError("channel.garbled", "A connection that never began a call; is this Asterisk?") from error
        start = wire.read(message) if isinstance(message, str) else None
        if not isinstance(start, wire.MediaStart):
            raise ChannelError("channel.garbled", "A connection that did not begin with MEDIA_START.")
        self._start, self._audio = start, LineAudio(start.line)

    # Channel ---------------------------------------------------------------------------

    def events(self) -> AsyncIterator[Event]:
        """May be taken up again by the next who listens."""
        return self._events.listen(Answered(self.call.caller, self.call.called))

    async def play(self, pcm: bytes) -> None:
        for begin in range(0, len(pcm), CHUNK_BYTES):
            chunk = pcm[begin : begin + CHUNK_BYTES]
            await self._room()
            await self._send(self._audio.speak(chunk))
            await self._pacer.send(pcm_ms(chunk))

    async def clear(self) -> None:
        self._pacer.clear()
        await self._send(wire.command("FLUSH_MEDIA", self._start.is_json))

    async def transfer(self, queue: str, ticket_id: str) -> None:
        await self._pacer.drain()
        self.call.queue, self.call.ticket = queue, ticket_id

    async def hang_up(self) -> None:
        self.call.was_let_go = True
        await self._pacer.drain()
        await self._send(wire.command("HANGUP", self._start.is_json))
        await self.close()

    # For the door ------------------------------------------------------------------------

    async def pass_on(self) -> None:
        """By the exchange's REST interface, or the dialplan goes on behind `Dial(…,g)` and asks which queue."""
        await lead_on(self.call, self._control)
        await self.hang_up()

    async def close(self) -> None:
        self._events.stop()
        self._may_send.set()
        await self._socket.close()

    # Inside --------------------------------------------------------------------------------

    async def _read(self) -> None:
        try:
            while not self._inbox.is_closed and (message := await self._socket.receive()) is not None:
                self._take(message)
        finally:
            self._may_send.set()

    def _take(self, message: str | bytes) -> None:
        if isinstance(message, bytes):
            for chunk in self._audio.hear(message):
                self._inbox.put(chunk)
            return
        match wire.read(message):
            case DigitPressed() as digit:
                self._inbox.put(digit)
            case wire.Flow(may_send):
                (self._may_send.set if may_send else self._may_send.clear)()
            case wire.MediaStart():
                raise ChannelError("channel.garbled", "A second call began on one connection.")

    async def _room(self) -> None:
        try:
            async with asyncio.timeout(FLOW_TIMEOUT_S):
                await self._may_send.wait()
        except TimeoutError:
            self._inbox.close()

    async def _send(self, data: str | bytes) -> None:
        """A line that is gone is told by `events`; nothing is raised here."""
        if not self._inbox.is_closed and not await self._socket.send(data):
            self._inbox.close()
