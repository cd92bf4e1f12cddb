"""Ringing who was promised a call back: their number is dialled for the person who took it, and the two are joined.

Whoever lifts is a caller like any other from then on: held, passed on, given to the bot, written down.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from functools import partial
from typing import Final, Literal, Protocol

import structlog

from bot.channels.door import PhoneChannel
from bot.channels.outbound_calls import Dialler, Progress
from bot.errors import ChannelError
from bot.web.caller_line import CallerLine
from bot.web.talks import Talks
from handoff.desk import Desk
from handoff.model import Medium, Ticket

log = structlog.get_logger(__name__)

RING_S: Final = 30.0

Ringing = Literal["", "possible", "ringing", "talking", "busy", "declined", "no_answer", "failed"]
"""How ringing a number stands; "": no line of ours can ring it, or nobody is to be rung."""


class Lifted(Protocol):
    """What becomes of a line that was lifted (`phone_people.PhonePeople.take_rung`)."""

    async def __call__(self, channel: PhoneChannel, ticket: Ticket, join: Callable[[CallerLine], bool]) -> None: ...


class RingBack:
    def __init__(self, desk: Desk, talks: Talks, wake: Callable[[], None]) -> None:
        """`wake` is called when something changed that people should see."""
        self._desk, self._talks, self._wake = desk, talks, wake
        self._dialler: Callable[[], Dialler | None] = lambda: None
        self._lifted: Lifted | None = None
        self._tasks: dict[str, asyncio.Task[None]] = {}
        """By ticket."""
        self._states: dict[str, Ringing] = {}
        """By ticket: how its last ringing stands, or ended."""

    def use(self, dialler: Callable[[], Dialler | None], lifted: Lifted) -> None:
        """From now on. `dialler` is asked at each call, for lines open and close while the centre runs."""
        self._dialler, self._lifted = dialler, lifted

    def state(self, agent: int) -> Ringing:
        """Of what that person has at hand."""
        talk = self._desk.talks.get(agent)
        if talk and talk.ticket.id in self._talks.callers:
            return "talking"
        if talk is None or not self._can_ring(talk.ticket):
            return ""
        return self._states.get(talk.ticket.id, "possible")

    def ring(self, agent: int) -> bool:
        """The number of what that person has at hand; again when it was in vain. False when there is nobody to ring."""
        if self.state(agent) in ("", "ringing", "talking"):
            return False
        ticket = self._desk.talks[agent].ticket
        self._states[ticket.id] = "ringing"
        self._tasks[ticket.id] = asyncio.create_task(self._ring(agent, ticket))
        return True

    async def let_go(self, ticket: Ticket) -> None:
        """Ring no longer; who lifted (a mailbox, most often) is hung up on, and what was said is kept."""
        if self._states.get(ticket.id) == "talking":
            await self._talks.sounds.silence(ticket)
            if line := self._talks.callers.pop(ticket.id, None):
                await line.end("done")
        else:
            self._stop(ticket.id)

    def tidy(self) -> None:
        """Nobody is rung any more for a person who has put the call back aside."""
        for ticket_id in self._states.keys() | self._tasks.keys():
            if self._desk.talk_about(ticket_id) is None and self._states.get(ticket_id) != "talking":
                self._stop(ticket_id)

    def _stop(self, ticket_id: str) -> None:
        self._states.pop(ticket_id, None)
        if task := self._tasks.pop(ticket_id, None):
            task.cancel()

    def _can_ring(self, ticket: Ticket) -> bool:
        is_about_somebody_away = ticket.medium is not Medium.CALL and bool(ticket.call_back)
        return is_about_somebody_away and self._lifted is not None and self._dialler() is not None

    # One call -----------------------------------------------------------------------------

    async def _ring(self, agent: int, ticket: Ticket) -> None:
        last: Progress = "failed"
        try:
            if dialler := self._dialler():
                calling = dialler.place_call(ticket.call_back, ring_s=RING_S, talk=partial(self._talk, agent, ticket))
                async with aclosing(calling):
                    async for progress in calling:
                        last = progress
        except ChannelError as error:
            await self._tell(agent, error.message)
        except Exception as error:
            log.error("ring_back.failed", error=type(error).__name__)
        if self._tasks.get(ticket.id) is asyncio.current_task():
            self._ended(ticket.id, last)

    def _ended(self, ticket_id: str, last: Progress) -> None:
        """A talk that is over is told by the desk; what was in vain stays on the screen."""
        del self._tasks[ticket_id]
        was_reached = self._states.get(ticket_id) == "talking"
        if was_reached:
            del self._states[ticket_id]
        else:
            self._states[ticket_id] = _in_vain(last)
        self._wake()

    async def _talk(self, agent: int, ticket: Ticket, phone: PhoneChannel) -> None:
        assert self._lifted
        await self._lifted(phone, ticket, partial(self._join, agent, ticket))

    def _join(self, agent: int, ticket: Ticket, line: CallerLine) -> bool:
        """False when the person who had them rung has put the call back aside in this moment."""
        talk = self._desk.talks.get(agent)
        if talk is None or talk.ticket.id != ticket.id:
            return False
        self._states[ticket.id] = "talking"
        self._talks.callers[ticket.id] = line
        self._talks.sounds.begin(agent, talk.ticket, line)
        self._wake()
        return True

    async def _tell(self, agent: int, sentence: str) -> None:
        if line := self._talks.sounds.lines.get(agent):
            await line.tell(sentence)


def _in_vain(last: Progress) -> Ringing:
    match last:
        case "busy" | "declined" | "no_answer":
            return last
    return "failed"
