"""What one call remembers: who is calling, what was said, how it is going, and how it ended."""

from __future__ import annotations

import datetime as dt
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.appointments.model import Appointment, Customer
from bot.dialogue.counter import TicketLine
from bot.dialogue.escalation import Signs
from bot.dialogue.privacy import MASK, CardWatch
from bot.dialogue.turn import Turn
from bot.events import Say, Utterance

DOUBTFUL = 0.5
"""A word heard with less confidence is marked in the transcript."""

NOT_WRITTEN = "[not written down]"

RECENT = 4
"""Turns that count for how well we hear and understand."""


@dataclass(slots=True)
class Identity:
    """Who the caller is and how sure we are. `confirmed` opens what is personal."""

    customer: Customer | None = None
    confirmed: bool = False
    how: str = "unknown"
    tries: int = 0

    @property
    def known(self) -> Customer | None:
        return self.customer if self.confirmed else None


@dataclass(slots=True)
class Memory:
    started: dt.datetime
    caller: str = ""
    """The number the line shows, "" for none."""
    call_back: str = ""
    """Another one, on which they want to be rung; proves nothing about who they are."""
    asked_number: bool = False
    """For that, once: whom people cannot reach then is passed on all the same."""
    outbound: bool = False
    """We rang them."""
    identity: Identity = field(default_factory=Identity)
    said_name: str = ""
    """ "My name is Anna Smith", before anybody asked."""
    for_another: bool = False
    """ "My daughter's appointment": who is confirmed is not who speaks."""
    cards: CardWatch = field(default_factory=CardWatch)
    transcript: list[TicketLine] = field(default_factory=list)
    last_said: tuple[Say, ...] = ()
    speed: float = 1.0
    waiting: bool = False
    """The caller asked us to hold on."""
    silences: int = 0
    """In a row."""
    strikes: int = 0
    misunderstood: int = 0
    repeats: int = 0
    all_silences: int = 0
    corrections: int = 0
    rejected: int = 0
    angry: int = 0
    asked_for_person: int = 0
    heard: deque[float] = field(default_factory=lambda: deque(maxlen=RECENT))
    understood: deque[float] = field(default_factory=lambda: deque(maxlen=RECENT))
    topic: str = ""
    """What the last answer was about: "and on Saturdays?" goes on with it."""
    topic_day: dt.date | None = None
    thing: tuple[str, str] = ("", "")
    """The skill that takes orders for it, and what was talked about last: "I'll take one"."""
    service_id: str | None = None
    """The treatment that a question was about last: "can I book that?"."""
    branch_id: str | None = None
    """The branch talked about last."""
    appointment: Appointment | None = None
    """Made, moved, cancelled or confirmed in this call."""
    done: list[str] = field(default_factory=list)
    """What was achieved: booked, moved, cancelled, confirmed, answered, waiting …"""
    asked_about: list[str] = field(default_factory=list)
    """Questions that were answered, as people read them: parking, opening hours."""
    skills_done: dict[str, str] = field(default_factory=dict)
    """Of what is in `done`: the skills, with their titles."""
    recorded: bool = False
    """The call is being recorded, as far as the caller lets us."""
    survey: dict[str, object] = field(default_factory=dict)
    """rating (1 to 5), resolved (bool), comment: those that were answered."""
    ticket_id: str = ""
    over: bool = False

    def caller_said(self, utterance: Utterance, now: dt.datetime) -> bool:
        """False when a card number was in it, or the end of one: nothing of it may stay."""
        words = utterance.hypotheses[0].words if utterance.hypotheses else ()
        doubtful = tuple(word.text for word in words if word.confidence < DOUBTFUL)
        text = self.cards.redact(utterance.text)
        kept = tuple(word for word in doubtful if word in text.split())
        self._write(TicketLine("caller", text, self._ms(now), round(utterance.confidence, 3), kept))
        return MASK not in text

    def caller_pressed(self, digits: str, now: dt.datetime) -> bool:
        """As `caller_said`."""
        text = self.cards.redact(digits)
        self._write(TicketLine("caller", f"keys {text}", self._ms(now)))
        return MASK not in text

    def caller_secret(self, now: dt.datetime) -> None:
        """A PIN or a card number we asked for: that something was said, and nothing of it."""
        self._write(TicketLine("caller", NOT_WRITTEN, self._ms(now)))

    def bot_said(self, says: tuple[Say, ...], now: dt.datetime) -> None:
        if says:
            self._write(TicketLine("bot", " ".join(say.text for say in says), self._ms(now)))

    def weigh(self, turn: Turn) -> None:
        """How well this turn was heard and understood."""
        if not turn.keypad:
            self.heard.append(turn.heard)
            self.understood.append(turn.confidence)

    def progress(self) -> None:
        """A good answer came: the open question's failures are forgotten."""
        self.strikes = self.silences = 0
        self.waiting = False

    def come_back(self, said: Sequence[TicketLine], done: Sequence[str]) -> None:
        """From a person: how it went before counts no more, what was said and done meanwhile does."""
        self.progress()
        self.misunderstood = self.repeats = self.all_silences = self.corrections = self.rejected = self.angry = 0
        self.heard.clear()
        self.understood.clear()
        self.transcript += said
        self.done += done
        self.over = False

    def signs(self, asked: bool = False) -> Signs:
        return Signs(
            strikes=self.strikes,
            misunderstood=self.misunderstood,
            repeats=self.repeats,
            silences=self.all_silences,
            corrections=self.corrections,
            rejected_readbacks=self.rejected,
            heard=_mean(self.heard),
            understood=_mean(self.understood),
            angry=self.angry,
            asked=asked,
        )

    @property
    def confidence(self) -> float | None:
        """How well the last turns were heard and understood: the worse of the two means, 0 to 1; None without turns."""
        means = [sum(values) / len(values) for values in (self.heard, self.understood) if values]
        return round(min(means), 3) if means else None

    def _write(self, line: TicketLine) -> None:
        self.transcript.append(line)

    def _ms(self, now: dt.datetime) -> int:
        return max(0, round((now - self.started).total_seconds() * 1000))


def _mean(values: deque[float]) -> float:
    return sum(values) / len(values) if len(values) >= 2 else 1.0
