"""A time has become free for somebody on the waiting list: we ring and offer it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.appointments.diary import SlotTaken
from bot.appointments.model import Appointment, Customer, Slot
from bot.dialogue.finding import Search
from bot.dialogue.offers import slot_words
from bot.dialogue.skill import Begin, Done, Step, Talk
from bot.dialogue.skills.booking import BookingForm, tell_booked
from bot.dialogue.skills.cancelling import CancellingForm
from bot.dialogue.skills.choosing import AppointmentChoice
from bot.dialogue.skills.right_person import RightPerson, note_told
from bot.dialogue.slots import WishSlots
from bot.dialogue.turn import Turn

HOW = "answered the call about a freed time and said it is them"


@dataclass(frozen=True, slots=True)
class FreedTime:
    """What the call is about; the diary keeps it for this person for a while."""

    customer: Customer
    slot: Slot


@dataclass(slots=True)
class FreedTimeForm:
    freed: FreedTime
    person: RightPerson = field(init=False)
    name: str = "freed_time"
    wanted: bool | None = None
    rather: Search | None = None
    """Another time the caller asked for instead."""

    def __post_init__(self) -> None:
        self.person = RightPerson(self.freed.customer)

    def take(self, turn: Turn, talk: Talk) -> bool:
        if self.person.right is None:
            return self.person.asks_who_we_are(turn, talk) or (
                talk.asked == "right_person" and self.person.take(turn, talk, HOW)
            )
        if talk.asked != "freed_time":
            return False
        if self._takes_another(turn, talk):
            return True
        if turn.yes or turn.no:
            self.wanted = turn.yes and not turn.no
        return turn.yes or turn.no

    def _takes_another(self, turn: Turn, talk: Talk) -> bool:
        """ "No, but have you got Thursday?"."""
        if (turn.yes and not turn.no) or not (turn.first("date") or turn.first("time")):
            return False
        slot = self.freed.slot
        self.rather = Search(WishSlots(service=slot.service_id, branch=slot.branch_id))
        return self.rather.take(turn, talk)

    def step(self, talk: Talk) -> Step:
        if self.person.absent:
            self.person.leave_message(talk)
            return Done(said_goodbye=True)
        if self.person.right is None:
            return self.person.ask(talk)
        if not self.person.right:
            self.person.sorry(talk)
            return Done(said_goodbye=True)
        note_told(talk)
        if self.rather:
            talk.desk.decline_offer(self.freed.slot, self.freed.customer, talk.call_id, talk.now)
            return Begin(BookingForm(self.rather), instead=True)
        if self.wanted is None:
            words = slot_words(self.freed.slot, talk.business, talk.today)
            return talk.ask("freed_time", "yes_no", words=words)
        return self._book(talk) if self.wanted else self._stay_on_the_list(talk)

    def _stay_on_the_list(self, talk: Talk) -> Step:
        talk.desk.decline_offer(self.freed.slot, self.freed.customer, talk.call_id, talk.now)
        talk.say("freed_time_declined")
        talk.memory.done.append("declined")
        return Done()

    def _book(self, talk: Talk) -> Step:
        """The one they may have had for the same is rather cancelled, but that is for them to say."""
        customer = self.freed.customer
        try:
            booked = talk.desk.book(self.freed.slot, customer, talk.call_id, talk.now)
        except SlotTaken:
            talk.say("freed_time_gone")
            return Done()
        tell_booked(booked, talk)
        old = self._same_service(talk, booked)
        if old is None:
            return Done()
        talk.say("freed_time_old_one")
        return Begin(CancellingForm(AppointmentChoice(chosen=old)), instead=True)

    def _same_service(self, talk: Talk, booked: Appointment) -> Appointment | None:
        others = talk.desk.appointments_of(self.freed.customer, talk.now)
        return next(
            (each for each in others if each.id != booked.id and each.slot.service_id == booked.slot.service_id), None
        )

    def back(self, talk: Talk) -> bool:
        return False

    def leave(self, talk: Talk) -> None:
        return None

    def save(self) -> Mapping[str, str]:
        slot = self.freed.slot
        return {"service": slot.service_id, "staff": slot.staff_id, "branch": slot.branch_id,
                "day": slot.start.date().isoformat(), "time": slot.start.strftime("%H:%M")}  # fmt: skip
