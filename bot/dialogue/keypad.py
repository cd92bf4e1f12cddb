"""The keypad, for every question: what a string of keys means while a given question is open.

0 a person · * back · # done; 1 and 2 yes and no; options by number; days as DDMM (birth dates DDMMYYYY), times as
HHMM on the 24-hour clock; anything asked for in figures as it is.
"""

from __future__ import annotations

import datetime as dt

from bot.dialogue.question import Question
from bot.dialogue.turn import Turn
from bot.nlu.understanding import DateMention, Entity, TimeMention


def read(digits: str, question: Question, today: dt.date) -> Turn:
    """What was pressed; a turn without intent and entities when it means nothing here."""
    keys = digits.strip("#")
    if keys.endswith("*"):
        return _turn(digits, intent="go_back")
    if keys == "0" and question.expect.kind != "digits":
        return _turn(digits, intent="person")
    if keys == "0" * max(1, len(keys)) and len(keys) < 3:
        return _turn(digits, intent="person")
    if question.options and keys.isdigit():
        number = int(keys)
        return _turn(digits, intent="inform", option=number) if 1 <= number <= len(question.options) else _turn(digits)
    return _by_kind(keys, question, today) or _turn(digits)


def _by_kind(keys: str, question: Question, today: dt.date) -> Turn | None:
    if not keys.isdigit():
        return None
    if question.slot in ("birth_date", "birth_date_new", "postcode"):
        return _birth_date(keys, today)
    match question.expect.kind:
        case "yes_no":
            intent = {"1": "affirm", "2": "deny"}.get(keys, "")
            return _turn(keys, intent=intent) if intent else None
        case "date" | "date_time":
            return _day(keys, today)
        case "time":
            return _time(keys)
        case "digits":
            return _turn(keys, intent="inform", entities=(_entity("digits", keys, keys),))
    return None


def _birth_date(keys: str, today: dt.date) -> Turn | None:
    """DDMMYYYY, or DDMMYY in the past hundred years."""
    if len(keys) not in (6, 8):
        return None
    year = int(keys[4:])
    if len(keys) == 6:
        year += 2000 if 2000 + year <= today.year else 1900
    date = _date(year, int(keys[2:4]), int(keys[:2]))
    return _turn(keys, intent="inform", entities=(_entity("birth_date", date, keys),)) if date else None


def _day(keys: str, today: dt.date) -> Turn | None:
    """DDMM, the next one to come; DDMMHHMM for both."""
    if len(keys) not in (4, 8):
        return None
    date = _coming(int(keys[2:4]), int(keys[:2]), today)
    if date is None:
        return None
    entities = [_entity("date", DateMention(date, date), keys)]
    if len(keys) == 8:
        time = _clock(keys[4:])
        if time is None:
            return None
        entities.append(_entity("time", TimeMention(time, time), keys))
    return _turn(keys, intent="inform", entities=tuple(entities))


def _coming(month: int, day: int, today: dt.date) -> dt.date | None:
    """29 February may be years away."""
    years = (_date(today.year + ahead, month, day) for ahead in range(9))
    return next((date for date in years if date and date >= today), None)


def _time(keys: str) -> Turn | None:
    time = _clock(keys.zfill(4)) if 3 <= len(keys) <= 4 else _clock(f"{keys.zfill(2)}00")
    return _turn(keys, intent="inform", entities=(_entity("time", TimeMention(time, time), keys),)) if time else None


def _clock(keys: str) -> dt.time | None:
    if len(keys) != 4:
        return None
    hour, minute = int(keys[:2]), int(keys[2:])
    return dt.time(hour, minute) if hour < 24 and minute < 60 else None


def _date(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _entity(kind: str, value: object, text: str) -> Entity:
    return Entity(kind, value, text, (0, len(text)))


def _turn(text: str, intent: str = "", entities: tuple[Entity, ...] = (), option: int | None = None) -> Turn:
    return Turn(text=text, intent=intent, entities=entities, option=option, keypad=True)
