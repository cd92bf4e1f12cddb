"""`frontdesk appointments book` and `move`: a time by day and hour, and what is free instead."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

import click

from bot.appointments.calendar import service_of
from bot.appointments.desk import StoredDesk
from bot.appointments.diary import SlotTaken
from bot.appointments.model import Customer, Slot, Wish
from bot.commands.diary_options import (
    Diaries,
    Moment,
    appointment_row,
    business_option,
    check_known,
    json_option,
    moment,
    now_option,
    show_one,
    with_diaries,
)
from bot.errors import DiaryError

BY = "command line"


@click.command()
@click.option("--service", required=True, metavar="ID")
@click.option("--staff", default=None, metavar="ID", help="Whoever is free when left out.")
@click.option("--branch", default=None, metavar="ID")
@click.option("--at", type=Moment(), required=True, help="Local to the business unless it has an offset.")
@click.option("--name", required=True)
@click.option("--phone", required=True)
@click.option("--email", default="")
@click.option("--note", default="")
@business_option
@now_option
@json_option
@with_diaries
def book(
    diaries: Diaries,
    service: str,
    staff: str | None,
    branch: str | None,
    at: dt.datetime,
    name: str,
    phone: str,
    email: str,
    note: str,
    business: str,
    now: dt.datetime | None,
    as_json: bool,
) -> None:
    """Book a time; a customer of that name and number is used, or made."""
    desk = diaries.desk(business)
    check_known(desk.business, service, staff, branch)
    moment_now = moment(now, desk.business.timezone)
    slot = slot_at(desk, Wish(service, staff, branch), at, moment_now)
    with alternatives_named():
        booked = desk.book(slot, customer(desk, name, phone, email), BY, moment_now, note)
    show_one(appointment_row(desk.business, booked), f"Booked, reference {booked.reference}.", as_json)


@click.command()
@click.argument("reference")
@click.option("--at", type=Moment(), required=True, help="Local to the business unless it has an offset.")
@click.option("--staff", default=None, metavar="ID", help="The same person when left out.")
@click.option("--branch", default=None, metavar="ID")
@business_option
@now_option
@json_option
@with_diaries
def move(
    diaries: Diaries,
    reference: str,
    at: dt.datetime,
    staff: str | None,
    branch: str | None,
    business: str,
    now: dt.datetime | None,
    as_json: bool,
) -> None:
    """Move an appointment to another time."""
    desk, appointment = diaries.with_reference(reference, business)
    check_known(desk.business, None, staff, branch)
    moment_now = moment(now, desk.business.timezone)
    wish = Wish(appointment.slot.service_id, staff or appointment.slot.staff_id, branch)
    with alternatives_named():
        moved = desk.move(appointment, slot_at(desk, wish, at, moment_now), BY, moment_now)
    show_one(appointment_row(desk.business, moved), f"Moved to {moved.slot.start:%d %B %Y %H:%M}.", as_json)


def slot_at(desk: StoredDesk, wish: Wish, at: dt.datetime, now: dt.datetime) -> Slot:
    """The slot at exactly that time with whoever is free, else with whoever was asked for, so that booking says why."""
    service = service_of(desk.business, wish.service_id)
    start = moment(at, desk.business.timezone).astimezone(desk.business.timezone)
    day, time = start.date(), start.time()
    wanted = Wish(service.id, wish.staff_id, wish.branch_id, None, day, day, time, time, time)
    for free in desk.free_slots(wanted, now, limit=1):
        return free
    end = (start.astimezone(dt.UTC) + dt.timedelta(minutes=service.minutes)).astimezone(desk.business.timezone)
    staff = desk.business.staff.get(wish.staff_id or "")
    branches = [wish.branch_id] if wish.branch_id else list(staff.hours) if staff else []
    if staff is None or not branches:
        raise DiaryError("diary.not_free", "Nobody is free at that time; see `frontdesk appointments slots`.")
    slots = (Slot(service.id, staff.id, branch, start, end) for branch in branches)
    return next(
        (slot for slot in slots if desk.offered(slot, now)), Slot(service.id, staff.id, branches[0], start, end)
    )


@contextmanager
def alternatives_named() -> Iterator[None]:
    """What is free instead, on stderr; the error itself goes on."""
    try:
        yield
    except SlotTaken as taken:
        for slot in taken.alternatives:
            click.echo(f"Free: {slot.start:%Y-%m-%d %H:%M} with {slot.staff_id} at {slot.branch_id}", err=True)
        raise


def customer(desk: StoredDesk, name: str, phone: str, email: str) -> Customer:
    """Whoever has that name and number, else somebody new."""
    for known in desk.customers_with_phone(phone):
        if known.name.casefold() == name.strip().casefold():
            return known
    return desk.add_customer(name, phone, email=email)
