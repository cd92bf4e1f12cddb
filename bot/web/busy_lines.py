"""All lines are busy: callers beyond them are offered to be called back, with keys and sentences spoken before.

Such a call costs a line's sound and little else: no recogniser, no understanding, a thread only while a sentence is
fetched or the promise is stored. So the calls that go on stay fast, and the busy tone is left for those whom even that
would be too much.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, suppress
from itertools import dropwhile
from typing import Final

import structlog

from bot.appointments.phones import e164
from bot.channels.channel import Captioned, Channel
from bot.clock import utc_now
from bot.errors import FrontdeskError
from bot.events import CHUNK_BYTES, Answered, DigitPressed, Event
from bot.offices import Office
from bot.web.centre import Centre
from handoff.history import Happening, What
from handoff.model import Medium, Packet, Priority, Ticket

log = structlog.get_logger(__name__)

KEY_S: Final = 8.0
"""So long we wait for a key after a sentence, and between two keys."""
TIMES: Final = 2
"""How often something is asked."""
QUEUE: Final = "reception"


class BusyLines:
    """Implements `bot.channels.door.Overflow`."""

    def __init__(self, centre: Centre, clock: Callable[[], dt.datetime] = utc_now) -> None:
        self._centre, self._clock = centre, clock
        self._calls: set[Channel] = set()

    def has_room(self, beside: int = 0) -> bool:
        return len(self._calls) + beside < self._centre.settings.busy_calls

    async def take(self, channel: Channel) -> bool:
        """The whole call, to its hang-up; true when a call back was promised, which is stored by then."""
        self._calls.add(channel)
        try:
            async with aclosing(Caller(channel, self._speak)) as caller:
                return await self._offer(caller)
        finally:
            self._calls.discard(channel)

    async def _offer(self, caller: Caller) -> bool:
        answered = await caller.answered()
        if answered is None:
            return False
        office = self._centre.offices.at(answered.called)
        wording = self._centre.wording(office.content.business.id)
        if not await caller.presses_one(wording.text("busy_offer")):
            await caller.leaves_with(wording.text("busy_goodbye"))
            return False
        number = answered.caller or await caller.keys_number(wording.text("busy_ask_number"))
        number = e164(office.content.business, number)
        is_noted = bool(number) and await asyncio.to_thread(self._note, office, number)
        await caller.leaves_with(wording.text("busy_promise" if is_noted else "busy_not_noted"))
        return is_noted

    def _note(self, office: Office, number: str) -> bool:
        """Who presses one in two calls is called back once."""
        tickets, now = self._centre.tickets, self._clock()
        try:
            if any(_is_about(one, number) for one in tickets.waiting(office.content.business.id)):
                return True
            ticket = tickets.add(_packet(office, number), now)
            tickets.call_back(ticket.id, number, None, now)
            self._centre.history.add(Happening(ticket.id, What.PROMISED, now))
        except FrontdeskError as error:
            log.error("busy.not_noted", code=error.code)
            return False
        return True

    async def _speak(self, sentence: str) -> bytes:
        """From the voice's cache, but for the first time. b"" without a voice."""
        try:
            return await asyncio.to_thread(lambda: b"".join(self._centre.voice.synthesize(sentence)))
        except FrontdeskError as error:
            log.error("busy.not_said", code=error.code)
            return b""


class Caller:
    """Hears sentences, presses keys. What they say is not listened to."""

    def __init__(self, channel: Channel, speak: Callable[[str], Awaitable[bytes]]) -> None:
        self._channel, self._speak = channel, speak
        self._keys: asyncio.Queue[str] = asyncio.Queue()
        self._first: asyncio.Future[Answered | None] = asyncio.get_running_loop().create_future()
        self._listening = asyncio.create_task(self._listen(channel.events()))

    async def aclose(self) -> None:
        self._listening.cancel()
        await asyncio.gather(self._listening, return_exceptions=True)

    async def answered(self) -> Answered | None:
        """None when they have hung up already."""
        return await self._first

    async def presses_one(self, question: str) -> bool:
        """Asked twice at most; another key is a no."""
        for _ in range(TIMES):
            if key := await self._key_after(question):
                self._drop_bounces(key)
                return key == "1"
        return False

    def _drop_bounces(self, key: str) -> None:
        """The same key right after it is a key that bounced; others were typed ahead and answer what comes."""
        waiting = [self._keys.get_nowait() for _ in range(self._keys.qsize())]
        for later in dropwhile(lambda other: other == key, waiting):
            self._keys.put_nowait(later)

    async def keys_number(self, question: str) -> str:
        """ "" when none came that could be a telephone number."""
        for _ in range(TIMES):
            number, key = "", await self._key_after(question)
            while key and key != "#":
                number = "" if key == "*" else number + key
                key = await self._key()
            if 5 <= len(number) <= 15:  # E.164 has 15 at most
                return number
        return ""

    async def leaves_with(self, sentence: str) -> None:
        await self._say(sentence)
        await self._channel.hang_up()

    async def _key_after(self, question: str) -> str:
        """The first key while it is said cuts it off; typed ahead, it is not said at all."""
        saying = asyncio.create_task(self._say(question))
        try:
            while not saying.done() and self._keys.empty() and not self._listening.done():
                await asyncio.wait({saying, self._listening}, timeout=0.05, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if not saying.done():
                saying.cancel()
                await asyncio.gather(saying, return_exceptions=True)
                await self._channel.clear()
        return await self._key()

    async def _key(self) -> str:
        """ "" when none comes, or they have hung up."""
        if self._listening.done() and self._keys.empty():
            return ""
        with suppress(TimeoutError):
            async with asyncio.timeout(KEY_S):
                return await self._keys.get()
        return ""

    async def _say(self, sentence: str) -> None:
        if self._listening.done():
            return
        if isinstance(self._channel, Captioned):
            await self._channel.caption("bot", sentence, True)
        pcm = await self._speak(sentence)
        for begin in range(0, len(pcm), CHUNK_BYTES):
            if self._listening.done():
                return
            await self._channel.play(pcm[begin : begin + CHUNK_BYTES])

    async def _listen(self, events: AsyncIterator[Event]) -> None:
        try:
            async for event in events:
                match event:
                    case Answered() if not self._first.done():
                        self._first.set_result(event)
                    case DigitPressed(digit):
                        self._keys.put_nowait(digit)
        except FrontdeskError as error:
            log.info("busy.ended", code=error.code)
        finally:
            self._keys.put_nowait("")  # whoever waits for a key waits in vain
            if not self._first.done():
                self._first.set_result(None)


def _is_about(ticket: Ticket, number: str) -> bool:
    return ticket.medium is Medium.CALLBACK and ticket.call_back == number


def _packet(office: Office, number: str) -> Packet:
    business = office.content.business
    return Packet(
        business=business.id,
        business_name=business.name,
        queue=QUEUE,
        priority=Priority.NORMAL,
        reasons=("all lines were busy",),
        summary="Called while all lines were busy, and asked to be called back.",
        caller=number,
        wants="to be called back",
    )
