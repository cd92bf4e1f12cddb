"""Book: find a time, know who it is for, read it back, do it, give the reference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.appointments.diary import SlotTaken
from bot.appointments.model import Appointment, Slot
from bot.dialogue import spoken
from bot.dialogue.finding import Search
from bot.dialogue.offers import slot_words
from bot.dialogue.question import Option
from bot.dialogue.skill import Begin, Done, Step, Talk
from bot.dialogue.skills.clash import Clash
from bot.dialogue.skills.identity import IdentityForm
from bot.dialogue.skills.moving import moving
from bot.dialogue.skills.set_right import set_right
from bot.dialogue.slots import WishSlots
from bot.dialogue.turn import Turn
from bot.nlu.understanding import DateMention, TimeMention

CHANGES = (
    Option("day", "the day"),
    Option("time", "the time"),
    Option("branch", "the branch"),
    Option("staff", "the person"),
    Option("service", "the treatment"),
    Option("stop", "not booking at all"),
)
SAID = {
    "day": r"day|date",
    "time": r"time|hour",
    "branch": r"branch|place|location|where",
    "staff": r"person|dentist|who|staff|vet|hygienist",
    "service": r"treatment|service|what for|kind",
    "stop": r"nothing|forget it|everything|all of it|leave it",
}


@dataclass(slots=True)
class BookingForm:
    search: Search = field(default_factory=Search)
    name: str = "book"
    confirmed: bool = False
    stopped: bool = False
    changing: bool = False
    clash: Clash = field(default_factory=Clash)
    moving: bool = False
    """What the caller has at that time, out of the way of this one."""
    proposed: Slot | None = None
    """The time that was said before we asked who is calling."""

    def take(self, turn: Turn, talk: Talk) -> bool:
        if talk.asked == "confirm_booking":
            return self._take_confirmation(turn, talk)
        if talk.asked == "change":
            return self._take_change(turn, talk)
        if talk.asked == "clash":
            return self._take_clash(turn, talk)
        return self.search.take(turn, talk)

    def _take_confirmation(self, turn: Turn, talk: Talk) -> bool:
        """A changed wish wins over "yes" and "no"."""
        if set_right(turn, talk):
            return True
        if self.search.take_later(turn, talk):
            return True
        if (turn.rest() or turn.entities) and self._changes(turn, talk):
            return True
        if turn.yes:
            self.confirmed = True
        elif turn.no:
            talk.memory.rejected += 1
            self.changing = True
        return turn.yes or turn.no

    def _take_clash(self, turn: Turn, talk: Talk) -> bool:
        """A new day or time, else what to do with the two."""
        if turn.option is None and (turn.first("date") or turn.first("time")) and self.search.take(turn, talk):
            return True
        answer = self.clash.answer(turn)
        self.moving = answer == "move"
        if answer == "both" and self.search.chosen:
            self.clash.kept.add(self.search.chosen)
        elif answer == "other":
            self.search.refuse(talk)
        return answer != ""

    def _changes(self, turn: Turn, talk: Talk) -> bool:
        before = self.search.chosen
        if before and turn.yes and not turn.no and _same(turn, before):
            return False
        if not self.search.take(turn, talk):
            return False
        talk.corrected = True
        return True

    def _take_change(self, turn: Turn, talk: Talk) -> bool:
        """ "The day" or a new day at once."""
        if turn.option is None and self.search.take(turn, talk):
            self.changing = False
            return True
        named = (
            CHANGES[turn.option - 1].value if turn.option else next((s for s, p in SAID.items() if turn.says(p)), "")
        )
        if not named and turn.no:
            named = "stop"
        if not named:
            return False
        self.changing = False
        self.stopped = named == "stop"
        if not self.stopped:
            self.search.reopen(named, talk)
        return True

    def step(self, talk: Talk) -> Step:
        if self.stopped:
            self.leave(talk)
            talk.say("nothing_booked")
            return Done()
        if self.changing:
            return talk.ask("change", "choice", options=CHANGES)
        question = self.search.step(talk)
        if question:
            return question
        if talk.memory.identity.known is None:
            self._propose(talk)
            return Begin(IdentityForm())
        if self.search.waiting:
            return _join_waiting_list(self.search, talk)
        if self.search.chosen and self.clash.found(self.search.chosen, talk):
            return self._make_room(talk)
        if not self.confirmed and self.search.chosen:
            self.proposed = self.search.chosen
            return talk.ask(
                "confirm_booking", "yes_no", words=slot_words(self.search.chosen, talk.business, talk.today)
            )
        return self._book(talk)

    def _make_room(self, talk: Talk) -> Step:
        self.confirmed = False
        if self.moving and self.clash.with_:
            self.moving = False
            return Begin(moving(self.clash.with_, None, talk))
        return self.clash.ask(talk)

    def _propose(self, talk: Talk) -> None:
        if self.search.chosen and self.search.chosen != self.proposed:
            talk.say("proposal", **slot_words(self.search.chosen, talk.business, talk.today))
            self.proposed = self.search.chosen

    def _book(self, talk: Talk) -> Step:
        customer, slot = talk.memory.identity.known, self.search.chosen
        assert customer is not None
        assert slot is not None
        try:
            appointment = talk.desk.book(slot, customer, talk.call_id, talk.now)
        except SlotTaken as taken:
            self.confirmed = False
            self.search.lost(talk, taken)
            return self.step(talk)
        tell_booked(appointment, talk)
        return Done()

    def back(self, talk: Talk) -> bool:
        self.confirmed = self.changing = False
        return self.search.back(talk)

    def leave(self, talk: Talk) -> None:
        self.search.leave(talk)

    def save(self) -> Mapping[str, str]:
        return self.search.slots.save()


def restored(saved: Mapping[str, str]) -> BookingForm:
    """A booking as a caller who was cut off left it."""
    return BookingForm(Search(WishSlots.load(dict(saved))))


def tell_booked(appointment: Appointment, talk: Talk) -> None:
    talk.memory.appointment = appointment
    talk.memory.done.append("booked")
    words = slot_words(appointment.slot, talk.business, talk.today)
    talk.tell("booked", **words, reference=spoken.figures(appointment.reference))
    service = talk.business.services[appointment.slot.service_id]
    if service.reminders:
        talk.say("reminder_mentioned")
    if service.preparation:
        talk.say_text(service.preparation)


def _join_waiting_list(search: Search, talk: Talk) -> Step:
    customer = talk.memory.identity.known
    assert customer is not None
    talk.desk.join_waiting_list(search.slots.wish(talk.business, talk.today), customer, talk.call_id, talk.now)
    talk.memory.done.append("waiting")
    talk.tell("waiting_joined", service=talk.business.services[search.slots.service or ""].name)
    return Done()


@dataclass(slots=True)
class WaitingForm:
    """Straight to the waiting list, for callers who ask for it."""

    search: Search = field(default_factory=Search)
    name: str = "waiting_list"

    def take(self, turn: Turn, talk: Talk) -> bool:
        return self.search.take(turn, talk)

    def step(self, talk: Talk) -> Step:
        slots = self.search.slots
        slots.any |= {"branch", "time"} if slots.service else set()
        if slots.service is None or slots.is_open("day"):
            question = self.search.missing(talk)
            if question:
                return question
        if talk.memory.identity.known is None:
            return Begin(IdentityForm())
        return _join_waiting_list(self.search, talk)

    def back(self, talk: Talk) -> bool:
        return self.search.back(talk)

    def leave(self, talk: Talk) -> None:
        self.search.leave(talk)

    def save(self) -> Mapping[str, str]:
        return self.search.slots.save()


def _same(turn: Turn, slot: Slot) -> bool:
    """ "Yes, Tuesday at two": what was said is what was read."""
    day, time = turn.value("date"), turn.value("time")
    same_day = not isinstance(day, DateMention) or day.first <= slot.start.date() <= day.last
    same_time = not isinstance(time, TimeMention) or slot.start.time() in (time.first, *time.others)
    return same_day and same_time
