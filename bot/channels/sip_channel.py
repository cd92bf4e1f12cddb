"""One SIP call as a channel. The stack paces, decodes and conceals loss; we read and write its PCM every 20 ms.

Whatever the line speaks (G.711, or wideband G.722), the stack gives PCM at its rate, which may change in mid-call when
the other side renegotiates: then the audio is bound anew and nothing else changes. A caller on hold sends nothing, and
the call's own clock, which is counted in audio, stands still with them.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final

import baresip
import structlog

from bot.audio.dtmf import DtmfDetector
from bot.channels.channel import Channel
from bot.channels.inbox import Inbox
from bot.channels.line_audio import LineAudio, LineFormat
from bot.channels.pacing import Pacer, pcm_ms
from bot.channels.sip_caller import NOBODY, Caller
from bot.channels.sip_joining import join
from bot.events import CHUNK_BYTES, CHUNK_MS, Answered, DigitPressed, Event
from bot.logs import place_of

log = structlog.get_logger(__name__)

AHEAD_MS: Final = 80
"""Queued in the stack at most: four frames, so that a busy event loop is not heard."""
READ_MS: Final = 200
"""Read at most at a time; more has piled up only when we were stopped."""


class SipChannel:
    """An established call. `called` is a number or name without its host."""

    def __init__(
        self,
        call: Any,
        caller: Caller = NOBODY,
        called: str = "",
        inband_digits: bool = False,
        send_on: Callable[[SipChannel], Awaitable[None]] | None = None,
    ) -> None:
        """`inband_digits`: listen for keypad tones in the sound, until the line shows that it has a better way.
        `send_on` brings the caller to the queue that the bot named.
        """
        self.caller, self.called = caller, called
        self.queue = self.ticket = ""
        self.call = call
        self._send_on = send_on
        self._inbox = Inbox()
        self._pacer = Pacer(AHEAD_MS)
        self._heard: LineAudio | None = None
        self._spoken: LineAudio | None = None
        self._is_answered = False
        self._tones = DtmfDetector() if inband_digits else None
        call.on(self._on_event)
        if call.state is baresip.CallState.CLOSED:
            self._inbox.close()
        self._reading = asyncio.create_task(self._read())

    @property
    def is_over(self) -> bool:
        return self._inbox.is_closed

    # Channel ---------------------------------------------------------------------------

    async def events(self) -> AsyncIterator[Event]:
        """May be taken up again by the next who listens; `Answered` is told once."""
        if not self._is_answered:
            self._is_answered = True
            yield Answered(self.caller.number, self.called, self.caller.name)
        async for event in self._inbox.events():
            yield event

    async def play(self, pcm: bytes) -> None:
        for begin in range(0, len(pcm), CHUNK_BYTES):
            chunk = pcm[begin : begin + CHUNK_BYTES]
            self._write(chunk)
            await self._pacer.send(pcm_ms(chunk))

    async def clear(self) -> None:
        self._pacer.clear()
        try:
            self.call.audio.flush_tx()
        except baresip.BaresipError as error:  # no media now: nothing to clear
            log.debug("sip.no_media", error=type(error).__name__)

    async def transfer(self, queue: str, ticket_id: str) -> None:
        await self._pacer.drain()
        self.queue, self.ticket = queue, ticket_id

    async def hang_up(self) -> None:
        await self._pacer.drain()
        await self.close()

    # For the door ------------------------------------------------------------------------

    async def pass_on(self) -> None:
        """By the phone: see `sip_desk`."""
        if self._send_on:
            await self._send_on(self)

    async def join(self, other: Channel) -> bool:
        """See `bridge.Joinable`."""
        return isinstance(other, SipChannel) and await join(self.call, other.call)

    async def close(self) -> None:
        self._inbox.close()
        self._reading.cancel()
        if self.call.state is baresip.CallState.CLOSED:
            return
        try:
            await self.call.hangup()
        except baresip.BaresipError as error:  # gone in the same moment
            log.debug("sip.gone", error=type(error).__name__)

    # Inside --------------------------------------------------------------------------------

    def _on_event(self, event: Any) -> None:
        if event.event is baresip.Event.CALL_CLOSED:
            self._inbox.close()
        elif event.event is baresip.Event.CALL_DTMF_START and event.text:
            # the key going down; the library's own digits wait for it to come up, and lose one where two INFOs overlap
            self._tones = None  # else each digit would come twice
            self._press(event.text)

    def _press(self, digit: str) -> None:
        if digit in "0123456789*#":
            self._inbox.put(DigitPressed(digit))

    async def _read(self) -> None:
        """By deadline: a late wake-up reads more, and the next comes sooner. Without it nobody would be heard, and the
        call's clock would stand still: its end, whatever the reason, is the end of the line.
        """
        loop = asyncio.get_running_loop()
        due = loop.time()
        try:
            while not self._inbox.is_closed:
                self._take()
                due = max(due + CHUNK_MS / 1000, loop.time() - 1)
                await asyncio.sleep(max(0.0, due - loop.time()))
        except Exception as error:
            log.error("sip.not_read", error=type(error).__name__, where=place_of(error))
        finally:
            self._inbox.close()

    def _take(self) -> None:
        try:
            if self._heard is None:
                self._heard = _line(self.call.audio.info().rx_sample_rate)
            if self._heard and (pcm := self.call.audio.read(self._heard.line.size(READ_MS))):
                for chunk in self._heard.hear(pcm):
                    self._inbox.put(chunk)
                    for digit in self._tones.hear(chunk.pcm) if self._tones else "":
                        self._press(digit)
        except (baresip.AudioNotActive, baresip.AudioRestarted):
            self._heard = self._spoken = None

    def _write(self, chunk: bytes) -> None:
        """What does not fit is lost, as on any full line; the pacer keeps that from happening."""
        try:
            if self._spoken is None:
                self._spoken = _line(self.call.audio.info().tx_sample_rate)
            if self._spoken:
                self.call.audio.write(self._spoken.speak(chunk))
        except (baresip.AudioNotActive, baresip.AudioRestarted):
            self._heard = self._spoken = None


def _line(sample_rate: int) -> LineAudio | None:
    """None while the media is not up (rate 0)."""
    return LineAudio(LineFormat("slin", sample_rate, 2)) if sample_rate else None
