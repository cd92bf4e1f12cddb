"""The diary as iCalendar (RFC 5545), out and in.

Our own entries carry what a calendar has no field for in X-FRONTDESK properties, so that an export comes back whole;
entries of others are matched by the names in summary, location and attendees' numbers.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import icalendar

from bot.appointments.model import Appointment, Business, Slot, Status
from bot.appointments.names import place, service_name, staff_name
from bot.errors import DiaryError

_STATUS = {Status.BOOKED: "TENTATIVE", Status.CONFIRMED: "CONFIRMED", Status.CANCELLED: "CANCELLED"}
"""RFC 5545, 3.8.1.11; whatever is over was confirmed."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One event of a calendar, as far as the diary understands it; `problem` says in words why it does not."""

    uid: str
    slot: Slot | None
    name: str
    phone: str
    note: str = ""
    reference: str = ""
    """Ours, when we exported it."""
    problem: str = ""


def uid_of(business: Business, appointment: Appointment) -> str:
    """Stays the same when the appointment moves, as calendars want it."""
    return f"{business.id}-{appointment.id}@frontdesk"


def to_calendar(business: Business, appointments: Sequence[Appointment], now: dt.datetime) -> bytes:
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Frontdesk//Diary//EN")
    calendar.add("version", "2.0")
    for appointment in appointments:
        calendar.add_component(_event(business, appointment, now))
    return bytes(calendar.to_ical())


def read_calendar(business: Business, content: bytes) -> list[Entry]:
    """Every event that is not cancelled. Raises DiaryError `diary.not_a_calendar`."""
    try:
        calendar = icalendar.Calendar.from_ical(content)
    except (ValueError, KeyError, IndexError) as error:
        raise DiaryError(
            "diary.not_a_calendar", "This is not an iCalendar file (RFC 5545); export it again."
        ) from error
    events = [event for event in calendar.walk("VEVENT") if str(event.get("status", "")).upper() != "CANCELLED"]
    return [_entry(business, event) for event in events]


def _event(business: Business, appointment: Appointment, now: dt.datetime) -> icalendar.Event:
    slot, event = appointment.slot, icalendar.Event()
    service, staff = service_name(business, slot), staff_name(business, slot)
    event.add("uid", uid_of(business, appointment))
    event.add("dtstamp", now.astimezone(dt.UTC))
    event.add("dtstart", slot.start.astimezone(dt.UTC))
    event.add("dtend", slot.end.astimezone(dt.UTC))
    event.add("summary", f"{service}: {appointment.customer.name}")
    event.add("description", "\n".join(filter(None, (f"With {staff}", appointment.note))))
    event.add("location", place(business, slot))
    event.add("status", _STATUS.get(appointment.status, "CONFIRMED"))
    ours = {
        "service": slot.service_id,
        "staff": slot.staff_id,
        "branch": slot.branch_id,
        "reference": appointment.reference,
        "customer": appointment.customer.name,
        "phone": appointment.customer.phone,
        "note": appointment.note,
    }
    for key, value in ours.items():
        event.add(f"x-frontdesk-{key}", value)
    return event


def _entry(business: Business, event: icalendar.Component) -> Entry:
    uid = _text(event, "uid")
    name = _text(event, "x-frontdesk-customer") or _text(event, "summary").rpartition(":")[2].strip()
    phone, note = _text(event, "x-frontdesk-phone"), _text(event, "x-frontdesk-note")
    reference = _text(event, "x-frontdesk-reference")
    try:
        slot = _slot(business, event)
    except DiaryError as error:
        return Entry(uid, None, name, phone, note, reference, error.message)
    return Entry(uid, slot, name, phone, note, reference, "" if uid else "It has no UID.")


def _slot(business: Business, event: icalendar.Component) -> Slot:
    service_id = _text(event, "x-frontdesk-service") or _named(
        {id: (one.name, *one.spoken) for id, one in business.services.items()}, _text(event, "summary"), "service"
    )
    staff_id = _text(event, "x-frontdesk-staff") or _named(
        {id: (one.name, *one.spoken) for id, one in business.staff.items()}, _text(event, "description"), "person"
    )
    branch_id = _text(event, "x-frontdesk-branch") or _named(
        {id: (one.name, *one.spoken) for id, one in business.branches.items()}, _text(event, "location"), "branch"
    )
    start = event.get("dtstart")
    if start is None or not isinstance(start.dt, dt.datetime):
        raise DiaryError("diary.no_time", "It has no time of day.")
    begin = start.dt if start.dt.tzinfo else start.dt.replace(tzinfo=business.timezone)
    service = business.services.get(service_id)
    if service is None:
        raise DiaryError("diary.no_service", f"There is no service {service_id!r}.")
    end = begin.astimezone(dt.UTC) + dt.timedelta(minutes=service.minutes)
    zone = business.timezone
    return Slot(service_id, staff_id, branch_id, begin.astimezone(zone), end.astimezone(zone))


def _named(names: dict[str, tuple[str, ...]], text: str, what: str) -> str:
    """The id whose longest name occurs in the text."""
    hits = [(len(name), id) for id, known in names.items() for name in known if name.casefold() in text.casefold()]
    if not hits:
        raise DiaryError(f"diary.no_{what}", f"It names no {what} of the business.")
    return max(hits)[1]


def _text(event: icalendar.Component, key: str) -> str:
    return str(event.get(key, "")).strip()
