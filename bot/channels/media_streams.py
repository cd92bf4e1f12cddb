"""A call whose sound comes over a carrier's WebSocket, in any of the dialects of `media_streams_wire`.

The carrier buffers what we send, so we send little ahead and mark it; the marks that come back tell that goodbye was
heard to its end.
`clear` empties the buffer; the marks in it come back at once and count for nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Final, Protocol

import structlog

from bot.channels.exchange_calls import ExchangeCall
from bot.channels.inbox import Inbox
from bot.channels.line_audio import PCM_8K, LineAudio
from bot.channels.line_events import LineEvents
from bot.channels.media_streams_wire import Dialect, MarkReached, Media, Message, Started, Stopped
from bot.channels.pacing import Pacer, pcm_ms
from bot.channels.reorder import Reorder
from bot.channels.web_socket import WebSocketLike, WebSocketLine
from bot.errors import ChannelError
from bot.events import CHUNK_BYTES, Answered, DigitPressed, Event

log = structlog.get_logger(__name__)

START_TIMEOUT_S: Final = 10.0
MARK_EVERY_MS: Final = 200
MOST_MARKS: Final = 150
"""Half a minute of sound that nobody says was played: a carrier that sends no marks back; older ones are forgotten."""
LAST_MARK_S: Final = 3.0
"""How long we wait for the carrier to say that the last words were played before the line is let go."""


class CallControl(Protocol):
    """What some carriers let us do to a call beside its sound, by their REST interface."""

    async def hang_up(self, call_id: str) -> None: ...
    async def transfer(self, call_id: str, queue: str) -> None: ...


class MediaStreamChannel:
    """One call; `open` first, then hand it to the centre."""

    def __init__(
        self, socket: WebSocketLike, dialect: Dialect, control: CallControl | None = None, pacer: Pacer | None = None
    ) -> None:
        self.call = ExchangeCall()
        self._socket, self._dialect, self._control = WebSocketLine(socket, dialect.name), dialect, control
        self._pacer = pacer or Pacer()
        self._audio = LineAudio(PCM_8K)
        self._started = Started("", "", "", "", PCM_8K)
        self._order = Reorder()
        self._inbox = Inbox()
        self._marks: dict[str, None] = {}
        """Not told as played yet, in their order."""
        self._mark_count = self._unmarked_ms = 0
        self._all_heard = asyncio.Event()
        self._events = LineEvents(self._inbox, self._read)

    @property
    def queue(self) -> str:
        return self.call.queue

    @property
    def ticket(self) -> str:
        return self.call.ticket

    async def open(self) -> Started:
        """Wait until the carrier told which call this is. Raises ChannelError when it does not."""
        try:
            async with asyncio.timeout(START_TIMEOUT_S):
                while (message := await self._socket.receive()) is not None:
                    if isinstance(read := self._dialect.read(message), Started):
                        self._started, self._audio = read, LineAudio(read.line)
                        self.call = ExchangeCall(read.caller, read.called)
                        return read
        except TimeoutError as error:
            raise ChannelError("channel.garbled", "A connection that never began a call; who is connecting?") from error
        raise ChannelError("channel.lost", "The carrier hung up before the call began.")

    # Channel ---------------------------------------------------------------------------

    def events(self) -> AsyncIterator[Event]:
        """May be taken up again by the next who listens."""
        return self._events.listen(Answered(self.call.caller, self.call.called))

    async def play(self, pcm: bytes) -> None:
        for begin in range(0, len(pcm), CHUNK_BYTES):
            chunk = pcm[begin : begin + CHUNK_BYTES]
            await self._send(self._dialect.media(self._started.stream_id, self._started.line, self._audio.speak(chunk)))
            await self._mark(pcm_ms(chunk))
            await self._pacer.send(pcm_ms(chunk))

    async def clear(self) -> None:
        self._pacer.clear()
        self._marks.clear()
        self._unmarked_ms = 0
        await self._send(self._dialect.clear(self._started.stream_id))

    async def transfer(self, queue: str, ticket_id: str) -> None:
        self.call.queue, self.call.ticket = queue, ticket_id
        await self._finish_speaking()

    async def hang_up(self) -> None:
        self.call.was_let_go = True
        await self._finish_speaking()
        if self._control:
            await self._by_rest(self._control.hang_up(self._started.call_id))
        await self.close()

    # For the door ------------------------------------------------------------------------

    async def pass_on(self) -> None:
        """By the carrier's REST interface; where there is none, the stream ends and the carrier asks what is next."""
        self.call.was_passed_on = True
        if self._control:
            await self._by_rest(self._control.transfer(self._started.call_id, self.queue))
        await self.close()

    async def close(self) -> None:
        self._events.stop()
        await self._socket.close()

    # Inside --------------------------------------------------------------------------------

    async def _read(self) -> None:
        try:
            while not self._inbox.is_closed and (message := await self._socket.receive()) is not None:
                self._take(message)
        finally:
            self._all_heard.set()

    def _take(self, message: Message) -> None:
        match self._dialect.read(message):
            case Media(payload, number):
                for frame in self._order.put(number, payload):
                    for chunk in self._audio.hear(frame):
                        self._inbox.put(chunk)
            case DigitPressed() as digit:
                self._inbox.put(digit)
            case MarkReached(name):
                self._reach(name)
            case Stopped():
                self._inbox.close()
            case Started():
                raise ChannelError("channel.garbled", "A second call began on one connection.")

    async def _mark(self, ms: int) -> None:
        self._unmarked_ms += ms
        if self._unmarked_ms >= MARK_EVERY_MS:
            await self._set_mark()

    async def _set_mark(self) -> None:
        self._mark_count += 1
        name = f"m{self._mark_count}"
        self._marks[name], self._unmarked_ms = None, 0
        while len(self._marks) > MOST_MARKS:
            del self._marks[next(iter(self._marks))]
        self._all_heard.clear()
        await self._send(self._dialect.mark(self._started.stream_id, name))

    def _reach(self, name: str) -> None:
        self._marks.pop(name, None)
        if not self._marks:
            self._all_heard.set()

    async def _finish_speaking(self) -> None:
        """Goodbye is heard to its end: by the clock, and by the carrier's word where it gives one."""
        if self._unmarked_ms:
            await self._set_mark()
        await self._pacer.drain()
        if self._marks and not self._inbox.is_closed:
            try:
                await asyncio.wait_for(self._all_heard.wait(), LAST_MARK_S)
            except TimeoutError:
                log.info("stream.mark_missing", dialect=self._dialect.name)

    async def _by_rest(self, request: Any) -> None:
        """A refusal is not the end: the stream is closed, and what follows it does the same thing."""
        try:
            await request
        except ChannelError as error:
            log.warning("stream.control_failed", code=error.code)

    async def _send(self, data: Message) -> None:
        """A line that is gone is told by `events`; nothing is raised here."""
        if data and not self._inbox.is_closed and not await self._socket.send(data):
            self._inbox.close()
