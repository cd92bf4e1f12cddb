"""Dates, times and numbers of one text as plain data, with no business behind it: times as they were said."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any

from bot.nlu.dates import find_dates
from bot.nlu.found import Found
from bot.nlu.numbers import Figures, figures
from bot.nlu.times import find_points, find_times


def extract(text: str, now: dt.datetime) -> dict[str, Any]:
    """`{"text", "dates", "times", "numbers", "ranges"}`; spans are character offsets into `text`, end exclusive.

    A stretch of days has its end as "last"; "ranges" are wishes such as "after four" or "in the morning".
    """
    said = figures(text)
    days = find_dates(said, now.date())
    points = find_points(said, now, days)
    stretches = [one for one in find_times(said, now, days) if one.value.first != one.value.last]
    return {
        "text": text,
        "dates": [_date(said, day) for day in days],
        "times": [_time(said, point) for point in points],
        "numbers": _numbers(said, [*days, *points]),
        "ranges": [_range(said, stretch) for stretch in stretches],
    }


def _date(said: Figures, found: Found[Any]) -> dict[str, Any]:
    day = {"value": found.value.first.isoformat(), "span": list(said.span(found.start, found.end))}
    if found.value.last != found.value.first:
        day["last"] = found.value.last.isoformat()
    return day | _others([other.isoformat() for other in found.value.others])


def _time(said: Figures, found: Found[Any]) -> dict[str, Any]:
    time = {"value": _clock(found.value.first), "span": list(said.span(found.start, found.end))}
    return time | _others([_clock(other) for other in found.value.others])


def _range(said: Figures, found: Found[Any]) -> dict[str, Any]:
    first, last = _clock(found.value.first), _clock(found.value.last)
    return {"first": first, "last": last, "span": list(said.span(found.start, found.end))}


def _numbers(said: Figures, taken: Iterable[Found[Any]]) -> list[dict[str, Any]]:
    kept = list(taken)
    return [
        {"value": int(m[0]), "span": list(said.span(*m.span()))}
        for m in re.finditer(r"\b\d{1,15}\b", said.text)
        if not any(m.start() < one.end and one.start < m.end() for one in kept)
    ]


def _others(values: list[str]) -> dict[str, list[str]]:
    return {"others": values} if values else {}


def _clock(time: dt.time) -> str:
    return time.strftime("%H:%M")
