"""What an exchange or carrier tells about a call beside its sound, and what becomes of the call when the bot is done.

AudioSocket carries a UUID and nothing else. So the dialplan announces the call first (who calls, which number) and
gets the UUID to connect with; and when the bot has let go, the dialplan asks what is next: a queue, or the end.
Nothing here reads a clock: `now` is passed in seconds of any steady clock.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Protocol
from uuid import uuid4

import structlog

from bot.channels.outbound_calls import Talk
from bot.errors import ChannelError

log = structlog.get_logger(__name__)

KEEP_S: Final = 6 * 3600.0
"""An announcement is forgotten after this; no call lasts longer."""
MAX_CALLS: Final = 5_000


@dataclass(slots=True)
class ExchangeCall:
    """One announced call. `queue` and `ticket` are set when the bot passes it on to a person."""

    caller: str = ""
    called: str = ""
    announced_at: float = 0.0
    queue: str = ""
    ticket: str = ""
    channel: str = ""
    """The caller's channel, as the exchange calls it; "" where nobody told us."""
    was_passed_on: bool = False
    """To the exchange's or carrier's own people; the queue alone may also be one of our own desk."""
    was_let_go: bool = False
    """We hung up on purpose: nothing follows. Neither of the two: it broke."""
    is_connected: bool = False
    reminder: str = ""
    """The reminder that a call of ours is about."""
    tell: Callable[[str], None] | None = None
    """Takes what the carrier says of a call of ours: ringing, busy …"""
    talk: Talk | None = None
    """Who has a call of ours instead of the bot."""
    over: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the bot is done with the call it was connected to, and what came of it is on record."""

    @property
    def is_placed(self) -> bool:
        """We rang them."""
        return self.tell is not None


class ExchangeControl(Protocol):
    """What an exchange lets us do to a caller's channel beside its sound (`ari.AriCalls` is one)."""

    async def transfer(self, channel: str, queue: str, ticket: str) -> None:
        """Raises ChannelError when it is refused."""
        ...


async def lead_on(call: ExchangeCall, control: ExchangeControl | None) -> None:
    """To the exchange's own people. A refusal is not the end: the dialplan goes on when we let go, and asks."""
    call.was_passed_on = True
    if control is None or not call.channel:
        return
    try:
        await control.transfer(call.channel, call.queue, call.ticket)
    except ChannelError as error:
        log.warning("exchange.control_failed", code=error.code)


class ExchangeCalls:
    """The announced calls of this process."""

    def __init__(self) -> None:
        self._calls: dict[str, ExchangeCall] = {}

    def announce(self, caller: str, called: str, now: float, channel: str = "") -> str:
        """Returns the id to connect with, a new UUID."""
        self._forget_old(now)
        key = str(uuid4())
        self._calls[key] = ExchangeCall(caller, called, now, channel=channel)
        return key

    def expect(self, call_id: str, reminder: str, tell: Callable[[str], None], talk: Talk | None = None) -> None:
        """This announced call is one that we place."""
        call = self._calls[call_id]
        call.reminder, call.tell, call.talk = reminder, tell, talk

    def connect(self, call_id: str) -> ExchangeCall | None:
        """The announced call, once only: an id that was overheard opens no second line."""
        call = self._calls.get(call_id)
        if call is None or call.is_connected:
            return None
        call.is_connected = True
        return call

    def find(self, call_id: str) -> ExchangeCall | None:
        return self._calls.get(call_id)

    def _forget_old(self, now: float) -> None:
        """Oldest first: dicts keep the order of announcement."""
        while self._calls:
            oldest = next(iter(self._calls))
            if now - self._calls[oldest].announced_at < KEEP_S and len(self._calls) < MAX_CALLS:
                return
            del self._calls[oldest]
