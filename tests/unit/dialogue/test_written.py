"""Slots as the people at the desk read them."""

from __future__ import annotations

import pytest

from bot.dialogue.written import all_written, written
from tests.unit.dialogue.fakes import FakeDesk

BUSINESS = FakeDesk().business


@pytest.mark.parametrize(
    ("slot", "value", "words"),
    [
        ("day", "2026-03-17/2026-03-17", "Tue 17 March 2026"),
        ("day", "2026-03-17", "Tue 17 March 2026"),
        ("day", "2026-03-16/2026-03-20", "Mon 16 March 2026 to Fri 20 March 2026"),
        ("time", "14:30:00/14:30:00", "2:30 pm"),
        ("time", "09:05", "9:05 am"),
        ("time", "12:00:00/18:00:00", "in the afternoon"),
        ("time", "16:00:00/23:59:59", "after 4:00 pm"),
        ("time", "00:00:00/10:00:00", "before 10:00 am"),
        ("time", "14:00:00/16:00:00", "2:00 pm to 4:00 pm"),
        ("time", "noonish", "noonish"),
        ("any", "day,staff", "day, staff"),
        ("service", "no_longer_offered", "no longer offered"),
        ("phone", "+447700900123", "+447700900123"),
    ],
)
def test_days_and_times_are_written_plainly(slot: str, value: str, words: str) -> None:
    assert written(BUSINESS, slot, value) == words


def test_ids_become_the_names_of_the_business() -> None:
    service, staff, branch = (
        next(iter(part.values())) for part in (BUSINESS.services, BUSINESS.staff, BUSINESS.branches)
    )
    slots = {"service": service.id, "staff": staff.id, "branch": branch.id}
    assert all_written(BUSINESS, slots) == {"service": service.name, "staff": staff.name, "branch": branch.name}
