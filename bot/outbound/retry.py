"""When to try again, by what came of the last try. Pure."""

from __future__ import annotations

import datetime as dt

from bot.outbound.model import Outcome

_MINUTES: dict[Outcome, tuple[int, ...]] = {
    Outcome.BUSY: (5, 10, 20),
    Outcome.NO_ANSWER: (30, 120),
    Outcome.WRONG_PERSON: (120,),
    Outcome.FAILED: (2, 10, 30),
    Outcome.LOST: (10, 30),
    Outcome.NO_ADDRESS: (15, 30, 60),
}
"""Outcome → wait after the first try, the second …; no more after the last, and none at all for other outcomes."""

TOO_LATE = dt.timedelta(minutes=15)
"""Nobody is called about something that begins within this."""


def next_try(outcome: Outcome, tries: int, now: dt.datetime, start: dt.datetime) -> dt.datetime | None:
    """When to try again after `tries` attempts (this one included); None: enough, or too late before `start`."""
    waits = _MINUTES.get(outcome, ())
    if not 1 <= tries <= len(waits):
        return None
    moment = now + dt.timedelta(minutes=waits[tries - 1])
    return moment if moment <= start - TOO_LATE else None
