"""Which times are free: opening hours ∩ staff hours − days off − what is taken, from the notice to the horizon.

Pure: what is taken comes in as sets of five-minute cells, so that a time is free when a handful of integers is not
in a set. The database keeps the same cells under a primary key (`store/tables/diary.py`): what the calendar calls
taken and what the database refuses are one and the same thing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from bot.appointments.hours import hours_on, open_stretch
from bot.appointments.model import Business, Hours, Service, Slot, Staff, Wish
from bot.errors import DiaryError

CELL_MINUTES = 5
"""The grain of the diary: lengths, buffers and starts are multiples of it."""

OFFER_MINUTES = 15
"""Times offered are on the quarter of an hour, as people say them; a wish `near` ten past is honoured too."""

APART_MINUTES = 30
"""Offers near a wished time are at least this far apart, so that the second one is a real alternative."""

_CELL_SECONDS = CELL_MINUTES * 60

Taken = Mapping[str, Set[int]]
"""Staff id → occupied cells."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    minute: int
    """Local minute of the day."""
    load: int
    """Cells taken of that person that day: the less busy are offered first."""
    staff_id: str
    branch_id: str
    start: dt.datetime


def cell_of(moment: dt.datetime) -> int:
    """The number of the five-minute cell since 1970 that `moment` (aware) lies in."""
    return int(moment.timestamp()) // _CELL_SECONDS


