"""`frontdesk appointments export` and `import`: the diary as iCalendar."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from bot.commands.booking import BY
from bot.commands.diary_options import (
    Day,
    Diaries,
    business_option,
    json_option,
    moment,
    now_option,
    show,
    with_diaries,
)


@click.command()
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


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@business_option
@now_option
@json_option
@with_diaries
def import_calendar_file(diaries: Diaries, file: Path, business: str, now: dt.datetime | None, as_json: bool) -> None:
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
