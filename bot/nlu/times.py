"""Times of day as people say them: points first (`find_points`), then what was wanted of them (`find_times`).

A point keeps what was literally said, with the other half of the day among its `others`: "at two" is 02:00, or 14:00.
`daytime` puts the reading first at which people come; the diary decides in the end.
Libraries find 4–63 % of the times in spoken text (see `dates`); this grammar was made for it.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from bot.nlu.calendar_words import MONTHS
from bot.nlu.found import Found, Rule, search, settle
from bot.nlu.numbers import Figures
from bot.nlu.understanding import TimeMention

FIRST_HOUR, LAST_HOUR = 7, 18
"""People come between these hours: of 02:00 and 14:00 the latter, of 08:00 and 20:00 the former."""

HOUR = r"(?P<hour>2[0-4]|1\d|0?\d)"
HALF = r"(?P<half>[ap])\.? ?m\b\.?"
PART = r"(?:(?:in|at|of) (?:the )?|this |on the )?(?P<part>morning|afternoon|evening|night)\b"
TAIL = rf"(?: ?o'?clock\b)?(?:(?: in)?,? ?(?:{HALF}|{PART}|(?P<tonight>tonight)))?"
NOT_A_TIME = (
    r"(?! ?(?:%|st|nd|rd|th)\b)(?![\d:/.]\d)(?! \d)"
    r"(?! (?:people|persons?|minutes?|mins?|hours?|days?|nights|weeks?|months?|years?|times?|pounds?|euros?|dollars?|"
    r"percent|guests?|adults?|children|kids|of us|of them|more|pence|branch|road|street|thousand|million|"
    rf"{'|'.join(MONTHS)})\b)"
)
AT = r"(?:at|after|before|until|till|til|around|past|from|since|than|between|approximately|roughly|nearer|make it)"
VAGUE = r"(?:about|by|to|say|for about)"
CLOSED = r"(?=$|[,.?!]| (?:on|in|at|please|if|and|or|then|today|tomorrow|instead|would|is|works|\w+day)\b)"
"""After words that go with any number, a number is a time only where the phrase ends."""

AROUND = re.compile(r"(?:around|about|approximately|roughly|some ?time near|near|nearer|say|ish)(?: at)? $")

PARTS = {
    "early morning": (7, 9), "first thing": (7, 10), "late morning": (10, 12), "mid morning": (9, 11),
    "morning": (6, 12), "lunchtime": (12, 14), "lunch time": (12, 14), "lunch": (12, 14), "lunch hour": (12, 14),
    "early afternoon": (12, 14), "mid afternoon": (14, 16), "late afternoon": (15, 18), "afternoon": (12, 18),
    "tea time": (16, 18), "teatime": (16, 18), "after work": (17, 21), "early evening": (17, 19), "evening": (17, 22),
    "after lunch": (13, 18), "before lunch": (8, 12), "tonight": (17, 23), "night": (20, 24),
    "end of the day": (16, 18),
}  # fmt: skip
"""Hours, from and to, that the words stand for."""


def find_points(said: Figures, now: dt.datetime, taken: Sequence[Found[Any]] = ()) -> list[Found[TimeMention]]:
    """Every point in time named, as said, `first == last`; `taken` are dates, whose figures are no times."""
    rules = [*_rules(), *_relative(now)]
    return [_noted(said.text, found) for found in search(said.text, rules, _figures_only(said.text, taken))]


def find_times(said: Figures, now: dt.datetime, taken: Sequence[Found[Any]] = ()) -> list[Found[TimeMention]]:
    """Points, ranges ("between ten and twelve", "after four", "not before nine") and parts of the day, in order."""
    points = find_points(said, now, taken)
    spans = _ranges(said.text, points)
    return sorted(settle([*spans, *_parts(said.text, [*spans, *points]), *points]), key=lambda found: found.start)


def daytime(mention: TimeMention) -> TimeMention:
    """The same with the reading first that lies in the day: "at two" → 14:00, 02:00 among the others."""
    if not mention.others or (mention.first != mention.last and mention.first != dt.time.min):
        return mention
    said = mention.last if mention.first == dt.time.min else mention.first
    readings = sorted((said, *mention.others), key=lambda time: not FIRST_HOUR <= time.hour <= LAST_HOUR)
    return replace(mention, first=readings[0], last=readings[0], others=tuple(readings[1:]))


@lru_cache(maxsize=1)
def _rules() -> tuple[Rule[TimeMention], ...]:
    quarters = r"(?P<min>half|(?:a )?quarter|\d{1,2}(?= min)|5|10|20|25|15)(?: min(?:ute)?s?)?"
    patterns = (
        (rf"\b(?P<min>half) {HOUR}\b{TAIL}(?! (?:hour|day|price))", _past),
        (rf"\b{quarters} past {HOUR}\b(?!:){TAIL}", _past),
        (rf"\b(?P<min>\d{{1,2}}) past {HOUR}\b(?!:){TAIL}", _past),
        (rf"\b(?P<min>half|(?:a )?quarter|\d{{1,2}}) (?:minutes? |mins? )?after {HOUR}\b(?!:){TAIL}", _past),
        (rf"(?<!from )(?<!between )(?<![\d:] )\b{quarters} (?:to|till?|before|of) {HOUR}\b(?!:){NOT_A_TIME}{TAIL}",
         _to),
        (rf"\b{HOUR}[:.](?P<min>[0-5]\d)\b(?![\d:]|\.\d|€|%| ?(?:pound|euro|dollar)){TAIL}", _clock),
        (rf"\b(?<!\d )(?<![.,£$]){HOUR} (?P<min>[0-5]\d|(?:oh|o|0) \d)\b(?! ?\d|:|[.]\d|st|nd|rd|th){NOT_A_TIME}{TAIL}",
         _clock),
        (rf"\b{HOUR} (?P<min>\d) {HALF}", _clock),
        (rf"\b{HOUR} (?P<min>[0-5]\d|\d) ?o'?clock{TAIL}", _clock),
        (rf"\b{HOUR} ?o'?clock\b{TAIL}", _clock),
        (rf"\b{HOUR} ?{HALF}", _clock),
        (rf"\b(?<![\d:.]){HOUR}(?: ish)? (?:in the|at) (?P<part>morning|afternoon|evening|night)\b", _clock),
        (rf"\b(?<![\d:.]){HOUR} (?P<part>morning|afternoon|evening|tonight)\b", _clock),
        (r"\b(?<![\d:.])(?P<hour>[6-9]|1[0-2]) (?P<part>night)\b(?! (?:stay|visit))", _clock),
        (rf"\b(?:between|from) [\w:' ]{{1,25}}? (?:and|to|until|till) (?P<it>{HOUR})\b{NOT_A_TIME}", _clock),
        (rf"^(?:from )?(?P<it>{HOUR}) (?:to|until|till) (?=\d+(?: please)?$)", _clock),
        (rf"(?<!\d )\b{VAGUE} (?P<it>{HOUR})\b{CLOSED}", _clock),
        (rf"(?<!\d )\b{AT} (?P<it>{HOUR}(?: ish)?)\b{NOT_A_TIME}", _clock),
        (rf"\b(?P<it>{HOUR}(?: ish\b))", _clock),
        (rf"\b(?:tomorrow|today|day|st|nd|rd|th) (?P<it>{HOUR})(?=$|,| please| then)", _clock),
        (r"\b(?:noon|midday|mid day|12 noon)\b", lambda m: _point(dt.time(12))),
        (r"\b(?:midnight|mid night)\b", lambda m: _point(dt.time(0))),
    )  # fmt: skip
    return tuple((re.compile(pattern), meaning) for pattern, meaning in patterns)


def _relative(now: dt.datetime) -> list[Rule[TimeMention]]:
    """ "in two hours", "in half an hour", "fifteen minutes ago"."""
    length = r"(?P<n>\d+|an?|half an|half a|a couple of|couple of|a few) (?P<unit>hour|minute|min)s?"

    def moved(m: re.Match[str]) -> TimeMention:
        counts = {"a": 1.0, "an": 1.0, "half an": 0.5, "half a": 0.5, "a couple of": 2, "couple of": 2, "a few": 3}
        count = float(m["n"]) if m["n"].isdigit() else counts[m["n"]]
        minutes = min(count, 10_000) * (60 if m["unit"] == "hour" else 1)
        sign = -1 if m[0].endswith(("ago", "earlier")) else 1
        return _point((now + sign * dt.timedelta(minutes=minutes)).time().replace(second=0, microsecond=0))

    return [
        (re.compile(rf"\b(?:in|within) {length}(?:'? time)?\b(?! ago)"), moved),
        (re.compile(rf"\b{length} (?:ago|from now|earlier)\b"), moved),
    ]


def _past(m: re.Match[str]) -> TimeMention | None:
    return _said(m, int(m["hour"]), _minutes(m["min"]))


def _to(m: re.Match[str]) -> TimeMention | None:
    minutes = _minutes(m["min"])
    return _said(m, (int(m["hour"]) or 24) - 1, 60 - minutes, spoken_hour=int(m["hour"])) if 0 < minutes < 60 else None


def _clock(m: re.Match[str]) -> TimeMention | None:
    groups = m.groupdict()
    minutes = re.sub(r"\b(?:oh|o)\b", "0", groups.get("min") or "0").replace(" ", "")
    return _said(m, int(m["hour"]), int(minutes))


def _minutes(said: str) -> int:
    return 30 if said == "half" else 15 if said.endswith("quarter") else int(said)


def _said(m: re.Match[str], hour: int, minute: int, spoken_hour: int | None = None) -> TimeMention | None:
    groups = m.groupdict()
    spoken = hour if spoken_hour is None else spoken_hour
    if minute > 59 or spoken > 24 or hour < 0:
        return None
    part = groups.get("part") or ("night" if groups.get("tonight") else "")
    half = groups.get("half") or _half_of(part, spoken)
    if half:
        return _point(dt.time(_in_half(hour, half), minute))
    if spoken == 0 or spoken > 12 or m[0].startswith("0"):
        return _point(dt.time(hour % 24, minute))
    return _point(dt.time(hour % 24, minute), dt.time((hour + 12) % 24, minute))


def _half_of(part: str, hour: int) -> str:
    """ "nine at night" is in the evening, "four in the night" is not."""
    if part == "night":
        return "p" if 6 <= hour < 12 else "a"
    return {"morning": "a", "afternoon": "p", "evening": "p", "tonight": "p"}.get(part, "")


def _in_half(hour: int, half: str) -> int:
    if hour > 12:
        return hour % 24
    return hour % 12 + (12 if half == "p" else 0)


def _point(time: dt.time, *others: dt.time) -> TimeMention:
    return TimeMention(time, time, others)


def _figures_only(text: str, taken: Sequence[Found[Any]]) -> list[Found[Any]]:
    """Of dates only those with figures keep times off: "this morning at 8" and "tomorrow 9 a m" may touch."""
    return [found for found in taken if any(letter.isdigit() for letter in text[found.start : found.end])]


def _noted(text: str, found: Found[TimeMention]) -> Found[TimeMention]:
    vague = bool(AROUND.search(text[: found.start])) or text[found.start : found.end].endswith("ish")
    return replace(found, value=replace(found.value, approximate=vague)) if vague else found


def _ranges(text: str, points: list[Found[TimeMention]]) -> list[Found[TimeMention]]:
    spans: list[Found[TimeMention]] = []
    for earlier, later in itertools.pairwise(points):
        between = text[earlier.end : later.start]
        opened = re.search(r"\b(?:between|from|any ?time from) $", text[: earlier.start])
        if re.fullmatch(r" ?(?:and|to|until|till|til|through|or|-) ?", between) and (opened or between.strip() != "or"):
            if between.strip() in ("and", "or") and not opened:
                continue
            spans.append(
                Found(_between(earlier.value, later.value), opened.start() if opened else earlier.start, later.end)
            )
    spans += [span for point in points if (span := _half_open(text, point))]
    return settle(spans)


def _between(earlier: TimeMention, later: TimeMention) -> TimeMention:
    """ "between two and four p m" is all afternoon; "nine to five" ends in the afternoon."""
    first, last = daytime(earlier).first, daytime(later).first
    if not later.others and earlier.others:
        fitting = [time for time in (earlier.first, *earlier.others) if time <= later.first]
        first = max(fitting, default=first)
        last = later.first
    elif not earlier.others and later.others:
        last = min((time for time in (later.first, *later.others) if time >= earlier.first), default=last)
        first = earlier.first
    if last < first:
        last = next((time for time in (later.first, *later.others) if time >= first), last)
    return TimeMention(min(first, last), max(first, last))


def _half_open(text: str, point: Found[TimeMention]) -> Found[TimeMention] | None:
    before, after = text[: point.start], text[point.end :]
    time = daytime(point.value).first
    for pattern, late in (
        (r"(?:not|nothing|no) (?:before|earlier than) $", True),
        (r"(?:not|nothing|no) (?:after|later than) $", False),
        (r"(?:any ?time |sometime )?(?:after|later than|past|since) $", True),
        (r"(?:any ?time |sometime )?(?:before|by|earlier than|until|till|up to) $", False),
    ):
        if m := re.search(rf"\b{pattern}", before):
            return Found(_open_end(time, late, point.value), m.start(), point.end)
    if (m := re.match(r" (?:or (?:later|after)|onwards?|on\b|and (?:later|after))", after)) and "or" not in before[-3:]:
        return Found(_open_end(time, True, point.value), point.start, point.end + m.end())
    if m := re.match(r" or (?:earlier|before)", after):
        return Found(_open_end(time, False, point.value), point.start, point.end + m.end())
    return None


def _open_end(time: dt.time, late: bool, point: TimeMention) -> TimeMention:
    if late:
        return TimeMention(time, dt.time(23, 59), approximate=point.approximate)
    return TimeMention(dt.time.min, time, approximate=point.approximate)


def _parts(text: str, taken: Sequence[Found[Any]]) -> list[Found[TimeMention]]:
    names = "|".join(sorted(map(re.escape, PARTS), key=len, reverse=True))
    pattern = re.compile(rf"\b(?<!good )(?<!table )(?:in the |this |at |the |any ?time in the )?(?P<part>{names})s?\b")

    def meaning(m: re.Match[str]) -> TimeMention:
        first, last = PARTS[m["part"]]
        return TimeMention(dt.time(first), dt.time(last) if last < 24 else dt.time(23, 59))

    return search(text, [(pattern, meaning)], taken)
