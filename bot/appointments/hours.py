"""When a branch is open: the week, the public holidays over it, and the exceptions over both.

Hours are written as wall-clock times. Twice a year a wall-clock time does not exist or exists twice; `instant` says
which moment is meant then, and everything else in the diary goes through it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.appointments.model import Business, Hours
from bot.errors import DiaryError

LOOK_AHEAD_DAYS = 60
"""How far `next_opening` looks; a branch closed for longer is closed."""


@dataclass(frozen=True, slots=True)
class DayHours:
    """The open stretches of one day, earliest first; `why` names the holiday of that day, "" on a usual day."""

    stretches: tuple[Hours, ...]
    why: str = ""


def hours_on(business: Business, branch_id: str, day: dt.date) -> DayHours:
    """Exceptions win over holidays, holidays over the week. Raises DiaryError `diary.no_branch`."""
    branch = business.branches.get(branch_id)
    if branch is None:
        raise DiaryError("diary.no_branch", f"There is no branch {branch_id!r}; see business.yml.")
    holiday = business.holidays.get(day, "")
    if day in business.exceptions:
        return DayHours(_sorted(business.exceptions[day]), holiday)
    if holiday:
        return DayHours((), holiday)
    return DayHours(_sorted(branch.hours.get(day.weekday(), ())))


def instant(day: dt.date, time: dt.time, timezone: ZoneInfo) -> dt.datetime:
    """The UTC moment of a wall-clock time.

    A time that comes twice (clocks go back) is the first one; a time that is skipped (clocks go forward) is the
    moment at which the clocks jump: the first that exists after it.
    """
    wall = dt.datetime.combine(day, time)
    moment = wall.replace(tzinfo=timezone).astimezone(dt.UTC)
    if moment.astimezone(timezone).replace(tzinfo=None) == wall:
        return moment
    moment = wall.replace(tzinfo=timezone, fold=1).astimezone(dt.UTC)  # the side before the jump
    while moment.astimezone(timezone).replace(tzinfo=None) < wall:
        moment += dt.timedelta(minutes=1)
    return moment


def open_stretch(day: dt.date, hours: Hours, timezone: ZoneInfo) -> tuple[dt.datetime, dt.datetime]:
    """From and to in UTC."""
    return instant(day, hours.opens, timezone), instant(day, hours.closes, timezone)


def closing(business: Business, branch_id: str, now: dt.datetime) -> dt.datetime | None:
    """When the branch, open at `now`, closes (local time); None when it is closed."""
    day = now.astimezone(business.timezone).date()
    for hours in hours_on(business, branch_id, day).stretches:
        opens, closes = open_stretch(day, hours, business.timezone)
        if opens <= now < closes:
            return closes.astimezone(business.timezone)
    return None


def next_opening(business: Business, branch_id: str, now: dt.datetime) -> dt.datetime | None:
    """The next moment (local time, later than `now`) at which the branch opens; None when not within 60 days."""
    today = now.astimezone(business.timezone).date()
    for ahead in range(LOOK_AHEAD_DAYS + 1):
        day = today + dt.timedelta(days=ahead)
        for hours in hours_on(business, branch_id, day).stretches:
            opens = instant(day, hours.opens, business.timezone)
            if opens > now:
                return opens.astimezone(business.timezone)
    return None


def _sorted(stretches: tuple[Hours, ...]) -> tuple[Hours, ...]:
    return tuple(sorted(stretches, key=lambda hours: hours.opens))
