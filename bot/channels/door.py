"""What every phone door does with a call, whatever the line: admit it, run it, see it off, count it.

A door admits no more calls than the centre can serve well; a refused caller hears the exchange's busy tone at once
instead of a bad talk. A call that breaks ends itself, never its door.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final, Literal, Protocol, TypeVar

import structlog

from bot.channels.channel import Channel

log = structlog.get_logger(__name__)

CLOSING_S: Final = 3.0
"""How long a call may take to say goodbye when the centre closes."""

Refusal = Literal["", "busy", "starting", "closing"]
Outcome = Literal["completed", "escalated", "abandoned", "failed"]


class CallTaker(Protocol):
    """The part of the call centre that a door needs (`bot.web.centre.Centre` is one)."""

    async def take_call(self, channel: Channel, reminder: str = "") -> object: ...
    def is_full(self) -> bool: ...
    def health(self) -> Mapping[str, object]: ...


class Tally(Protocol):
    """Counts calls (`bot.web.metrics.Metrics` is one)."""

    def call_ended(self, outcome: Outcome) -> None: ...


class PhoneChannel(Channel, Protocol):
    """A line that a door can see off. `queue` tells where the bot sent the caller, "" when it did not."""

    @property
    def queue(self) -> str: ...

    async def close(self) -> None:
        """Let go of the line, whatever its state. Never raises; more than once is fine."""
        ...


Line = TypeVar("Line", bound=PhoneChannel)


class PhoneDoor:
    """One for all phone lines of a process: they share the centre's capacity."""

    def __init__(self, centre: CallTaker, tally: Tally | None = None) -> None:
        self._centre, self._tally = centre, tally
        self._calls: dict[PhoneChannel, asyncio.Task[None] | None] = {}
        self._is_closing = False

    @property
    def calls(self) -> int:
        """Calls on the phone lines now."""
        return len(self._calls)

    def refusal(self) -> Refusal:
        """Why no further call can be taken now; "" when one can."""
        if self._is_closing:
            return "closing"
        if not self._centre.health().get("ready"):
            return "starting"
        return "busy" if self._centre.is_full() else ""

    async def run(
        self, channel: Line, reminder: str = "", pass_on: Callable[[Line], Awaitable[None]] | None = None
    ) -> Outcome:
        """The whole call. Everything of the line is released when this returns; nothing is raised but cancellation.

        `pass_on` brings the caller to a person after the bot said so, on lines that need more than the channel's
        `transfer` for it.
        """
        self._calls[channel] = asyncio.current_task()
        outcome: Outcome = "failed"
        try:
            await self._centre.take_call(channel, reminder)
            outcome = "escalated" if channel.queue else "completed"
            if channel.queue and pass_on:
                await pass_on(channel)
        except Exception as error:
            log.error("call.failed", error=type(error).__name__)  # its text may hold what was said
        finally:
            self._calls.pop(channel, None)
            await channel.close()
            if self._tally:
                self._tally.call_ended(outcome)
        return outcome

    async def close(self) -> None:
        """Every call is let go; who does not go within `CLOSING_S` is cut off."""
        self._is_closing = True
        tasks = [task for task in self._calls.values() if task]
        await asyncio.gather(*(channel.close() for channel in list(self._calls)), return_exceptions=True)
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=CLOSING_S)
            for task in late:
                task.cancel()
