"""Who answers: the number or door that was called picks the business, and from then on only its data is in the call."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

from bot.dialogue.dialogue import Dialogue
from bot.dialogue.errand import Errand
from bot.events import Action, Answered, Heard, Say, Transfer
from bot.last_resort import CallTickets
from bot.nlu.understanding import Understanding

StartDialogue = Callable[[Answered, dt.datetime], tuple[str, Dialogue]]
"""The business's id, and its dialogue."""


SORRY = "I'm sorry, something has gone wrong at our end. I'm putting you through to a colleague."
"""Before a business is known there are no wordings of its own."""


class Reception:
    """The conversation of a call whose business is not known before it is answered."""

    def __init__(self, start_dialogue: StartDialogue, tickets: CallTickets | None = None) -> None:
        """`tickets`: those of this call, for when the dialogue itself is what broke."""
        self.tickets = tickets
        self.dialogue: Dialogue | None = None
        """None until the call is answered."""
        self.business_id = ""
        self.heard: dict[str, Understanding] = {}
        """Words of the caller → what was understood, for those who look for what was missed."""
        self._start_dialogue = start_dialogue

    def open(self, answered: Answered, now: dt.datetime) -> Sequence[Action]:
        self.business_id, self.dialogue = self._start_dialogue(answered, now)
        return self.dialogue.open(answered, now)

    def hear(self, heard: Heard, now: dt.datetime) -> Sequence[Action]:
        assert self.dialogue, "a call is answered before it is heard"
        return self.dialogue.hear(heard, now)

    def fail(self, code: str, now: dt.datetime) -> Sequence[Action]:
        if self.dialogue:
            return self.dialogue.fail(code, now)
        return [Say(SORRY, interruptible=False), Transfer("reception", code)]

    def hand_over(self, reason: str, now: dt.datetime) -> Sequence[Action]:
        assert self.dialogue, "a call is answered before anybody takes it over"
        return self.dialogue.hand_over(reason, now)

    def close(self, now: dt.datetime) -> None:
        if self.dialogue:
            self.dialogue.close(now)

    def understood(self) -> tuple[str, float] | None:
        """Intent and its confidence of what was heard last; None when it was no words."""
        last = self.dialogue.last_understanding if self.dialogue else None
        if last:
            self.heard[last.text] = last
        return (last.intent, round(last.confidence, 3)) if last and last.intent else None

    def confidence(self) -> float | None:
        """How well the last turns were heard and understood, 0 to 1; None before there were any."""
        return self.dialogue.confidence if self.dialogue else None


class Returned:
    """The conversation of a caller whom a person gave back: the same dialogue goes on."""

    def __init__(self, dialogue: Dialogue, errand: Errand) -> None:
        self._dialogue, self._errand = dialogue, errand
        self.hear, self.fail = dialogue.hear, dialogue.fail
        self.hand_over, self.close = dialogue.hand_over, dialogue.close

    def open(self, answered: Answered, now: dt.datetime) -> Sequence[Action]:
        return self._dialogue.take_back(self._errand, now)
