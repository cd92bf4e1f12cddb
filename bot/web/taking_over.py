"""From the bot to a person in mid-call: who asked for a call gets its caller once the bot hands them over."""

from __future__ import annotations

from bot.live import LiveCalls
from bot.web.agent_line import AgentLine
from handoff.desk import Desk
from handoff.model import Ticket
from handoff.seats import Presence


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
        seat = self._desk.seats.get(agent)
        if seat is None or seat.presence not in (Presence.READY, Presence.PAUSED):
            await line.tell("Finish what you are doing first, then take the call over.")
        elif live.take_over(call_id, f"{seat.name} took over"):
            self._expected[call_id] = agent
        else:
            await line.tell("The bot is not in that call any more.")

    def expects(self, ticket: Ticket) -> bool:
        return ticket.packet.call_id in self._expected

    def whose(self, ticket: Ticket) -> int | None:
        """Who asked for this caller; once."""
        return self._expected.pop(ticket.packet.call_id, None)
