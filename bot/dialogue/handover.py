"""Handing over to a person: the ticket first, kind words second, the transfer last."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from bot.appointments.hours import closing
from bot.appointments.model import Business
from bot.dialogue.counter import Counter, TicketDraft, Urgency
from bot.dialogue.memory import Memory
from bot.dialogue.skill import Form
from bot.dialogue.written import all_written, written
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
KEPT_ACHIEVEMENTS = 5


def draft(
    business: Business,
    memory: Memory,
    stack: Sequence[Form],
    queue: str,
    urgency: Urgency,
    reasons: Sequence[str],
    call_id: str,
) -> TicketDraft:
    """Everything known at this moment."""
    customer, identity = memory.identity.customer, memory.identity
    wants = next((wish for form in reversed(stack) if (wish := wish_of(form))), "")
    slots: dict[str, str] = {}
    for form in stack:
        slots |= form.save()
    return TicketDraft(
        business=business.id,
        queue=queue,
        urgency=urgency,
        reasons=tuple(reasons),
        summary=summary(business, memory, wants, slots, reasons),
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


def summary(business: Business, memory: Memory, wants: str, slots: Mapping[str, str], reasons: Sequence[str]) -> str:
    """ "Anna Smith (confirmed) wants to book an appointment: Check-up, Tue 17 March 2026. Because: …" """
    customer = memory.identity.known
    who = f"{customer.name} (confirmed)" if customer else slots.get("name") or "A caller not yet identified"
    known = ", ".join(
        written(business, slot, value) for slot, value in slots.items() if slot not in ("name", "phone", "any")
    )
    want = f"wants {wants}" if wants and not wants.startswith("we ") else wants or "has not said what they want"
    done = f" Already done: {', '.join(dict.fromkeys(memory.done[-KEPT_ACHIEVEMENTS:]))}." if memory.done else ""
    because = f" Handed over because: {'; '.join(reasons)}." if reasons else ""
    return f"{who} {want}{': ' + known if known else ''}.{done}{because}"


def handover_words(wording: str, business: Business, now: dt.datetime) -> str:
    """The wording's key: while every branch is closed, plain handing over promises no colleague."""
    is_open = any(closing(business, branch, now) for branch in business.branches)
    return wording if is_open or wording != "handover" else "handover_closed"


def open_ticket(counter: Counter, ticket: TicketDraft, now: dt.datetime) -> str:
    """The ticket's id; tried twice, then "": the caller is passed on all the same."""
    for _ in range(2):
        try:
            return counter.open_ticket(ticket, now)
        except FrontdeskError:
            continue
    return ""
