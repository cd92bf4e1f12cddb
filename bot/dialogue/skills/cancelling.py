"""Cancel an appointment: which one, are you sure, done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.dialogue.offers import slot_words
from bot.dialogue.skill import Begin, Done, Step, Talk
from bot.dialogue.skills.choosing import AppointmentChoice
from bot.dialogue.skills.identity import IdentityForm
from bot.dialogue.skills.moving import moving
from bot.dialogue.turn import Turn


@dataclass(slots=True)
class CancellingForm:
    choice: AppointmentChoice = field(default_factory=AppointmentChoice)
    name: str = "cancel"
    sure: bool | None = None
    rather_move: Turn | None = None
    """What asked to move it instead."""

    def take(self, turn: Turn, talk: Talk) -> bool:
        if self.choice.hint is None and self.choice.chosen is None:
            self.choice.hint = turn
            return True
        if self.choice.take(turn, talk):
            return True
        if talk.asked != "confirm_cancel":
            return False
        if turn.intent == "move" or turn.says("move it|another (day|time)|different (day|time)|reschedule|change it"):
            self.rather_move = turn
            return True
        cancels = turn.yes or (turn.intent == "cancel" and not turn.no)
        if cancels or turn.no:
            self.sure = cancels
        return cancels or turn.no

    def step(self, talk: Talk) -> Step:
        if self.choice.chosen is None and talk.memory.identity.known is None:
            return Begin(IdentityForm(may_be_new=False))
        self.choice.look_up(talk)
        appointment = self.choice.chosen
        if appointment is None and not self.choice.listed:
            talk.say("no_appointments")
            return Done()
        if appointment is None:
            return self.choice.ask(talk)
        if self.rather_move:
            return Begin(moving(appointment, self.rather_move, talk), instead=True)
        words = slot_words(appointment.slot, talk.business, talk.today)
        if self.sure is None:
            return talk.ask("confirm_cancel", "yes_no", phrases=("cancel it", "move it", "move it please"), words=words)
        if self.sure:
            talk.memory.appointment = talk.desk.cancel(appointment, talk.call_id, talk.now)
            talk.memory.done.append("cancelled")
            talk.tell("cancelled", **words)
        else:
            talk.say("kept")
        if self.choice.next():
            self.sure = None
            return self.step(talk)
        return Done()

    def back(self, talk: Talk) -> bool:
        going_back = self.choice.listed is not None and len(self.choice.listed) > 1 and self.choice.chosen is not None
        if going_back:
            self.choice.chosen = None
        return going_back

    def leave(self, talk: Talk) -> None:
        return None

    def save(self) -> Mapping[str, str]:
        return {"appointment": self.choice.chosen.reference} if self.choice.chosen else {}
