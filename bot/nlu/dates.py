"""Days as people say them: a small grammar over text in figures (see `numbers.figures`).

Why our own: on real hotel and bank utterances the libraries find too little in spoken text (duckling 82 % of dates,
Microsoft Recognizers 45, timefhuman 71, dateparser 48; measured on NLU++, PolyAI).
"next wednesday" is the Wednesday of next week; the nearer one is kept among `others` for the dialogue to ask about.
"""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache

from bot.nlu.calendar_words import (
    DAY,
    MONTHS,
    WEEK,
    WEEKDAYS,
    Direction,
    add_months,
    days_of_month,
    days_of_year,
    exists,
    feast,
    feast_names,
    month_of,
    week_of,
    weekday_after,
    weekday_before,
)
from bot.nlu.found import Found, Rule, search
from bot.nlu.numbers import Figures, figures
from bot.nlu.understanding import DateMention

WD = rf"(?P<wd>{'|'.join(WEEKDAYS)})s?"
MON = rf"(?P<mon>{'|'.join(MONTHS)})\b\.?"
DOM = r"(?P<dom>[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?"
ORD = r"(?P<dom>\d{1,2})(?:st|nd|rd|th)"
YEAR = r"(?P<year>(?:19|20)\d\d|(?:19|20) (?:\d\d|(?:oh|o|0) \d)|20 0\d)(?!\d|:| ?[ap]\.? ?m\b)"
COUNT = r"(?P<n>\d+|an?|a couple of|a couple|couple of|a few|few|several)"
UNIT = r"(?P<unit>day|week|fortnight|month|year)s?(?:')?(?:s)?"
NOT_A_DAY = (
    r"(?! (?:one|ones|available|time|thing|appointment|slot|floor|half|person|name|line|part|letter|digit|visit|class|"
    r"option|choice|payment|class|step|two|transaction|opinion|party|quarter|place|look|of all|generation|year|"
    r"child|session|attempt|card|account|line|avenue|street|road|century|hand)s?\b)"
)
NAMED_DAY = re.compile(
    rf"\b{DOM} (?:of )?{MON}(?:,? {YEAR})?|\b(?P<mon2>{'|'.join(MONTHS)}) (?:the )?(?P<dom2>\d\d?)(?:st|nd|rd|th)\b"
)


def find_dates(said: Figures, today: dt.date, direction: Direction = "forward") -> list[Found[DateMention]]:
    """Every day or stretch of days named, in order; offsets into `said.text`."""
    return search(said.text, _rules(today, direction))


