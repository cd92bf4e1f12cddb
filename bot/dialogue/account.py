"""What the report reads of a conversation, after each turn and at the end: how it came out, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from bot.appointments.model import Appointment
from bot.dialogue.counter import TicketDraft
from bot.dialogue.floor import Floor
from bot.dialogue.hearing import Hearing
from bot.dialogue.passing import Passing
from bot.nlu.understanding import Understanding

Outcome = Literal["completed", "escalated", "abandoned", "failed"]


class Account:
    """The half of `Dialogue` that tells, and does nothing."""

    def __init__(self) -> None:
        self._floor: Floor | None = None
        self._hearing: Hearing | None = None
        self._passing: Passing | None = None
        self._failed = False

    @property
    def last_understanding(self) -> Understanding | None:
        """Of the last turn; its intent and confidence go into the report. None when it was keys, silence or secret."""
        return self._hearing.last_understanding if self._hearing else None

    @property
    def outcome(self) -> Outcome:
        """escalated: a person was needed · failed: a part broke · abandoned: gone before it was done."""
        if self._floor is None:
            return "abandoned"
        if self._failed:
            return "failed"
        if self._floor.person is not None:
            return "escalated"
        return "completed" if self._floor.memory.done and not self._floor.unfinished else "abandoned"

    @property
    def appointment(self) -> Appointment | None:
        """Made, moved, confirmed or cancelled in this call, the last one."""
        return self._floor.memory.appointment if self._floor else None

    @property
    def ticket_id(self) -> str:
        return self._floor.memory.ticket_id if self._floor else ""

    @property
    def ticket(self) -> TicketDraft | None:
        """What was handed over."""
        return self._passing.ticket if self._passing else None

    @property
    def survey(self) -> Mapping[str, object]:
        """rating (1 to 5), resolved (bool), comment: those that were answered."""
        return self._floor.memory.survey if self._floor else {}

    @property
    def confidence(self) -> float | None:
        """How well the last turns were heard and understood, 0 to 1; None before there were any."""
        return self._floor.memory.confidence if self._floor else None

    @property
    def done(self) -> tuple[str, ...]:
        """booked, moved, cancelled, confirmed, answered, waiting, snoozed, declined, wrong person, message left.

        And told: the right person has heard what we call about.
        """
        return tuple(self._floor.memory.done) if self._floor else ()