def cells_of(service: Service, start: dt.datetime) -> range:
    """The cells that an appointment occupies, its buffer included. Raises DiaryError `diary.not_aligned`."""
    check_grain(service)
    if start.timestamp() % _CELL_SECONDS:
        raise DiaryError("diary.not_aligned", f"An appointment starts on a multiple of {CELL_MINUTES} minutes.")
    first = cell_of(start)
    return range(first, first + (service.minutes + service.buffer_minutes) // CELL_MINUTES)


def check_grain(service: Service) -> None:
    """Raises DiaryError `diary.not_aligned` for a length that is no multiple of five minutes."""
    if service.minutes <= 0 or service.minutes % CELL_MINUTES or service.buffer_minutes % CELL_MINUTES:
        raise DiaryError(
            "diary.not_aligned",
            f"Service {service.id!r}: minutes and buffer_minutes must be multiples of {CELL_MINUTES} (business.yml).",
        )


def service_of(business: Business, service_id: str) -> Service:
    """Raises DiaryError `diary.no_service`."""
    service = business.services.get(service_id)
    if service is None:
        raise DiaryError("diary.no_service", f"There is no service {service_id!r}; see business.yml.")
    return service


def days_of(business: Business, wish: Wish, now: dt.datetime) -> tuple[dt.date, dt.date]:
    """First and last day of the wish (local, both included), cut to what can be booked; first > last: none."""
    today = now.astimezone(business.timezone).date()
    horizon = today + dt.timedelta(days=business.horizon_days)
    return max(today, wish.first_day or today), min(horizon, wish.last_day or horizon)


def free_slots(business: Business, wish: Wish, taken: Taken, now: dt.datetime, limit: int = 3) -> list[Slot]:
    """Best first: by day, then nearest to `wish.near` (else spread over the day), then whoever is less busy.

    Starts lie between `wish.earliest` and `wish.latest`, both included. Raises DiaryError for an unknown service.
    """
    service = service_of(business, wish.service_id)
    check_grain(service)
    slots: list[Slot] = []
    day, last = days_of(business, wish, now)
    while day <= last and len(slots) < limit:
        best = _best_first(_free_on(business, service, wish, taken, day, now), wish, limit - len(slots))
        slots += [_slot(business, service, candidate) for candidate in best]
        day += dt.timedelta(days=1)
    return slots


def fits(business: Business, slot: Slot, now: dt.datetime) -> bool:
    """Whether the slot lies in the hours of its person and branch, from notice to horizon; not whether it is free."""
    if slot.service_id not in business.services or slot.staff_id not in business.staff:
        return False
    service, staff = business.services[slot.service_id], business.staff[slot.staff_id]
    # In UTC: times of one zone are subtracted and compared by the clock on the wall, wrong when the clocks change.
    start, end = slot.start.astimezone(dt.UTC), slot.end.astimezone(dt.UTC)
    day = start.astimezone(business.timezone).date()
    first, last = days_of(business, Wish(slot.service_id), now)
    return (
        service.id in staff.services
        and first <= day <= last
        and start >= _soonest(business, now)
        and end - start == dt.timedelta(minutes=service.minutes)
        and any(opens <= start and end <= closes for opens, closes in working(business, staff, slot.branch_id, day))
    )


def working(
    business: Business, staff: Staff, branch_id: str, day: dt.date
) -> Iterator[tuple[dt.datetime, dt.datetime]]:
    """When the person works at the branch that day, in UTC."""
    if branch_id not in business.branches or any(first <= day <= last for first, last in staff.away):
        return
    own = staff.hours.get(branch_id, {})
    for open_hours in hours_on(business, branch_id, day).stretches:
        for own_hours in own.get(day.weekday(), ()):
            if common := _common(open_hours, own_hours):
                begin, end = open_stretch(day, common, business.timezone)
                if begin < end:
                    yield begin, end


def _free_on(
    business: Business, service: Service, wish: Wish, taken: Taken, day: dt.date, now: dt.datetime
) -> list[_Candidate]:
    soonest = _soonest(business, now)
    found = []
    for staff in _able(business, wish):
        occupied = taken.get(staff.id, frozenset())
        load: int | None = None
        for branch_id in staff.hours:
            if wish.branch_id not in (None, branch_id):
                continue
            for begin, end in working(business, staff, branch_id, day):
                if load is None:
                    load = sum(cell in occupied for cell in range(cell_of(begin), cell_of(end))) if occupied else 0
                for start in _starts(service, max(begin, soonest), end, occupied, wish):
                    local = start.astimezone(business.timezone)
                    if _wished(local, wish):
                        found.append(_Candidate(local.hour * 60 + local.minute, load, staff.id, branch_id, local))
    return found


def _soonest(business: Business, now: dt.datetime) -> dt.datetime:
    return now.astimezone(dt.UTC) + dt.timedelta(minutes=business.notice_minutes)


def _starts(
    service: Service, begin: dt.datetime, end: dt.datetime, occupied: Set[int], wish: Wish
) -> Iterator[dt.datetime]:
    """Starts on the quarter of an hour (and the very time wished) at which length and buffer are free.

    The buffer may reach beyond closing time: it is for tidying up.
    """
    length = (service.minutes + service.buffer_minutes) // CELL_MINUTES
    last = int(end.timestamp()) - service.minutes * 60
    first = -(-int(begin.timestamp()) // _CELL_SECONDS) * _CELL_SECONDS
    wished = wish.near.minute if wish.near else 0
    for seconds in range(first, last + 1, _CELL_SECONDS):
        minute = seconds // 60 % 60  # every zone in use today is off by whole quarters of an hour
        if minute % OFFER_MINUTES and minute != wished:
            continue
        cell = seconds // _CELL_SECONDS
        if occupied.isdisjoint(range(cell, cell + length)):
            yield dt.datetime.fromtimestamp(seconds, dt.UTC)


def _wished(local: dt.datetime, wish: Wish) -> bool:
    """The second of two equal wall-clock times is never offered: nobody could tell which was meant."""
    time = local.time()
    if local.fold or (wish.earliest and time < wish.earliest) or (wish.latest and time > wish.latest):
        return False
    return local.minute % OFFER_MINUTES == 0 or time == wish.near


def _able(business: Business, wish: Wish) -> list[Staff]:
    role = wish.role.casefold() if wish.role else None
    return [
        staff
        for staff in business.staff.values()
        if wish.service_id in staff.services
        and wish.staff_id in (None, staff.id)
        and role in (None, staff.role.casefold())
    ]


def _best_first(candidates: Sequence[_Candidate], wish: Wish, limit: int) -> list[_Candidate]:
    """One person a time of day first, the least busy; the others at the same times only when more is asked for."""
    ordered = sorted(candidates, key=lambda candidate: (candidate.minute, candidate.load, candidate.staff_id))
    times: dict[int, _Candidate] = {}
    for candidate in ordered:
        times.setdefault(candidate.minute, candidate)
    distinct = list(times.values())
    if wish.near:
        chosen = _nearest(distinct, wish.near.hour * 60 + wish.near.minute, limit)
    else:
        chosen = distinct if len(distinct) <= limit else _spread(distinct, limit)
    if len(chosen) < limit:
        chosen += [candidate for candidate in ordered if candidate not in chosen]
    return chosen[:limit]


def _nearest(distinct: list[_Candidate], near: int, limit: int) -> list[_Candidate]:
    """Nearest first and half an hour apart, then the ones in between."""
    ordered = sorted(distinct, key=lambda candidate: (abs(candidate.minute - near), candidate.minute))
    chosen: list[_Candidate] = []
    for candidate in ordered:
        if len(chosen) == limit:
            break
        if all(abs(candidate.minute - other.minute) >= APART_MINUTES for other in chosen):
            chosen.append(candidate)
    return (chosen + [candidate for candidate in ordered if candidate not in chosen])[:limit]


def _spread(distinct: list[_Candidate], limit: int) -> list[_Candidate]:
    """`limit` of them evenly from the first to the last of the day, in the order of the day."""
    if limit == 1:
        return distinct[:1]
    return [distinct[round(index * (len(distinct) - 1) / (limit - 1))] for index in range(limit)]


def _common(one: Hours, other: Hours) -> Hours | None:
    opens, closes = max(one.opens, other.opens), min(one.closes, other.closes)
    return Hours(opens, closes) if opens < closes else None


def _slot(business: Business, service: Service, candidate: _Candidate) -> Slot:
    # Added in UTC: across a change of the clocks, local arithmetic would give an hour too much or too little.
    end = (candidate.start.astimezone(dt.UTC) + dt.timedelta(minutes=service.minutes)).astimezone(business.timezone)
    return Slot(service.id, candidate.staff_id, candidate.branch_id, candidate.start, end)
