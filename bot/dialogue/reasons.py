"""Why a day or time cannot be had: it does not exist, is over, too far ahead, or we are closed. Said as it is."""

from __future__ import annotations

import datetime as dt
import re

from bot.appointments.hours import hours_on
from bot.appointments.model import Hours, Wish
from bot.dialogue import spoken
from bot.dialogue.skill import Talk
from bot.dialogue.slots import WishSlots
from bot.dialogue.turn import Turn
from bot.nlu.dates import impossible_day
from bot.nlu.understanding import DateMention

OTHER_BRANCH = re.compile(
    r"\b(?:at|in|to|the|your|^) ?(?!(?:this|that|any|which|what|another|other|different|same|nearest|closest|near|next|"
    r"your|the|a|an|one|new|each|every|either|not|first|second|third|last|local|my|usual|right|whole|main|best|or|and|"
    r"no|whichever|whatever|nearer|closer|all|both|dental|old|correct|wrong|at|in|to|our|of)\b)([a-z]{4,}) branch\b"
)
DAY_ASKED = (
    "day",
    "time",
    "offer",
    "first_offer",
    "confirm_booking",
    "confirm_move",
    "change",
    "clash",
    "waiting_list",
)


def said_impossible_day(turn: Turn, talk: Talk) -> bool:
    """Says so when the day named does not exist or is over; nothing of it is a wish then."""
    missing = impossible_day(turn.text, talk.today)
    if missing:
        year, month, day = missing
        name = f"{spoken.ordinal(day)} of {spoken.MONTHS[month - 1]}"
        talk.say("no_such_day", day=name, year=spoken.year_words(year))
        return True
    entity = turn.first("date")
    if entity is None or not isinstance(entity.value, DateMention) or entity.value.last >= talk.today:
        return False
    wished = talk.asked in DAY_ASKED or turn.text[: entity.span[0]].endswith((" for ", " on "))
    if wished:
        talk.say("in_the_past")
    return wished


def said_unknown_branch(turn: Turn, talk: Talk) -> bool:
    """ "The Manchester branch", which we do not have."""
    named = OTHER_BRANCH.search(turn.text)
    if named is None or turn.first("branch") or turn.first("place") or turn.keypad:
        return False
    if any(each.span[0] <= named.start(1) < each.span[1] for each in turn.entities):
        return False
    branches = spoken.either([f"the {branch.name}" for branch in talk.business.branches.values()], "and")
    talk.say("no_such_branch", place=named[1].capitalize(), branches=branches)
    return True


def too_far(slots: WishSlots, talk: Talk) -> bool:
    """Says up to when we book, when the day wished for comes after it."""
    last = talk.today + dt.timedelta(days=talk.business.horizon_days)
    if slots.day is None or slots.day.first <= last:
        return False
    talk.say("only_until", day=spoken.day(last, talk.today))
    return True


def said_closed(wish: Wish, slots: WishSlots, talk: Talk) -> bool:
    """Says that nobody is there on the day wished for, or not at that time."""
    if not slots.one_day or wish.first_day is None:
        return False
    branches = [wish.branch_id] if wish.branch_id else list(talk.business.branches)
    hours = {branch: hours_on(talk.business, branch, wish.first_day) for branch in branches}
    day = spoken.on(wish.first_day, talk.today)
    if not any(each.stretches for each in hours.values()):
        why = next((each.why for each in hours.values() if each.why), "")
        talk.say("closed_on_holiday" if why else "closed_on", day=day, holiday=why)
        return True
    if any(_open_for(stretch, wish) for each in hours.values() for stretch in each.stretches):
        return False
    branch = next(branch for branch in branches if hours[branch].stretches)
    time = f"at {spoken.time(wish.near, part=True)}" if wish.near else "then"
    where, when = talk.business.branches[branch].name, spoken.stretches(hours[branch].stretches)
    talk.say("closed_then", time=time, day=day, branch=where, hours=when)
    return True


def _open_for(stretch: Hours, wish: Wish) -> bool:
    if wish.near is not None and wish.near != dt.time(0, 0):
        return stretch.opens <= wish.near < stretch.closes
    return (wish.earliest or dt.time.min) < stretch.closes and stretch.opens <= (wish.latest or dt.time.max)
