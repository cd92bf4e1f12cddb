"""Phone callers whom the bot has handed over to people at our own desk: what a page would show them, they hear.

While they wait, the bot keeps them company (`in_queue`); what befalls a talk is told here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, Literal

import structlog

from bot.channels.bridge import Joinable
from bot.channels.browser import Ending
from bot.channels.browser_wire import FromPage
from bot.channels.channel import Channel
from bot.channels.desks import DeskNumbers, is_elsewhere
from bot.channels.door import PhoneChannel
from bot.clock import utc_now
from bot.dialogue.wording import Wording
from bot.errors import ChannelError, FrontdeskError
from bot.events import CHUNK_BYTES, AudioChunk, DigitPressed
from bot.logs import place_of
from bot.web.caller_line import CallerLine
from bot.web.centre import Centre
from bot.web.telephone_words import BETWEEN, words_for
from bot.web.waiting_room import WaitingRoom
from handoff.history import Happening, What
from handoff.model import Ticket

log = structlog.get_logger(__name__)

GOODBYE_S: Final = 10.0
"""How long callers may be told that we close; the sentence takes half of it."""

Speak = Callable[[str], Awaitable[bytes]]
"""A sentence as PCM."""


class PhonePeople:
    """Our own desk, as the phone lines see it (`bot.channels.door.People`)."""

    def __init__(self, centre: Centre, room: WaitingRoom, desks: DeskNumbers) -> None:
        """`desks`: queues whose people are elsewhere."""
        self._centre, self._room, self._desks = centre, room, desks
        self._callers: set[PhoneCaller] = set()

    def answer(self, channel: PhoneChannel) -> bool:
        """Without a ticket nobody at the desk would know of the caller."""
        return bool(channel.ticket) and not is_elsewhere(self._desks, channel.queue)

    async def take(self, channel: PhoneChannel) -> None:
        wording = await asyncio.to_thread(self._wording, channel.ticket)
        await self._keep(PhoneCaller(channel, self._speak, wording))

    async def take_rung(self, channel: PhoneChannel, ticket: Ticket, join: Callable[[CallerLine], bool]) -> None:
        """Whom a person of ours had rung has lifted; `join` brings the two together, or tells that it is too late."""
        caller = PhoneCaller(channel, self._speak, self._centre.wording(ticket.packet.business))
        caller.queue, caller.ticket = ticket.packet.queue, ticket.id
        if join(caller):
            await self._keep(caller, was_rung=True)
        else:
            await caller.end("done")

    async def _keep(self, caller: PhoneCaller, *, was_rung: bool = False) -> None:
        self._callers.add(caller)
        try:
            await self._room.keep(caller, was_rung=was_rung)
        finally:
            self._callers.discard(caller)

    async def not_reached(self, channel: PhoneChannel) -> None:
        """Their ticket stays; where there is a number to ring it is a promise, stored before it is made."""
        caller = PhoneCaller(channel, self._speak, await asyncio.to_thread(self._wording, channel.ticket))
        listening = asyncio.create_task(caller.until_over())  # who has hung up is told nothing more
        try:
            match await asyncio.to_thread(self._note, channel.ticket):
                case "promised":
                    await caller.show("unreached")
                    await caller.end("call-back")
                case "noted":
                    await caller.end("noted")
                case "":
                    await caller.end("unnoted")
        finally:
            listening.cancel()

    def _note(self, ticket_id: str) -> Literal["promised", "noted", ""]:
        now = utc_now()
        try:
            ticket = self._centre.tickets.get(ticket_id) if ticket_id else None
            if ticket is None:
                return ""
            number = ticket.call_back
            if not number or not self._centre.tickets.call_back(ticket.id, number, None, now):
                return "noted"
            self._centre.history.add(Happening(ticket.id, What.PROMISED, now))
        except FrontdeskError as error:
            log.error("phone.not_noted", code=error.code)
            return ""
        return "promised"

    async def close(self) -> None:
        """Whose goodbye takes longer than `GOODBYE_S` is let go without the rest of it."""
        if goodbyes := [asyncio.create_task(self._bid_goodbye(caller)) for caller in self._callers]:
            _, late = await asyncio.wait(goodbyes, timeout=GOODBYE_S)
            for goodbye in late:
                goodbye.cancel()

    async def _bid_goodbye(self, caller: PhoneCaller) -> None:
        try:
            await caller.end("closing")
        except Exception as error:
            log.error("phone.no_goodbye", error=type(error).__name__, where=place_of(error))

    def _wording(self, ticket_id: str) -> Wording:
        """Of the business they called; of the default one while the database does not tell which."""
        try:
            ticket = self._centre.tickets.get(ticket_id)
        except FrontdeskError as error:
            log.warning("phone.unreadable", code=error.code)
            ticket = None
        return self._centre.wording(ticket.packet.business if ticket else "")

    async def _speak(self, sentence: str) -> bytes:
        return await asyncio.to_thread(lambda: b"".join(self._centre.voice.synthesize(sentence)))


class PhoneCaller:
    """A `CallerLine`. While they wait the bot keeps them company (`in_queue`), as on every line."""

    def __init__(self, channel: PhoneChannel, speak: Speak, wording: Wording) -> None:
        self.queue, self.ticket = channel.queue, channel.ticket
        self.ended: Ending = ""
        self._ending: Ending = ""
        self._is_let_go = False
        self._channel, self._speak, self._wording = channel, speak, wording
        self._events = channel.events()
        self._speaking = asyncio.Lock()

    async def receive(self) -> FromPage | None:
        try:
            async for event in self._events:
                if isinstance(event, AudioChunk | DigitPressed):
                    return event
        except ChannelError as error:
            log.info("phone.ended", code=error.code)
        self.ended = self.ended or self._ending or "caller"
        return None

    async def until_over(self) -> None:
        """What comes is for nobody. For who speaks to a caller whom nobody listens to."""
        while await self.receive():
            pass

    async def show(self, name: str, **details: object) -> None:
        """What a page shows is said, where neither the bot nor the person says it."""
        if name in BETWEEN:
            async with self._speaking:
                await self._say(name)

    async def play(self, pcm: bytes) -> None:
        async with self._speaking:  # not into a sentence of ours
            await self._channel.play(pcm)

    async def relay(self, pcm: bytes) -> None:
        """Phones play what comes at once: the channel's pacing keeps it in time."""
        await self.play(pcm)

    async def clear(self) -> None:
        await self._channel.clear()

    async def caption(self, speaker: str, text: str, final: bool) -> None:
        """A telephone shows nothing."""

    async def join(self, other: Channel) -> bool:
        """See `bridge.Joinable`."""
        return isinstance(self._channel, Joinable) and await self._channel.join(other)

    async def end(self, reason: Ending) -> None:
        """What remains to be said is heard to its end; until then the line counts as open.

        It is let go whatever befalls the words, and who waits for them.
        """
        if self._ending:
            return
        self._ending = reason
        try:
            async with self._speaking:  # to the end: music would keep the line from falling silent
                try:
                    await self._say(reason)
                finally:
                    await self._let_go(reason)
        finally:
            await self._let_go(reason)  # cancelled before it was its turn to speak

    async def _let_go(self, reason: Ending) -> None:
        """Once."""
        if self._is_let_go:
            return
        self._is_let_go = True
        try:
            await self._channel.hang_up()
        finally:
            self.ended = self.ended or reason

    async def _say(self, state: str) -> None:
        """To the end of the sentence, or of the line."""
        if self.ended:
            return
        try:
            sentence = words_for(state, self._wording)
            pcm = await self._speak(sentence) if sentence else b""
        except FrontdeskError as error:
            log.error("phone.not_told", code=error.code)
            return
        for begin in range(0, len(pcm), CHUNK_BYTES):
            if self.ended:
                return
            await self._channel.play(pcm[begin : begin + CHUNK_BYTES])
