""" "When is my appointment?", once we know who asks; and "I'll be there"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.dialogue import spoken
from bot.dialogue.offers import slot_words
from bot.dialogue.skill import Begin, Done, Step, Talk
from bot.dialogue.skills.choosing import AppointmentChoice
from bot.dialogue.skills.identity import IdentityForm
from bot.dialogue.turn import Turn


@dataclass(slots=True)
class AskingForm:
    """All to come, soonest first."""

    name: str = "ask_appointment"
    started: bool = False

    def take(self, turn: Turn, talk: Talk) -> bool:
        first, self.started = not self.started, True
        return first

    def step(self, talk: Talk) -> Step:
        customer = talk.memory.identity.known
        if customer is None:
            return Begin(IdentityForm(may_be_new=False))
        appointments = talk.desk.appointments_of(customer, talk.now)[:3]
        if not appointments:
            talk.say("no_appointments")
        for place, appointment in enumerate(appointments):
            words = slot_words(appointment.slot, talk.business, talk.today)
            reference = spoken.figures(appointment.reference)
            talk.say("your_appointment" if place == 0 else "and_another", **words, reference=reference)
        talk.memory.done.append("answered")
        talk.memory.asked_about.append("when their appointment is")
        return Done()

    def back(self, talk: Talk) -> bool:
        return False

    def leave(self, talk: Talk) -> None:
        return None

    def save(self) -> Mapping[str, str]:
        return {}


@dataclass(slots=True)
class ConfirmingForm:
    """Calling by themselves to say that they will come."""

    choice: AppointmentChoice = field(default_factory=AppointmentChoice)
    name: str = "confirm_appointment"

    def take(self, turn: Turn, talk: Talk) -> bool:
        if self.choice.hint is None:
            self.choice.hint = turn
            return True
        return self.choice.take(turn, talk)

    def step(self, talk: Talk) -> Step:
        if talk.memory.identity.known is None:
            return Begin(IdentityForm(may_be_new=False))
        self.choice.look_up(talk)
        if self.choice.chosen is None:
            if self.choice.listed:
                return self.choice.ask(talk)
            talk.say("no_appointments")
            return Done()
        confirmed = talk.desk.confirm(self.choice.chosen, talk.call_id, talk.now)
        talk.memory.appointment = confirmed
        talk.memory.done.append("confirmed")
        talk.tell("confirmed", **slot_words(confirmed.slot, talk.business, talk.today))
        return Done()

    def back(self, talk: Talk) -> bool:
        return False

    def leave(self, talk: Talk) -> None:
        return None

    def save(self) -> Mapping[str, str]:
        return {}
