"""People outside asked into a talk: their number is rung on a phone line of ours; the caller can be left with them.

Left with them, the caller's exchange is asked to join the two. Where it does not, or the lines are not of one exchange,
the call runs through here until either hangs up.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import re
from collections.abc import Callable
from contextlib import aclosing
from functools import partial
from typing import Final

import structlog

from bot.channels.bridge import Joinable
from bot.channels.door import PhoneChannel
from bot.channels.outbound_calls import Dialler
from bot.errors import ChannelError
from bot.events import AudioChunk
from bot.web.agent_line import AgentLine, Pump
from bot.web.keeping import Keeping
from bot.web.talks import Talks
from handoff.desk import Desk
from handoff.history import Happening, What
from handoff.model import Ticket

log = structlog.get_logger(__name__)

RING_S: Final = 30.0

DIALLABLE: Final = re.compile(r"(\+?[0-9]{3,20}|sips?:[^\s@]+@[^\s@]+)")
"""What is left of a number without the marks people write between digits; or a SIP address."""


def diallable(number: str) -> str:
    """As lines dial it; "" when it is none."""
    bare = number.strip() if number.strip().lower().startswith("sip") else re.sub(r"[\s()./-]", "", number)
    return bare if DIALLABLE.fullmatch(bare) else ""


class Outside:
    def __init__(
        self,
        desk: Desk,
        talks: Talks,
        keeping: Keeping,
        clock: Callable[[], dt.datetime],
        wake: Callable[[], None],
    ) -> None:
        """`wake` is called when something changed that people should see."""
        self._desk, self._talks, self._keeping, self._clock, self._wake = desk, talks, keeping, clock, wake
        self._dialler: Callable[[], Dialler | None] = lambda: None
        self._tasks: dict[str, asyncio.Task[None]] = {}
        """By ticket: the call to the outside."""
        self._phones: dict[str, PhoneChannel] = {}
        """By ticket: the line of who has lifted there."""

    def use(self, dialler: Callable[[], Dialler | None]) -> None:
        """Asked at each call, for lines open and close while the centre runs."""
        self._dialler = dialler

    def can_ring(self) -> bool:
        return self._dialler() is not None

    async def ring(self, agent: int, line: AgentLine, number: str, *, put_through: bool) -> bool:
        """`put_through`: the caller is handed over as soon as they lift. False when nobody is rung."""
        dialler, bare = self._dialler(), diallable(number)
        if dialler is None or not bare:
            wrong = "That is no number to ring." if dialler else "No line that places calls is set up."
            await line.tell(wrong)
            return False
        one = self._talks.consulting.ring_outside(agent, bare, self._clock())
        if one is None:
            return False
        self._tasks[one.ticket.id] = asyncio.create_task(self._call(dialler, agent, one.ticket, bare, put_through))
        return True

    async def hand_over(self, agent: int) -> None:
        """The caller stays with whoever was rung; the person writes up."""
        one, talk = self._talks.consulting.by_asker.get(agent), self._desk.talks.get(agent)
        if one is None or talk is None:
            return
        now = self._clock()
        self._talks.elsewhere.add(one.ticket.id)
        resumed = self._desk.hold(agent, False, now)
        self._talks.consulting.over(agent)
        self._desk.end(agent, now)
        await self._talks.sounds.hand_over(one.ticket.id, agent, None)
        if channel := self._talks.callers.get(one.ticket.id):
            await self._talks.show_person(channel, "somebody we put you through to")
        passed = Happening(one.ticket.id, What.TRANSFERRED, now, agent, {"to": "outside", "warm": True})
        await self._keeping.happened([*resumed, passed])
        self._keeping.later(self._leave_to_exchange(one.ticket.id))

    def let_go(self, ticket_id: str) -> None:
        """Hang up on them, unless the caller is theirs by now."""
        if ticket_id not in self._talks.elsewhere and (task := self._tasks.pop(ticket_id, None)):
            task.cancel()

    async def _leave_to_exchange(self, ticket_id: str) -> None:
        caller, phone = self._talks.callers.get(ticket_id), self._phones.get(ticket_id)
        if isinstance(caller, Joinable) and phone and await caller.join(phone):
            await phone.hang_up()

    # One call -----------------------------------------------------------------------------

    async def _call(self, dialler: Dialler, agent: int, ticket: Ticket, number: str, put_through: bool) -> None:
        last = "failed"
        try:
            talk = partial(self._talk, agent, ticket, put_through)
            async with aclosing(dialler.place_call(number, ring_s=RING_S, talk=talk)) as calling:
                async for progress in calling:
                    last = progress
        except ChannelError as error:
            log.info("outside.not_rung", code=error.code)
        except Exception as error:
            log.error("outside.failed", error=type(error).__name__)
        finally:
            if self._tasks.get(ticket.id) is asyncio.current_task():  # else let go, and perhaps another one rings
                del self._tasks[ticket.id]
                self._keeping.later(self._gone(agent, ticket, last))

    async def _talk(self, agent: int, ticket: Ticket, put_through: bool, phone: PhoneChannel) -> None:
        """They lifted. Until they hang up, the caller does, or they are not wanted any more."""
        who, pump = ("outside", ticket.id), Pump(phone.play)
        try:
            if not self._talks.consulting.outside_answered(agent):
                return
            self._talks.sounds.let_in(who, ticket.id, pump.put)
            self._phones[ticket.id] = phone
            if put_through:
                await self.hand_over(agent)
            self._wake()
            async for event in phone.events():
                if ticket.id not in self._talks.callers:
                    break
                if isinstance(event, AudioChunk):
                    self._talks.sounds.from_agent(who, event)
        finally:
            pump.stop()
            self._talks.sounds.let_out(who)
            if self._phones.get(ticket.id) is phone:
                del self._phones[ticket.id]
            await phone.hang_up()

    async def _gone(self, agent: int, ticket: Ticket, last: str) -> None:
        """The person has the caller alone again; or, when the caller was handed over, all of it is over."""
        one = self._talks.consulting.about(ticket.id)
        if ticket.id in self._talks.elsewhere:
            await self._over(ticket)
        elif one and one.outside:
            self._talks.consulting.over(agent)
            if line := self._talks.sounds.lines.get(agent):
                await line.tell(IN_VAIN.get(last, "They have hung up. The caller is with you."))
        self._wake()

    async def _over(self, ticket: Ticket) -> None:
        await self._talks.sounds.silence(ticket)
        if channel := self._talks.callers.pop(ticket.id, None):
            await channel.end("done")
        self._talks.elsewhere.discard(ticket.id)
        await asyncio.to_thread(self._talks.mark_done, ticket.id)
        await self._keeping.happened([Happening(ticket.id, What.LEFT_OUTSIDE, self._clock())])


IN_VAIN: Final = {
    "busy": "That number is busy. The caller is on hold with you.",
    "declined": "They declined. The caller is on hold with you.",
    "no_answer": "Nobody answered there. The caller is on hold with you.",
    "failed": "That number could not be rung. The caller is on hold with you.",
}
