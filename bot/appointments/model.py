"""The trade in plain data: a business, what it offers, who works there, and what was agreed.

Times are aware datetimes in UTC unless a name says `local`; opening hours and wishes are local to the business.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Literal
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Hours:
    """Open from `opens` to `closes`, local time, `opens < closes`."""

    opens: dt.time
    closes: dt.time


WeekHours = Mapping[int, tuple[Hours, ...]]
"""Weekday (0 = Monday) → stretches; a missing day is closed."""


@dataclass(frozen=True, slots=True)
class Branch:
    id: str
    name: str
    spoken: tuple[str, ...]
    """How callers say it, lower case, the name included."""
    address: str
    hours: WeekHours
    places: tuple[str, ...] = ()
    """Districts and towns nearby, lower case: "nearest branch to …"."""
    postcodes: tuple[str, ...] = ()
    """Leading parts of the postcodes nearby."""
    phone: str = ""
    directions: str = ""


@dataclass(frozen=True, slots=True)
class Service:
    id: str
    name: str
    spoken: tuple[str, ...]
    minutes: int
    buffer_minutes: int = 0
    """Kept free after it."""
    price: Decimal | None = None
    reminders: tuple[dt.timedelta, ...] = (dt.timedelta(days=2), dt.timedelta(hours=2))
    """How long before the appointment to remind."""
    preparation: str = ""


@dataclass(frozen=True, slots=True)
class Staff:
    id: str
    name: str
    spoken: tuple[str, ...]
    services: tuple[str, ...]
    hours: Mapping[str, WeekHours]
    """Branch id → hours there."""
    away: tuple[tuple[dt.date, dt.date], ...] = ()
    """Days off, both ends included."""
    role: str = ""
    """"hygienist": callers may ask for the role instead of the person."""


@dataclass(frozen=True, slots=True)
class Business:
    """One tenant. `exceptions` override the week: date → hours that day (empty: closed)."""

    id: str
    name: str
    timezone: ZoneInfo
    numbers: tuple[str, ...]
    """Numbers and doors ("browser", "+44…", "*") that reach it."""
    branches: Mapping[str, Branch]
    services: Mapping[str, Service]
    staff: Mapping[str, Staff]
    exceptions: Mapping[dt.date, tuple[Hours, ...]] = field(default_factory=dict)
    holidays: Mapping[dt.date, str] = field(default_factory=dict)
    """Public holidays: closed unless an exception says otherwise; the name is spoken."""
    quiet_hours: Hours = Hours(dt.time(8, 0), dt.time(20, 0))
    """Reminders are placed only between these, in the person's time zone."""
    notice_minutes: int = 60
    """Nothing can be booked sooner than this from now."""
    horizon_days: int = 180
    identify_by: Literal["birth date", "postcode"] = "birth date"
    """What callers are asked for first, to know that it is them."""
    facts: Mapping[str, str] = field(default_factory=dict)
    """Variables for answers: {phone}, {email}, {emergency_number}…"""


@dataclass(frozen=True, slots=True)
class Customer:
    id: int
    name: str
    phone: str
    """E.164."""
    birth_date: dt.date | None = None
    postcode: str = ""
    email: str = ""
    timezone: str = ""
    """Their own, when it differs from that of the business."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the caller wants; what is None is open. Days and times are local to the business."""

    service_id: str
    staff_id: str | None = None
    branch_id: str | None = None
    role: str | None = None
    first_day: dt.date | None = None
    last_day: dt.date | None = None
    earliest: dt.time | None = None
    latest: dt.time | None = None
    near: dt.time | None = None
    """Slots nearest to this time of day come first."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A time that can be booked; `start` and `end` in the business's time zone, the buffer not included."""

    service_id: str
    staff_id: str
    branch_id: str
    start: dt.datetime
    end: dt.datetime


class Status(StrEnum):
    BOOKED = "booked"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    DONE = "done"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Appointment:
    id: int
    reference: str
    """Five figures, unique in the business; spoken to the caller."""
    customer: Customer
    slot: Slot
    status: Status = Status.BOOKED
    note: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A place on the waiting list."""

    id: int
    customer: Customer
    wish: Wish
    since: dt.datetime
