"""What the caller wishes of an appointment: slots filled in any order, several at once, corrected at any time."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field

from bot.appointments.branches import nearest
from bot.appointments.hours import hours_on
from bot.appointments.model import Business, Wish
from bot.dialogue.turn import Turn
from bot.dialogue.wish_words import ANY, ANY_OF, ANY_TIME, HURTS, NOT_THAT, SOON, role_in, wanted
from bot.nlu.understanding import DateMention, Entity, TimeMention

SLOTS = ("service", "branch", "staff", "day", "time")
NOON = dt.time(12, 0)

DAYS_OF_WEEK = 7
URGENT = re.compile("urgent|emergency")
BARE_WEEKDAY = re.compile(r"(?:on |the |a )*(?:mon|tues|wednes|thurs|fri|satur|sun)days?", re.IGNORECASE)
"""Named alone, neither "next" nor of a certain week."""

FAR_DAYS = 28
"""How far "any day" looks."""


@dataclass(slots=True)
class WishSlots:
    """The slots, and what was left open on purpose (`any`)."""

    service: str | None = None
    branch: str | None = None
    staff: str | None = None
    role: str | None = None
    day: DateMention | None = None
    time: TimeMention | None = None
    any: set[str] = field(default_factory=set)
    soon: bool = False
    """The first there is, rather than times spread over the day."""
    order: list[str] = field(default_factory=list)
    """Slots in the order they were filled: "go back" empties the last one."""

    def take(
        self, turn: Turn, business: Business, today: dt.date, asked: str = "", shown: dt.date | None = None
    ) -> tuple[str, ...]:
        """Fill from a turn; `asked` is the slot that was asked for. The slots that changed, in order.

        `shown` is the day talked about, when it is another than the one wished for.
        """
        changed = [
            *self._dropped(turn),
            *self._named(turn, business),
            *self._nearby(turn, business, asked),
            *self._when(turn, today, shown),
            *self._left_open(turn, asked),
        ]
        for slot in changed:
            if slot in self.order:
                self.order.remove(slot)
            self.order.append(slot)
        return tuple(dict.fromkeys(changed))

    def is_open(self, slot: str) -> bool:
        return getattr(self, slot) is None and slot not in self.any

    def empty(self, slot: str) -> None:
        setattr(self, slot, None)
        if slot == "staff":
            self.role = None
        self.any.discard(slot)
        if slot in self.order:
            self.order.remove(slot)

    def empty_last(self) -> str:
        """The slot emptied, "" when none was filled."""
        if not self.order:
            return ""
        slot = self.order[-1]
        self.empty(slot)
        return slot

    def _dropped(self, turn: Turn) -> list[str]:
        """ "not that branch": open again; "someone else": anybody."""
        dropped = [slot for slot, pattern in NOT_THAT.items() if pattern.search(turn.text) and not self.is_open(slot)]
        for slot in dropped:
            self.empty(slot)
            if slot == "staff":
                self.any.add(slot)
        return dropped

    def _named(self, turn: Turn, business: Business) -> list[str]:
        changed = []
        for slot in ("service", "branch", "staff"):
            entity = wanted(turn, slot)
            if entity and isinstance(entity.value, str):
                changed += self._set(slot, self._best(slot, entity, business))
        role = role_in(turn, business)
        if role and self.staff is None and role != self.role:
            self.role = role
            changed.append("staff")
        if self.role and self.service is None:
            changed += self._set("service", _service_of_role(self.role, business))
        if self.service is None and HURTS.search(turn.text):
            changed += self._urgently(turn, business)
        return changed

    def _urgently(self, turn: Turn, business: Business) -> list[str]:
        """ "My tooth really hurts": what is meant for that, at the first time there is."""
        urgent = next((each.id for each in business.services.values() if URGENT.search(f"{each.id} {each.name}")), None)
        if urgent is None:
            return []
        self.soon = True
        self.any |= {"time"} if turn.first("time") is None else set()
        return self._set("service", urgent)

    def _nearby(self, turn: Turn, business: Business, asked: str) -> list[str]:
        """ "Richmond", when asked which branch, or "at Richmond": the one that is nearest."""
        place = turn.first("place") or turn.first("postcode")
        if place is None or turn.first("branch"):
            return []
        if asked != "branch" and not turn.text[: place.span[0]].endswith(("at ", "in ", "near ")):
            return []
        branch = nearest(business, str(place.value) if place.kind == "postcode" else place.text)
        return self._set("branch", branch.id) if branch else []

    def _best(self, slot: str, entity: Entity, business: Business) -> str:
        """Of two people called Anna, the one who does what is wanted."""
        names = [str(entity.value), *(str(other) for other in entity.others)]
        if slot == "staff" and self.service:
            able = [name for name in names if name in business.staff and self.service in business.staff[name].services]
            return (able or names)[0]
        return names[0]

    def _when(self, turn: Turn, today: dt.date, shown: dt.date | None) -> list[str]:
        changed = []
        day = wanted(turn, "date", last=True)
        time = wanted(turn, "time", last=True) or (_hour_after(day, turn) if day else None)
        if day and isinstance(day.value, DateMention) and day.value.last >= today:
            changed += self._set("day", self._in_the_week_meant(day, day.value, turn, today, shown))
            self.soon = HURTS.search(turn.text) is not None
        if time and isinstance(time.value, TimeMention):
            changed += self._set("time", time.value)
        return changed

    def _in_the_week_meant(
        self, said: Entity, day: DateMention, turn: Turn, today: dt.date, shown: dt.date | None
    ) -> DateMention:
        """ "No, make it Wednesday", after a Tuesday in December: the Wednesday of that week, unless it is over."""
        if not BARE_WEEKDAY.fullmatch(said.text.strip()):
            return day
        before = [other.value for other in turn.all("date") if other.span[1] <= said.span[0]]
        named = [value for value in before if isinstance(value, DateMention) and value.first == value.last]
        if named:
            shown = named[-1].first
        elif len(turn.all("date")) > 1:
            return _in_the_week_said(day, turn)
        elif shown is None:
            shown = self._week_wished()
        if shown is None:
            return day
        meant = shown + dt.timedelta(days=day.first.weekday() - shown.weekday())
        return DateMention(meant, meant) if meant > today else day

    def _week_wished(self) -> dt.date | None:
        """A day of the one week that is wished for."""
        short = self.day is not None and (self.day.last - self.day.first).days < DAYS_OF_WEEK
        return self.day.first if self.day and short else None

    def _left_open(self, turn: Turn, asked: str) -> list[str]:
        opened: list[str] = []
        if SOON.search(turn.text):
            self.soon = True
            opened += [] if turn.first("time") else ["time"]
            if not (turn.first("date") or (asked == "time" and self.day)):
                opened.append("day")
                self.day = None
        if ANY_TIME.search(turn.text) and not turn.first("time"):
            opened.append("time")
        opened += [slot for slot, pattern in ANY_OF.items() if pattern.search(turn.text) and self.is_open(slot)]
        does_not_mind = turn.intent == "dont_know" or ANY.search(turn.text)
        if asked in SLOTS and asked != "service" and does_not_mind and self.is_open(asked):
            opened.append(asked)
        fresh = [slot for slot in dict.fromkeys(opened) if slot not in self.any]
        for slot in fresh:
            if slot == "time":
                self.time = None
            self.any.add(slot)
        return fresh

    def _set(self, slot: str, value: object) -> list[str]:
        self.any.discard(slot)
        if getattr(self, slot) == value:
            return []
        setattr(self, slot, value)
        return [slot]

    def near(self, business: Business, day: dt.date) -> dt.time | None:
        """The time wished for, when it is a point; of two readings ("two") the one at which somebody is there."""
        if self.time is None or self.time.first != self.time.last:
            return None
        readings = [self.time.first, *self.time.others]
        branches = [self.branch] if self.branch else list(business.branches)
        stretches = [hours for branch in branches for hours in hours_on(business, branch, day).stretches]
        return next((time for time in readings if any(h.opens <= time < h.closes for h in stretches)), readings[0])

    def wish(self, business: Business, today: dt.date) -> Wish:
        """`service` must be filled."""
        first, last = self._days(today)
        stretch = self.time is not None and self.time.first != self.time.last
        return Wish(
            service_id=self.service or "",
            staff_id=self.staff,
            branch_id=self.branch,
            role=self.role,
            first_day=first,
            last_day=last,
            earliest=_starts(self.time) if stretch and self.time else None,
            latest=_ends(self.time) if stretch and self.time else None,
            near=dt.time(0, 0) if self.soon and self.time is None else self.near(business, first),
        )

    def _days(self, today: dt.date) -> tuple[dt.date, dt.date]:
        if self.day is None:
            return today, today + dt.timedelta(days=FAR_DAYS)
        return max(self.day.first, today), max(self.day.last, today)

    @property
    def one_day(self) -> bool:
        return self.day is not None and self.day.first == self.day.last

    def save(self) -> dict[str, str]:
        """Plain words that `load` reads back."""
        saved = {slot: value for slot in ("service", "branch", "staff", "role") if (value := getattr(self, slot))}
        if self.day:
            saved["day"] = f"{self.day.first.isoformat()}/{self.day.last.isoformat()}"
        if self.time:
            saved["time"] = f"{self.time.first.isoformat()}/{self.time.last.isoformat()}"
        if self.any:
            saved["any"] = ",".join(sorted(self.any))
        return saved

    @classmethod
    def load(cls, saved: dict[str, str]) -> WishSlots:
        """Raises ValueError on what `save` did not write."""
        slots = cls(saved.get("service"), saved.get("branch"), saved.get("staff"), saved.get("role"))
        if saved.get("day"):
            first, last = saved["day"].split("/")
            slots.day = DateMention(dt.date.fromisoformat(first), dt.date.fromisoformat(last))
        if saved.get("time"):
            first, last = saved["time"].split("/")
            slots.time = TimeMention(dt.time.fromisoformat(first), dt.time.fromisoformat(last))
        slots.any = set(filter(None, saved.get("any", "").split(",")))
        slots.order = [slot for slot in SLOTS if not slots.is_open(slot)]
        return slots


def _hour_after(day: Entity, turn: Turn) -> Entity | None:
    """ "Tomorrow nine": a number that follows a day is an hour."""
    number = next((each for each in turn.all("number") if turn.text[day.span[1] : each.span[0]].isspace()), None)
    if number is None or not isinstance(number.value, int) or not 1 <= number.value <= 12:
        return None
    morning, evening = dt.time(number.value % 12), dt.time(number.value % 12 + 12)
    return Entity("time", TimeMention(morning, morning, (evening,)), number.text, number.span)


def _starts(stretch: TimeMention) -> dt.time:
    """Nobody who says "afternoon" means midday."""
    afternoon = stretch.first == NOON and stretch.last > dt.time(14, 0)
    return dt.time(12, 30) if afternoon else stretch.first


def _ends(stretch: TimeMention) -> dt.time:
    """ "The morning" and "before twelve" end before midday."""
    return dt.time(11, 59) if stretch.last == NOON else stretch.last


def _in_the_week_said(day: DateMention, turn: Turn) -> DateMention:
    """ "Next week, maybe on the Wednesday": the Wednesday of next week."""
    weeks = [mention.value for mention in turn.all("date") if isinstance(mention.value, DateMention)]
    week = next((each for each in weeks if each.first < each.last), None)
    shifted = day.first + dt.timedelta(days=7)
    if week is None or day.first != day.last or not day.first < week.first <= shifted <= week.last:
        return day
    return DateMention(shifted, shifted)


def _service_of_role(role: str, business: Business) -> str | None:
    """ "Something free with the hygienist": the service that people call a hygienist visit."""
    called = {f"{role.lower()} {word}" for word in ("appointment", "visit")}
    return next((service.id for service in business.services.values() if called & set(service.spoken)), None)
