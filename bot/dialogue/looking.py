"""Looking in the diary for what the caller wishes; when there is nothing, for what comes nearest to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.appointments.model import Slot, Wish
from bot.dialogue import spoken
from bot.dialogue.choices import service_name
from bot.dialogue.reasons import said_closed
from bot.dialogue.skill import Talk
from bot.dialogue.slots import WishSlots

OFFERED = 3
"""More times at once nobody remembers."""

CLOSE_ENOUGH = dt.timedelta(minutes=15)
"""A time so near to "around half past two" is proposed as it is."""

WIDER_DAYS = 21
"""How far after the days wished for we look first."""


@dataclass(frozen=True, slots=True)
class Found:
    """Just what was wished (`chosen`), or times to choose from, in their order; neither: the diary has nothing."""

    chosen: Slot | None = None
    offers: tuple[Slot, ...] = ()


def look(slots: WishSlots, talk: Talk) -> Found:
    """Says what is not to be had, before other times are offered."""
    wish = slots.wish(talk.business, talk.today)
    found = distinct(talk.desk.free_slots(wish, talk.now, limit=OFFERED))
    if found and _fits(found[0], wish, slots):
        return Found(chosen=found[0])
    closed = said_closed(wish, slots, talk)
    if found and not closed:
        other = _same_time_with_another(replace(wish, branch_id=found[0].branch_id), slots, talk)
        if other:
            return Found(offers=in_order((other, *found[: 2 if wish.staff_id else 1])))
        _say_gone(wish, slots, talk)
    return Found(offers=in_order(found)) if found else look_wider(slots, talk, told=closed)


def look_wider(slots: WishSlots, talk: Talk, told: bool = False) -> Found:
    """Drop one wish after the other until the diary has something; `told`: the caller knows why it must be."""
    wish = slots.wish(talk.business, talk.today)
    for wider in _wider_wishes(wish, talk):
        found = distinct(talk.desk.free_slots(wider, talk.now, limit=OFFERED))
        if found:
            if not told:
                talk.say("nothing_then", wish=_in_words(wish, slots, talk))
            return Found(offers=in_order(found))
    talk.say("nothing_at_all", service=service_name(talk, wish.service_id))
    return Found()


def distinct(slots: Sequence[Slot]) -> tuple[Slot, ...]:
    """One slot a start: which of two rooms or people is of no interest to the caller."""
    first_at: dict[dt.datetime, Slot] = {}
    for slot in slots:
        first_at.setdefault(slot.start, slot)
    return tuple(first_at.values())


def in_order(slots: Sequence[Slot]) -> tuple[Slot, ...]:
    """As a receptionist reads them out."""
    return tuple(sorted(slots, key=lambda slot: slot.start))


def _fits(slot: Slot, wish: Wish, slots: WishSlots) -> bool:
    """At the very time that was wished, or close to it when it was "around"."""
    if wish.near is None or not slots.one_day:
        return False
    if slot.start.time().replace(second=0) == wish.near:
        return True
    if not (slots.time and slots.time.approximate):
        return False
    wished = dt.datetime.combine(slot.start.date(), wish.near, slot.start.tzinfo)
    return abs(slot.start - wished) <= CLOSE_ENOUGH


def _same_time_with_another(wish: Wish, slots: WishSlots, talk: Talk) -> Slot | None:
    """Somebody else at the very time that the person wished for is busy; says so."""
    if wish.near is None or not slots.one_day or wish.first_day is None or not (wish.staff_id or wish.role):
        return None
    free = talk.desk.free_slots(replace(wish, staff_id=None, role=None), talk.now, limit=1)
    if not free or free[0].start.time() != wish.near:
        return None
    staff = talk.business.staff
    who = staff[wish.staff_id].name if wish.staff_id else f"the {wish.role}".lower()
    when = {"time": spoken.time(wish.near), "day": spoken.on(wish.first_day, talk.today)}
    talk.say("staff_busy", staff=who, other=staff[free[0].staff_id].name, **when)
    return free[0]


def _say_gone(wish: Wish, slots: WishSlots, talk: Talk) -> None:
    """Only when a certain time was asked for."""
    if wish.near is not None and slots.time and slots.one_day and wish.first_day:
        talk.say("time_gone", time=spoken.time(wish.near), day=spoken.on(wish.first_day, talk.today))


def _wider_wishes(wish: Wish, talk: Talk) -> Iterator[Wish]:
    """Another time that day, another person then, another branch then, then the days after."""
    no_time = replace(wish, earliest=None, latest=None)
    later = replace(wish, last_day=(wish.last_day or talk.today) + dt.timedelta(days=WIDER_DAYS))
    anybody = replace(wish, staff_id=None, branch_id=None, role=None)
    if wish.earliest or wish.latest:
        yield replace(no_time, near=wish.earliest or wish.latest)
    if wish.staff_id:
        yield replace(wish, staff_id=None)
    yield later
    yield replace(later, earliest=None, latest=None)
    if wish.staff_id or wish.branch_id or wish.role:
        yield replace(anybody, last_day=later.last_day)
    horizon = talk.today + dt.timedelta(days=talk.business.horizon_days)
    yield replace(anybody, earliest=None, latest=None, last_day=horizon)


def _in_words(wish: Wish, slots: WishSlots, talk: Talk) -> str:
    """ "on Friday the … in the morning with Doctor … at the Harbour branch"."""
    words = []
    if slots.day and wish.first_day and wish.last_day:
        one = wish.first_day == wish.last_day
        first = spoken.on(wish.first_day, talk.today)
        words.append(first if one else spoken.days(wish.first_day, wish.last_day, talk.today))
    if slots.time:
        words.append(f"at {spoken.time(wish.near)}" if wish.near else spoken.times(slots.time.first, slots.time.last))
    if wish.staff_id:
        words.append(f"with {talk.business.staff[wish.staff_id].name}")
    elif wish.role:
        words.append(f"with the {wish.role}")
    if wish.branch_id:
        words.append(f"at the {talk.business.branches[wish.branch_id].name}")
    return " ".join(words) or "then"
