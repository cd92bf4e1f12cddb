"""Reminders of this call centre: which are due, whom a call about one speaks to, and what came of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from bot.appointments.model import Business
from bot.dialogue.dialogue import Dialogue
from bot.errors import DiaryError
from bot.offices import Offices
from bot.outbound.model import Outcome, Reminder
from bot.outbound.placing import Placing
from bot.store.store import Store

OUTCOMES = {
    "moved": Outcome.MOVED,
    "cancelled": Outcome.CANCELLED,
    "booked": Outcome.CONFIRMED,
    "confirmed": Outcome.CONFIRMED,
    "snoozed": Outcome.CALL_LATER,
    "wrong person": Outcome.WRONG_PERSON,
    "message left": Outcome.MESSAGE_LEFT,
    "declined": Outcome.REACHED,
    "told": Outcome.REACHED,
}
"""What a dialogue did → what came of the attempt; of several the first in this order.

Of none: somebody, or a machine, hung up before we could say what we call about; that reaches nobody.
"""


class Reminding:
    """Blocking: call it in threads. May raise StoreError."""

    def __init__(self, store: Store, offices: Offices) -> None:
        self._store = store
        self._offices = offices

    def placing(self) -> Placing:
        """With the businesses as they are now."""
        return Placing(self._store.reminders, self.businesses())

    def take(self, reminder_id: str, now: dt.datetime) -> Reminder:
        """The reminder a call is about, claimed for it unless whoever rings has done that.

        Raises DiaryError `diary.no_reminder` when it is over or was never planned.
        """
        known = self._store.reminders.get(int(reminder_id), self.businesses()) if reminder_id.isdigit() else None
        if known is None:
            raise DiaryError("diary.no_reminder", "That reminder is over, or its appointment was cancelled.")
        self.placing().claim(known.id, now)
        return known

    def record(self, reminder_id: str, dialogue: Dialogue, now: dt.datetime) -> None:
        """What the call decided; the first record of an attempt stands."""
        outcome = next((outcome for done, outcome in OUTCOMES.items() if done in dialogue.done), Outcome.NO_ANSWER)
        self.placing().record(int(reminder_id), outcome, now)

    def businesses(self) -> Mapping[str, Business]:
        return {key: office.content.business for key, office in self._offices.all().items()}
