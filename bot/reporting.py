"""A report: figures by day, hour, queue, agent, intent or business, as rows that are shown, exported and plotted."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Final

from bot.appointments.model import Business
from bot.errors import StoreError
from bot.store.report_sums import BY, By, Period
from bot.store.store import Store
from handoff.kpis import TARGET_S
from handoff.reports import Kpis, kpis

FIGURES: Final = tuple(field.name for field in fields(Kpis))
LONGEST_DAYS: Final = 3 * 366

AT_ONCE: Final = 5
"""Batches added up while somebody waits for a page: a second or so."""

__all__ = [
    "AT_ONCE",
    "BY",
    "FIGURES",
    "By",
    "Period",
    "Report",
    "Row",
    "make_report",
    "reported_period",
    "to_csv",
    "to_plain",
]


@dataclass(frozen=True, slots=True)
class Row:
    key: str
    label: str
    """As people read it: a colleague's name, "09:00–10:00"."""
    kpis: Kpis


@dataclass(frozen=True, slots=True)
class Report:
    by: By
    period: Period
    target_s: float
    rows: Sequence[Row]
    total: Kpis
    pending: int = 0
    """Calls, about, that are not in it yet: a large database is being added up."""


def make_report(
    store: Store,
    businesses: Mapping[str, Business],
    by: By,
    period: Period,
    target_s: float = TARGET_S,
    most: int | None = None,
) -> Report:
    """Of all that is stored by now; with `most`, what can be added up in so many batches (`pending` tells what is
    left, to be added up in the background). Blocking; raises StoreError."""
    zones = {key: business.timezone for key, business in businesses.items()}
    store.book.refresh(lambda business: zones.get(business, dt.UTC), most)
    sums = store.report_sums.by(by, period, target_s)
    names = {str(person.id): person.name for person in store.people.everybody()} if by == "agent" else {}
    rows = [Row(key, _label(by, key, names, businesses), kpis(of)) for key, of in sums.items()]
    total = kpis(store.report_sums.total(period, target_s))
    return Report(by, period, target_s, rows, total, store.book.pending())


def reported_period(first: dt.date | None, last: dt.date | None, business: str, today: dt.date) -> Period:
    """The last thirty days unless it is said otherwise. Raises StoreError `report.period`."""
    end = last or max(today, first or today)
    begin = first or end - dt.timedelta(days=29)
    if begin > end:
        raise StoreError("report.period", "The last day of the report must not be before its first.")
    if (end - begin).days >= LONGEST_DAYS:
        raise StoreError("report.period", "A report is of three years at most; choose fewer days.")
    return Period(begin, end, business)


def to_plain(report: Report) -> dict[str, object]:
    """As JSON has it."""
    period = {"from": report.period.first.isoformat(), "to": report.period.last.isoformat()}
    rows = [{"key": row.key, "label": row.label, **asdict(row.kpis)} for row in report.rows]
    head = {"by": report.by, **period, "business": report.period.business, "target_s": report.target_s}
    return {**head, "rows": rows, "total": asdict(report.total), "pending": report.pending}


def to_csv(report: Report) -> str:
    """A line for each row and one for all of them; shares from 0 to 1, empty where there is no figure."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")  # RFC 4180
    writer.writerow([report.by, *FIGURES])
    for label, of in (*((row.label, row.kpis) for row in report.rows), ("total", report.total)):
        writer.writerow([_safe(label), *(_figure(getattr(of, name)) for name in FIGURES)])
    return text.getvalue()


def _figure(value: float | int | None) -> str:
    return "" if value is None else str(value) if isinstance(value, int) else f"{value:.4f}"


def _safe(label: str) -> str:
    """A spreadsheet would reckon with a name that begins like a formula (OWASP, "CSV Injection")."""
    return f"'{label}" if label[:1] in tuple("=+-@\t\r") else label


def _label(by: By, key: str, names: Mapping[str, str], businesses: Mapping[str, Business]) -> str:
    match by:
        case "hour":
            return f"{key}:00–{(int(key) + 1) % 24:02}:00"
        case "agent":
            return names.get(key, f"colleague {key}")
        case "business":
            return businesses[key].name if key in businesses else key
        case "intent":
            return key or "nothing in particular"
    return key
