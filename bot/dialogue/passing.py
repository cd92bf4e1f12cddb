"""To a person and back: the ticket is stored before the caller is told; who is given back goes on where they were."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from bot.dialogue.counter import TicketDraft
from bot.dialogue.errand import Errand
from bot.dialogue.floor import Floor, PersonNeeded
from bot.dialogue.handover import draft, handover_words, is_anybody_in, open_ticket
from bot.dialogue.skill import Form, Talk
from bot.dialogue.skills.ring_me import RingMeForm
from bot.dialogue.skills.survey import SurveyForm
from bot.events import Transfer

Staffed = Callable[[str, dt.datetime], bool | None]
"""Whether somebody is at work for that queue; None where that cannot be told, and opening hours decide."""


def nobody_knows(queue: str, now: dt.datetime) -> bool | None:
    """Where no people are connected: a call typed or played from recordings."""
    return None


class Passing:
    """One per call."""

    def __init__(self, floor: Floor, staffed: Staffed) -> None:
        self.ticket: TicketDraft | None = None
        """What was handed over."""
        self._floor, self._staffed = floor, staffed
        self._waits = False
        """The caller is in the queue for a person already, with the ticket they have."""
        self._left: list[Form] = []
        """What was to be done when a person took over, for when they give the caller back."""

    # To a person ------------------------------------------------------------------------------------

    def asks_number(self, person: PersonNeeded, talk: Talk) -> bool:
        """A call back is what they want, or all we can promise: the number first, where none is known."""
        floor = self._floor
        promised = person.call_back or bool(self._closed_words(person, talk))
        memory = floor.memory
        if self._waits or memory.outbound or memory.asked_number or floor.number or not promised:
            return False
        memory.asked_number, floor.person = True, None
        memory.progress()
        floor.agenda.begin(RingMeForm(person, is_closed=bool(self._closed_words(person, talk))), None, talk)
        floor.go_on(talk)
        return floor.person is None

    def go(self, person: PersonNeeded, talk: Talk) -> Transfer:
        """What is said to it goes into `talk`; who waits with a ticket gets no second one."""
        memory = self._floor.memory
        if self._waits:
            memory.over = True
            talk.says.clear()
            talk.tell("queue_still")
            return Transfer(person.queue, "waits already", memory.ticket_id)
        self.ticket = draft(
            talk.business,
            memory,
            self._floor.agenda.stack,
            person.queue,
            person.urgency,
            person.reasons,
            talk.call_id,
        )
        memory.ticket_id = open_ticket(talk.counter, self.ticket, talk.now)
        memory.over = True
        talk.says.clear()
        talk.tell(self._words(person, talk) if memory.ticket_id else "handover_without_ticket")
        return Transfer(person.queue, "; ".join(person.reasons), memory.ticket_id)

    def _words(self, person: PersonNeeded, talk: Talk) -> str:
        closed = self._closed_words(person, talk)
        if not closed:
            return "handover_call_back" if person.call_back else person.wording
        if self._floor.memory.asked_number:
            return "handover_noted" if self._floor.number else "handover_noted_unreachable"
        return closed if self._floor.number else "handover_closed_unreachable"

    def _closed_words(self, person: PersonNeeded, talk: Talk) -> str:
        """ "" while somebody is in, and for what is said whoever is in."""
        if is_anybody_in(self._staffed(person.queue, talk.now), talk.business, talk.now):
            return ""
        return handover_words(person.wording)

    # And back ---------------------------------------------------------------------------------------

    def call_ends(self) -> None:
        """What is open stays known for a caller whom a person gives back."""
        self._left = list(self._floor.agenda.stack) if self._floor.person else []

    def take_back(self, errand: Errand, talk: Talk) -> None:
        floor = self._floor
        floor.memory.come_back(errand.said, errand.done)
        floor.take_back()
        self._waits = errand.goal == "meanwhile" and bool(floor.memory.ticket_id)
        if self._waits:
            talk.say("queue_meanwhile")
            floor.ask(talk.ask("what_else", "free", options=floor.menu))
        elif errand.goal == "survey":
            talk.say("back_survey", person=errand.person)
            floor.agenda.begin(SurveyForm(), None, talk)
            floor.go_on(talk)
        elif errand.goal == "finish" and self._left:
            talk.say("back_finish", person=errand.person)
            floor.agenda.stack += self._left
            floor.go_on(talk)
        else:
            talk.say("back_anything", person=errand.person)
            floor.ask(talk.ask("what_else", "free", options=floor.menu))