@lru_cache(maxsize=8)
def _rules(today: dt.date, direction: Direction) -> tuple[Rule[DateMention], ...]:
    reading = _Reading(today, direction)
    patterns = (
        (r"\b(?P<year>\d{4})-(?P<mon>\d\d)-(?P<dom>\d\d)\b", reading.numeric),
        (r"\b(?P<dom>\d{1,2})/(?P<mon>\d{1,2})(?:/(?P<year>\d{4}|\d\d))?\b(?!/)", reading.numeric),
        (r"\b(?P<dom>\d{1,2})\.(?P<mon>\d{1,2})\.(?P<year>\d{4}|\d\d)\b", reading.numeric),
        (rf"\b(?:{WD},? )?(?:the )?{DOM} (?:day )?(?:of )?(?:the )?{MON}(?:,? (?:in )?{YEAR})?", reading.day_and_month),
        (rf"\b(?:{WD},? )?(?:the )?{MON} (?:the )?{DOM}\b(?!:| ?[ap]\.? ?m\b)(?:,? {YEAR})?", reading.day_and_month),
        (rf"\b{WD},? (?:the )?{ORD}\b(?! (?:{'|'.join(MONTHS)}))", reading.weekday_and_day),
        (rf"\b(?:the )?{ORD} (?:of )?(?P<which>this|next|last) month\b", reading.day_of_which_month),
        (rf"\b(?P<which>last|next) {ORD}\b{NOT_A_DAY}", reading.day_alone),
        (rf"(?<!\ba )\b(?:the )?{ORD}\b{NOT_A_DAY}", reading.day_alone),
        (rf"\b(?:{COUNT} )?(?P<unit>week|fortnight)s? (?:on|from|after|next) (?:this )?{WD}\b", reading.weeks_on),
        (rf"\b{WD} week\b", reading.weeks_on),
        (rf"\b{COUNT} (?P<unit>week|fortnight)s? (?:today|from today)\b", reading.ahead),
        (rf"\b(?:{COUNT} week (?:from )?tomorrow|tomorrow week)\b", lambda m: reading.one(reading.today + WEEK + DAY)),
        (rf"\b{WD} (?:in|of) (?P<n>\d+|a|an) (?P<unit>week|fortnight)s?(?:'s? time| time)?", reading.weekday_in_weeks),
        (rf"\b(?:on )?{WD} after next\b", lambda m: reading.in_week(WEEKDAYS[m["wd"]], 2)),
        (rf"\b{WD} (?:of |the )?(?P<which>this|next|last|following) week\b", reading.weekday_of_week),
        (rf"\b(?P<which>this|next|last|following) week,?(?: (?:maybe|perhaps|say))?(?: on)?(?: the| a)? {WD}\b",
         reading.weekday_of_week),
        (rf"\b(?P<which>this|this coming|coming|that|next|last|following|past) {WD}\b", reading.which_weekday),
        (rf"\b{WD}\b", reading.weekday),
        (r"\b(?:the )?day after tomorrow\b", lambda m: reading.one(reading.today + 2 * DAY)),
        (r"\b(?:the )?day before yesterday\b", lambda m: reading.one(reading.today - 2 * DAY)),
        (r"\btomorrow\b", lambda m: reading.one(reading.today + DAY)),
        (r"\b(?:today|tonight|this (?:morning|afternoon|evening|lunchtime))\b", lambda m: reading.one(reading.today)),
        (r"\b(?:yesterday|last night|last evening)\b", lambda m: reading.one(reading.today - DAY)),
        (rf"\b(?P<within>in|within)(?: the next)? {COUNT} {UNIT}(?: time)?\b(?! (?:ago|on|today|tomorrow|from)\b)",
         reading.ahead),
        (rf"\b{COUNT} {UNIT} (?:from now|from today|later|time)\b", reading.ahead),
        (rf"\b{COUNT} {UNIT} (?:ago|back|before)\b", reading.ago),
        (r"\b(?:the )?weeks? after next\b", lambda m: reading.whole_week(2)),
        (r"\b(?P<which>this|next|last|following|coming) (?P<unit>week|month|year)\b(?! on\b)", reading.stretch),
        (r"\b(?P<part>start|beginning|middle|end) of (?P<which>the|this|next) (?P<unit>week|month)\b", reading.part_of),
        (r"\b(?:the )?(?P<which>this|next|last|at the|the|on the|coming) weekend\b", reading.weekend),
        (r"\b(?P<part>early|mid|late|(?:start|beginning|middle|end) of|some ?time in|in|during|for|until|this|next|"
         rf"last) {MON}(?! (?:the )?\d?\d(?:st|nd|rd|th|\b(?! ?\d)))(?: {YEAR})?", reading.month),
        (rf"\b(?:january|february|april|june|july|august|september|october|november|december)\b(?: {YEAR})?",
         reading.month_alone),
        (rf"^{MON}$", reading.month),
        (r"\b(?:in|on|since|from|year|of) (?P<it>(?P<year>(?:19|20)\d\d))\b(?! (?:pound|euro|dollar|gbp|usd|eur))",
         reading.year),
        (rf"\b(?:{'|'.join(map(re.escape, feast_names()))})\b", reading.holiday),
    )  # fmt: skip
    return tuple((re.compile(pattern), meaning) for pattern, meaning in patterns)


