"""Calls that we place through Twilio: rung by REST, told of by status callbacks, carried by the same media stream."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import suppress
from typing import Final

from bot.channels.carrier_answers import ANSWERS
from bot.channels.exchange_calls import ExchangeCalls
from bot.channels.outbound_calls import Progress, Talk
from bot.channels.twilio import TwilioCalls
from bot.errors import ChannelError

STATUSES: Final[Mapping[str, Progress]] = {
    "ringing": "ringing",
    "in-progress": "answered",
    "completed": "ended",
    "busy": "busy",
    "no-answer": "no_answer",
    "canceled": "no_answer",
    "failed": "failed",
}
"""twilio.com/docs/voice/api/call-resource#call-status-values; Twilio does not tell declined from busy."""

MORE_S: Final = 20.0
"""How much longer than the ringing we wait for Twilio's word."""
LONGEST_CALL_S: Final = 4 * 3600.0
WRITING_UP_S: Final = 20.0
"""Twilio tells that a call has ended before we have heard the last of it: so long its own record may take."""


class TwilioDialler:
    """A `Dialler`. Twilio must reach us at `public_url`."""

    def __init__(self, rest: TwilioCalls, calls: ExchangeCalls, number: str, public_url: str) -> None:
        self._rest, self._calls, self._number = rest, calls, number
        self._base = public_url.rstrip("/")

    async def place_call(
        self, number: str, reminder: str = "", ring_s: float = 30.0, talk: Talk | None = None
    ) -> AsyncGenerator[Progress, None]:
        """See `outbound_calls.Dialler`."""
        if not (self._base.startswith("http") and self._number):
            raise ChannelError(
                "channel.number", "Twilio needs public_url and twilio.number in the settings to call people."
            )
        statuses: asyncio.Queue[str] = asyncio.Queue()
        call_id = self._calls.announce(number, self._number, time.monotonic())
        self._calls.expect(call_id, reminder, statuses.put_nowait, talk)
        yield "dialling"
        try:
            sid = await self._dial(number, call_id, ring_s)
        except ChannelError:
            yield "failed"
            return
        progress: Progress = "dialling"
        try:
            async for progress in _told(statuses, ring_s):
                if progress == "ended":
                    await self._written_up(call_id)
                yield progress
        finally:
            if progress in ("dialling", "ringing", "answered"):  # nobody waits for it any more
                await self._rest.hang_up(sid)

    async def _written_up(self, call_id: str) -> None:
        """What the call decided is on record; at once when its sound never reached us."""
        call = self._calls.find(call_id)
        if call and call.is_connected:
            with suppress(TimeoutError):
                await asyncio.wait_for(call.over.wait(), WRITING_UP_S)

    async def _dial(self, number: str, call_id: str, ring_s: float) -> str:
        stream = f"ws{self._base.removeprefix('http')}/twilio/media/{call_id}"
        twiml = ANSWERS["twilio"].stream(stream, f"{self._base}/twilio/next/{call_id}")
        return await self._rest.dial(number, self._number, twiml, f"{self._base}/twilio/status/{call_id}", int(ring_s))


async def _told(statuses: asyncio.Queue[str], ring_s: float) -> AsyncIterator[Progress]:
    """Each step once, to the end; `no_answer` when Twilio falls silent."""
    seen: Progress = "dialling"
    while seen in ("dialling", "ringing", "answered"):
        patience = LONGEST_CALL_S if seen == "answered" else ring_s + MORE_S
        try:
            progress = STATUSES.get(await asyncio.wait_for(statuses.get(), patience))
        except TimeoutError:
            progress = "ended" if seen == "answered" else "no_answer"
        if progress and progress != seen:
            seen = progress
            yield progress
