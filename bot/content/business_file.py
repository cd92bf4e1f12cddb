"""`business.yml`: who the business is, where, when, what it offers and who works there. docs/content.md explains it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal
from zoneinfo import ZoneInfo

import holidays
import phonenumbers

from bot.appointments.model import Branch, Business, Hours, Service, Staff, WeekHours
from bot.content.queue_file import read_queues
from bot.content.times import WEEKDAYS, days, each_day, length, single_stretch, stretches, week
from bot.content.yaml_form import Entry, Form, read_yaml
from handoff.queues import Queue

HOLIDAY_YEARS = range(2000, 2061)
"""Public holidays are worked out once for these years: nothing here reads a clock."""

QUIET_HOURS = Hours(dt.time(8), dt.time(20))
REMINDERS = (dt.timedelta(days=2), dt.timedelta(hours=2))
DOORS = ("*", "browser")
_ID = re.compile(r"[a-z][a-z0-9_]{0,39}")
_SPOKEN = re.compile(r"[a-z]+(?:'[a-z]+)*(?: [a-z]+(?:'[a-z]+)*)*")
_PRICE = re.compile(r"\d{1,6}(\.\d\d)?")


@dataclass(frozen=True, slots=True)
class BusinessFile:
    business: Business
    roles: Mapping[str, tuple[str, ...]]
    """Role → how callers say it: "the hygienist" instead of a name."""
    queues: Mapping[str, Queue]
    """Where callers wait for people, as set at a first start."""


def read_business(path: Path) -> BusinessFile:
    """Raises ContentError naming file, line and mend for anything unknown, missing, wrong or contradictory."""
    form = Form(
        read_yaml(path),
        "name timezone numbers branches services staff",
        "country currency notice horizon reminders_between holidays exceptions facts roles queues identify_by",
    )
    country = form.text("country", "GB").upper()
    branches = {key: _branch(key, entry) for key, entry in _named(form["branches"])}
    services = {key: _service(key, entry) for key, entry in _named(form["services"])}
    staff = {key: _staff(key, entry, branches, services) for key, entry in _named(form["staff"])}
    roles = _roles(form, staff)
    _refuse_shared_names(form["branches"], {key: branch.spoken for key, branch in branches.items()})
    _refuse_shared_names(form["services"], {key: service.spoken for key, service in services.items()})
    _refuse_unstaffed(form["services"], services, staff)
    business = Business(
        id=path.parent.name,
        name=form.text("name"),
        timezone=_timezone(form["timezone"]),
        numbers=tuple(_number(item, country) for item in form["numbers"].items()),
        branches=MappingProxyType(branches),
        services=MappingProxyType(services),
        staff=MappingProxyType(staff),
        exceptions=_exceptions(form),
        holidays=_holidays(form),
        quiet_hours=single_stretch(form["reminders_between"]) if "reminders_between" in form else QUIET_HOURS,
        notice_minutes=int(length(form["notice"]) / dt.timedelta(minutes=1)) if "notice" in form else 60,
        horizon_days=max(1, length(form["horizon"]).days) if "horizon" in form else 180,
        identify_by=_identify_by(form),
        facts=_facts(form, branches, services),
    )
    return BusinessFile(business, roles, read_queues(form, form.text("timezone")))


def _identify_by(form: Form) -> Literal["birth date", "postcode"]:
    match form.text("identify_by", "birth date"):
        case "birth date":
            return "birth date"
        case "postcode":
            return "postcode"
    raise form["identify_by"].wrong("callers can be asked for their “birth date” or their “postcode”.")


def _named(entry: Entry) -> list[tuple[str, Entry]]:
    fields = entry.fields()
    if not fields:
        raise entry.wrong("at least one is needed here.")
    for name, field in fields.items():
        if not _ID.fullmatch(name):
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


def _refuse_unstaffed(entry: Entry, services: Mapping[str, Service], staff: Mapping[str, Staff]) -> None:
    offered = {service for person in staff.values() for service in person.services}
    for key in services:
        if key not in offered:
            raise entry.fields()[key].wrong("nobody on the staff offers it; add it to someone's services or remove it.")


def _roles(form: Form, staff: Mapping[str, Staff]) -> dict[str, tuple[str, ...]]:
    held = {person.role for person in staff.values() if person.role}
    roles: dict[str, tuple[str, ...]] = {role: (role,) for role in sorted(held)}
    for role, entry in form.group("roles").items():
        if role not in held:
            raise entry.wrong(f"nobody on the staff has the role “{role}”; give it to someone or remove it.")
        roles[role] = tuple(dict.fromkeys((role, *entry.texts())))
    return roles


def _timezone(entry: Entry) -> ZoneInfo:
    try:
        return ZoneInfo(entry.text())
    except (KeyError, ValueError, OSError) as error:  # ZoneInfoNotFoundError is a KeyError; odd keys give the others
        raise entry.wrong(f"“{entry.text()}” is no time zone; write it like Europe/London.") from error


def _number(entry: Entry, country: str) -> str:
    """E.164, or the name of a door as it is."""
    text = entry.text()
    if text in DOORS or _ID.fullmatch(text):
        return text
    if number := e164(text, country):
        return number
    raise entry.wrong(f"“{text}” is no phone number; write it like 020 7946 0100 or +44 20 7946 0100.")


def e164(text: str, country: str = "GB") -> str | None:
    """ "020 7946 0100" → "+442079460100"; None when it cannot be a number."""
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _exceptions(form: Form) -> Mapping[dt.date, tuple[Hours, ...]]:
    found: dict[dt.date, tuple[Hours, ...]] = {}
    for text, entry in form.group("exceptions").items():
        for day in each_day(*days(entry, text)):
            if day in found:
                raise entry.wrong(f"{day} comes twice among the exceptions; remove one.")
            found[day] = stretches(entry)
    return MappingProxyType(found)


def _holidays(form: Form) -> Mapping[dt.date, str]:
    if "holidays" not in form:
        return MappingProxyType({})
    wanted = Form(form["holidays"], "country", "region extra")
    try:
        found = dict(public_holidays(wanted.text("country").upper(), wanted.text("region").upper()))
    except NotImplementedError as error:
        raise wanted.entry.wrong("no public holidays are known for this; check the codes (GB, region ENG).") from error
    for text, entry in wanted.group("extra").items():
        found |= dict.fromkeys(each_day(*days(entry, text)), entry.text())
    return MappingProxyType(found)


@cache
def public_holidays(country: str, region: str) -> Mapping[dt.date, str]:
    """Day → name as it is spoken, from the `holidays` library. Raises NotImplementedError for unknown codes."""
    language = "en_GB" if country == "GB" else "en_US"  # a country without it falls back to its own
    found = holidays.country_holidays(country, subdiv=region or None, years=HOLIDAY_YEARS, language=language)
    return MappingProxyType({day: re.sub(r" *\(.*?\)", "", name).replace("; ", " and ") for day, name in found.items()})


def _facts(form: Form, branches: Mapping[str, Branch], services: Mapping[str, Service]) -> Mapping[str, str]:
    """What was written under `facts`, and what follows from the rest: {price_check_up}, {address_park} …"""
    facts = {"business": form.text("name")}
    for branch in branches.values():
        facts |= {f"branch_{branch.id}": branch.name, f"address_{branch.id}": branch.address}
        facts |= {f"phone_{branch.id}": branch.phone, f"directions_{branch.id}": branch.directions}
    for service in services.values():
        facts[f"minutes_{service.id}"] = f"{service.minutes} minutes"
        facts[f"preparation_{service.id}"] = service.preparation
        if service.price is not None:
            facts[f"price_{service.id}"] = _spell_price(service.price, form.text("currency", "£"))
    for name, entry in form.group("facts").items():
        if not _ID.fullmatch(name) or name in facts:
            raise entry.wrong(f"“{name}” cannot be used; take another word of small letters, figures and _.")
        facts[name] = entry.text()
    return MappingProxyType({name: text for name, text in facts.items() if text})


def _spell_price(price: Decimal, currency: str) -> str:
    whole = price == price.to_integral_value()
    return f"{currency}{int(price)}" if whole else f"{currency}{price:.2f}"
