"""The reminder call: the right person first, then what is booked, then confirm, move, cancel or later."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bot.appointments.model import Appointment
from bot.dialogue import spoken
from bot.dialogue.offers import slot_words
from bot.dialogue.question import Option, Question
from bot.dialogue.skill import Begin, Done, Step, Talk
from bot.dialogue.skills.calling_again import moment_said, some_time_later
from bot.dialogue.skills.cancelling import CancellingForm
from bot.dialogue.skills.choosing import AppointmentChoice
from bot.dialogue.skills.moving import moving
from bot.dialogue.skills.right_person import RightPerson, note_told
from bot.dialogue.turn import Turn

HOW = "answered the reminder call and said it is them"
OPTIONS = (
    Option("confirm", "confirming"),
    Option("move", "moving it"),
    Option("cancel", "cancelling it"),
    Option("later", "being called later"),
)
COMES = (
    r"i'll be there|i will be there|i'll come|i'm coming|see you|i can make it|confirm\w*|that's still fine|still good"
)
CANNOT = r"can't make|cannot make|can't come|won't be able|not able to|unable to|can't do"
LATER_SAID = (
    r"(call|ring|phone|try) (me )?(back )?(later|again|back|another time|tomorrow|in)|not a good time|i'm busy|"
    r"bad time|driving|in a meeting|at work|can't (talk|speak)( now| right now)?|not now|in the middle of"
)
REFUSALS = 2
"""So often we say that a call at that time would be too late; then we let them go."""

NOT_SURE = r"(not|n't) (really )?(sure|know)( yet)?|let you know|have to check|need to check|might|maybe"


@dataclass(slots=True)
class ReminderForm:
    appointment: Appointment
    person: RightPerson = field(init=False)
    name: str = "reminder"
    action: str = ""
    """confirm, move, cancel, later, or cannot (move or cancel?)."""
    until: dt.datetime | None = None
    told: bool = False
    refused: int = 0
    said: Turn | None = None
    """What asked for a move: "can we make it Wednesday?"."""

    def __post_init__(self) -> None:
        self.person = RightPerson(self.appointment.customer)

    def take(self, turn: Turn, talk: Talk) -> bool:
        if self.person.asks_who_we_are(turn, talk):
            return True
        if talk.asked == "when_later" and self.person.absent and turn.no and not turn.entities:
            self.person.right, self.action = False, ""
            return True
        if self._wants_later(turn, talk):
            return True
        if talk.asked == "right_person":
            return self._take_person(turn, talk)
        if talk.asked in ("reminder_action", "move_or_cancel"):
            self.action, self.said = self._action(turn, talk.asked), turn
        return bool(self.action)

    def _take_person(self, turn: Turn, talk: Talk) -> bool:
        if not self.person.take(turn, talk, HOW):
            return False
        if self.person.absent:
            self.action, self.until = "later", moment_said(turn, talk)
        return True

    def _wants_later(self, turn: Turn, talk: Talk) -> bool:
        asked = talk.asked == "when_later"
        by_key = turn.option == 4 and talk.asked == "reminder_action"
        if not (asked or by_key or turn.intent == "call_later" or turn.says(LATER_SAID)):
            return False
        self.action = "later"
        self.until = moment_said(turn, talk) or (some_time_later(talk) if asked else None)
        return True

    def _action(self, turn: Turn, asked: str) -> str:
        if turn.option is not None:
            return OPTIONS[turn.option - 1].value if asked == "reminder_action" else ("move", "cancel")[turn.option - 1]
        if turn.intent in ("move", "cancel"):
            return turn.intent
        if turn.says("cancel\\w*"):
            return "cancel"
        if turn.says("move|reschedule|change it|another (day|time)|different (day|time)|rearrange|postpone"):
            return "move"
        if asked == "reminder_action" and (turn.intent == "dont_know" or turn.says(NOT_SURE)) and not turn.entities:
            return "later"
        if turn.says(CANNOT) or (turn.no and asked == "reminder_action"):
            return "cannot"
        if asked == "reminder_action" and (turn.intent == "confirm_appointment" or turn.yes or turn.says(COMES)):
            return "confirm"
        return "move" if turn.first("date") or turn.first("time") else ""

    def step(self, talk: Talk) -> Step:
        if self.action == "later":
            return self._later(talk)
        if self.person.right is None:
            return self.person.ask(talk)
        if not self.person.right:
            self.person.sorry(talk)
            return Done(said_goodbye=True)
        return self._act(talk)

    def _act(self, talk: Talk) -> Step:
        note_told(talk)
        words = slot_words(self.appointment.slot, talk.business, talk.today)
        match self.action:
            case "confirm":
                return self._confirm(talk, words)
            case "move":
                return Begin(moving(self.appointment, self.said, talk), instead=True)
            case "cancel":
                return Begin(CancellingForm(AppointmentChoice(chosen=self.appointment)), instead=True)
            case "cannot":
                options = (Option("move", "moving it"), Option("cancel", "cancelling it"))
                phrases = ("move it", "move it please", "cancel it", "cancel it please", "another day", "another time")
                return talk.ask("move_or_cancel", "choice", options=options, phrases=phrases)
        if not self.told:
            self.told = True
            talk.say("reminder_told", **words)
        known = ("i'll be there", "confirm", "move it", "cancel it", "call me later", "yes", "no", "i can't make it")
        return talk.ask("reminder_action", "choice", options=OPTIONS, phrases=known)

    def _confirm(self, talk: Talk, words: dict[str, str]) -> Step:
        talk.memory.appointment = talk.desk.confirm(self.appointment, talk.call_id, talk.now)
        talk.memory.done.append("confirmed")
        talk.tell("confirmed", **words)
        preparation = talk.business.services[self.appointment.slot.service_id].preparation
        if preparation:
            talk.say_text(preparation)
        talk.say("goodbye_reminder")
        return Done(said_goodbye=True)

    def _later(self, talk: Talk) -> Step:
        if self.until is None:
            return self._ask_when(talk)
        if self.until >= self.appointment.slot.start:
            return self._too_late(talk)
        talk.desk.snooze_reminder(self.appointment, self.until, talk.call_id, talk.now)
        talk.memory.done.append("snoozed")
        day = "" if self.until.date() == talk.today else spoken.day(self.until.date(), talk.today)
        talk.tell("snoozed", time=f"{day} at {spoken.time(self.until.time(), part=True)}".strip())
        return Done(said_goodbye=True)

    def _ask_when(self, talk: Talk) -> Question:
        key = "when_there" if self.person.absent else "when_later"
        phrases = ("in an hour", "in two hours", "tomorrow", "this evening")
        question = talk.ask(key, "time", phrases=phrases, words={"name": self.person.first_name})
        return replace(question, slot="when_later")

    def _too_late(self, talk: Talk) -> Step:
        """ "Call me tomorrow", of an appointment today: they are told now; who may not know is asked for sooner."""
        self.until, self.refused = None, self.refused + 1
        if self.person.right:
            self.action, self.told = "", True
            talk.say("later_too_late_told", **slot_words(self.appointment.slot, talk.business, talk.today))
            return self._act(talk) if self.refused <= REFUSALS else self._let_go(talk)
        if self.refused > REFUSALS:
            self.person.leave_message(talk)
            return Done(said_goodbye=True)
        talk.say("later_too_late")
        question = self._ask_when(talk)
        return replace(question, text=question.again)

    def _let_go(self, talk: Talk) -> Step:
        note_told(talk)
        talk.say("goodbye_reminder")
        return Done(said_goodbye=True)

    def back(self, talk: Talk) -> bool:
        going_back = bool(self.action)
        self.action = ""
        return going_back

    def leave(self, talk: Talk) -> None:
        return None

    def save(self) -> Mapping[str, str]:
        return {"appointment": self.appointment.reference, "action": self.action}
