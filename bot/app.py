"""The composition root: settings become engines, stores, dialogue and hand-off.

`Centre` is the call centre in one process. It is cheap to make; `load` reads models and content in threads, side by
side, and after it `take_call` carries any channel through a whole call.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import uuid
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cached_property, partial
from typing import Any, TypeVar

import structlog

from bot.answering import Answering
from bot.asr.ears import load_ears
from bot.asr.recognizer import Ear
from bot.carrying import Carrying
from bot.channels.channel import Channel
from bot.clock import utc_now
from bot.config import Settings
from bot.counter import TicketCounter, keep_bringing_in
from bot.dialogue.conversation import Clock, Conversation
from bot.dialogue.errand import Errand
from bot.dialogue.passing import Staffed, nobody_knows
from bot.dialogue.privacy import CardWatch
from bot.dialogue.wording import Wording
from bot.editing.editing import Editing
from bot.errors import FrontdeskError
from bot.events import Observe
from bot.finishing import Finishing, add_to_call
from bot.last_resort import CallTickets
from bot.live import LiveCalls
from bot.logs import place_of
from bot.offices import Offices
from bot.outbound.mail import MailLine, post_for
from bot.outbound.placing import Line
from bot.outbound.rounds import FirstThatReaches, keep_placing
from bot.outbound.skill_letters import keep_sending
from bot.reception import Reception, Returned
from bot.recording.recording import Recording
from bot.rehearsal.run import failures_in
from bot.reminding import Reminding
from bot.report import CallReport, Witness
from bot.store.store import Store, open_store
from bot.suggesting import Suggestion, suggest
from bot.taps import Taps
from bot.tts.apology import apology
from bot.tts.cache import CachedVoice
from bot.tts.voices import load_voice
from handoff.history import History
from handoff.model import TicketStore
from handoff.people import PersonStore
from handoff.queues import QueueStore

log = structlog.get_logger(__name__)

THREADS = 64
"""For what blocks: more than calls, for most of them wait for the database or a core."""

MAX_HANDED = 500
"""Conversations kept for coming back from a person."""

CONTENT_LOOK_S = 2.0
"""How often the content files are looked at for changes."""


BUSY_SECONDS = 4.0
"""A caller waits: twice this (what was asked, then the ticket) must fit into `workers.THINKING_BUDGET_S`."""


class Centre:
    """One call centre: businesses, engines and stores shared by all its calls."""

    def __init__(self, settings: Settings, clock: Clock = utc_now) -> None:
        self.settings = settings
        self.clock = clock
        self.calls = 0
        """Running now."""
        self.store: Store | None = None
        self.staffed: Staffed = nobody_knows
        self.live = LiveCalls()
        self.taps = Taps()
        self.recording = Recording(settings.recording, settings.home, self.taps, clock)
        self._handed: dict[str, Reception] = {}
        """By call: conversations that went to a person, the last ones, who may give them back."""
        self._ear: Ear | None = None
        self._voice: CachedVoice | None = None
        self._offices: Offices | None = None
        self._words: dict[str, str] = {}
        """What was found, in words: ears, voice."""
        self._background: list[asyncio.Task[None]] = []
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="call")

    # Getting ready -----------------------------------------------------------------

    async def load(self) -> None:
        """Raises FrontdeskError with a sentence on what is missing."""
        asyncio.get_running_loop().set_default_executor(self._threads)
        steps = (self.load_diary, self.load_ears, self.load_voice)
        done = await asyncio.gather(*(asyncio.to_thread(step) for step in steps), return_exceptions=True)
        for error in done:
            if isinstance(error, BaseException):
                raise error
        self._threads.submit(self._render_ahead)
        self._background.append(asyncio.create_task(self._watch_content()))
        self._background.append(asyncio.create_task(self.recording.tidy()))

    def load_diary(self) -> None:
        """Database, content and understanding: enough for a call by keyboard."""
        self.store = open_store(self.settings.database, BUSY_SECONDS)
        self._counter().bring_in()
        self._offices = Offices(self.settings, self.store)
        self.store.queues.add_missing(self._offices.queues(), self.clock())

    def load_ears(self) -> None:
        self._ear, self._words["ears"] = load_ears(
            self.settings.ears, self.settings.models, lambda: self.calls <= self.settings.captions_max_calls
        )

    def load_voice(self) -> None:
        self._voice, self._words["voice"] = load_voice(self.settings)
        apology()

    def keep_reminding(self, ringing: Sequence[Line]) -> None:
        """From now on: what is due rings where it can, the first way that reaches somebody, else goes by mail.

        Tickets that the database did not take come in once it answers again.
        """
        post = post_for(self.settings)
        mail = MailLine(post, self.reminding.businesses, self.settings.smtp.sender, self.clock)
        line = FirstThatReaches([*ringing, mail])
        letters = keep_sending(_loaded(self.store).skill_results, post, self.settings.smtp.sender, self.clock)
        self._background.append(asyncio.create_task(letters))
        rounds = keep_placing(self.reminding.placing, line, self.clock, lambda: not self.is_full())
        self._background.append(asyncio.create_task(rounds))
        self._background.append(asyncio.create_task(keep_bringing_in(self._counter())))

    async def _watch_content(self) -> None:
        """Edited content serves the calls to come; a broken edit changes nothing and is told in `/health`."""
        while True:
            await asyncio.sleep(CONTENT_LOOK_S)
            try:
                await asyncio.to_thread(self.offices.refresh)
            except FrontdeskError as error:
                log.error("content.not_taken", code=error.code)
            except Exception as error:  # a file of any kind may lie there; the next look may find it mended
                log.error("content.not_taken", error=type(error).__name__, where=place_of(error))

    def _render_ahead(self) -> None:
        """Sentences without variables are spoken from disk ever after; done while the first calls run already."""
        for office in self.offices.all().values():
            fixed = (text for texts in office.content.responses.values() for text in texts if "{" not in text)
            with suppress(RuntimeError):  # the centre closes while we render
                self.voice.render_ahead(fixed)

    # What it has --------------------------------------------------------------------

    @property
    def offices(self) -> Offices:
        return _loaded(self._offices)

    @property
    def reminding(self) -> Reminding:
        return Reminding(_loaded(self.store), self.offices)

    @property
    def voice(self) -> CachedVoice:
        return _loaded(self._voice)

    @property
    def ear(self) -> Ear:
        return _loaded(self._ear)

    @property
    def shelves(self) -> Store:
        return _loaded(self.store)

    @property
    def tickets(self) -> TicketStore:
        return _loaded(self.store).tickets

    @property
    def people(self) -> PersonStore:
        return _loaded(self.store).people

    @property
    def history(self) -> History:
        return _loaded(self.store).happenings

    @cached_property
    def editing(self) -> Editing:
        """What the content page works with. Raises FrontdeskError while the database is not open yet."""
        return Editing(self.settings.content, self.settings.home, _loaded(self.store).content, failures_in)

    @property
    def queues(self) -> QueueStore:
        return _loaded(self.store).queues

    @property
    def is_ready(self) -> bool:
        return all((self.store, self._offices, self._ear, self._voice))

    def health(self) -> dict[str, object]:
        """For `/health`: ready or not, and in words what a person wants to know."""
        facts: dict[str, object] = {"ready": self.is_ready, "calls": self.calls, "max_calls": self.settings.max_calls}
        facts |= self._words
        if self._offices:
            facts["businesses"] = sorted(self._offices.all())
            facts["understanding"] = dict(self._offices.understanding())
            facts["content_problems"] = dict(self._offices.problems())
        return facts

    def is_full(self) -> bool:
        return self.calls >= self.settings.max_calls

    def business_name(self, called: str) -> str:
        return self.offices.at(called).content.business.name

    @property
    def timezone(self) -> dt.tzinfo:
        """Of the business that answers any number, where there is one."""
        businesses = [office.content.business for office in self.offices.all().values()]
        return min(businesses, key=lambda one: "*" not in one.numbers).timezone

    async def close(self) -> None:
        for task in self._background:
            task.cancel()
        await asyncio.to_thread(self.recording.close)
        self._threads.shutdown(wait=False, cancel_futures=True)
        if self.store:
            self.store.close()

    # Calls ---------------------------------------------------------------------------

    async def take_call(self, channel: Channel, reminder: str = "", observe: Observe = lambda item: None) -> CallReport:
        """From answer to hang-up; the report is stored before this returns. `reminder`: the one we rang for."""
        reception, witness = self.begin(type(channel).__name__.removesuffix("Channel").lower(), reminder)
        try:
            await self._carry(channel, witness, reception, reception, observe)
        finally:
            await asyncio.to_thread(self.finish, witness.report, reception, reminder)
        return witness.report

    async def resume_call(
        self, channel: Channel, call_id: str, errand: Errand, observe: Observe = lambda item: None
    ) -> CallReport | None:
        """A person gives the caller back; runs until the bot is done. What comes of it joins the stored report; what
        is returned is of this part alone, None when the bot does not know the call any more."""
        reception = self._handed.pop(call_id, None)
        if reception is None or reception.dialogue is None:
            return None
        report = CallReport(call_id, "", self.clock())
        witness = Witness(report, CardWatch().redact, reception.understood)
        try:
            await self._carry(channel, witness, Returned(reception.dialogue, errand), reception, observe)
        finally:
            await asyncio.to_thread(self._finishing.finish_later_part, report, reception.dialogue)
        return report

    async def attend(self, channel: Channel, conversation: Conversation) -> CallReport:
        """See `Carrying.attend`."""
        return await self._carrying.attend(channel, conversation)

    def wording(self, business: str) -> Wording:
        """The sentences of one business; those of the default one where it is gone since."""
        office = self.offices.all().get(business) or self.offices.at("")
        facts = {**office.content.business.facts, "business": office.content.business.name}
        return Wording(office.content.responses, facts)

    async def _carry(
        self,
        channel: Channel,
        witness: Witness,
        conversation: Conversation,
        reception: Reception,
        observe: Observe = lambda item: None,
    ) -> None:
        """One stretch of a call with the bot; a conversation that goes to a person is kept for coming back."""
        self.calls += 1
        try:
            rescue = partial(self._rescue, reception)
            await self._carrying.carry(channel, witness, conversation, reception, rescue, observe)
        finally:
            self.calls -= 1
        if reception.dialogue and reception.dialogue.ticket_id:
            self._handed[witness.report.call_id] = reception
            while len(self._handed) > MAX_HANDED:
                del self._handed[next(iter(self._handed))]

    @property
    def _carrying(self) -> Carrying:
        return Carrying(self.ear, self.voice, self.settings, self.clock, self.live, self.taps, self.recording)

    def begin(self, door: str, reminder: str = "") -> tuple[Reception, Witness]:
        """The conversation of a new call through that door, and who writes it down."""
        recording = "on" if self.recording.recorder else ""
        report = CallReport(uuid.uuid4().hex, door, self.clock(), recording=recording)
        tickets = CallTickets(
            self._counter(), report, lambda: reception.business_id or self.offices.at("").content.business.id
        )
        reception = Reception(
            lambda answered, now: self._answering.answer(tickets, report, reminder, answered, now), tickets
        )
        return reception, Witness(report, CardWatch().redact, reception.understood)

    def finish(self, report: CallReport, reception: Reception, reminder: str = "") -> None:
        """See `Finishing.finish`."""
        self._finishing.finish(report, reception, reminder)

    @property
    def _finishing(self) -> Finishing:
        return Finishing(_loaded(self.store), self.offices, self.reminding, self.clock)

    def suggest(self, business: str, text: str, now: dt.datetime) -> list[Suggestion]:
        """What a person could answer to that; nothing for a business that is not here any more."""
        office = self.offices.all().get(business)
        return suggest(office, text, now) if office else []

    def add_to_call(self, call_id: str, said: Sequence[Mapping[str, Any]]) -> None:
        """What was said with a person joins the report of the call. Raises StoreError."""
        add_to_call(_loaded(self.store).calls, call_id, said)

    def _rescue(self, reception: Reception, queue: str) -> str:
        """A ticket for who goes to people without one; "" when it cannot be stored."""
        return reception.tickets.rescue(queue, self.clock()) if reception.tickets else ""

    @property
    def _answering(self) -> Answering:
        records = self.recording.recorder is not None
        store = _loaded(self.store)
        return Answering(store, self.offices, self.reminding, self.settings, records, self._staffed, self._beside)

    def _staffed(self, queue: str, now: dt.datetime) -> bool | None:
        """As the people's side has it by then."""
        return self.staffed(queue, now)

    def _beside(self, work: Callable[[], None]) -> None:
        """In a thread; the call waits for nobody."""
        with suppress(RuntimeError):  # the centre closes
            self._threads.submit(work)

    def _counter(self) -> TicketCounter:
        return TicketCounter(self.tickets, self.settings.home / "spool")


T = TypeVar("T")


def _loaded(part: T | None) -> T:
    if part is None:
        raise FrontdeskError("centre.loading", "The call centre is still getting ready; try again in a moment.")
    return part
