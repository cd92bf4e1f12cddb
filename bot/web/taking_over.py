"""From the bot to a person in mid-call: who asked for a call gets its caller once the bot hands them over."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Final

from bot.live import LiveCalls
from bot.web.agent_line import AgentLine
from handoff.desk import Desk
from handoff.model import Ticket
from handoff.seats import Presence

ON_THE_WAY_S: Final = 30.0
"""Who is handed over comes within milliseconds of the bot's last word; who has not come by then has hung up."""


class TakingOver:
    """On the event loop only."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._expected: dict[str, int] = {}
        """Call of the bot → who is taking it over."""

    def __bool__(self) -> bool:
        """Somebody waits for a caller."""
        return bool(self._expected)

    async def ask(self, live: LiveCalls, agent: int, line: AgentLine, call_id: str) -> None:
        """The bot is told to hand the caller over; the person, when that cannot be."""
        seat, loop = self._desk.seats.get(agent), asyncio.get_running_loop()
        forget = partial(loop.call_later, ON_THE_WAY_S, self._expected.pop, call_id, None)
        if seat is None or seat.presence not in (Presence.READY, Presence.PAUSED):
            await line.tell("Finish what you are doing first, then take the call over.")
        elif live.take_over(call_id, f"{seat.name} took over", forget):
            self._expected[call_id] = agent
        else:
            await line.tell("The bot is not in that call any more.")

    def expects(self, ticket: Ticket) -> bool:
        return ticket.packet.call_id in self._expected

    def whose(self, ticket: Ticket) -> int | None:
        """Who asked for this caller; once."""
        return self._expected.pop(ticket.packet.call_id, None)
