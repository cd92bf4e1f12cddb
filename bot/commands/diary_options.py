"""What the commands of the diary share: the desks of the businesses, moments as people write them, JSON and tables."""

from __future__ import annotations

import datetime as dt
import functools
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.table import Table

from bot.appointments.desk import StoredDesk
from bot.appointments.model import Appointment, Business
from bot.config import Settings, load_settings
from bot.content.content import business_for, load_all
from bot.errors import DiaryError
from bot.store.store import Store, open_store

Row = Mapping[str, object]

business_option = click.option(
    "--business", default="", metavar="ID", help="A folder of nlu_data; else the default one."
)
json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")


class Day(click.ParamType[dt.date]):
    name = "YYYY-MM-DD"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dt.date:
        try:
            return value if isinstance(value, dt.date) else dt.date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a day; write it like 2026-03-03.", param, ctx)


class Moment(click.ParamType[dt.datetime]):
    """Naive when no offset is given: then it is local to the business."""

    name = "YYYY-MM-DDTHH:MM"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dt.datetime:
        try:
            return value if isinstance(value, dt.datetime) else dt.datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a moment; write it like 2026-03-03T14:30.", param, ctx)


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
            raise DiaryError("diary.no_business", f"There is no business {wanted!r}; see the folders of nlu_data.")
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
    slot, customer = appointment.slot, appointment.customer
    return {
        "id": appointment.id,
        "reference": appointment.reference,
        "business": business.id,
        "customer": customer.name,
        "phone": customer.phone,
        "service": slot.service_id,
        "staff": slot.staff_id,
        "branch": slot.branch_id,
        "start": slot.start.isoformat(),
        "end": slot.end.isoformat(),
        "status": appointment.status.value,
        "note": appointment.note,
    }


def show(rows: Sequence[Row], columns: Iterable[str], as_json: bool, nothing: str) -> None:
    """A table of these columns, or all of it as JSON."""
    if as_json:
        click.echo(json.dumps(list(rows), indent=2, ensure_ascii=False))
    elif not rows:
        click.echo(nothing)
    else:
        table = Table(*columns, box=None)
        for row in rows:
            table.add_row(*(_short(row[column]) for column in columns))
        Console().print(table)


def _short(value: object) -> str:
    """Moments to the minute, as they are read rather than parsed."""
    text = str(value)
    return text[:16].replace("T", " ") if text[10:11] == "T" and text[:4].isdigit() else text


def show_one(row: Row, sentence: str, as_json: bool) -> None:
    click.echo(json.dumps(row, indent=2, ensure_ascii=False) if as_json else sentence)
