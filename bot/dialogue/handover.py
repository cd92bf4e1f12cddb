"""Handing over to a person: the ticket first, kind words second, the transfer last."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from bot.appointments.hours import closing
from bot.appointments.model import Business
from bot.dialogue.counter import Counter, TicketDraft, Urgency
from bot.dialogue.memory import Memory
from bot.dialogue.skill import Form
from bot.dialogue.summary import summary
from bot.dialogue.written import all_written
from bot.errors import FrontdeskError

RECEPTION = "reception"
EMERGENCY = "emergency"

WANTS = {
    "book": "to book an appointment",
    "move": "to move an appointment",
    "cancel": "to cancel an appointment",
    "ask_appointment": "to know when their appointment is",
    "confirm_appointment": "to confirm an appointment",
    "waiting_list": "a place on the waiting list",
    "nearest_branch": "to find the nearest branch",
    "reminder": "we rang to remind them of an appointment",
    "freed_time": "we rang to offer them a freed time",
}


def draft(
    business: Business,
    memory: Memory,
    stack: Sequence[Form],
    queue: str,
    urgency: Urgency,
    reasons: Sequence[str],
    call_id: str,
    goes_on: bool = False,
) -> TicketDraft:
    """Everything known at this moment. `goes_on`: the call does, the ticket is for later."""
    customer, identity = memory.identity.customer, memory.identity
    wants = next((wish for form in reversed(stack) if (wish := wish_of(form))), "")
    slots: dict[str, str] = {}
    for form in stack:
        slots |= form.save()
    if number := "" if memory.caller else number_of(memory, stack):
        slots["phone"] = number
    return TicketDraft(
        business=business.id,
        queue=queue,
        urgency=urgency,
        reasons=tuple(reasons),
        summary=summary(business, memory, stack, wants, reasons, goes_on=goes_on),
        caller=memory.caller,
        customer=customer.name if customer and identity.confirmed else slots.get("name", ""),
        identity=identity.how,
        wants=wants,
        slots=slots,
        transcript=tuple(memory.transcript),
        call_id=call_id,
        business_name=business.name,
        written=all_written(business, slots),
    )


def wish_of(form: Form) -> str:
    """In words for people; "" for what only serves another form, such as who is calling."""
    return WANTS.get(form.name, "") or str(getattr(form, "wants", ""))


def number_of(memory: Memory, stack: Sequence[Form]) -> str:
    """On which people reach the caller: what they said, what the line shows, or what we have of them. "" for none."""
    said = next((number for form in reversed(stack) if (number := form.save().get("phone", "")).startswith("+")), "")
    on_file = memory.identity.known.phone if memory.identity.known else ""
    return memory.call_back or memory.caller or said or on_file


def is_anybody_in(staffed: bool | None, business: Business, now: dt.datetime) -> bool:
    """Who is at work decides; where that is not known, whether a branch is open."""
    return staffed if staffed is not None else any(closing(business, branch, now) for branch in business.branches)


def handover_words(wording: str) -> str:
    """The wording's key while nobody is in, which promises no colleague; "" where it is the same at any hour."""
    return {"handover": "handover_closed", "complaint": "complaint_closed"}.get(wording, "")


def open_ticket(counter: Counter, ticket: TicketDraft, now: dt.datetime) -> str:
    """The ticket's id; tried twice, then "": the caller is passed on all the same."""
    for _ in range(2):
        try:
            return counter.open_ticket(ticket, now)
        except FrontdeskError:
            continue
    return ""
