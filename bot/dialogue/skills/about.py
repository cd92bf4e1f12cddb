"""Short questions about the appointment in hand: who is it with, where is it, how long, how much, what to bring?

"In hand" is what is being offered, chosen, moved, cancelled or reminded of, else what this call has just done. A
general answer ("a check-up is …, a filling …") to "how much is it?" would be no answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.appointments.model import Service, Slot, Status
from bot.dialogue import spoken
from bot.dialogue.agenda import Agenda
from bot.dialogue.skill import Form, Talk
from bot.dialogue.skills.booking import BookingForm, WaitingForm
from bot.dialogue.skills.cancelling import CancellingForm
from bot.dialogue.skills.freed import FreedTimeForm
from bot.dialogue.skills.moving import MovingForm
from bot.dialogue.skills.reminder import ReminderForm
from bot.dialogue.turn import Turn

IT = r"(it|that|this|they|the appointment|my appointment)"
WHO = re.compile(
    rf"\b(who|which (doctor|dentist|vet|nurse|hygienist|person|one of them)|what doctor)\b.*\b(with|see|seeing|{IT})\b|"
    rf"\bwho (will|would|am|do) i\b|\bwith whom\b|\bis {IT} with\b"
)
WHERE = re.compile(
    rf"\b(where('s| is| would| will)( {IT})?( be)?( again)?$|where (do|would|should) i (go|come)|"
    rf"which branch (is|was|would|will) {IT}|what('s| is) the address|which (branch|place) was)\b"
)
LONG = re.compile(rf"\bhow long\b.*\b({IT}|take|last)\b|\bhow much time\b")
PRICE = re.compile(rf"\bhow (much|expensive)\b.*\b({IT}|cost|charge|pay|be)\b|\bwhat (does|will|would|is) {IT} cost\b")
BRING = re.compile(
    r"\b(do|should|must) i (need to |have to )?(bring|prepare|eat|fast|do anything)\b|\banything (i )?(need|have) to"
)


@dataclass(frozen=True, slots=True)
class InHand:
    """The times talked about, maybe none yet, and the service."""

    slots: tuple[Slot, ...]
    service: Service | None


def answer_about(turn: Turn, agenda: Agenda, talk: Talk) -> bool:
    """False when it is no such question, or there is nothing in hand to tell."""
    ask = next((tell for pattern, tell in ANSWERS if pattern.search(turn.text)), None)
    if ask is None or turn.keypad:
        return False
    hand = in_hand(agenda, talk)
    named = turn.value("service")
    if named and (hand.service is None or named != hand.service.id):
        return False
    return ask(hand, talk)


def in_hand(agenda: Agenda, talk: Talk) -> InHand:
    for form in reversed(agenda.stack):
        slots, service = _of_form(form)
        service = slots[0].service_id if slots else service
        if service:
            return InHand(slots, talk.business.services.get(service))
    done = talk.memory.appointment
    if agenda.stack or done is None or done.status is Status.CANCELLED:
        return InHand((), None)
    return InHand((done.slot,), talk.business.services.get(done.slot.service_id))


def _of_form(form: Form) -> tuple[tuple[Slot, ...], str | None]:
    match form:
        case BookingForm() | MovingForm() | WaitingForm():
            search = form.search
            return (search.chosen,) if search.chosen else search.offers, search.slots.service
        case CancellingForm() if form.choice.chosen:
            return (form.choice.chosen.slot,), None
        case ReminderForm() if form.person.right:
            return (form.appointment.slot,), None
        case FreedTimeForm() if form.person.right:
            return (form.freed.slot,), None
    return (), None


def _tell_staff(hand: InHand, talk: Talk) -> bool:
    people = [talk.business.staff[slot.staff_id].name for slot in hand.slots]
    return _tell_each("about_staff", hand.slots, people, [f"with {name}" for name in people], talk)


def _tell_branch(hand: InHand, talk: Talk) -> bool:
    branches = [talk.business.branches[slot.branch_id] for slot in hand.slots]
    if len({branch.id for branch in branches}) == 1:
        talk.say("about_branch", branch=branches[0].name, address=branches[0].address)
        return True
    return _tell_each("about_branch", hand.slots, [], [f"at the {branch.name}" for branch in branches], talk)


def _tell_each(key: str, slots: Sequence[Slot], names: Sequence[str], told: Sequence[str], talk: Talk) -> bool:
    """One answer for all of them, or "nine o'clock is with … and ten o'clock is with …"."""
    if not slots:
        return False
    if len(set(names)) == 1:
        talk.say(key, staff=names[0])
        return True
    parts = [f"{spoken.time(slot.start.time())} is {words}" for slot, words in zip(slots, told, strict=True)]
    talk.say_text(_sentence(spoken.either(parts, "and")))
    return True


def _tell_minutes(hand: InHand, talk: Talk) -> bool:
    if hand.service is None:
        return False
    talk.say("about_minutes", service=hand.service.name, minutes=str(hand.service.minutes))
    return True


def _tell_price(hand: InHand, talk: Talk) -> bool:
    price = talk.business.facts.get(f"price_{hand.service.id}") if hand.service else None
    if hand.service is None or price is None:
        return False
    talk.say("about_price", service=hand.service.name, price=price)
    return True


def _tell_preparation(hand: InHand, talk: Talk) -> bool:
    if hand.service is None:
        return False
    if hand.service.preparation:
        talk.say_text(hand.service.preparation)
    else:
        talk.say("about_no_preparation", service=hand.service.name)
    return True


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


ANSWERS: tuple[tuple[re.Pattern[str], Callable[[InHand, Talk], bool]], ...] = (
    (WHO, _tell_staff),
    (WHERE, _tell_branch),
    (LONG, _tell_minutes),
    (PRICE, _tell_price),
    (BRING, _tell_preparation),
)
