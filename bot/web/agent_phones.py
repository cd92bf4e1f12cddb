"""People who answer on a telephone: it rings when a caller is offered to them, and carries the talk for the page.

Their page stays open all the while: presence, the caller's packet, hold, passing on and wrap-up are worked there.
Whichever of the two answers first has the caller; hanging up the telephone ends the talk.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from functools import partial
from typing import Final

import structlog

from bot.channels.door import PhoneChannel
from bot.channels.outbound_calls import Dialler, Progress
from bot.errors import ChannelError
from bot.events import AudioChunk
from bot.web.agent_line import AgentLine, Command, Pump
from bot.web.floor import Floor
from handoff.seats import Offer

log = structlog.get_logger(__name__)

LOOK_S: Final = 0.2
"""How often offers are looked at."""


class AgentPhones:
    def __init__(self, floor: Floor, dialler: Callable[[], Dialler | None]) -> None:
        """`dialler` is asked at each call, for lines open and close while the centre runs."""
        self._floor, self._dialler = floor, dialler
        self._ringing: dict[Offer, asyncio.Task[None]] = {}
        self._talking: set[Offer] = set()

    async def run(self) -> None:
        """Until cancelled."""
        try:
            while True:
                self._look()
                await asyncio.sleep(LOOK_S)
        finally:
            for ringing in self._ringing.values():
                ringing.cancel()
            await asyncio.gather(*self._ringing.values(), return_exceptions=True)

    def _look(self) -> None:
        offers = set(self._floor.desk.offers.values())
        for offer in offers - self._ringing.keys():
            line = self._floor.talks.sounds.lines.get(offer.agent)
            if line and line.phone:
                self._ringing[offer] = asyncio.create_task(self._ring(offer, line))
        for offer, ringing in list(self._ringing.items()):
            if ringing.done() and offer not in offers:
                del self._ringing[offer]
            elif offer not in offers and offer not in self._talking:  # answered on the page, or the caller is gone
                ringing.cancel()

    async def _ring(self, offer: Offer, line: AgentLine) -> None:
        dialler = self._dialler()
        if dialler is None:
            await line.tell("No line that places calls is set up: please answer here.")
            return
        last: Progress = "failed"
        try:
            calling = dialler.place_call(line.phone, ring_s=offer.lasts_s, talk=partial(self._talk, offer))
            async with aclosing(calling):
                async for progress in calling:
                    last = progress
        except ChannelError as error:
            await line.tell(error.message)
        except Exception as error:
            log.error("agent_phone.failed", error=type(error).__name__)
        if last in ("busy", "declined"):
            await self._floor.people.obey(offer.agent, line, Command(type="decline"))
        elif last == "failed":
            await line.tell("Your phone could not be rung: please answer here.")

    async def _talk(self, offer: Offer, phone: PhoneChannel) -> None:
        """They lifted the receiver."""
        self._talking.add(offer)
        pump = Pump(phone.play)
        try:
            self._speak_by_phone(offer.agent, pump)
            await self._do(offer, Command(type="answer", ticket=offer.ticket_id))
            async for event in phone.events():
                if not self._has_caller(offer):
                    break
                if isinstance(event, AudioChunk):
                    self._speak_by_phone(offer.agent, pump)
                    self._floor.talks.sounds.from_agent(offer.agent, event)
            if self._has_caller(offer):
                await self._do(offer, Command(type="end"))
        finally:
            pump.stop()
            self._speak_by_phone(offer.agent, None)
            self._talking.discard(offer)
            await phone.hang_up()

    async def _do(self, offer: Offer, command: Command) -> None:
        if line := self._floor.talks.sounds.lines.get(offer.agent):
            await self._floor.people.obey(offer.agent, line, command)

    def _has_caller(self, offer: Offer) -> bool:
        talk = self._floor.desk.talks.get(offer.agent)
        return talk is not None and talk.ticket.id == offer.ticket_id

    def _speak_by_phone(self, agent: int, pump: Pump | None) -> None:
        """Their page, should it have been opened anew meanwhile, learns of it with the next chunk."""
        if line := self._floor.talks.sounds.lines.get(agent):
            line.speak_by_phone(pump)
