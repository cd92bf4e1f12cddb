"""What the dialogue needs of the diary. `appointments/desk.py` is the real one; a fake fits in a page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Protocol

from bot.appointments.model import Appointment, Business, Customer, Slot, Waiting, Wish
from bot.errors import DiaryError


class SlotTaken(DiaryError):
    """Somebody else has it now; `alternatives` are free, nearest first."""

    def __init__(self, alternatives: Sequence[Slot] = ()) -> None:
        super().__init__("diary.slot_taken", "That time has just been taken; offer one of the alternatives.")
        self.alternatives = tuple(alternatives)


class Desk(Protocol):
    """The diary of one business. `now` is aware; every change is in the history with `by` (a call id, a user)."""

    business: Business

    def customers_with_phone(self, phone: str) -> Sequence[Customer]: ...
    def add_customer(
        self, name: str, phone: str, *, birth_date: dt.date | None = None, postcode: str = ""
    ) -> Customer: ...

    def change_customer(self, customer: Customer) -> None:
        """Stores what is known of them now; the id says who it is."""
        ...

    def free_slots(self, wish: Wish, now: dt.datetime, limit: int = 3) -> Sequence[Slot]:
        """Bookable slots that meet the wish, best first: by day, then nearest to `wish.near`, spread over the day.

        Own holds count as taken. Empty when there are none; the caller of this widens the wish.
        """
        ...

    def hold(self, slot: Slot, by: str, now: dt.datetime, minutes: int = 5) -> None:
        """Keep the slot for `by` while the caller decides; replaces an earlier hold of `by`. Raises SlotTaken."""
        ...

    def release(self, by: str) -> None: ...

    def book(self, slot: Slot, customer: Customer, by: str, now: dt.datetime, note: str = "") -> Appointment:
        """Raises SlotTaken. The hold of `by` becomes the appointment; reminders are planned in the same transaction."""
        ...

    def move(self, appointment: Appointment, slot: Slot, by: str, now: dt.datetime) -> Appointment:
        """Raises SlotTaken, and then the old time is kept."""
        ...

    def cancel(self, appointment: Appointment, by: str, now: dt.datetime) -> Appointment:
        """Frees the slot, drops the reminders, offers the slot to the waiting list."""
        ...

    def confirm(self, appointment: Appointment, by: str, now: dt.datetime) -> Appointment: ...

    def appointments_of(self, customer: Customer, now: dt.datetime) -> Sequence[Appointment]:
        """Those to come, soonest first."""
        ...

    def with_reference(self, reference: str) -> Appointment | None: ...
    def join_waiting_list(self, wish: Wish, customer: Customer, by: str, now: dt.datetime) -> Waiting: ...
    def decline_offer(self, slot: Slot, customer: Customer, by: str, now: dt.datetime) -> None:
        """Who was offered a freed time does not want it: it goes to the next who waits, and they stay on the list."""
        ...

    def snooze_reminder(
        self, appointment: Appointment, until: dt.datetime, by: str, now: dt.datetime | None = None
    ) -> None:
        """ "Call me later", said at `now`: the reminder is due again at `until`."""
        ...