class _Reading:
    """What each pattern means on one day, looking one way."""

    def __init__(self, today: dt.date, direction: Direction) -> None:
        self.today = today
        self.direction: Direction = direction

    def one(self, day: dt.date, *others: dt.date) -> DateMention:
        return DateMention(day, day, tuple(other for other in others if other != day))

    def numeric(self, m: re.Match[str]) -> DateMention | None:
        day, month = int(m["dom"]), int(m["mon"])
        if month > 12:
            day, month = month, day
        return self._dated(day, month, _year(m["year"], self.today))

    def day_and_month(self, m: re.Match[str]) -> DateMention | None:
        groups = m.groupdict()
        day, month, year = int(m["dom"]), MONTHS[m["mon"]], _year(groups.get("year"), self.today)
        if year is None and groups.get("wd"):
            return self._on_weekday(day, month, WEEKDAYS[m["wd"]])
        return self._dated(day, month, year)

    def weekday_and_day(self, m: re.Match[str]) -> DateMention | None:
        days = list(days_of_month(self.today, int(m["dom"]), self.direction))
        fitting = [day for day in days if day.weekday() == WEEKDAYS[m["wd"]]]
        return self.one(*fitting[:1], *days[:1]) if fitting else self._first_of(days)

    def day_of_which_month(self, m: re.Match[str]) -> DateMention | None:
        months = {"this": 0, "next": 1, "last": -1}[m["which"]]
        first = add_months(self.today.replace(day=1), months)
        day = int(m["dom"])
        return self.one(first.replace(day=day)) if exists(first.year, first.month, day) else None

    def day_alone(self, m: re.Match[str]) -> DateMention | None:
        last = m.groupdict().get("which") == "last"
        return self._first_of(list(days_of_month(self.today, int(m["dom"]), "back" if last else self.direction)))

    def weeks_on(self, m: re.Match[str]) -> DateMention:
        groups = m.groupdict()
        weeks = _count(groups.get("n")) * (2 if groups.get("unit") == "fortnight" else 1)
        return self.one(weekday_after(self.today, WEEKDAYS[m["wd"]]) + weeks * WEEK)

    def weekday_in_weeks(self, m: re.Match[str]) -> DateMention:
        weeks = _count(m["n"]) * (2 if m["unit"] == "fortnight" else 1)
        return self.in_week(WEEKDAYS[m["wd"]], weeks)

    def weekday_of_week(self, m: re.Match[str]) -> DateMention:
        return self.in_week(WEEKDAYS[m["wd"]], {"this": 0, "next": 1, "following": 1, "last": -1}[m["which"]])

    def in_week(self, weekday: int, weeks: int) -> DateMention:
        return self.one(week_of(self.today) + weeks * WEEK + weekday * DAY)

    def which_weekday(self, m: re.Match[str]) -> DateMention:
        weekday, which = WEEKDAYS[m["wd"]], m["which"]
        nearest = weekday_after(self.today, weekday)
        if which in ("last", "past"):
            return self.one(weekday_before(self.today, weekday))
        if which in ("next", "following"):
            return self.one(week_of(self.today) + WEEK + weekday * DAY, nearest)
        return self.one(weekday_after(self.today, weekday), nearest + WEEK)

    def weekday(self, m: re.Match[str]) -> DateMention:
        weekday = WEEKDAYS[m["wd"]]
        if self.direction == "back":
            return self.one(weekday_before(self.today, weekday))
        nearest = weekday_after(self.today, weekday)
        return self.one(nearest, nearest + WEEK)

    def ahead(self, m: re.Match[str]) -> DateMention | None:
        groups = m.groupdict()
        day = self._moved(_count(groups.get("n")), m["unit"], 1)
        if groups.get("within") == "within" and day:
            return DateMention(self.today, day)
        return self.one(day) if day else None

    def ago(self, m: re.Match[str]) -> DateMention | None:
        day = self._moved(_count(m["n"]), m["unit"], -1)
        return self.one(day) if day else None

    def whole_week(self, weeks: int) -> DateMention:
        monday = week_of(self.today) + weeks * WEEK
        return DateMention(monday, monday + 6 * DAY)

    def stretch(self, m: re.Match[str]) -> DateMention:
        steps = {"this": 0, "next": 1, "following": 1, "coming": 1, "last": -1}[m["which"]]
        if m["unit"] == "week":
            whole = self.whole_week(steps)
        elif m["unit"] == "month":
            first = add_months(self.today.replace(day=1), steps)
            whole = DateMention(*month_of(first.year, first.month))
        else:
            whole = DateMention(dt.date(self.today.year + steps, 1, 1), dt.date(self.today.year + steps, 12, 31))
        return DateMention(max(whole.first, self.today), whole.last) if steps == 0 else whole

    def part_of(self, m: re.Match[str]) -> DateMention:
        steps = 1 if m["which"] == "next" else 0
        if m["unit"] == "week":
            whole = self.whole_week(steps)
            working = DateMention(whole.first, whole.first + 4 * DAY)
            return _third(working, m["part"], 2)
        first = add_months(self.today.replace(day=1), steps)
        return _third(DateMention(*month_of(first.year, first.month)), m["part"], 10)

    def weekend(self, m: re.Match[str]) -> DateMention:
        steps = {"next": 1, "last": -1}.get(m["which"], 0)
        saturday = week_of(self.today) + steps * WEEK + 5 * DAY
        return DateMention(saturday, saturday + DAY)

    def month(self, m: re.Match[str]) -> DateMention | None:
        groups = m.groupdict()
        part = (groups.get("part") or "").split(" ")[0]
        if m["mon"] in ("may", "march", "mar") and part == "" and self.direction == "back":
            return None
        whole = self._month(MONTHS[m["mon"]], _year(groups.get("year"), self.today), back=part == "last")
        return _third(whole, {"early": "start", "mid": "middle", "late": "end"}.get(part, part), 10)

    def month_alone(self, m: re.Match[str]) -> DateMention:
        return self._month(MONTHS[m[0].split()[0]], _year(m["year"], self.today))

    def year(self, m: re.Match[str]) -> DateMention:
        return DateMention(dt.date(int(m["year"]), 1, 1), dt.date(int(m["year"]), 12, 31))

    def holiday(self, m: re.Match[str]) -> DateMention | None:
        day = feast(m[0], self.today, self.direction)
        return self.one(day) if day else None

    def _dated(self, day: int, month: int, year: int | None) -> DateMention | None:
        if year is not None:
            return self.one(dt.date(year, month, day)) if exists(year, month, day) else None
        return self._first_of(list(days_of_year(self.today, month, day, self.direction))[:1])

    def _on_weekday(self, day: int, month: int, weekday: int) -> DateMention | None:
        """The year in which that day is that weekday; the nearest year stays possible: people mix up weekdays."""
        days = list(days_of_year(self.today, month, day, self.direction))
        fitting = [found for found in days if found.weekday() == weekday]
        return self.one(*fitting[:1], *days[:1]) if fitting else self._first_of(days[:1])

    def _first_of(self, days: list[dt.date]) -> DateMention | None:
        return self.one(*days[:2]) if days else None

    def _moved(self, count: int, unit: str, sign: int) -> dt.date | None:
        days = {"day": 1, "week": 7, "fortnight": 14}.get(unit)
        try:
            if days:
                return self.today + sign * count * days * DAY
            return add_months(self.today, sign * count * (12 if unit == "year" else 1))
        except (OverflowError, ValueError):
            return None

    def _month(self, month: int, year: int | None, back: bool = False) -> DateMention:
        if year is None:
            back = back or self.direction == "back"
            later = month < self.today.month
            year = self.today.year + (1 if later and not back else 0) - (1 if back and month >= self.today.month else 0)
        return DateMention(*month_of(year, month))


