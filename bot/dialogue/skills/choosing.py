"""Which of the caller's appointments is meant, for moving, cancelling and asking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.appointments.model import Appointment
from bot.dialogue import offers, spoken
from bot.dialogue.question import Option, Question
from bot.dialogue.skill import Talk
from bot.dialogue.turn import Turn
from bot.nlu.understanding import DateMention

ALL = r"both|all (of them|of those|my appointments|my bookings)|all appointments|each of them|everything"
MOST = 4
"""More are not read out."""


@dataclass(slots=True)
class AppointmentChoice:
    """`hint` is the sentence that started it: "move my check-up on Tuesday" already says which."""

    hint: Turn | None = None
    listed: tuple[Appointment, ...] | None = None
    chosen: Appointment | None = None
    rest: tuple[Appointment, ...] = ()
    """Meant as well: "both", "all of them"."""
    by_date: bool = False
    """The date in `hint` told which; it is no wish."""

    def look_up(self, talk: Talk) -> None:
        """Those to come; a single one is the one. Needs a confirmed caller."""
        customer = talk.memory.identity.known
        if self.chosen or self.listed is not None or customer is None:
            return
        self.listed = tuple(talk.desk.appointments_of(customer, talk.now))[:MOST]
        if len(self.listed) == 1:
            self.chosen = self.listed[0]
        if self.hint and self.listed and self.hint.says(ALL):
            self._choose_all(self.listed)
        elif self.hint:
            self._by_hint(self.hint, self.listed)

    def _by_hint(self, hint: Turn, listed: Sequence[Appointment]) -> None:
        dated = [each for each in listed if _on_day(hint, each)]
        left = dated or listed
        service = hint.value("service")
        left = [each for each in left if each.slot.service_id == service] or list(left)
        if len(left) == 1:
            self.chosen = left[0]
            self.by_date = bool(dated)

    def _choose_all(self, listed: tuple[Appointment, ...]) -> None:
        self.chosen, self.rest = listed[0], listed[1:]

    def next(self) -> bool:
        """On to the next one of those that were meant; False when there is none."""
        if not self.rest:
            return False
        self._choose_all(self.rest)
        return True

    def take(self, turn: Turn, talk: Talk) -> bool:
        """An answer to "which one?"."""
        if talk.asked != "which_appointment" or not self.listed:
            return False
        if turn.says(ALL):
            self._choose_all(self.listed)
            return True
        slots = [each.slot for each in self.listed]
        slot = offers.choose(turn, slots)
        if slot is None:
            by_service = [each for each in self.listed if each.slot.service_id == turn.value("service")]
            slot = by_service[0].slot if len(by_service) == 1 else None
        if slot is None:
            return False
        self.chosen = self.listed[slots.index(slot)]
        return True

    def ask(self, talk: Talk) -> Question:
        listed = self.listed or ()
        options = [Option(str(each.id), describe(each, talk)) for each in listed]
        phrases = [spoken.WEEKDAYS[each.slot.start.weekday()] for each in listed]
        phrases += [said for each in listed for said in talk.business.services[each.slot.service_id].spoken]
        return talk.ask(
            "which_appointment",
            "choice",
            options=options,
            phrases=phrases,
            words={"appointments": spoken.either([option.label for option in options])},
        )


def describe(appointment: Appointment, talk: Talk) -> str:
    """ "the check-up on Tuesday the … at half past two in the afternoon"."""
    words = offers.slot_words(appointment.slot, talk.business, talk.today)
    return f"the {words['service']} {words['day']} at {words['time']}"


def _on_day(turn: Turn, appointment: Appointment) -> bool:
    """The first of two dates is the old one: "from Tuesday to Wednesday"; a date after "to" is the new one."""
    first = turn.first("date")
    if first is None or not isinstance(first.value, DateMention):
        return False
    before = turn.text[: first.span[0]].rstrip()
    if before.endswith((" to", " for", " until", " till")) and len(turn.all("date")) == 1:
        return False
    day = appointment.slot.start.date()
    return first.value.first <= day <= first.value.last or day in first.value.others
