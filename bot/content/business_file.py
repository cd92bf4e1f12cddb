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

from bot.appointments.model import Branch, Business, Hours, Service
from bot.content.offered import ID, read_branches, read_roles, read_services, read_staff, refuse_unstaffed
from bot.content.queue_file import read_queues
from bot.content.times import days, each_day, length, single_stretch, stretches
from bot.content.yaml_form import Entry, Form, read_yaml
from handoff.queues import Queue

HOLIDAY_YEARS = range(2000, 2061)
"""Public holidays are worked out once for these years: nothing here reads a clock."""

QUIET_HOURS = Hours(dt.time(8), dt.time(20))
DOORS = ("*", "browser")


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
    branches, services = read_branches(form["branches"]), read_services(form["services"])
    staff = read_staff(form["staff"], branches, services)
    refuse_unstaffed(form["services"], services, staff)
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
    return BusinessFile(business, read_roles(form, staff), read_queues(form, form.text("timezone")))


def _identify_by(form: Form) -> Literal["birth date", "postcode"]:
    match form.text("identify_by", "birth date"):
        case "birth date":
            return "birth date"
        case "postcode":
            return "postcode"
    raise form["identify_by"].wrong("callers can be asked for their “birth date” or their “postcode”.")


def _timezone(entry: Entry) -> ZoneInfo:
    try:
        return ZoneInfo(entry.text())
    except (KeyError, ValueError, OSError) as error:  # ZoneInfoNotFoundError is a KeyError; odd keys give the others
        raise entry.wrong(f"“{entry.text()}” is no time zone; write it like Europe/London.") from error


def _number(entry: Entry, country: str) -> str:
    """E.164, or the name of a door as it is."""
    text = entry.text()
    if text in DOORS or ID.fullmatch(text):
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
        if not ID.fullmatch(name) or name in facts:
            raise entry.wrong(f"“{name}” cannot be used; take another word of small letters, figures and _.")
        facts[name] = entry.text()
    return MappingProxyType({name: text for name, text in facts.items() if text})


def _spell_price(price: Decimal, currency: str) -> str:
    whole = price == price.to_integral_value()
    return f"{currency}{int(price)}" if whole else f"{currency}{price:.2f}"
