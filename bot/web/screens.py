"""What is on the screens of the people at work: their calls, their offers, the list of tickets. Sent as it changes."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import structlog

from bot.errors import FrontdeskError
from bot.web.agent_line import AgentLine
from bot.web.centre import Centre
from bot.web.consultations import Consultations
from bot.web.ring_back import RingBack
from bot.web.talks import Talks
from bot.web.ticket_list import TicketList
from bot.web.views import Packets, describe_desk
from handoff.desk import Desk
from handoff.model import Ticket

log = structlog.get_logger(__name__)


class Screens:
    def __init__(
        self,
        centre: Centre,
        desk: Desk,
        talks: Talks,
        consultations: Consultations,
        ring_back: RingBack,
        clock: Callable[[], dt.datetime],
    ) -> None:
        self.list = TicketList(centre)
        self._centre, self._desk, self._talks, self._clock = centre, desk, talks, clock
        self._consultations, self._ring_back = consultations, ring_back
        self._offered: dict[str, Ticket] = {}
        """Who is offered to somebody, with all that is known of them."""
        self._packets = Packets()

    async def show(self) -> None:
        """All at once: a page that does not read takes until its line is given up."""
        await self._read_offered()
        self._forget()
        said, now, change = self._talks.sounds.said(), self._clock().isoformat(), self.list.changes()
        lines = self._talks.sounds.lines.items()
        views = [(line, self._view(agent, said)) for agent, line in lines if agent in self._desk.seats]
        news = [_tell(line, view, now, change) for line, view in views if change or not line.shows(view)]
        await asyncio.gather(*news)

    async def whole_list(self) -> dict[str, Any]:
        """As it is now, for a page that begins. Raises FrontdeskError."""
        await self.list.read()
        if change := self.list.changes():  # the others are told what this one found
            await asyncio.gather(*(line.list_changed(change) for line in self._talks.sounds.lines.values()))
        return self.list.all()

    async def _read_offered(self) -> None:
        """Once an offer: what is known of a caller comes to the screen before the click."""
        wanted = {offer.ticket_id for offer in self._desk.offers.values()}
        self._offered = {one: ticket for one, ticket in self._offered.items() if one in wanted}
        if unknown := wanted - self._offered.keys():
            try:
                found = await asyncio.to_thread(self._centre.tickets.several, unknown)
            except FrontdeskError as error:  # at the next look; everything else is shown now
                log.warning("screens.unreadable", code=error.code)
                return
            self._offered |= {ticket.id: ticket for ticket in found}

    def _forget(self) -> None:
        """Packets that are at nobody's hand."""
        talking = {talk.ticket.id for talk in self._desk.talks.values()}
        self._packets.keep(talking | self._offered.keys() | {one.id for one in self._desk.wrapping.values()})

    def _view(self, agent: int, said: Mapping[str, Sequence[dict[str, Any]]]) -> dict[str, Any]:
        view = describe_desk(self._desk, agent, self._offered, said, self._packets)
        view["ring"] = self._ring_back.state(agent)
        view["recording"] = self._recording_of(agent)
        view["suggestions"] = self._talks.sounds.suggestions_for(agent)
        view["targets"] = self._consultations.targets(agent)
        return view | self._consultations.view(agent)

    def _recording_of(self, agent: int) -> dict[str, str] | None:
        """Of their talk; None where calls are not recorded."""
        talk = self._desk.talks.get(agent)
        state = self._centre.recording.state(talk.ticket.packet.call_id) if talk else "off"
        return {"call": talk.ticket.packet.call_id, "state": state} if talk and state != "off" else None


async def _tell(line: AgentLine, view: dict[str, Any], now: str, change: str) -> None:
    """The list first: a call at hand is a ticket of it."""
    if change:
        await line.list_changed(change)
    await line.show(view, now)
