"""What is to be told to whom, and what can come of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from bot.appointments.model import Appointment, Customer, Slot


class Outcome(StrEnum):
    """Of one attempt to reach somebody."""

    CONFIRMED = "confirmed"
    MOVED = "moved"
    CANCELLED = "cancelled"
    REACHED = "reached"
    """The right person heard it and decided nothing."""
    SENT = "sent"
    """By mail."""
    CALL_LATER = "call_later"
    """Asked for it; the snoozed reminder is a row of its own."""
    MESSAGE_LEFT = "message_left"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    WRONG_PERSON = "wrong_person"
    NO_ADDRESS = "no_address"
    """This way cannot reach the person: no e-mail address, nobody signed in."""
    FAILED = "failed"
    """The line or the mail server refused."""
    LOST = "lost"
    """We stopped in the middle of it (a crash, a power cut); whether they were reached is not known."""


@dataclass(frozen=True, slots=True)
class Reminder:
    """Due for one person: of their appointment, or the offer of a freed slot to somebody who waits."""

    id: int
    business: str
    customer: Customer
    due_at: dt.datetime
    appointment: Appointment | None = None
    offer: Slot | None = None
    tries: int = 0
    """Attempts begun so far; the one under way included once claimed."""

    @property
    def kind(self) -> str:
        return "offer" if self.appointment is None else "reminder"

    @property
    def start(self) -> dt.datetime:
        """Of what it is about: after that it is of no use."""
        slot = self.appointment.slot if self.appointment else self.offer
        assert slot is not None
        return slot.start
