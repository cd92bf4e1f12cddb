"""The words of a reminder by mail, with the appointment as a calendar entry attached. Pure."""

from __future__ import annotations

import datetime as dt
from email.message import EmailMessage
from email.utils import format_datetime

from bot.appointments.ical import to_calendar
from bot.appointments.model import Business, Slot
from bot.appointments.names import place, preparation, service_name, staff_name
from bot.outbound.model import Reminder


def letter(business: Business, reminder: Reminder, sender: str, now: dt.datetime) -> EmailMessage:
    """To `reminder.customer.email`. The message id names the attempt: a mail sent twice is shown once."""
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = reminder.customer.email
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<reminder-{reminder.business}-{reminder.id}-{reminder.tries}@frontdesk>"
    if reminder.appointment:
        slot = reminder.appointment.slot
        mail["Subject"] = f"Your appointment on {_day(slot)} at {slot.start:%H:%M}"
        mail.set_content(_reminder(business, reminder, slot))
        calendar = to_calendar(business, [reminder.appointment], now)
        mail.add_attachment(calendar, maintype="text", subtype="calendar", filename="appointment.ics")
    else:
        assert reminder.offer is not None
        mail["Subject"] = f"A time has become free on {_day(reminder.offer)}"
        mail.set_content(_offer(business, reminder, reminder.offer))
    return mail


def _reminder(business: Business, reminder: Reminder, slot: Slot) -> str:
    assert reminder.appointment is not None
    return _page(
        f"Dear {reminder.customer.name},",
        f"this is to remind you of your appointment at {business.name}:",
        _details(business, slot) + f"\nReference: {reminder.appointment.reference}",
        preparation(business, slot),
        _reach(business, "To move or cancel it"),
    )


def _offer(business: Business, reminder: Reminder, slot: Slot) -> str:
    return _page(
        f"Dear {reminder.customer.name},",
        f"you are on the waiting list of {business.name}, and a time has become free:",
        _details(business, slot),
        _reach(business, "To take it"),
    )


def _details(business: Business, slot: Slot) -> str:
    return "\n".join(
        (
            f"{service_name(business, slot)} with {staff_name(business, slot)}",
            f"{_day(slot)}, {slot.start:%H:%M} to {slot.end:%H:%M}",
            place(business, slot),
        )
    )


def _reach(business: Business, purpose: str) -> str:
    phone = business.facts.get("phone") or next((number for number in business.numbers if number.startswith("+")), "")
    return f"{purpose}, please call us{' on ' + phone if phone else ''} at any time.\n\n{business.name}"


def _page(*paragraphs: str) -> str:
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph) + "\n"


def _day(slot: Slot) -> str:
    return f"{slot.start:%A} {slot.start.day} {slot.start:%B %Y}"
