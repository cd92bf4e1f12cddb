"""Whether people are in, as callers are told it."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.web.staffing import is_staffed
from handoff.desk import Desk
from handoff.queues import Queue, weekly
from handoff.seats import Presence, Seat

MONDAY = dt.datetime(2026, 3, 9, 10, 0, tzinfo=dt.UTC)
NIGHT = MONDAY.replace(hour=22)
WEEK = weekly({0: [("09:00", "17:00")]})


def desk(presence: Presence | None, opening: bool = False) -> Desk:
    made = Desk()
    if presence:
        made.seats[1] = Seat(1, "Maya", presence, MONDAY)
    if opening:
        made.queues = {"reception": Queue("reception", opening=WEEK)}
    return made


@pytest.mark.parametrize(
    ("presence", "opening", "now", "told"),
    [
        (Presence.READY, False, NIGHT, True),
        (Presence.TALKING, False, MONDAY, True),
        (Presence.PAUSED, False, MONDAY, None),
        (None, False, MONDAY, None),
        (None, True, MONDAY, True),
        (Presence.READY, True, NIGHT, False),
    ],
)
def test_who_is_at_work_decides_within_the_hours_of_the_queue(
    presence: Presence | None, opening: bool, now: dt.datetime, told: bool | None
) -> None:
    assert is_staffed(desk(presence, opening), "reception", now) is told
