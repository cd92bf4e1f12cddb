"""What the commands of the diary share: the desks of the businesses, moments as people write them, JSON and tables."""

from __future__ import annotations

import datetime as dt
import functools
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.appointments.desk import StoredDesk
from bot.appointments.model import Appointment, Business
from bot.config import Settings, load_settings
from bot.content.content import business_for, load_all
from bot.errors import DiaryError
from bot.store.notices import appointment_facts
from bot.store.store import Store, open_store

T = TypeVar("T")

Row = Mapping[str, object]

NEVER_FOLDED = ("reference", "start", "phone", "status", "at", "due")
HEADINGS = {"reference": "ref"}

business_option = click.option(
    "--business", default="", metavar="ID", help="A folder of nlu_data; else the default one."
)
json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")


class Written(click.ParamType[T]):
    """Something in ISO 8601."""

    kind: type[Any]
    wrong: str

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> T:
        try:
            read: T = value if isinstance(value, self.kind) else self.kind.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is {self.wrong}", param, ctx)
        return read


class Day(Written[dt.date]):
    name, kind, wrong = "YYYY-MM-DD", dt.date, "not a day; write it like 2026-03-03."


class Moment(Written[dt.datetime]):
    """Naive when no offset is given: then it is local to the business."""

    name, kind, wrong = "YYYY-MM-DDTHH:MM", dt.datetime, "not a moment; write it like 2026-03-03T14:30."


class TimeOfDay(Written[dt.time]):
    name, kind, wrong = "HH:MM", dt.time, "not a time of day; write it like 14:30."


now_option = click.option("--now", type=Moment(), default=None, help="Pretend that it is this moment.")


@dataclass(frozen=True)
class Diaries:
    """The businesses of the content folder with their desks, over one store."""

    settings: Settings
    store: Store
    businesses: Mapping[str, Business]
    default: str

    def business(self, wanted: str) -> Business:
        """Raises DiaryError `diary.no_business`."""
        if (wanted or self.default) not in self.businesses:
            raise unknown("business", wanted or self.default, self.businesses)
        return self.businesses[wanted or self.default]

    def desk(self, wanted: str) -> StoredDesk:
        business = self.business(wanted)
        return StoredDesk(business, self.store.diary(business))

    def desks(self, wanted: str) -> list[StoredDesk]:
        """The one wanted, else all."""
        return [self.desk(key) for key in ([wanted] if wanted else self.businesses)]

    def with_reference(self, reference: str, wanted: str) -> tuple[StoredDesk, Appointment]:
        """Raises DiaryError `diary.no_reference`, also when two businesses use it."""
        found = [(desk, one) for desk in self.desks(wanted) if (one := desk.with_reference(reference))]
        if len(found) != 1:
            what = "Several businesses use" if found else "No appointment has"
            raise DiaryError(
                "diary.no_reference", f"{what} the reference {reference}; see `frontdesk appointments list`."
            )
        return found[0]


def unknown(kind: str, wanted: str, there_are: Iterable[str]) -> DiaryError:
    return DiaryError(f"diary.no_{kind}", f"There is no {kind} {wanted!r}; there are: {', '.join(sorted(there_are))}.")


def check_known(business: Business, service: str | None, staff: str | None, branch: str | None) -> None:
    """Raises DiaryError `diary.no_service`, `diary.no_staff`, `diary.no_branch`, with those there are.

    What does not exist is never free; "Nothing is free" would send people looking on other days.
    """
    asked = (
        ("service", service, business.services),
        ("staff", staff, business.staff),
        ("branch", branch, business.branches),
    )
    for kind, wanted, there_are in asked:
        if wanted is not None and wanted not in there_are:
            raise unknown(kind, wanted, there_are)


def open_diaries() -> Diaries:
    """Raises ConfigError, ContentError, StoreError."""
    settings = load_settings()
    contents = load_all(settings.content)
    businesses = {key: content.business for key, content in contents.items()}
    return Diaries(settings, open_store(settings.database), businesses, business_for(contents, "*").business.id)


def with_diaries(command: Callable[..., None]) -> Callable[..., None]:
    """Gives a command the open `diaries`, and closes them after it."""

    @functools.wraps(command)
    def run(*args: object, **options: object) -> None:
        diaries = open_diaries()
        try:
            command(diaries, *args, **options)
        finally:
            diaries.store.close()

    return run


def moment(given: dt.datetime | None, zone: ZoneInfo) -> dt.datetime:
    """Aware, in UTC; the present when none is given."""
    if given is None:
        return dt.datetime.now(dt.UTC)
    return (given if given.tzinfo else given.replace(tzinfo=zone)).astimezone(dt.UTC)


def appointment_row(business: Business, appointment: Appointment) -> Row:
    return {**appointment_facts(appointment), "business": business.id, "note": appointment.note}


def show(rows: Sequence[Row], columns: Iterable[str], as_json: bool, nothing: str) -> None:
    """A table of these columns, or all of it as JSON."""
    if as_json:
        click.echo(json.dumps(list(rows), indent=2, ensure_ascii=False))
    elif not rows:
        click.echo(nothing)
    else:
        Console().print(as_table(rows, tuple(columns)))


def as_table(rows: Sequence[Row], columns: Sequence[str]) -> Table:
    """Where the terminal is narrow, names are folded; what one looks for (when, which, whose number) never is."""
    texts = {column: _texts([str(row[column]) for row in rows]) for column in columns}
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False)
    for column in columns:
        heading = HEADINGS.get(column, column)
        whole = column in NEVER_FOLDED
        widest = max(map(len, (heading, *texts[column]))) if whole else len(heading)
        table.add_column(heading, no_wrap=whole, min_width=widest, overflow="fold")
    for cells in zip(*texts.values(), strict=True):
        table.add_row(*map(escape, cells))
    return table


def _texts(values: Sequence[str]) -> list[str]:
    """Moments as people read them: "Tue 1 Dec 14:30"; in another year than the first "4 Jan 2027 16:00"."""
    moments = [_moment_in(value) for value in values]
    year = next((moment.year for moment in moments if moment), None)
    return [_read(moment, year) if moment else value for value, moment in zip(values, moments, strict=True)]


def _read(moment: dt.datetime, year: int | None) -> str:
    day = f"{moment:%a} {moment.day} {moment:%b}" if moment.year == year else f"{moment.day} {moment:%b %Y}"
    return f"{day} {moment:%H:%M}"


def _moment_in(value: str) -> dt.datetime | None:
    try:
        return dt.datetime.fromisoformat(value) if value[10:11] == "T" else None
    except ValueError:
        return None


def show_one(row: Row, sentence: str, as_json: bool) -> None:
    click.echo(json.dumps(row, indent=2, ensure_ascii=False) if as_json else sentence)
