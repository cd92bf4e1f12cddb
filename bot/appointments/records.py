"""What the desk needs of the database: whole transactions, each all or nothing. `store/diary.py` has them for real."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bot.appointments.calendar import Taken
from bot.appointments.model import Appointment, Customer, Slot, Status, Waiting, Wish


@dataclass(frozen=True, slots=True)
class Booking:
    """An appointment to be stored, with everything that is stored in the same transaction."""

    slot: Slot
    cells: Sequence[int]
    """`calendar.cells_of`: the primary key that keeps everybody else out."""
    reminders: Sequence[dt.datetime] = ()
    """When to remind."""
    note: str = ""
    uid: str | None = None
    """Of the calendar entry it was imported from."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A freed slot for somebody who waits; held for them until `held_until` (None: not held)."""

    waiting: Waiting
    slot: Slot
    cells: Sequence[int]
    due_at: dt.datetime
    held_until: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Change:
    """A line of the history."""

    at: dt.datetime
    by: str
    what: str
    """booked, imported, moved, cancelled, confirmed, snoozed, done, missed."""
    details: Mapping[str, str] = field(default_factory=dict)


ChooseOffer = Callable[[Sequence[Waiting]], Offer | None]
"""Who of those waiting without an open offer (first come first) is offered the freed slot."""


class Records(Protocol):
    """The rows of one business. Every method may raise StoreError, and then nothing was written."""

    def customers_with_phone(self, phone: str) -> Sequence[Customer]: ...
    def add_customer(self, customer: Customer) -> Customer:
        """Stored with an id of its own."""
        ...

    def change_customer(self, customer: Customer) -> None: ...
    def taken(self, cells: range, now: dt.datetime) -> Taken:
        """What is occupied; holds that have expired by `now` are free."""
        ...

    def hold(self, slot: Slot, cells: Sequence[int], by: str, now: dt.datetime, until: dt.datetime) -> None:
        """Replaces an earlier hold of `by`. Raises SlotTaken, and then the earlier one is kept."""
        ...

    def release(self, by: str) -> None: ...
    def book(self, booking: Booking, customer: Customer, by: str, now: dt.datetime) -> Appointment:
        """Raises SlotTaken. The holds of `by` and of the customer's offers make room."""
        ...

    def move(
        self, appointment: Appointment, booking: Booking, by: str, now: dt.datetime, offer: ChooseOffer
    ) -> Appointment:
        """Raises SlotTaken, and DiaryError `diary.not_booked` when it was cancelled or is over."""
        ...

    def cancel(self, appointment: Appointment, by: str, now: dt.datetime, offer: ChooseOffer) -> Appointment:
        """Raises DiaryError `diary.not_booked`."""
        ...

    def mark(self, appointment: Appointment, status: Status, by: str, now: dt.datetime) -> Appointment: ...
    def to_come(self, customer: Customer, now: dt.datetime) -> Sequence[Appointment]: ...
    def with_reference(self, reference: str) -> Appointment | None: ...
    def with_id(self, appointment_id: int) -> Appointment | None: ...
    def with_uid(self, uid: str) -> Appointment | None: ...
    def between(self, first: dt.datetime, last: dt.datetime, cancelled: bool = False) -> Sequence[Appointment]: ...
    def history(self, appointment: Appointment) -> Sequence[Change]: ...
    def wait(self, wish: Wish, customer: Customer, now: dt.datetime) -> Waiting: ...
    def waiting(self) -> Sequence[Waiting]:
        """First come first."""
        ...

    def pass_on(self, slot: Slot, customer: Customer, now: dt.datetime, offer: ChooseOffer) -> None:
        """What was held of `slot` for the customer goes to the next who waits and was not asked about it before."""
        ...

    def snooze(self, appointment: Appointment, until: dt.datetime, by: str, now: dt.datetime) -> None: ...
