"""Choosing among the times on offer: "the first one", "the later", "half past ten", "the tuesday", a key."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from bot.appointments.model import Business, Slot, Wish
from bot.dialogue import spoken
from bot.dialogue.turn import Turn
from bot.dialogue.wish_words import wanted
from bot.nlu.understanding import DateMention, TimeMention

ORDINALS = (
    (r"first( one)?|number one|option one|one please", 0),
    (r"second( one)?|number two|option two", 1),
    (r"third( one)?|number three|option three", 2),
    (r"last( one)?|latter|final one", -1),
    (r"middle one", 1),
)
SMALL = re.compile(r"\b(the|one|please|option|number|i'll|take|have|go|for|with|let's|um|uh|yes|okay|then)\b")
THAT_ONE = re.compile(r"\b(?:the )?(first|second|third|last|middle) (?:one|time|slot|option|of (?:them|those))\b")
EARLIER = r"(the )?(earlier|earliest|sooner|soonest|former)( one| time)?|the early one"
LATER = r"(the )?(later|latest)( one| time)?|the late one"
NONE = (
    r"neither|none( of (them|those|these))?|no(t any| good)?|something else|any other|not really|"
    r"can't (do|make)"
)
MORE_LATER = (
    r"(anything|something|any|have you|got) .*later|(anything|something) later|later (in the|on|that) (day|week)|"
    r"too early|(can|could) \w+ (have|do|make|get) .*later|"
    r"(bit|little|slightly) later|what else|(any )?(other|more) times|anything else"
)
MORE_EARLIER = (
    r"(anything|something|any|have you|got) .*(earlier|sooner)|(anything|something) (earlier|sooner)|too late|"
    r"(bit|little|slightly) earlier|(can|could) \w+ (have|do|make|get) .*(earlier|sooner)"
)


def choose(turn: Turn, offers: Sequence[Slot]) -> Slot | None:
    """The offer that was accepted; None when it is not clear which, or none of them."""
    if turn.option is not None:
        return offers[turn.option - 1] if 1 <= turn.option <= len(offers) else None
    if wants_other(turn):
        return None
    place = ordinal(turn)
    if place is not None:
        return offers[place] if place < len(offers) else None
    by_value = _by_value(turn, offers)
    if by_value is not None:
        return by_value
    if turn.first("time") or turn.first("date"):
        return None
    return _by_place(turn.text, offers) or _single(turn, offers)


def wants_other(turn: Turn) -> str:
    """ "later" or "earlier" than the offers, "other" for none of them, "" otherwise."""
    if re.search(MORE_LATER, turn.text):
        return "later"
    if re.search(MORE_EARLIER, turn.text):
        return "earlier"
    refused = re.search(rf"\b({NONE})\b", turn.text) and not (turn.first("time") or turn.first("date"))
    return "other" if refused and not _by_ordinal_words(turn.text) else ""


def ordinal(turn: Turn) -> int | None:
    """ "The first one" → 0, "the last" → -1: no first of the month, and its "one" is no time of day."""
    plain = SMALL.sub(" ", turn.text).strip()
    if one := THAT_ONE.search(turn.text):
        plain = one[1]
    return {"first": 0, "second": 1, "third": 2, "fourth": 3, "last": -1, "latter": -1, "middle": 1}.get(plain)


def _by_ordinal_words(text: str) -> bool:
    return any(re.search(rf"\b({pattern})\b", text) for pattern, _ in ORDINALS)


def _by_value(turn: Turn, offers: Sequence[Slot]) -> Slot | None:
    """By time, day, staff or branch, when these leave exactly one."""
    left = list(offers)
    time, day = wanted(turn, "time", last=True), wanted(turn, "date", last=True)
    if time and isinstance(time.value, TimeMention):
        left = _at(time.value, left)
    if day and isinstance(day.value, DateMention):
        mention = day.value
        left = [
            slot
            for slot in left
            if mention.first <= slot.start.date() <= mention.last or slot.start.date() in mention.others
        ]
    for kind, attribute in (("staff", "staff_id"), ("branch", "branch_id")):
        entity = wanted(turn, kind)
        if entity:
            names = (entity.value, *entity.others)
            left = [slot for slot in left if getattr(slot, attribute) in names]
    return left[0] if (len(left) == 1 and len(left) < len(offers)) or (len(left) == 1 and (time or day)) else None


def _at(mention: TimeMention, offers: list[Slot]) -> list[Slot]:
    """At the time said; "ten" also means ten past, when only one is in that hour."""
    if mention.first != mention.last:
        return [slot for slot in offers if mention.first <= slot.start.time() <= mention.last]
    readings = (mention.first, *mention.others)
    exact = [slot for slot in offers if slot.start.time() in readings]
    if exact or mention.first.minute:
        return exact
    return [slot for slot in offers if any(slot.start.hour == reading.hour for reading in readings)]


def _by_place(text: str, offers: Sequence[Slot]) -> Slot | None:
    for pattern, index in ORDINALS:
        if re.search(rf"\b({pattern})\b", text) and index < len(offers):
            return offers[index]
    in_time = sorted(offers, key=lambda slot: slot.start)
    if re.search(rf"\b({EARLIER})\b", text):
        return in_time[0]
    if re.search(rf"\b({LATER})\b", text):
        return in_time[-1]
    if re.fullmatch(r"(number |option )?(one|two|three)( please)?", text):
        index = ("one", "two", "three").index(re.sub(r"number |option | please", "", text))
        return offers[index] if index < len(offers) else None
    if re.search(r"\b(either|both|don't mind|doesn't matter|any of (them|those)|you choose|whichever)\b", text):
        return offers[0]
    return None


def _single(turn: Turn, offers: Sequence[Slot]) -> Slot | None:
    return offers[0] if len(offers) == 1 and turn.yes else None


def describe(offers: Sequence[Slot], business: Business, today: dt.date, wish: Wish) -> str:
    """ "nine or half past ten on Tuesday"; people and branches where they differ from each other or the wish."""
    staff, branch = _telling(offers, wish, len(business.branches) > 1)
    parts, tail = [], ""
    days = list(dict.fromkeys(slot.start.date() for slot in offers))
    if len({(slot.staff_id if staff else "", slot.branch_id if branch else "") for slot in offers}) == 1:
        tail, staff, branch = _who_and_where(offers[0], business, staff, branch), False, False
    elif branch and len({slot.branch_id for slot in offers}) == 1:
        tail, branch = _who_and_where(offers[0], business, False, True), False
    for slot in offers:
        words = spoken.time(slot.start.time()) + _who_and_where(slot, business, staff, branch)
        parts.append(words if len(days) == 1 else f"{spoken.on(slot.start.date(), today)} at {words}")
    listed = spoken.either(parts)
    return f"{listed} {spoken.on(days[0], today)}{tail}" if len(days) == 1 else f"{listed}{tail}"


def _telling(offers: Sequence[Slot], wish: Wish, many_branches: bool) -> tuple[bool, bool]:
    """Whether the person and whether the branch must be said: not who was asked for, or a matter of choice."""
    people, branches = {slot.staff_id for slot in offers}, {slot.branch_id for slot in offers}
    staff = people != {wish.staff_id} if wish.staff_id else len(people) > 1 and len(offers) < 3
    branch = branches != {wish.branch_id} if wish.branch_id else many_branches
    return staff, branch


def _who_and_where(slot: Slot, business: Business, staff: bool, branch: bool) -> str:
    who = f" with {business.staff[slot.staff_id].name}" if staff else ""
    return who + (f" at the {business.branches[slot.branch_id].name}" if branch else "")


def option_label(slot: Slot, today: dt.date) -> str:
    """For the keypad menu."""
    return f"{spoken.time(slot.start.time(), part=True)} {spoken.on(slot.start.date(), today)}"


def slot_words(slot: Slot, business: Business, today: dt.date) -> dict[str, str]:
    """Variables for sentences about one time."""
    service, staff, branch = (
        business.services[slot.service_id],
        business.staff[slot.staff_id],
        business.branches[slot.branch_id],
    )
    return {
        "service": service.name.lower() if not service.name.isupper() else service.name,
        "staff": staff.name,
        "branch": branch.name,
        "address": branch.address,
        "day": spoken.on(slot.start.date(), today),
        "time": spoken.time(slot.start.time(), part=True),
    }
