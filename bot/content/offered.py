"""Branches, services and staff of `business.yml`: what is offered, where, and who works there when."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

from bot.appointments.model import Branch, Hours, Service, Staff, WeekHours
from bot.content.times import WEEKDAYS, days, length, week
from bot.content.yaml_form import Entry, Form

REMINDERS = (dt.timedelta(days=2), dt.timedelta(hours=2))
ID = re.compile(r"[a-z][a-z0-9_]{0,39}")
_SPOKEN = re.compile(r"[a-z]+(?:'[a-z]+)*(?: [a-z]+(?:'[a-z]+)*)*")
_PRICE = re.compile(r"\d{1,6}(\.\d\d)?")


def read_branches(entry: Entry) -> dict[str, Branch]:
    """Raises ContentError, as all of these."""
    branches = {key: _branch(key, one) for key, one in _named(entry)}
    _refuse_shared_names(entry, {key: branch.spoken for key, branch in branches.items()})
    return branches


def read_services(entry: Entry) -> dict[str, Service]:
    services = {key: _service(key, one) for key, one in _named(entry)}
    _refuse_shared_names(entry, {key: service.spoken for key, service in services.items()})
    return services


def read_staff(entry: Entry, branches: Mapping[str, Branch], services: Mapping[str, Service]) -> dict[str, Staff]:
    return {key: _staff(key, one, branches, services) for key, one in _named(entry)}


def read_roles(form: Form, staff: Mapping[str, Staff]) -> dict[str, tuple[str, ...]]:
    held = {person.role for person in staff.values() if person.role}
    roles: dict[str, tuple[str, ...]] = {role: (role,) for role in sorted(held)}
    for role, entry in form.group("roles").items():
        if role not in held:
            raise entry.wrong(f"nobody on the staff has the role “{role}”; give it to someone or remove it.")
        roles[role] = tuple(dict.fromkeys((role, *entry.texts())))
    return roles


def refuse_unstaffed(entry: Entry, services: Mapping[str, Service], staff: Mapping[str, Staff]) -> None:
    offered = {service for person in staff.values() for service in person.services}
    for key in services:
        if key not in offered:
            raise entry.fields()[key].wrong("nobody on the staff offers it; add it to someone's services or remove it.")


def _named(entry: Entry) -> list[tuple[str, Entry]]:
    fields = entry.fields()
    if not fields:
        raise entry.wrong("at least one is needed here.")
    for name, field in fields.items():
        if not ID.fullmatch(name):
            raise field.wrong(f"“{name}” must be a short word of small letters, figures and _, starting with a letter.")
    return list(fields.items())


def _spoken(form: Form) -> tuple[str, ...]:
    """How callers say it: what was listed, and the name itself when it can be said as it is written."""
    for item in form["spoken"].items():
        if not _SPOKEN.fullmatch(item.text()):
            raise item.wrong(
                f"“{item.text()}” is not how it is said: small letters only, figures in words, no dots or hyphens."
            )
    name = form.text("name").lower().replace("-", " ")
    own = (name,) if _SPOKEN.fullmatch(name) else ()
    return tuple(dict.fromkeys(own + form.texts("spoken")))


def _branch(key: str, entry: Entry) -> Branch:
    form = Form(entry, "name spoken address hours", "places postcodes phone directions")
    hours = week(form["hours"])
    if not hours:
        raise form["hours"].wrong("the branch is never open; give it hours on at least one day.")
    return Branch(
        id=key,
        name=form.text("name"),
        spoken=_spoken(form),
        address=form.text("address"),
        hours=MappingProxyType(dict(hours)),
        places=tuple(place.lower() for place in form.texts("places")),
        postcodes=tuple(code.upper().replace(" ", "") for code in form.texts("postcodes")),
        phone=form.text("phone"),
        directions=form.text("directions"),
    )


def _service(key: str, entry: Entry) -> Service:
    form = Form(entry, "name spoken minutes", "buffer price reminders preparation")
    return Service(
        id=key,
        name=form.text("name"),
        spoken=_spoken(form),
        minutes=_fives(form["minutes"], 5),
        buffer_minutes=_fives(form["buffer"], 0) if "buffer" in form else 0,
        price=_price(form["price"]) if "price" in form else None,
        reminders=_reminders(form["reminders"]) if "reminders" in form else REMINDERS,
        preparation=form.text("preparation"),
    )


def _reminders(entry: Entry) -> tuple[dt.timedelta, ...]:
    """Longest before first; an empty list is no reminders."""
    return tuple(sorted({length(item) for item in entry.items()}, reverse=True))


def _fives(entry: Entry, lowest: int) -> int:
    minutes = entry.whole_number(lowest, 480)
    if minutes % 5:
        raise entry.wrong(f"{minutes} minutes do not fit the diary; use a multiple of five.")
    return minutes


def _price(entry: Entry) -> Decimal:
    if not _PRICE.fullmatch(entry.text()):
        raise entry.wrong(f"“{entry.text()}” is no price; write figures only, like 65 or 65.50.")
    return Decimal(entry.text())


def _staff(key: str, entry: Entry, branches: Mapping[str, Branch], services: Mapping[str, Service]) -> Staff:
    form = Form(entry, "name spoken services hours", "role away")
    for item in form["services"].items():
        _refuse_unknown(item, item.text(), services, "service")
    hours: dict[str, WeekHours] = {}
    for branch_id, field in form.group("hours").items():
        _refuse_unknown(field, branch_id, branches, "branch")
        hours[branch_id] = _staff_week(field, branches[branch_id])
    if not any(hours.values()):
        raise form["hours"].wrong("they never work; give them hours at one branch at least.")
    away = tuple(days(item, item.text()) for item in form["away"].items()) if "away" in form else ()
    return Staff(
        id=key,
        name=form.text("name"),
        spoken=_spoken(form),
        services=tuple(dict.fromkeys(form.texts("services"))),
        hours=MappingProxyType(hours),
        away=away,
        role=form.text("role"),
    )


def _staff_week(entry: Entry, branch: Branch) -> WeekHours:
    hours = week(entry)
    for day, worked in hours.items():
        for stretch in worked:
            if not any(_within(stretch, opened) for opened in branch.hours.get(day, ())):
                raise entry.wrong(
                    f"on {WEEKDAYS[day]} {stretch.opens:%H:%M}-{stretch.closes:%H:%M} is outside the hours of "
                    f"{branch.name}; change one of the two."
                )
    return MappingProxyType(dict(hours))


def _within(inner: Hours, outer: Hours) -> bool:
    return outer.opens <= inner.opens and inner.closes <= outer.closes


def _refuse_unknown(entry: Entry, name: str, known: Mapping[str, object], kind: str) -> None:
    if name not in known:
        raise entry.wrong(f"there is no {kind} “{name}”; use one of: {', '.join(known)}.")


def _refuse_shared_names(entry: Entry, spoken: Mapping[str, tuple[str, ...]]) -> None:
    owner: dict[str, str] = {}
    for key, ways in spoken.items():
        for way in ways:
            if owner.setdefault(way, key) != key:
                raise entry.fields()[key].wrong(f"“{way}” is also said for {owner[way]}; only one may have it.")
