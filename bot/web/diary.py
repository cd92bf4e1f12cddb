"""The diary at an agent's desk: the caller's appointments, free times, book, move and cancel.

The same appointments desk that the bot books at, so that nothing is booked twice; the database decides.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response

from bot.appointments.desk import StoredDesk
from bot.appointments.diary import SlotTaken
from bot.appointments.model import Appointment, Customer, Slot, Wish
from bot.clock import utc_now
from bot.errors import DiaryError
from bot.web.guard import Answering, AnsweringChange, Denied
from bot.web.house import house_of
from handoff.people import Person

FREE_TIMES = 12
DAYS_AHEAD = dt.timedelta(days=60)

router = APIRouter(prefix="/diary", include_in_schema=False)

Id = Annotated[str, Field(max_length=64)]


class Chosen(BaseModel, extra="forbid"):
    """A free time as `free` told it, and what to do with it."""

    service: Id
    staff: Id
    branch: Id
    start: dt.datetime
    reference: Id = ""
    """Of the appointment that is moved there; "" for a new one."""
    name: str = Field(default="", max_length=80)
    phone: str = Field(default="", max_length=32)


@router.get("/{ticket_id}")
def diary_of_caller(request: Request, ticket_id: str, person: Answering, phone: str = "") -> Response:
    """Who has the caller's number (or `phone`), what they have booked, and what can be booked here."""
    desk, number = _desk(request, ticket_id)
    customers = desk.customers_with_phone(phone or number) if phone or number else ()
    business = desk.business
    return JSONResponse(
        {
            "phone": phone or number,
            "customers": [_customer(desk, one) for one in customers],
            "services": [{"id": one.id, "name": one.name} for one in business.services.values()],
            "branches": [{"id": one.id, "name": one.name} for one in business.branches.values()],
        }
    )


@router.get("/{ticket_id}/free")
def free_times(
    request: Request,
    ticket_id: str,
    person: Answering,
    service: str,
    branch: str = "",
    day: Annotated[dt.date | None, Query(description="From that day on; today when left out.")] = None,
) -> Response:
    desk, _ = _desk(request, ticket_id)
    if service not in desk.business.services or (branch and branch not in desk.business.branches):
        raise Denied(404, "There is no such treatment or branch; reload the page.")
    first = day or utc_now().astimezone(desk.business.timezone).date()
    wish = Wish(service, None, branch or None, None, first, first + DAYS_AHEAD)
    return JSONResponse({"free": [_slot(desk, slot) for slot in desk.free_slots(wish, utc_now(), FREE_TIMES)]})


@router.post("/{ticket_id}/book")
def book(request: Request, ticket_id: str, chosen: Chosen, person: AnsweringChange) -> Response:
    """A new appointment, or that of `reference` moved. 409 when somebody else has the time by now."""
    desk, number = _desk(request, ticket_id)
    slot, by = _chosen(desk, chosen), _by(person)
    try:
        if chosen.reference:
            booked = desk.move(_standing(desk, chosen.reference), slot, by, utc_now())
        else:
            booked = desk.book(slot, _whom(desk, chosen, number), by, utc_now())
    except SlotTaken as error:
        raise Denied(409, "Somebody has just taken that time; choose another.") from error
    except DiaryError as error:
        raise Denied(409, error.message) from error
    _tell(request, ticket_id, "moved" if chosen.reference else "booked", shown := _appointment(desk, booked))
    return JSONResponse({"appointment": shown})


@router.post("/{ticket_id}/cancel/{reference}")
def cancel(request: Request, ticket_id: str, reference: str, person: AnsweringChange) -> Response:
    desk, _ = _desk(request, ticket_id)
    cancelled = desk.cancel(_standing(desk, reference), _by(person), utc_now())
    _tell(request, ticket_id, "cancelled", shown := _appointment(desk, cancelled))
    return JSONResponse({"appointment": shown})


def _desk(request: Request, ticket_id: str) -> tuple[StoredDesk, str]:
    """Of the business that was called, and the number to find the caller by."""
    house = house_of(request)
    ticket = house.centre.tickets.get(ticket_id)
    office = house.centre.offices.all().get(ticket.packet.business) if ticket else None
    if ticket is None or office is None:
        raise Denied(404, "There is no diary for this caller.")
    business = office.content.business
    return StoredDesk(business, house.centre.shelves.diary(business)), ticket.packet.call_back


def _tell(request: Request, ticket_id: str, did: str, shown: Mapping[str, Any]) -> None:
    """The talk remembers it for the bot."""
    house = house_of(request)
    house.floor.talks.did(ticket_id, f"{did}: {shown['what']}, {shown['when']}, {shown['who']}")


def _by(person: Person) -> str:
    """As the history of the appointment shows it."""
    return f"desk {person.login}"


def _standing(desk: StoredDesk, reference: str) -> Appointment:
    appointment = desk.with_reference(reference)
    if appointment is None:
        raise Denied(404, "That appointment is not in the diary any more.")
    return appointment


def _chosen(desk: StoredDesk, chosen: Chosen) -> Slot:
    """Whether it can be had, the diary decides."""
    business = desk.business
    if (
        chosen.service not in business.services
        or chosen.staff not in business.staff
        or chosen.branch not in business.branches
        or chosen.start.tzinfo is None
    ):
        raise Denied(404, "There is no such time; reload the page.")
    start = chosen.start.astimezone(business.timezone)
    minutes = dt.timedelta(minutes=business.services[chosen.service].minutes)
    end = (start.astimezone(dt.UTC) + minutes).astimezone(business.timezone)
    return Slot(chosen.service, chosen.staff, chosen.branch, start, end)


def _whom(desk: StoredDesk, chosen: Chosen, number: str) -> Customer:
    name, phone = chosen.name.strip(), chosen.phone or number
    if not name or not phone:
        raise Denied(422, "Whose appointment is it? Enter a name and a phone number.")
    same = (one for one in desk.customers_with_phone(phone) if one.name.lower() == name.lower())
    return next(same, None) or desk.add_customer(name, phone)


def _customer(desk: StoredDesk, customer: Customer) -> dict[str, Any]:
    to_come = desk.appointments_of(customer, utc_now())
    shown = [_appointment(desk, one) for one in to_come]
    return {"name": customer.name, "phone": customer.phone, "appointments": shown}


def _appointment(desk: StoredDesk, appointment: Appointment) -> dict[str, Any]:
    return _slot(desk, appointment.slot) | {"reference": appointment.reference, "status": str(appointment.status)}


def _slot(desk: StoredDesk, slot: Slot) -> dict[str, Any]:
    """With names and a time as people read them; a calendar may have changed since it was booked."""
    business = desk.business
    service, staff = business.services.get(slot.service_id), business.staff.get(slot.staff_id)
    branch = business.branches.get(slot.branch_id)
    return {
        "service": slot.service_id,
        "staff": slot.staff_id,
        "branch": slot.branch_id,
        "start": slot.start.isoformat(),
        "what": service.name if service else slot.service_id,
        "who": staff.name if staff else slot.staff_id,
        "where": branch.name if branch else slot.branch_id,
        "when": f"{slot.start.astimezone(business.timezone):%a %d %b %Y, %H:%M}",
    }
