"""Move an appointment: which one, when instead, read back, move; the old time is kept until the new one is certain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bot.appointments.diary import SlotTaken
from bot.appointments.model import Appointment, Slot
from bot.dialogue import spoken
from bot.dialogue.finding import Search
from bot.dialogue.offers import slot_words
from bot.dialogue.relative import told_from
from bot.dialogue.skill import Begin, Done, Step, Talk
from bot.dialogue.skills.choosing import AppointmentChoice
from bot.dialogue.skills.identity import IdentityForm
from bot.dialogue.turn import Turn
from bot.dialogue.wish_questions import WishQuestions
from bot.nlu.understanding import DateMention


@dataclass(slots=True)
class MovingForm:
    choice: AppointmentChoice = field(default_factory=AppointmentChoice)
    search: Search = field(default_factory=lambda: Search(questions=WishQuestions(frozenset({"service"}))))
    name: str = "move"
    confirmed: bool = False
    stopped: bool = False
    prepared: bool = False
    told: bool = False
    """The caller has just heard when it is."""

    def take(self, turn: Turn, talk: Talk) -> bool:
        if self.choice.hint is None and self.choice.chosen is None:
            self.choice.hint = turn
            self.search.slots.take(turn, talk.business, talk.today)
            return True
        if self.choice.take(turn, talk):
            return True
        if talk.asked == "confirm_move":
            return self._take_confirmation(turn, talk)
        if talk.asked == "keep_old":
            return self._take_keep(turn, talk)
        if turn.intent == "move" and not self.prepared:
            return self.search.slots.take(turn, talk.business, talk.today) != ()
        if self.choice.chosen and not (self.search.chosen or self.search.offers):
            turn = told_from(turn, self.choice.chosen.slot.start)
        return self.search.take(turn, talk)

    def _take_confirmation(self, turn: Turn, talk: Talk) -> bool:
        if self.search.take_later(turn, talk):
            return True
        if turn.entities and not (turn.yes and not turn.no) and self.search.take(turn, talk):
            talk.corrected = True
            return True
        if turn.yes:
            self.confirmed = True
        elif turn.no:
            talk.memory.rejected += 1
            self.search.refuse(talk)
        return turn.yes or turn.no

    def _take_keep(self, turn: Turn, talk: Talk) -> bool:
        self.stopped = turn.yes
        if turn.no:
            self.search.nothing = False
            self.search.refuse(talk)
        return turn.yes or turn.no or self.search.take(turn, talk)

    def step(self, talk: Talk) -> Step:
        if self.choice.chosen is None and talk.memory.identity.known is None:
            return Begin(IdentityForm(may_be_new=False))
        self.choice.look_up(talk)
        if self.choice.chosen is None:
            if not self.choice.listed:
                talk.say("no_appointments")
                return Done()
            return self.choice.ask(talk)
        if not self.prepared:
            self._prepare(self.choice.chosen, talk)
        return self._find(self.choice.chosen, talk)

    def _prepare(self, appointment: Appointment, talk: Talk) -> None:
        """The same service, person and branch, unless something else was said."""
        slots, old = self.search.slots, appointment.slot
        if self.choice.by_date and self.choice.hint and len(self.choice.hint.all("date")) == 1:
            slots.empty("day")
            slots.empty("time")
        self._take_told_from(old, talk)
        slots.service = old.service_id
        if slots.staff is None and slots.role is None and "staff" not in slots.any:
            slots.staff = old.staff_id
        if slots.branch is None and "branch" not in slots.any:
            slots.branch = old.branch_id
        self.prepared = True
        if self.told:
            talk.say("start_move")
            return
        words = slot_words(old, talk.business, talk.today)
        talk.say("moving", appointment=f"your {words['service']}", day=words["day"], time=words["time"])

    def _take_told_from(self, old: Slot, talk: Talk) -> None:
        """ "An hour later", said before it was known than what."""
        if self.choice.hint is None:
            return
        hint = self._without_old_day(self.choice.hint, old) if self.choice.by_date else self.choice.hint
        said = told_from(hint, old.start)
        if said is hint and len(hint.all("date")) < 2:
            return
        self.search.slots.empty("day")
        self.search.slots.empty("time")
        self.search.slots.take(said, talk.business, talk.today)

    def _without_old_day(self, hint: Turn, old: Slot) -> Turn:
        """ "My Tuesday check-up to Wednesday": the Tuesday is that of the appointment, and so is the week."""
        first, *others = hint.all("date")
        day = DateMention(old.start.date(), old.start.date())
        known = [replace(first, value=day)] if others else []
        return replace(hint, entities=(*known, *others, *hint.without_entities("date").entities))

    def _find(self, old: Appointment, talk: Talk) -> Step:
        if self.stopped:
            self.leave(talk)
            talk.say("kept_old")
            return Done()
        if self.search.nothing:
            return talk.ask("keep_old", "yes_no")
        question = self.search.step(talk)
        if question:
            return question if question.slot != "waiting_list" else talk.ask("keep_old", "yes_no")
        slot = self.search.chosen
        assert slot is not None
        if not self.confirmed:
            return talk.ask("confirm_move", "yes_no", words=slot_words(slot, talk.business, talk.today))
        try:
            moved = talk.desk.move(old, slot, talk.call_id, talk.now)
        except SlotTaken as taken:
            self.confirmed = False
            self.search.lost(talk, taken)
            return self.step(talk)
        talk.memory.appointment = moved
        talk.memory.done.append("moved")
        words = slot_words(moved.slot, talk.business, talk.today)
        talk.tell("moved", **words, reference=spoken.figures(moved.reference))
        return Done()

    def back(self, talk: Talk) -> bool:
        self.confirmed = False
        return self.search.back(talk)

    def leave(self, talk: Talk) -> None:
        self.search.leave(talk)

    def save(self) -> Mapping[str, str]:
        chosen = self.choice.chosen
        return {**({"appointment": chosen.reference} if chosen else {}), **self.search.slots.save()}


def moving(appointment: Appointment, said: Turn | None, talk: Talk) -> MovingForm:
    """Moving a known appointment, as from a reminder; `said` may already hold the new day."""
    form = MovingForm(AppointmentChoice(chosen=appointment), told=True)
    if said is not None and not said.keypad:
        form.search.slots.take(told_from(said, appointment.slot.start), talk.business, talk.today)
    return form
