"""`queues` of `business.yml`: where callers wait for people, as they are set at a first start.

From then on supervisors set them on the board, and what stands in the file changes nothing for queues that are there.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final

from bot.content.times import length, week
from bot.content.yaml_form import Entry, Form
from handoff.queues import END_OF_DAY, Opening, Queue, Strategy

OWN: Final = ("reception", "emergency")
"""Queues that the dialogue itself sends callers to."""

SECONDS: Final = {
    "max_wait": "max_wait_s",
    "help_after": "overflow_after_s",
    "last_agent": "last_agent_s",
    "widen": "widen_s",
}
NUMBERS: Final = {"max_length": "max_length", "help_above": "overflow_above", "offer_seconds": "offer_s"}
FIELDS: Final = " ".join(("hours strategy helped_by vips priority", *SECONDS, *NUMBERS))


def read_queues(form: Form, timezone: str) -> Mapping[str, Queue]:
    """Name → settings; raises ContentError naming file, line and mend."""
    group = form.group("queues")
    queues = {name: _queue(name, entry, timezone) for name, entry in group.items()}
    for name, queue in queues.items():
        if queue.overflow_to and queue.overflow_to not in {*queues, *OWN}:
            raise group[name].wrong(f"“{queue.overflow_to}” is no queue of this file; name it under queues, too.")
    return queues


def default_queues(found: Sequence[Mapping[str, Queue]], named: Sequence[str], timezone: str) -> Mapping[str, Queue]:
    """Of all businesses together, whose people sit at one desk; a queue that is only sent to is as shipped."""
    queues = {name: Queue(name, timezone=timezone) for name in (*OWN, *named)}
    for settings in found:
        queues |= settings
    return queues


def _queue(name: str, entry: Entry, timezone: str) -> Queue:
    form = Form(entry, "", FIELDS)
    settings: dict[str, Any] = {"timezone": timezone, "overflow_to": form.text("helped_by")}
    settings |= {SECONDS[key]: int(length(form[key]).total_seconds()) for key in SECONDS if key in form}
    settings |= {NUMBERS[key]: form[key].whole_number(0, 10_000) for key in NUMBERS if key in form}
    if "priority" in form:
        settings["priority"] = _priority(form["priority"])
    if "strategy" in form:
        settings["strategy"] = _strategy(form["strategy"])
    if "hours" in form:
        settings["opening"] = _opening(form["hours"])
    try:
        return Queue(name, vips=frozenset(form.texts("vips")), **settings)
    except ValueError as error:
        raise entry.wrong(str(error)) from error


def _strategy(entry: Entry) -> Strategy:
    try:
        return Strategy(entry.text().replace(" ", "_"))
    except ValueError as error:
        known = ", ".join(one.value.replace("_", " ") for one in Strategy)
        raise entry.wrong(f"“{entry.text()}” is no strategy; use one of: {known}.") from error


def _priority(entry: Entry) -> int:
    text = entry.text()
    if text not in {str(step) for step in range(-3, 4)}:
        raise entry.wrong(f"“{text}” is no priority; it goes from -3 (first) to 3 (last).")
    return int(text)


def _opening(entry: Entry) -> tuple[Opening, ...]:
    return tuple(
        Opening(day, f"{hours.opens:%H:%M}", _closing(hours.closes))
        for day, stretches in week(entry).items()
        for hours in stretches
    )


def _closing(time: dt.time) -> str:
    return END_OF_DAY if time >= dt.time(23, 59) else f"{time:%H:%M}"
