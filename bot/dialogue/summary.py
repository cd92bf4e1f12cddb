"""What a person reads of a call in one breath, before they answer: who, what they want, what happened, and why now.

Anna Smith (confirmed) wants to move an appointment: Check-up, Tue 17 March 2026. Asked about parking. Handed over
because the caller asked for a person.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.appointments.model import Appointment, Business
from bot.dialogue import spoken
from bot.dialogue.memory import Memory
from bot.dialogue.skill import Form
from bot.dialogue.written import written, written_start

DONE = {
    "booked": "booked",
    "moved": "moved",
    "cancelled": "cancelled",
    "confirmed": "confirmed",
    "waiting": "put on the waiting list",
    "snoozed": "to be called again",
    "declined": "declined the time we offered",
    "told": "told what we rang about",
}
"""What was achieved, as people read it; what is not here says nothing to them. Of skills, the title."""

ABOUT_APPOINTMENT = ("booked", "moved", "cancelled", "confirmed")
UNSAID = ("name", "phone", "any")
"""Slots that stand elsewhere on the ticket, or say nothing."""

PERSON = re.compile(r"\b(person|human|someone|somebody|operator|agent|manager|put me through|call(ed)? (me )?back)\b")
FIGURES = frozenset([*spoken.UNITS, "oh", "nought", "double", "triple"])
LEAST_WORDS, MERE_WISH = 3, 8
MOST_WORDS = 30
"""Of what the caller said last, where nothing else tells what they want."""


def summary(
    business: Business, memory: Memory, stack: Sequence[Form], wants: str, reasons: Sequence[str], *, goes_on: bool
) -> str:
    """`goes_on`: the call does, and this is for later."""
    who = _who(memory, stack)
    known = _known(business, stack)
    if wants.startswith("we "):
        what = f"{who}: {wants}"
    else:
        what = f"{who} wants {wants}" if wants else f"{who} {_said_last(memory)}"
    why = f"{'To do' if goes_on else 'Handed over because'}: {'; '.join(map(_small, reasons))}" if reasons else ""
    parts = [f"{what}: {known}" if known else what, _achieved(business, memory), _asked(memory), why]
    return " ".join(f"{part[:1].upper()}{part[1:]}." for part in parts if part)


def _who(memory: Memory, stack: Sequence[Form]) -> str:
    if customer := memory.identity.known:
        return f"{customer.name} (confirmed)"
    name = next((name for form in reversed(stack) if (name := form.save().get("name", ""))), "") or memory.said_name
    return f"{name} (not confirmed)" if name and not name.startswith("left") else "a caller not identified yet"


def _known(business: Business, stack: Sequence[Form]) -> str:
    """What is filled in; a skill tells its own with the names its slots have."""
    known: list[str] = []
    for form in stack:
        told = getattr(form, "as_read", None)
        if told is not None:
            known += told(business)
            continue
        known += [written(business, slot, value) for slot, value in form.save().items() if slot not in UNSAID]
    return ", ".join(dict.fromkeys(known))


def _achieved(business: Business, memory: Memory) -> str:
    done = [memory.skills_done.get(one) or DONE.get(one, "") for one in dict.fromkeys(memory.done)]
    about = memory.appointment
    told = [
        f"{words} {_appointment(business, about)}" if about and words in ABOUT_APPOINTMENT else words for words in done
    ]
    return f"done in this call: {', '.join(told)}" if (told := [one for one in told if one]) else ""


def _appointment(business: Business, appointment: Appointment) -> str:
    slot = appointment.slot
    return f"{business.services[slot.service_id].name} {written_start(slot.start)}"


def _asked(memory: Memory) -> str:
    return f"asked about {', '.join(dict.fromkeys(memory.asked_about))}" if memory.asked_about else ""


def _said_last(memory: Memory) -> str:
    """In their own words, the last that tell something."""
    lines = [line.text for line in memory.transcript if line.speaker == "caller"]
    telling = next((words for text in reversed(lines) if (words := _telling(text))), [])
    if not telling:
        return "has not said what they want"
    short = " ".join(telling[:MOST_WORDS]) + (" …" if len(telling) > MOST_WORDS else "")
    return f"said: “{short}”"


def _telling(text: str) -> list[str]:
    """Its words; [] for keys, yes and no, figures read out, and the mere wish for a person."""
    words = text.split()
    if len(words) < LEAST_WORDS or text.startswith(("keys ", "[")):
        return []
    if len(words) <= MERE_WISH and PERSON.search(text.lower()):
        return []
    return [] if sum(word in FIGURES for word in words) > len(words) / 2 else words


def _small(reason: str) -> str:
    """Within a sentence."""
    return reason[:1].lower() + reason[1:] if reason[1:2].islower() or reason[1:2] == " " else reason
