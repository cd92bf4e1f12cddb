"""What every phone door does with a call, whatever the line: admit it, run it, see it off, count it.

A door admits no more calls than the centre can serve well. Callers beyond them are offered to be called back
(`Overflow`); where even that is too much, they hear the exchange's busy tone at once instead of a bad talk. A call that
breaks ends itself, never its door.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final, Literal, Protocol

import structlog

from bot.channels.channel import Channel
from bot.channels.desks import DeskUnreached
from bot.logs import place_of

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
    """A line that a door can see off. Its `transfer` only notes where the bot sent the caller; `events` may be taken
    up again by whoever talks to them next.
    """

    @property
    def queue(self) -> str:
        """ "" when the bot sent them nowhere."""
        ...

    @property
    def ticket(self) -> str: ...

    async def pass_on(self) -> None:
        """To the people of that queue, where the exchange or carrier knows them. The line is ours no more.

        Raises DeskUnreached when nobody answers there and the line is still ours.
        """
        ...

    async def close(self) -> None:
        """Let go of the line, whatever its state. Never raises; more than once is fine."""
        ...


class People(Protocol):
    """Those at our own desk (`bot.web.phone_people.PhonePeople`)."""

    def answer(self, channel: PhoneChannel) -> bool:
        """Callers of its queue are answered at our own desk, not elsewhere."""
        ...

    async def take(self, channel: PhoneChannel) -> None:
        """The caller waits and talks on the line they have, until it is over."""
        ...

    async def not_reached(self, channel: PhoneChannel) -> None:
        """Nobody answered elsewhere: the caller is told so, and what becomes of it, and let go."""
        ...

    async def close(self) -> None:
        """Everybody who waits or talks is told that we close."""
        ...


class Overflow(Protocol):
    """What becomes of callers when all lines are taken (`bot.web.busy_lines.BusyLines`)."""

    def has_room(self, beside: int = 0) -> bool:
        """For one more caller, when `beside` others are on their way to us already."""
        ...

    async def take(self, channel: Channel) -> bool:
        """The whole call; true when a person will see to the caller."""
        ...


class PhoneDoor:
    """One for all phone lines of a process: they share the centre's capacity."""

    def __init__(
        self,
        centre: CallTaker,
        tally: Tally | None = None,
        people: People | None = None,
        overflow: Overflow | None = None,
    ) -> None:
        """Without `people` every caller who wants one is passed on by the line's own means; without `overflow`, whom
        the centre has no line for is refused.
        """
        self._centre, self._tally, self._people, self._overflow = centre, tally, people, overflow
        self._calls: dict[PhoneChannel, asyncio.Task[None] | None] = {}
        self._is_closing = False

    @property
    def calls(self) -> int:
        """Calls on the phone lines now."""
        return len(self._calls)

    def has_room_beside(self, answered: int) -> bool:
        """One more call can be taken when so many others are being answered, and count nowhere yet."""
        facts = self._centre.health()
        running, most = facts.get("calls"), facts.get("max_calls")
        if not (isinstance(running, int) and isinstance(most, int)):
            return True
        beyond = answered - max(0, most - running)
        return beyond < 0 or bool(self._overflow and self._overflow.has_room(beyond))

    def refusal(self, is_placed: bool = False) -> Refusal:
        """Why no further call can be taken now; "" when one can. Whom we rang is never told that we are busy."""
        if self._is_closing:
            return "closing"
        if not self._centre.health().get("ready"):
            return "starting"
        if is_placed or not self._centre.is_full() or (self._overflow and self._overflow.has_room()):
            return ""
        return "busy"

    async def run(self, channel: PhoneChannel, reminder: str = "", is_placed: bool = False) -> Outcome:
        """The whole call, `is_placed` when we rang them. Everything of the line is released when this returns; nothing
        is raised but cancellation.
        """
        self._calls[channel] = asyncio.current_task()
        try:
            outcome = await self._with_bot(channel, reminder, is_placed)
            if channel.queue and outcome == "escalated":
                await self._with_people(channel)
        finally:
            self._calls.pop(channel, None)
            await channel.close()
        return outcome

    async def _with_bot(self, channel: PhoneChannel, reminder: str, is_placed: bool) -> Outcome:
        outcome: Outcome = "failed"
        try:
            if self._overflow and self._centre.is_full() and not is_placed:
                outcome = "escalated" if await self._overflow.take(channel) else "abandoned"
            else:
                await self._centre.take_call(channel, reminder)
                outcome = "escalated" if channel.queue else "completed"
        except Exception as error:
            # its text may hold what was said
            log.error("call.failed", error=type(error).__name__, where=place_of(error))
        finally:
            if self._tally:
                self._tally.call_ended(outcome)
        return outcome

    async def _with_people(self, channel: PhoneChannel) -> None:
        try:
            if self._people and self._people.answer(channel):
                await self._people.take(channel)
            else:
                await self._elsewhere(channel)
        except Exception as error:
            log.error("call.not_passed_on", error=type(error).__name__, where=place_of(error))

    async def _elsewhere(self, channel: PhoneChannel) -> None:
        try:
            await channel.pass_on()
        except DeskUnreached:
            log.warning("call.desk_unreached")
            if self._people:
                await self._people.not_reached(channel)

    async def close(self) -> None:
        """Every call is let go; who does not go within `CLOSING_S` is cut off."""
        self._is_closing = True
        if self._people:
            await self._people.close()
        tasks = [task for task in self._calls.values() if task]
        await asyncio.gather(*(channel.close() for channel in list(self._calls)), return_exceptions=True)
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=CLOSING_S)
            for task in late:
                task.cancel()
