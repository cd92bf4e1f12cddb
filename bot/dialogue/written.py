"""Slots as people read them on a screen: names instead of ids, days and times as they are written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from bot.appointments.model import Business

PARTS = {
    (dt.time(6), dt.time(12)): "in the morning",
    (dt.time(12), dt.time(18)): "in the afternoon",
    (dt.time(17), dt.time(22)): "in the evening",
}
LATE, EARLY = dt.time(20), dt.time(7)
"""A wish that reaches so far is open on that side."""


def written(business: Business, slot: str, value: str) -> str:
    """ "Check-up", "Tue 17 March 2026", "after 2:30 pm"; what is in words already stays as it is."""
    names: dict[str, Mapping[str, object]] = {
        "service": business.services, "staff": business.staff, "branch": business.branches
    }  # fmt: skip
    if named := names.get(slot, {}).get(value):
        return str(getattr(named, "name", value))
    first, _, last = value.partition("/")
    try:
        if slot == "day":
            return _days(dt.date.fromisoformat(first), dt.date.fromisoformat(last or first))
        if slot == "time":
            return _times(dt.time.fromisoformat(first), dt.time.fromisoformat(last or first))
    except ValueError:
        return value
    return value.replace(",", ", ") if slot == "any" else value.replace("_", " ")


def all_written(business: Business, slots: Mapping[str, str]) -> dict[str, str]:
    return {slot: written(business, slot, value) for slot, value in slots.items()}


def written_start(moment: dt.datetime) -> str:
    """ "Tue 17 March 2026, 2:30 pm"."""
    return f"{_day(moment.date())}, {_time(moment.time())}"


def _days(first: dt.date, last: dt.date) -> str:
    return _day(first) if first == last else f"{_day(first)} to {_day(last)}"


def _day(date: dt.date) -> str:
    return f"{date:%a} {date.day} {date:%B %Y}"


def _times(first: dt.time, last: dt.time) -> str:
    if first == last:
        return _time(first)
    if part := PARTS.get((first, last)):
        return part
    if last >= LATE:
        return f"after {_time(first)}"
    return f"before {_time(last)}" if first <= EARLY else f"{_time(first)} to {_time(last)}"


def _time(time: dt.time) -> str:
    return f"{time.hour % 12 or 12}:{time:%M} {'am' if time.hour < 12 else 'pm'}"
