"""The diary over REST: the same desk that callers are booked at, so that nothing is booked twice."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, Field

from bot.appointments.desk import StoredDesk
from bot.appointments.model import Appointment, Business, Customer, Slot, Wish
from bot.clock import utc_now
from bot.content.content import Content
from bot.errors import DiaryError
from bot.web.api.access import Answering, door_of
from bot.web.api.fields import Day, Moment, Text, Words
from bot.web.api.problems import Refusal, missing

router = APIRouter(tags=["appointments"])

Reference = Annotated[str, Path(pattern=r"^\d{5}$", description="Five figures, as the caller was told.")]
BusinessId = Annotated[Text, Query(description="Id of a business (see /content).")]

LONGEST = dt.timedelta(days=366)


class SlotOut(BaseModel):
    service: str
    staff: str
    branch: str
    start: dt.datetime
    end: dt.datetime


class AppointmentOut(SlotOut):
    id: int
    reference: str
    business: str
    customer: str
    phone: str
    status: str
    note: str


class CustomerOut(BaseModel):
    id: int
    name: str
    phone: str
    birth_date: dt.date | None
    postcode: str
    email: str


class FoundCustomer(BaseModel):
    customer: CustomerOut
    appointments: list[AppointmentOut] = Field(description="Those to come, soonest first.")


class NewAppointment(BaseModel):
    business: Text
    service: Text
    staff: Text | None = Field(default=None, description="Whoever is free when left out.")
    branch: Text | None = None
    start: Moment
    name: Annotated[Words, Field(min_length=1)]
    phone: Annotated[str, Field(max_length=32, pattern=r"^[0-9+() .-]{3,32}$")]
    email: Words = ""
    note: Words = ""


class NewTime(BaseModel):
    start: Moment
    staff: Text | None = Field(default=None, description="The same person when left out.")
    branch: Text | None = None


@router.get("/appointments")
def list_appointments(
    request: Request,
    token: Answering,
    business: BusinessId,
    first: Annotated[Day | None, Query(alias="from", description="Today when left out.")] = None,
    last: Annotated[Day | None, Query(alias="to", description="A month on when left out.")] = None,
    cancelled: bool = False,
) -> list[AppointmentOut]:
    """By time, of whole days, at most a year of them."""
    desk = desk_at(request, business)
    begin = first or utc_now().astimezone(desk.business.timezone).date()
    end = min(last or begin + dt.timedelta(days=31), begin + LONGEST)
    return [_shown(desk.business, one) for one in desk.between(begin, end, cancelled)]


@router.get("/slots")
def list_slots(
    request: Request,
    token: Answering,
    business: BusinessId,
    service: Text,
    staff: Text | None = None,
    branch: Text | None = None,
    first: Annotated[Day | None, Query(alias="from")] = None,
    last: Annotated[Day | None, Query(alias="to")] = None,
    limit: Annotated[int, Query(ge=1, le=50)] = 10,
) -> list[SlotOut]:
    """Free times, best first."""
    desk = desk_at(request, business)
    _check_known(desk.business, service, staff, branch)
    wish = Wish(service, staff, branch, None, first, last)
    return [_slot(slot) for slot in desk.free_slots(wish, utc_now(), limit)]


@router.post("/appointments", status_code=201)
def book(request: Request, token: Answering, asked: NewAppointment) -> AppointmentOut:
    """A customer of that name and number is used, or made. 409 `diary.slot_taken` names times that are free."""
    desk = desk_at(request, asked.business)
    _check_known(desk.business, asked.service, asked.staff, asked.branch)
    slot = _slot_at(desk, Wish(asked.service, asked.staff, asked.branch), asked.start)
    booked = desk.book(slot, _customer(desk, asked), _by(token), utc_now(), asked.note)
    return _shown(desk.business, booked)


@router.get("/appointments/{reference}")
def show_appointment(request: Request, token: Answering, reference: Reference, business: BusinessId) -> AppointmentOut:
    desk = desk_at(request, business)
    return _shown(desk.business, standing(desk, reference))


@router.post("/appointments/{reference}/move")
def move(
    request: Request, token: Answering, reference: Reference, business: BusinessId, asked: NewTime
) -> AppointmentOut:
    """The old time is kept when the new one cannot be had."""
    desk = desk_at(request, business)
    appointment = standing(desk, reference)
    old = appointment.slot
    wish = Wish(old.service_id, asked.staff or old.staff_id, asked.branch or old.branch_id)
    _check_known(desk.business, wish.service_id, wish.staff_id, wish.branch_id)
    moved = desk.move(appointment, _slot_at(desk, wish, asked.start), _by(token), utc_now())
    return _shown(desk.business, moved)


@router.post("/appointments/{reference}/cancel")
def cancel(request: Request, token: Answering, reference: Reference, business: BusinessId) -> AppointmentOut:
    desk = desk_at(request, business)
    return _shown(desk.business, desk.cancel(standing(desk, reference), _by(token), utc_now()))


@router.get("/customers", tags=["customers"])
def find_customers(
    request: Request,
    token: Answering,
    business: BusinessId,
    phone: Annotated[str, Query(max_length=32, pattern=r"^[0-9+() .-]{3,32}$")],
) -> list[FoundCustomer]:
    """Who has that number (a family may share one), and what they have booked."""
    desk = desk_at(request, business)
    return [_found(desk, customer) for customer in desk.customers_with_phone(phone)]


def contents_of(request: Request) -> dict[str, Content]:
    return {key: office.content for key, office in door_of(request).house.centre.offices.all().items()}


def desk_at(request: Request, business: str) -> StoredDesk:
    """Raises Refusal for a business that is not here."""
    content = contents_of(request).get(business)
    if content is None:
        raise missing("business")
    return StoredDesk(content.business, door_of(request).store.diary(content.business))


def standing(desk: StoredDesk, reference: str) -> Appointment:
    """Raises Refusal 404."""
    appointment = desk.with_reference(reference)
    if appointment is None:
        raise missing("appointment")
    return appointment


def _check_known(business: Business, service: str, staff: str | None, branch: str | None) -> None:
    """What does not exist is never free; "nothing is free" would send people looking on other days."""
    asked = (
        ("service", service, business.services),
        ("staff", staff, business.staff),
        ("branch", branch, business.branches),
    )
    for kind, wanted, there_are in asked:
        if wanted is not None and wanted not in there_are:
            raise Refusal(
                404, f"diary.no_{kind}", f"There is no such {kind}; there are: {', '.join(sorted(there_are))}."
            )


def _slot_at(desk: StoredDesk, wish: Wish, start: dt.datetime) -> Slot:
    """The free slot at that time, with whoever of those wished for. Raises DiaryError when there is none."""
    zone = desk.business.timezone
    local = (start if start.tzinfo else start.replace(tzinfo=zone)).astimezone(zone)
    day, time = local.date(), local.time()
    of_day = Wish(wish.service_id, wish.staff_id, wish.branch_id, None, day, day, near=time)
    free = desk.free_slots(of_day, utc_now(), 50)
    found = next((slot for slot in free if slot.start == local), None)
    return found or _exactly(desk.business, wish, local)


def _exactly(business: Business, wish: Wish, local: dt.datetime) -> Slot:
    """What was asked for to the letter: the desk says whether it is taken or was never to be had, and what is free."""
    if wish.staff_id is None or wish.branch_id is None:
        raise DiaryError("diary.not_free", "Nobody is free at that time; ask /slots for times that are.")
    minutes = business.services[wish.service_id].minutes
    end = (local.astimezone(dt.UTC) + dt.timedelta(minutes=minutes)).astimezone(business.timezone)
    return Slot(wish.service_id, wish.staff_id, wish.branch_id, local, end)


def _customer(desk: StoredDesk, asked: NewAppointment) -> Customer:
    same = (one for one in desk.customers_with_phone(asked.phone) if one.name.lower() == asked.name.strip().lower())
    return next(same, None) or desk.add_customer(asked.name, asked.phone, email=asked.email)


def _found(desk: StoredDesk, customer: Customer) -> FoundCustomer:
    names = ("id", "name", "phone", "birth_date", "postcode", "email")
    shown = CustomerOut(**{name: getattr(customer, name) for name in names})
    to_come = [_shown(desk.business, one) for one in desk.appointments_of(customer, utc_now())]
    return FoundCustomer(customer=shown, appointments=to_come)


def _by(token: Answering) -> str:
    """As the history of the appointment shows it."""
    return f"token {token.name}"


def _slot(slot: Slot) -> SlotOut:
    return SlotOut(service=slot.service_id, staff=slot.staff_id, branch=slot.branch_id, start=slot.start, end=slot.end)


def _shown(business: Business, appointment: Appointment) -> AppointmentOut:
    customer = appointment.customer
    return AppointmentOut(
        **_slot(appointment.slot).model_dump(),
        id=appointment.id,
        reference=appointment.reference,
        business=business.id,
        customer=customer.name,
        phone=customer.phone,
        status=appointment.status.value,
        note=appointment.note,
    )
