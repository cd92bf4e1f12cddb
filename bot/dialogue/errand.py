"""What a person asks of the bot when they give a caller back to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from bot.dialogue.counter import TicketLine

Goal = Literal["finish", "survey", "anything", "meanwhile"]
GOALS: Final = ("finish", "survey", "anything")
"""A person may ask: finish what the caller was about · take the survey · whatever else they want.

`meanwhile` is the waiting caller's own wish: their ticket stays in the queue.
"""


@dataclass(frozen=True, slots=True)
class Errand:
    goal: Goal
    person: str
    """Who gives the caller back, as the caller knows them."""
    said: Sequence[TicketLine] = ()
    """Between caller and person; it goes into the next packet too."""
    done: Sequence[str] = ()
    """What the person did meanwhile: booked, moved, cancelled."""