def _third(whole: DateMention, part: str, length: int) -> DateMention:
    if part in ("start", "beginning"):
        return DateMention(whole.first, whole.first + (length - 1) * DAY)
    if part == "middle":
        return DateMention(whole.first + length * DAY, whole.last - length * DAY)
    return DateMention(whole.last - (length - 1) * DAY, whole.last) if part == "end" else whole


def _year(said: str | None, today: dt.date) -> int | None:
    """ "2019", "20 19", "19 oh 5"; two figures mean the century that makes it nearest to, not far beyond, today."""
    if not said:
        return None
    figures = re.sub(r"\b(?:oh|o)\b", "0", said).replace(" ", "")
    if len(figures) > 2:
        return int(figures)
    century = today.year // 100 * 100
    return century + int(figures) - (100 if century + int(figures) > today.year + 10 else 0)


def _count(said: str | None) -> int:
    if said is None or said in ("a", "an"):
        return 1
    if said.isdigit():
        return min(int(said), 100_000)
    return 2 if "couple" in said else 3


def impossible_day(text: str, today: dt.date) -> tuple[int, int, int] | None:
    """Year, month and day of a day that was named and does not exist: 31 June, 29 February before the next leap year.

    None when every day named exists.
    """
    for m in NAMED_DAY.finditer(figures(text).text):
        day, month = int(m["dom"] or m["dom2"]), MONTHS[m["mon"] or m["mon2"]]
        year = _year(m["year"], today) or today.year + (month < today.month)
        if day <= 31 and not exists(year, month, day):
            return year, month, day
    return None
