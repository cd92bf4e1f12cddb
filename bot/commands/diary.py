"""`frontdesk appointments …`: the diary from the command line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from bot.appointments.calendar import service_of
from bot.appointments.desk import StoredDesk
from bot.appointments.diary import SlotTaken
from bot.appointments.model import Customer, Slot, Wish
from bot.commands.diary_options import (
    Day,
    Diaries,
    Moment,
    Row,
    TimeOfDay,
    appointment_row,
    business_option,
    check_known,
    json_option,
    moment,
    now_option,
    show,
    show_one,
    with_diaries,
)
from bot.commands.reminding import remind
from bot.errors import DiaryError

__all__ = ["appointments", "remind"]

COLUMNS = ("reference", "start", "customer", "phone", "service", "staff", "branch", "status")
BY = "command line"


@click.group()
def appointments() -> None:
    """The diary.

    With --json an appointment is {"id", "reference", "business", "customer", "phone", "service", "staff", "branch",
    "start", "end", "status", "note"}: service, staff and branch by id, start and end in ISO 8601 with offset, status
    one of booked, confirmed, cancelled, done, missed. A slot is {"service", "staff", "branch", "start", "end"}.
    """


@appointments.command("list")
@click.option("--from", "first", type=Day(), default=None, help="First day; today when left out.")
@click.option("--to", "last", type=Day(), default=None, help="Last day; a year on when left out.")
@click.option("--cancelled", is_flag=True, help="Cancelled ones too.")
@business_option
@now_option
@json_option
@with_diaries
def list_appointments(
    diaries: Diaries,
    first: dt.date | None,
    last: dt.date | None,
    cancelled: bool,
    business: str,
    now: dt.datetime | None,
    as_json: bool,
) -> None:
    """Appointments by time, of all businesses or one."""
    rows: list[Row] = []
    for desk in diaries.desks(business):
        begin = first or moment(now, desk.business.timezone).astimezone(desk.business.timezone).date()
        found = desk.between(begin, last or begin + dt.timedelta(days=366), cancelled)
        rows += [appointment_row(desk.business, one) for one in found]
    rows.sort(key=lambda row: dt.datetime.fromisoformat(str(row["start"])))
    show(rows, COLUMNS, as_json, "No appointments.")


@appointments.command()
@click.option("--service", required=True, metavar="ID")
@click.option("--staff", default=None, metavar="ID")
@click.option("--branch", default=None, metavar="ID")
@click.option("--from", "first", type=Day(), default=None)
@click.option("--to", "last", type=Day(), default=None)
@click.option("--near", type=TimeOfDay(), default=None, help="Nearest to this time of day first.")
@click.option("--limit", type=click.IntRange(min=1), default=10, show_default=True)
@business_option
@now_option
@json_option
@with_diaries
def slots(
    diaries: Diaries,
    service: str,
    staff: str | None,
    branch: str | None,
    first: dt.date | None,
    last: dt.date | None,
    near: dt.time | None,
    limit: int,
    business: str,
    now: dt.datetime | None,
    as_json: bool,
) -> None:
    """Free times, best first."""
    desk = diaries.desk(business)
    check_known(desk.business, service, staff, branch)
    wish = Wish(service, staff, branch, None, first, last, near=near)
    found = desk.free_slots(wish, moment(now, desk.business.timezone), limit)
    show([slot_row(slot) for slot in found], ("start", "service", "staff", "branch"), as_json, "Nothing is free.")


@appointments.command()
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


@appointments.command()
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


@appointments.command()
@click.argument("reference")
@business_option
@now_option
@json_option
@with_diaries
def cancel(diaries: Diaries, reference: str, business: str, now: dt.datetime | None, as_json: bool) -> None:
    """Cancel an appointment; its time is offered to the waiting list."""
    desk, appointment = diaries.with_reference(reference, business)
    cancelled = desk.cancel(appointment, BY, moment(now, desk.business.timezone))
    show_one(appointment_row(desk.business, cancelled), "Cancelled.", as_json)


@appointments.command()
@click.argument("reference")
@business_option
@json_option
@with_diaries
def history(diaries: Diaries, reference: str, business: str, as_json: bool) -> None:
    """Every change of an appointment: {"at", "by", "what", "details"}."""
    desk, appointment = diaries.with_reference(reference, business)
    rows = [
        {"at": change.at.isoformat(), "by": change.by, "what": change.what, "details": dict(change.details)}
        for change in desk.history(appointment)
    ]
    show(rows, ("at", "by", "what"), as_json, "No changes.")


@appointments.command()
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), default=None, help="Else to stdout.")
@click.option("--from", "first", type=Day(), default=None)
@click.option("--to", "last", type=Day(), default=None)
@business_option
@now_option
@with_diaries
def export(
    diaries: Diaries,
    out: Path | None,
    first: dt.date | None,
    last: dt.date | None,
    business: str,
    now: dt.datetime | None,
) -> None:
    """The diary as iCalendar."""
    from bot.appointments.ical import to_calendar  # a third of a second that the other commands need not wait

    desk = diaries.desk(business)
    moment_now = moment(now, desk.business.timezone)
    begin = first or moment_now.astimezone(desk.business.timezone).date()
    found = desk.between(begin, last or begin + dt.timedelta(days=366))
    content = to_calendar(desk.business, found, moment_now)
    if out is None:
        click.echo(content, nl=False)
    else:
        out.write_bytes(content)
        click.echo(f"{len(found)} appointments written.", err=True)


@appointments.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@business_option
@now_option
@json_option
@with_diaries
def import_(diaries: Diaries, file: Path, business: str, now: dt.datetime | None, as_json: bool) -> None:
    """Appointments from iCalendar; what is here already is left alone, what cannot be booked is listed with why.

    With --json: a list of {"uid", "result": "imported" | "unchanged" | "refused", "reference", "why"}.
    Exit status 1 when something was refused.
    """
    from bot.appointments.importing import import_calendar

    desk = diaries.desk(business)
    results = import_calendar(desk, file.read_bytes(), BY, moment(now, desk.business.timezone))
    rows = [{"uid": one.uid, "result": one.result, "reference": one.reference, "why": one.why} for one in results]
    show(rows, ("uid", "result", "reference", "why"), as_json, "The calendar is empty.")
    if any(one.result == "refused" for one in results):
        raise SystemExit(1)


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


def slot_row(slot: Slot) -> Row:
    return {
        "service": slot.service_id,
        "staff": slot.staff_id,
        "branch": slot.branch_id,
        "start": slot.start.isoformat(),
        "end": slot.end.isoformat(),
    }
