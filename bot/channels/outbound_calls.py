"""Calls that we place: what a line tells of them, whatever the line is."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Literal, Protocol

from bot.channels.door import PhoneChannel

Progress = Literal["dialling", "ringing", "answered", "busy", "no_answer", "declined", "failed", "ended"]
"""`ended` follows `answered`; the others after `ringing` are the end too."""


Talk = Callable[[PhoneChannel], Awaitable[None]]
"""Who talks on an answered call until it is over."""


class Dialler(Protocol):
    def place_call(
        self, number: str, reminder: str = "", ring_s: float = 30.0, talk: Talk | None = None
    ) -> AsyncGenerator[Progress, None]:
        """Ring `number`; once answered, the call runs like one that came in, about `reminder` if there is one, or
        `talk` has it instead of the bot.

        Yields what happens until the call is over. An answer may be a voice mailbox: it answers as a person does.
        Leaving the iterator early hangs up. Raises ChannelError only when the line cannot place any call.
        """
        ...
