"""The book is kept beside the calls, in steps, until there is nothing to do."""

from __future__ import annotations

import datetime as dt

from bot.web.bookkeeping import Bookkeeping
from tests.unit.web.api_centre import ApiCentre, api_centre
from tests.unit.web.fake_centre import NOON


def centre_with_calls(count: int) -> ApiCentre:
    centre = api_centre()
    for number in range(count):
        began = NOON + number * dt.timedelta(hours=8)
        report = {"call_id": f"c{number}", "started_at": began.isoformat(), "outcome": "completed", "turns": []}
        centre.shelves.calls.save(report, "clinic")
    return centre


def test_step_by_step_everything_is_added_up_and_then_it_rests() -> None:
    centre = centre_with_calls(40)
    keeper = Bookkeeping(centre)
    while keeper.advance() is not None:
        pass
    assert centre.shelves.book.pending() == 0
    assert keeper.advance() is None
