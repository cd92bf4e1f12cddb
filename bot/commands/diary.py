"""`frontdesk appointments …`: the diary from the command line."""

from __future__ import annotations

import datetime as dt

import click

from bot.appointments.model import Slot, Wish
from bot.commands.booking import BY, book, move
from bot.commands.diary_files import export, import_calendar_file
from bot.commands.diary_options import (
    Day,
    Diaries,
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

__all__ = ["appointments", "remind"]

COLUMNS = ("reference", "start", "customer", "phone", "service", "staff", "branch", "status")


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


def slot_row(slot: Slot) -> Row:
    return {
        "service": slot.service_id,
        "staff": slot.staff_id,
        "branch": slot.branch_id,
        "start": slot.start.isoformat(),
        "end": slot.end.isoformat(),
    }


for command in (book, move, export, import_calendar_file):
    appointments.add_command(command)
