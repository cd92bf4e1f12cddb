"""The reminder call: the right person first, then what is booked, then confirm, move, cancel or later."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.appointments.model import Appointment
from bot.dialogue import spoken
from bot.dialogue.offers import slot_words
from bot.dialogue.question import Option
from bot.dialogue.skill import Begin, Done, Step, Talk
from bot.dialogue.skills.cancelling import CancellingForm
from bot.dialogue.skills.choosing import AppointmentChoice
from bot.dialogue.skills.moving import moving
from bot.dialogue.turn import Turn
from bot.nlu.understanding import DateMention, TimeMention

LATER = dt.timedelta(hours=2)
"""How long "later" is when no time is said."""

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
NOT_HERE = (
    r"(not|isn't|not at|n't) (here|in|home|available|at home|around)|(she|he|they)('s| is|'re| are) (just )?(out|away|"
    r"busy|asleep|at (work|school)|on holiday|in the)|this is (her|his|their) \w+|(take|leave) a message|"
    r"i'm (her|his|their) \w+"
)
NOT_SURE = r"(not|n't) (really )?(sure|know)( yet)?|let you know|have to check|need to check|might|maybe"
ROUNDED_MIN = 15
"""Nobody says "at nine thirty-one"."""


@dataclass(slots=True)
class ReminderForm:
    appointment: Appointment
    name: str = "reminder"
    right_person: bool | None = None
    action: str = ""
    """confirm, move, cancel, later, or cannot (move or cancel?)."""
    absent: bool = False
    """Somebody else has answered; the person may be reached later."""
    until: dt.datetime | None = None
    told: bool = False
    said: Turn | None = None
    """What asked for a move: "can we make it Wednesday?"."""

    def take(self, turn: Turn, talk: Talk) -> bool:
        if turn.intent == "who_is_this" or turn.says("who('s| is| are) (this|calling|you|speaking)"):
            talk.say("who_is_calling", name=self.appointment.customer.name)
            return True
        if talk.asked == "right_person" and turn.says(NOT_HERE) and not turn.says("wrong (number|person)"):
            self.absent, self.action = True, "later"
            self.until = _until(turn, talk)
            return True
        if talk.asked == "when_later" and self.absent and turn.no and not turn.entities:
            self.right_person, self.action = False, ""
            return True
        if self._wants_later(turn, talk):
            return True
        if talk.asked == "right_person":
            return self._take_person(turn, talk)
        if talk.asked in ("reminder_action", "move_or_cancel"):
            self.action, self.said = self._action(turn, talk.asked), turn
        return bool(self.action)

    def _wants_later(self, turn: Turn, talk: Talk) -> bool:
        asked = talk.asked == "when_later"
        by_key = turn.option == 4 and talk.asked == "reminder_action"
        if not (asked or by_key or turn.intent == "call_later" or turn.says(LATER_SAID)):
            return False
        self.action = "later"
        self.until = _until(turn, talk) or (_waking(_rounded(talk.now + LATER), talk) if asked else None)
        return True

    def _take_person(self, turn: Turn, talk: Talk) -> bool:
        if turn.intent == "wrong_person" or turn.no or turn.says("wrong (number|person)"):
            self.right_person = False
        elif turn.yes or turn.says("speaking|this is (she|he|her|him|me)|that's me|it is"):
            self.right_person = True
            identity = talk.memory.identity
            identity.customer, identity.confirmed = self.appointment.customer, True
            identity.how = "answered the reminder call and said it is them"
        return self.right_person is not None

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
        if self.right_person is None:
            return talk.ask("right_person", "yes_no", phrases=("speaking", "this is me", "who is this", "wrong number"),
                            words={"name": self.appointment.customer.name})  # fmt: skip
        if not self.right_person:
            talk.memory.done.append("wrong person")
            talk.say("wrong_person")
            return Done(said_goodbye=True)
        return self._act(talk)

    def _act(self, talk: Talk) -> Step:
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
            key = "when_there" if self.absent else "when_later"
            phrases = ("in an hour", "in two hours", "tomorrow", "this evening")
            words = {"name": self.appointment.customer.name.split()[0]}
            return replace(talk.ask(key, "time", phrases=phrases, words=words), slot="when_later")
        talk.desk.snooze_reminder(self.appointment, self.until, talk.call_id, talk.now)
        talk.memory.done.append("snoozed")
        day = "" if self.until.date() == talk.today else spoken.day(self.until.date(), talk.today)
        talk.tell("snoozed", time=f"{day} at {spoken.time(self.until.time(), part=True)}".strip())
        return Done(said_goodbye=True)

    def leave_message(self, talk: Talk) -> None:
        """For a machine, or nobody there: nothing personal."""
        talk.memory.done.append("message left")
        talk.tell("voicemail", name=self.appointment.customer.name)

    def back(self, talk: Talk) -> bool:
        going_back = bool(self.action)
        self.action = ""
        return going_back

    def leave(self, talk: Talk) -> None:
        return None

    def save(self) -> Mapping[str, str]:
        return {"appointment": self.appointment.reference, "action": self.action}


def _until(turn: Turn, talk: Talk) -> dt.datetime | None:
    """When to call again, at an hour at which people may be called; None when nothing was said about it."""
    moment = _moment(turn, talk.now)
    return _waking(moment, talk) if moment else None


def _waking(moment: dt.datetime, talk: Talk) -> dt.datetime:
    """ "In the morning" is not six o'clock."""
    hours, day = talk.business.quiet_hours, moment.date()
    if moment.time() >= hours.closes:
        day += dt.timedelta(days=1)
    elif moment.time() >= hours.opens:
        return moment
    return dt.datetime.combine(day, hours.opens, moment.tzinfo)


def _moment(turn: Turn, now: dt.datetime) -> dt.datetime | None:
    """The next moment with that time; "in an hour"; "tomorrow" at this time."""
    day, time = turn.value("date"), turn.value("time")
    date = day.first if isinstance(day, DateMention) else None
    if isinstance(time, TimeMention):
        readings = [dt.datetime.combine(date or now.date(), each, now.tzinfo) for each in (time.first, *time.others)]
        later = [moment for moment in readings if moment > now]
        return later[0] if later else readings[0] + dt.timedelta(days=1)
    if date and date > now.date():
        return _rounded(dt.datetime.combine(date, now.time(), now.tzinfo))
    return _in_hours(turn, now)


def _rounded(moment: dt.datetime) -> dt.datetime:
    """The next quarter of an hour."""
    plain = moment.replace(second=0, microsecond=0)
    return plain + dt.timedelta(minutes=-plain.minute % ROUNDED_MIN)


def _in_hours(turn: Turn, now: dt.datetime) -> dt.datetime | None:
    spans = {
        "half an hour": 30,
        "an hour": 60,
        "one hour": 60,
        "two hours": 120,
        "a couple of hours": 120,
        "three hours": 180,
    }
    spans |= {"ten minutes": 10, "twenty minutes": 20, "thirty minutes": 30, "a few minutes": 15, "fifteen minutes": 15}
    minutes = next((minutes for words, minutes in spans.items() if turn.says(words)), 0)
    return (now + dt.timedelta(minutes=minutes)).replace(second=0, microsecond=0) if minutes else None
