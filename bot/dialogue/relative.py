"""Days and times told from another one: "later that day", "an hour earlier", "the same time next week".

Said while an appointment is moved, they are told from that appointment, and not from today; about a time on offer, from
that.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

from bot.dialogue.turn import Turn
from bot.nlu.calendar_words import add_months
from bot.nlu.numbers import figures
from bot.nlu.understanding import DateMention, Entity, TimeMention

DIRECTION = r"(?P<way>later|earlier|after(?: that)?|before(?: that)?|sooner)"
COUNT = r"(?P<n>\d+|an?|half an?|a couple of|couple of|a few)"
SAME_DAY = re.compile(r"\b(?:the same|same|that|that same) day\b(?! (?:next|of|in)\b)|\blater in the day\b")
SAME_TIME = re.compile(r"\b(?:the same|same|that) (?:time|hour)\b")
ALONG = re.compile(r"\b(?P<way>later|earlier|sooner)\b")
A_BIT = re.compile(r"\b(?:a (?:bit|little)|slightly|somewhat) (?P<way>later|earlier|sooner)\b(?! (?:in|on|next|this))")
DAYS = re.compile(rf"\b{COUNT} (?P<unit>day|week|fortnight|month)s? {DIRECTION}\b(?! (?:tomorrow|today|yesterday|now))")
NEXT_DAY = re.compile(r"\b(?:the )?(?:next|following) day\b|\bthe day after\b(?! tomorrow)|\bthe day afterwards\b")
DAY_BEFORE = re.compile(r"\bthe (?:day before|previous day)\b(?! yesterday)")
WEEK_AFTER = re.compile(r"\bthe (?:week after|following week)\b(?! next)")
WEEK_BEFORE = re.compile(r"\bthe (?:week before|previous week)\b")
SAME_NEXT_WEEK = re.compile(r"\b(?:the )?same (?:day|time|day and time)\b.*\b(?:next|the following|the) week\b|"
                            r"\bnext week\b.*\bsame (?:day|time)\b")  # fmt: skip
LATER_IN_WEEK = re.compile(r"\blater (?:in|on in|on|that) (?:the |that |this |the same )?week\b")
HOURS = re.compile(rf"\b{COUNT} (?P<unit>hour|minute)s? {DIRECTION}\b")
HALF_PAST = re.compile(r"\ban hour and a half (?P<way>later|earlier)\b")

MINUTE = dt.timedelta(minutes=1)
STEP = 5 * MINUTE
"""Later is not the same minute."""
LAST = dt.time(23, 59)
COUPLES = {"a couple of": 2, "couple of": 2, "a few": 3}


def told_from(turn: Turn, start: dt.datetime) -> Turn:
    """The turn with the day and the time that are meant, where they are told from `start`; else as it is."""
    text = figures(turn.text.lower()).text
    time = _time(text, start)
    day = _day(text, start)
    if day is None and time is None:
        return turn
    if day is None and turn.first("date") is None:
        day = DateMention(start.date(), start.date()) if not SAME_TIME.search(text) else None
    told = [Entity("date", day, turn.text, (0, len(turn.text)))] if day else []
    told += [Entity("time", time, turn.text, (0, len(turn.text)))] if time else []
    kept = turn.without_entities(*(entity.kind for entity in told))
    return replace(kept, entities=(*kept.entities, *told))


def _day(text: str, start: dt.datetime) -> DateMention | None:
    day = start.date()
    if SAME_NEXT_WEEK.search(text):
        return _one(day + dt.timedelta(days=7))
    if found := DAYS.search(text):
        return _one(_moved(day, found))
    if LATER_IN_WEEK.search(text):
        first = day + dt.timedelta(days=1)
        return DateMention(first, max(first, day + dt.timedelta(days=6 - day.weekday())))
    monday = day - dt.timedelta(days=day.weekday())
    for pattern, weeks in ((WEEK_AFTER, 1), (WEEK_BEFORE, -1)):
        if pattern.search(text):
            first = monday + dt.timedelta(days=7 * weeks)
            return DateMention(first, first + dt.timedelta(days=6))
    if NEXT_DAY.search(text):
        return _one(day + dt.timedelta(days=1))
    if DAY_BEFORE.search(text):
        return _one(day - dt.timedelta(days=1))
    return _one(day) if SAME_DAY.search(text) else None


def _time(text: str, start: dt.datetime) -> TimeMention | None:
    if found := HALF_PAST.search(text):
        return _point(start + _sign(found) * 90 * MINUTE, start)
    if found := HOURS.search(text):
        unit = 60 if found["unit"] == "hour" else 1
        minutes = 30 if found["n"].startswith("half") else _count(found["n"]) * unit
        return _point(start + _sign(found) * minutes * MINUTE, start)
    if SAME_TIME.search(text):
        return TimeMention(start.time(), start.time())
    along = ALONG.search(text) if SAME_DAY.search(text) else A_BIT.search(text)
    if along is None:
        return None
    if _sign(along) > 0:
        return TimeMention(min((start + STEP).time(), LAST), LAST)
    return TimeMention(dt.time(0, 0), max((start - STEP).time(), dt.time(0, 0)))


def _one(day: dt.date) -> DateMention:
    return DateMention(day, day)


def _point(moment: dt.datetime, start: dt.datetime) -> TimeMention | None:
    """None when it would be another day."""
    return TimeMention(moment.time(), moment.time()) if moment.date() == start.date() else None


def _moved(day: dt.date, found: re.Match[str]) -> dt.date:
    count = _sign(found) * _count(found["n"])
    if found["unit"] == "month":
        return add_months(day, count)
    return day + dt.timedelta(days=count * {"day": 1, "week": 7, "fortnight": 14}[found["unit"]])


def _count(said: str) -> int:
    return int(said) if said.isdigit() else COUPLES.get(said, 1)


def _sign(found: re.Match[str]) -> int:
    return -1 if found["way"].startswith(("earlier", "before", "sooner")) else 1
