"""What there is to choose from, as options of a question; and what to look for when a wish cannot be met."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

from bot.appointments.model import Wish
from bot.dialogue import spoken
from bot.dialogue.question import Option
from bot.dialogue.skill import Talk


def wider_wishes(wish: Wish, talk: Talk) -> Iterator[Wish]:
    """Another time that day, another person then, another branch then, then the days after."""
    no_time = replace(wish, earliest=None, latest=None)
    later = replace(wish, last_day=(wish.last_day or talk.today) + dt.timedelta(days=21))
    if wish.earliest or wish.latest:
        yield replace(no_time, near=wish.earliest or wish.latest)
    if wish.staff_id:
        yield replace(wish, staff_id=None)
    yield later
    yield replace(later, earliest=None, latest=None)
    if wish.staff_id or wish.branch_id or wish.role:
        yield replace(later, staff_id=None, branch_id=None, role=None)
    yield replace(
        wish, staff_id=None, branch_id=None, role=None, earliest=None, latest=None,
        last_day=talk.today + dt.timedelta(days=talk.business.horizon_days),
    )  # fmt: skip


def service_name(talk: Talk, service_id: str | None) -> str:
    service = talk.business.services.get(service_id or "")
    return service.name if service else "appointment"


def service_options(talk: Talk) -> list[Option]:
    return [Option(service.id, service.name) for service in talk.business.services.values()]


def branches_for(talk: Talk, service_id: str | None) -> list[str]:
    """Where somebody does it."""
    doing = [member for member in talk.business.staff.values() if service_id is None or service_id in member.services]
    return [branch for branch in talk.business.branches if any(branch in member.hours for member in doing)]


def branch_options(talk: Talk, service_id: str | None) -> list[Option]:
    names = [Option(branch, talk.business.branches[branch].name) for branch in branches_for(talk, service_id)]
    return [*names, Option("any", "any of them")]


def example_services(talk: Talk) -> str:
    names = [service.name for service in talk.business.services.values()]
    return spoken.either([*names[:3], "something else"])


def staff_options(talk: Talk, service_id: str | None, branch_id: str | None) -> list[Option]:
    able = [
        Option(member.id, member.name)
        for member in talk.business.staff.values()
        if (service_id is None or service_id in member.services) and (branch_id is None or branch_id in member.hours)
    ]
    return [*able[:7], Option("any", "anyone")]
