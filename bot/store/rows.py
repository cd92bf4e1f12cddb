"""Rows to the plain data of the diary and back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

import sqlalchemy as sa

from bot.appointments.model import Appointment, Business, Customer, Slot, Status, Waiting, Wish
from bot.store.schema import appointments, customers, waiting_list

_PERSON = [column.label(f"customer_{column.name}") for column in customers.c]

APPOINTMENTS = sa.select(appointments, *_PERSON[2:]).join(customers, customers.c.id == appointments.c.customer_id)
"""Appointments with their customers."""

WAITING = sa.select(waiting_list, *_PERSON[2:]).join(customers, customers.c.id == waiting_list.c.customer_id)
"""The waiting list with its customers."""

LIVE = (Status.BOOKED.value, Status.CONFIRMED.value)
"""Of an appointment that stands."""


def customer_of(row: sa.RowMapping) -> Customer:
    """From a row of `APPOINTMENTS`, `WAITING` or, with the prefix put before, of `customers`."""
    return Customer(*(row[f"customer_{field.name}"] for field in fields(Customer)))


def plain_customer(row: sa.RowMapping) -> Customer:
    return Customer(*(row[field.name] for field in fields(Customer)))


def customer_values(customer: Customer) -> dict[str, Any]:
    values = asdict(customer)
    del values["id"]
    return values


def appointment_of(business: Business, row: sa.RowMapping) -> Appointment:
    zone = business.timezone
    start, end = row["start_at"].astimezone(zone), row["end_at"].astimezone(zone)
    slot = Slot(row["service"], row["staff"], row["branch"], start, end)
    return Appointment(row["id"], row["reference"] or "", customer_of(row), slot, Status(row["status"]), row["note"])


def slot_values(slot: Slot) -> dict[str, Any]:
    return {
        "service": slot.service_id,
        "staff": slot.staff_id,
        "branch": slot.branch_id,
        "start_at": slot.start,
        "end_at": slot.end,
    }


def slot_to_json(slot: Slot) -> dict[str, str]:
    return {
        "service_id": slot.service_id,
        "staff_id": slot.staff_id,
        "branch_id": slot.branch_id,
        "start": slot.start.astimezone(dt.UTC).isoformat(),
        "end": slot.end.astimezone(dt.UTC).isoformat(),
    }


def slot_from_json(business: Business, value: Mapping[str, str]) -> Slot:
    start, end = (dt.datetime.fromisoformat(value[key]).astimezone(business.timezone) for key in ("start", "end"))
    return Slot(value["service_id"], value["staff_id"], value["branch_id"], start, end)


def waiting_of(row: sa.RowMapping) -> Waiting:
    return Waiting(row["id"], customer_of(row), wish_from_json(row["wish"]), row["since"])


def wish_to_json(wish: Wish) -> dict[str, str]:
    """Only what was wished; days and times in ISO 8601."""
    return {
        key: value if isinstance(value, str) else value.isoformat()
        for key, value in asdict(wish).items()
        if value is not None
    }


def wish_from_json(value: Mapping[str, str]) -> Wish:
    parts: dict[str, Any] = dict(value)
    for key in ("first_day", "last_day"):
        if key in parts:
            parts[key] = dt.date.fromisoformat(parts[key])
    for key in ("earliest", "latest", "near"):
        if key in parts:
            parts[key] = dt.time.fromisoformat(parts[key])
    return Wish(**parts)


def new_id(connection: sa.Connection, insert: sa.Insert) -> int:
    key = connection.execute(insert).inserted_primary_key
    assert key is not None
    return int(key[0])
