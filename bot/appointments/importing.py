"""Calendar entries into the diary, one by one: a broken or clashing entry never stops the others."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from bot.appointments.desk import StoredDesk
from bot.appointments.ical import Entry, read_calendar, uid_of
from bot.appointments.model import Appointment, Customer
from bot.errors import DiaryError


@dataclass(frozen=True, slots=True)
class Imported:
    uid: str
    result: str
    """imported, unchanged (it is here already) or refused."""
    reference: str = ""
    why: str = ""


def import_calendar(desk: StoredDesk, content: bytes, by: str, now: dt.datetime) -> list[Imported]:
    """Importing the same file again changes nothing. Raises DiaryError `diary.not_a_calendar`, StoreError."""
    return [_import(desk, entry, by, now) for entry in read_calendar(desk.business, content)]


def _import(desk: StoredDesk, entry: Entry, by: str, now: dt.datetime) -> Imported:
    if known := _known(desk, entry):
        return Imported(entry.uid, "unchanged", known.reference)
    if entry.slot is None or entry.problem:
        return Imported(entry.uid, "refused", why=entry.problem)
    try:
        booked = _book(desk, entry, by, now)
    except DiaryError as error:
        return Imported(entry.uid, "refused", why=error.message)
    return Imported(entry.uid, "imported", booked.reference)


def _known(desk: StoredDesk, entry: Entry) -> Appointment | None:
    """Imported before, or an export of ours that comes back."""
    ours = desk.with_reference(entry.reference) if entry.reference else None
    if ours and uid_of(desk.business, ours) == entry.uid:
        return ours
    return desk.with_uid(entry.uid) if entry.uid else None


def _book(desk: StoredDesk, entry: Entry, by: str, now: dt.datetime) -> Appointment:
    assert entry.slot is not None
    return desk.book(entry.slot, _customer(desk, entry), by, now, entry.note, uid=entry.uid)


def _customer(desk: StoredDesk, entry: Entry) -> Customer:
    for known in desk.customers_with_phone(entry.phone):
        if known.name.casefold() == entry.name.casefold():
            return known
    return desk.add_customer(entry.name or "Unknown", entry.phone)
