"""What the web side needs of the call centre behind it; `bot/app.py` has the real one, tests a fake."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol

from bot.asr.recognizer import Ear
from bot.channels.channel import Channel
from bot.config import Settings
from bot.dialogue.conversation import Conversation
from bot.dialogue.errand import Errand
from bot.dialogue.passing import Staffed
from bot.dialogue.wording import Wording
from bot.editing.editing import Editing
from bot.live import LiveCalls
from bot.offices import Offices
from bot.recording.recording import Recording
from bot.report import CallReport
from bot.store.store import Store
from bot.suggesting import Suggestion
from bot.taps import Taps
from bot.tts.voice import Voice
from handoff.history import History
from handoff.model import TicketStore
from handoff.people import PersonStore
from handoff.queues import QueueStore


class Centre(Protocol):
    """Cheap to make; `Loading` gets its engines ready while the pages are served already."""

    @property
    def settings(self) -> Settings: ...

    @property
    def tickets(self) -> TicketStore: ...

    @property
    def people(self) -> PersonStore: ...

    @property
    def history(self) -> History: ...

    @property
    def queues(self) -> QueueStore: ...

    @property
    def ear(self) -> Ear:
        """For transcripts of talks between people."""
        ...

    @property
    def voice(self) -> Voice:
        """For what callers who wait are told. Raises FrontdeskError while loading."""
        ...

    @property
    def editing(self) -> Editing:
        """For the content page. Raises FrontdeskError while loading."""
        ...

    @property
    def recording(self) -> Recording:
        """Of calls; what was recorded can be heard while none are any more, too."""
        ...

    @property
    def timezone(self) -> dt.tzinfo:
        """Where the default business is: its day is the day of the figures. Raises FrontdeskError while loading."""
        ...

    @property
    def shelves(self) -> Store:
        """The database. Raises FrontdeskError `centre.loading` while it is not open."""
        ...

    @property
    def offices(self) -> Offices:
        """The businesses, each with content and diary. Raises FrontdeskError while loading."""
        ...

    async def take_call(self, channel: Channel, reminder: str = "") -> CallReport | None:
        """Runs until the call is over. `reminder`: the id of the reminder to talk about, when we rang."""
        ...

    staffed: Staffed
    """Whether people are in; set by whoever knows them."""

    @property
    def live(self) -> LiveCalls:
        """Calls that the bot is in now."""
        ...

    @property
    def taps(self) -> Taps:
        """Where calls can be heard."""
        ...

    async def resume_call(self, channel: Channel, call_id: str, errand: Errand) -> CallReport | None:
        """A person gives the caller back to the bot; runs until the bot is done. None when it does not know the call
        any more."""
        ...

    def suggest(self, business: str, text: str, now: dt.datetime) -> Sequence[Suggestion]:
        """What could be answered to that, best first; blocks. Raises FrontdeskError."""
        ...

    async def attend(self, channel: Channel, conversation: Conversation) -> CallReport:
        """A caller who waits for a person, with that conversation, until it or the channel is over; what was said."""
        ...

    def wording(self, business: str) -> Wording:
        """The sentences of one business. Raises FrontdeskError while loading."""
        ...

    def add_to_call(self, call_id: str, said: Sequence[Mapping[str, Any]]) -> None:
        """Lines of a talk between caller and person join the stored report of their call. Raises FrontdeskError."""
        ...

    def is_full(self) -> bool:
        """No further call can be taken now."""
        ...

    def health(self) -> Mapping[str, object]:
        """`ready` (bool), `calls` running (int), and what a person wants to know beside it: ears, voice, businesses."""
        ...

    def business_name(self, called: str) -> str:
        """Who answers at this number or door; the default business for an unknown one."""
        ...

    async def close(self) -> None: ...


Loading = Callable[[], Awaitable[None]]
"""Gets the engines ready; raises FrontdeskError with a sentence when they cannot be."""
