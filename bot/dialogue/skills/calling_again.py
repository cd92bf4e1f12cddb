"""When to call again: "in an hour", "at six", "tomorrow morning", at hours at which people may be called."""

from __future__ import annotations

import datetime as dt

from bot.dialogue.skill import Talk
from bot.dialogue.turn import Turn
from bot.nlu.understanding import DateMention, TimeMention

LATER = dt.timedelta(hours=2)
"""How long "later" is when no time is said."""

ROUNDED_MIN = 15
"""Nobody says "at nine thirty-one"."""

SPANS_MIN = {
    "half an hour": 30,
    "an hour": 60,
    "one hour": 60,
    "two hours": 120,
    "a couple of hours": 120,
    "three hours": 180,
    "ten minutes": 10,
    "twenty minutes": 20,
    "thirty minutes": 30,
    "a few minutes": 15,
    "fifteen minutes": 15,
}


def moment_said(turn: Turn, talk: Talk) -> dt.datetime | None:
    """None when nothing was said about it."""
    moment = _moment(turn, talk.now)
    return _waking(moment, talk) if moment else None


def some_time_later(talk: Talk) -> dt.datetime:
    return _waking(_rounded(talk.now + LATER), talk)


def _moment(turn: Turn, now: dt.datetime) -> dt.datetime | None:
    """The next moment with that time; "in an hour"; "tomorrow" at this time."""
    day, time = turn.value("date"), turn.value("time")
    date = day.first if isinstance(day, DateMention) else None
    if isinstance(time, TimeMention):
        readings = [dt.datetime.combine(date or now.date(), each, now.tzinfo) for each in (time.first, *time.others)]
        later = [moment for moment in readings if moment > now]
        return later[0] if later else readings[0] + dt.timedelta(days=1)
    if date and date > now.date():
        return _rounded(dt.datetime.combine(date, now.time(), now.tzinfo))
    minutes = next((minutes for words, minutes in SPANS_MIN.items() if turn.says(words)), 0)
    return (now + dt.timedelta(minutes=minutes)).replace(second=0, microsecond=0) if minutes else None


def _rounded(moment: dt.datetime) -> dt.datetime:
    """The next quarter of an hour."""
    plain = moment.replace(second=0, microsecond=0)
    return plain + dt.timedelta(minutes=-plain.minute % ROUNDED_MIN)


def _waking(moment: dt.datetime, talk: Talk) -> dt.datetime:
    """ "In the morning" is not six o'clock."""
    hours, day = talk.business.quiet_hours, moment.date()
    if moment.time() >= hours.closes:
        day += dt.timedelta(days=1)
    elif moment.time() >= hours.opens:
        return moment
    return dt.datetime.combine(day, hours.opens, moment.tzinfo)
