"""Everything named in one utterance: days, times, people, places, numbers, each with its span."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.events import AnswerKind, Expect
from bot.nlu.birth_dates import find_birth_dates
from bot.nlu.contact import digit_runs, find_emails, find_money, find_names, find_phones
from bot.nlu.dates import find_dates
from bot.nlu.found import Found
from bot.nlu.gazetteer import Gazetteer
from bot.nlu.numbers import Figures, figures
from bot.nlu.spelled_names import spelled_name
from bot.nlu.spelling import postcodes, spelled
from bot.nlu.times import daytime, find_times
from bot.nlu.understanding import Entity, TimeMention

BARE_HOUR = re.compile(
    r"^(?:at |um |uh |yes |maybe |about |around |let's say |say |the )*(?P<it>\d{1,2})(?: please| then| is fine)*$"
)

SHORTEST_SPELLING: Mapping[AnswerKind, int] = {"name": 2, "yes_no": 3}
"""Letters; a question answered with yes or no is seldom answered by spelling."""


def find_entities(text: str, expect: Expect, now: dt.datetime, names: Gazetteer) -> tuple[Entity, ...]:
    """In order of their place in the text. `expect` decides what a bare number or a bare name is."""
    said = figures(text)
    births = find_birth_dates(text, now.date())
    dates = [day for day in find_dates(said, now.date()) if not _part_of(said.span(day.start, day.end), births)]
    times = _times(said, now, dates, expect)
    codes = [code for code in postcodes(text) if not _inside(code, births)]
    phones = _in_text(said, find_phones(said))
    mails = find_emails(text)
    found = [
        *_entities("date", text, _in_text(said, dates)),
        *_entities("time", text, _in_text(said, times)),
        *_entities("birth_date", text, births),
        *_entities("postcode", text, codes),
        *_entities("phone", text, phones),
        *_entities("email", text, mails),
        *_entities("money", text, _in_text(said, find_money(said))),
        *names.find(text),
    ]
    known = [Found(entity, *entity.span) for entity in found]
    found += _numbers(text, said, known, expect)
    found += _entities("letters", text, _letters(text, known, expect))
    people = find_names(text, asked=expect.kind == "name")
    found = [one for one in found if one.kind != "staff" or not _inside(Found(one, *one.span), people)]
    found += _entities("name", text, people)
    return tuple(sorted(found, key=lambda entity: entity.span))


def _times(said: Figures, now: dt.datetime, dates: Sequence[Found[Any]], expect: Expect) -> list[Found[TimeMention]]:
    times = [Found(daytime(found.value), found.start, found.end) for found in find_times(said, now, dates)]
    if not times and expect.kind in ("time", "date_time") and (m := BARE_HOUR.match(said.text)):
        hour = int(m["it"])
        if 1 <= hour <= 24:
            others = (dt.time((hour + 12) % 24),) if hour <= 12 else ()
            mention = daytime(TimeMention(dt.time(hour % 24), dt.time(hour % 24), others))
            return [Found(mention, *m.span("it"))]
    return times


def _numbers(text: str, said: Figures, known: Sequence[Found[Any]], expect: Expect) -> list[Entity]:
    """Runs of digits (references), and plain numbers that are part of nothing else."""
    digits = _in_text(said, digit_runs(said, shortest=1 if expect.kind == "digits" else 3))
    digits = [run for run in digits if expect.kind == "digits" or not _inside(run, known)]
    numbers = [
        Found(int(m[0]), *said.span(*m.span())) for m in re.finditer(r"(?<![\d.:])\b\d{1,6}\b(?![.:]\d)", said.text)
    ]
    plain = [number for number in numbers if not _inside(number, [*known, *digits])]
    return [*_entities("digits", text, digits), *_entities("number", text, plain)]


def _part_of(span: tuple[int, int], births: Iterable[Found[Any]]) -> bool:
    """ "fourteenth of the third eighty five" is one date of birth, not two days."""
    return any(birth.start <= span[0] and span[1] < birth.end for birth in births)


def _letters(text: str, known: Sequence[Found[Any]], expect: Expect) -> list[Found[str]]:
    """Where a name was asked for or read back, the answer is one spelling, whatever else "november" may be."""
    if expect.kind in ("name", "yes_no") and len(name := spelled_name([text])) >= SHORTEST_SPELLING[expect.kind]:
        return [Found(name, 0, len(text))]
    return [run for run in spelled(text) if _is_spelling(run, known)]


def _is_spelling(run: Found[str], known: Sequence[Found[Any]]) -> bool:
    return len(run.value) >= 2 and run.value.isalpha() and not _inside(run, known)


def _inside(found: Found[Any], others: Iterable[Found[Any]]) -> bool:
    return any(found.overlaps(other) for other in others)


def _in_text(said: Figures, found: Iterable[Found[Any]]) -> list[Found[Any]]:
    """The same with offsets into the text as it was heard."""
    return [Found(one.value, *said.span(one.start, one.end)) for one in found]


def _entities(kind: str, text: str, found: Iterable[Found[Any]]) -> list[Entity]:
    return [Entity(kind, one.value, text[one.start : one.end], (one.start, one.end)) for one in found]
