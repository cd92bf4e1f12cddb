"""When to remind: the offsets of the service, moved out of the quiet hours of the person. Pure.

A reminder that falls into the night is given when the morning begins, if that still leaves half of its notice;
else the evening before, an hour before it is too late to call, so that a second try still fits.
"""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.appointments.hours import instant
from bot.appointments.model import Business, Customer, Hours, Service

EVENING = dt.timedelta(hours=1)
"""This long before the quiet of the night begins."""


def plan(
    business: Business, service: Service, customer: Customer, start: dt.datetime, now: dt.datetime
) -> tuple[dt.datetime, ...]:
    """When (UTC) to remind of an appointment at `start`, earliest first; what would lie in the past is left out."""
    zone = zone_of(business, customer)
    due = {_moved(start, before, business.quiet_hours, zone) for before in service.reminders}
    return tuple(sorted(moment for moment in due if now < moment < start))


def zone_of(business: Business, customer: Customer) -> ZoneInfo:
    """The person's own time zone, else that of the business."""
    try:
        return ZoneInfo(customer.timezone) if customer.timezone else business.timezone
    except (ZoneInfoNotFoundError, ValueError):
        return business.timezone


def may_call(business: Business, customer: Customer, now: dt.datetime) -> bool:
    """Whether it is a decent time where the person is."""
    return next_call_time(business, customer, now) == now


def next_call_time(business: Business, customer: Customer, moment: dt.datetime) -> dt.datetime:
    """`moment` itself when the person may be called then, else when their morning begins."""
    return _morning(moment, business.quiet_hours, zone_of(business, customer))


def _moved(start: dt.datetime, before: dt.timedelta, quiet: Hours, zone: ZoneInfo) -> dt.datetime:
    due = start.astimezone(dt.UTC) - before
    later = _morning(due, quiet, zone)
    return later if start - later >= before / 2 else _evening(due, quiet, zone)


def _morning(moment: dt.datetime, quiet: Hours, zone: ZoneInfo) -> dt.datetime:
    """The first allowed moment that is not earlier."""
    local = moment.astimezone(zone)
    opens, closes = _allowed(local.date(), quiet, zone)
    if moment < opens:
        return opens
    return moment if moment < closes else _allowed(local.date() + dt.timedelta(days=1), quiet, zone)[0]


def _evening(moment: dt.datetime, quiet: Hours, zone: ZoneInfo) -> dt.datetime:
    """An hour before the end of the last allowed stretch that has begun by `moment`."""
    local = moment.astimezone(zone)
    opens, closes = _allowed(local.date(), quiet, zone)
    if moment < opens:
        opens, closes = _allowed(local.date() - dt.timedelta(days=1), quiet, zone)
    return max(opens, min(moment, closes - EVENING))


def _allowed(day: dt.date, quiet: Hours, zone: ZoneInfo) -> tuple[dt.datetime, dt.datetime]:
    return instant(day, quiet.opens, zone), instant(day, quiet.closes, zone)
