"""What an exchange or carrier tells about a call beside its sound, and what becomes of the call when the bot is done.

AudioSocket carries a UUID and nothing else. So the dialplan announces the call first (who calls, which number) and
gets the UUID to connect with; and when the bot has let go, the dialplan asks what is next: a queue, or the end.
Nothing here reads a clock: `now` is passed in seconds of any steady clock.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final
from uuid import uuid4

from bot.channels.outbound_calls import Talk

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
    is_connected: bool = False
    reminder: str = ""
    """The reminder that a call of ours is about."""
    tell: Callable[[str], None] | None = None
    """Takes what the carrier says of a call of ours: ringing, busy …"""
    talk: Talk | None = None
    """Who has a call of ours instead of the bot."""
    over: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the bot is done with the call it was connected to, and what came of it is on record."""


class ExchangeCalls:
    """The announced calls of this process."""

    def __init__(self) -> None:
        self._calls: dict[str, ExchangeCall] = {}

    def announce(self, caller: str, called: str, now: float, call_id: str = "") -> str:
        """Returns the id to connect with: the carrier's own, or a new UUID."""
        self._forget_old(now)
        key = call_id or str(uuid4())
        self._calls[key] = ExchangeCall(caller, called, now)
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
