"""Calls from Asterisk over AudioSocket: one TCP connection a call.

Asterisk plays what it gets at once and does not pace, so one frame goes out every 20 ms by deadline and hardly
anything is under way when the caller cuts in: `clear` needs no word to the exchange. The line is as wide as what the
exchange sends: 8 kHz from the dialplan application, 16 kHz from `Dial(AudioSocket/…/c(slin16))`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Final
from uuid import UUID

import structlog

from bot.channels import audiosocket_wire as wire
from bot.channels.exchange_calls import ExchangeCall, ExchangeControl, lead_on
from bot.channels.inbox import Inbox
from bot.channels.line_audio import LineAudio, LineFormat
from bot.channels.line_events import LineEvents
from bot.channels.pacing import Pacer, pcm_ms
from bot.errors import ChannelError
from bot.events import CHUNK_BYTES, Answered, DigitPressed, Event

log = structlog.get_logger(__name__)

AHEAD_MS: Final = 40
"""One frame playing and one behind it; the least with which a late wake-up is not heard."""
READ_BYTES: Final = 4_096
ID_TIMEOUT_S: Final = 5.0
"""The UUID is the first thing Asterisk sends; who stays silent is a scanner."""
SILENT_LINE_S: Final = 600.0
"""Asterisk may send nothing while nobody speaks. One that is dead is told by TCP (`audiosocket_server.KEEPALIVE`);
this is for one that is neither dead nor of any use.
"""
SEND_TIMEOUT_S: Final = 5.0


class AudioSocketChannel:
    """One call; `open` first, then hand it to the centre."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        pacer: Pacer | None = None,
        control: ExchangeControl | None = None,
    ) -> None:
        self.call = ExchangeCall()
        """What the dialplan told of the call; where the bot sends the caller is noted there for it."""
        self._reader, self._writer = reader, writer
        self._pacer, self._control = pacer or Pacer(AHEAD_MS), control
        self._frames = wire.FrameReader()
        self._audio = _audio_at(8_000)
        self._inbox = Inbox()
        self._events = LineEvents(self._inbox, self._read)

    async def open(self) -> UUID:
        """Wait for the call's UUID. Raises ChannelError when something else than Asterisk is calling."""
        try:
            async with asyncio.timeout(ID_TIMEOUT_S):
                data = await self._reader.readexactly(19)
        except (TimeoutError, asyncio.IncompleteReadError, OSError) as error:
            raise ChannelError("channel.garbled", "A connection that sent no call id; is this Asterisk?") from error
        match list(self._frames.feed(data)):
            case [wire.CallId(uuid)]:
                return uuid
        raise ChannelError("channel.garbled", "A connection that began with something else than a call id.")

    # Channel ---------------------------------------------------------------------------

    def events(self) -> AsyncIterator[Event]:
        """May be taken up again by the next who listens."""
        return self._events.listen(Answered(self.call.caller, self.call.called))

    async def play(self, pcm: bytes) -> None:
        for begin in range(0, len(pcm), CHUNK_BYTES):
            chunk = pcm[begin : begin + CHUNK_BYTES]
            await self._send(wire.audio(self._audio.speak(chunk), self._audio.line.sample_rate))
            await self._pacer.send(pcm_ms(chunk))

    async def clear(self) -> None:
        self._pacer.clear()

    async def transfer(self, queue: str, ticket_id: str) -> None:
        await self._pacer.drain()
        self.call.queue, self.call.ticket = queue, ticket_id

    async def hang_up(self) -> None:
        """What was sent is still heard: the exchange stops at once when told, so we wait for the end of it."""
        self.call.was_let_go = True
        await self._pacer.drain()
        await self._send(wire.hang_up())
        await self.close()

    # For the door ------------------------------------------------------------------------

    @property
    def queue(self) -> str:
        return self.call.queue

    @property
    def ticket(self) -> str:
        return self.call.ticket

    async def pass_on(self) -> None:
        """By the exchange's REST interface, or the dialplan goes on and asks `ExchangeCalls` which queue."""
        await lead_on(self.call, self._control)
        await self.hang_up()

    async def close(self) -> None:
        self._events.stop()
        self._writer.close()
        try:
            async with asyncio.timeout(SEND_TIMEOUT_S):
                await self._writer.wait_closed()
        except (OSError, TimeoutError):
            self._writer.transport.abort()

    # Inside --------------------------------------------------------------------------------

    async def _read(self) -> None:
        """Raises ChannelError for garbage; the end of the connection just ends the events."""
        while not self._inbox.is_closed and (data := await self._receive()):
            for frame in self._frames.feed(data):
                self._take(frame)

    async def _receive(self) -> bytes:
        try:
            async with asyncio.timeout(SILENT_LINE_S):
                return await self._reader.read(READ_BYTES)
        except (TimeoutError, OSError):
            return b""

    def _take(self, frame: wire.Frame) -> None:
        match frame:
            case wire.Audio(pcm, sample_rate):
                if sample_rate != self._audio.line.sample_rate:
                    self._audio = _audio_at(sample_rate)
                for chunk in self._audio.hear(pcm):
                    self._inbox.put(chunk)
            case DigitPressed():
                self._inbox.put(frame)
            case wire.HungUp() | wire.PeerError():
                self._inbox.close()
            case wire.CallId():
                raise ChannelError("channel.garbled", "A second call id on one connection.")

    async def _send(self, data: bytes) -> None:
        """A line that is gone is told by `events`; nothing is raised here."""
        if self._writer.is_closing():
            return
        try:
            async with asyncio.timeout(SEND_TIMEOUT_S):
                self._writer.write(data)
                await self._writer.drain()
        except (OSError, TimeoutError) as error:
            log.info("audiosocket.ended", code="channel.lost", error=type(error).__name__)
            self._inbox.close()
            self._writer.transport.abort()


def _audio_at(sample_rate: int) -> LineAudio:
    return LineAudio(LineFormat(f"slin{sample_rate // 1000}", sample_rate, 2))
