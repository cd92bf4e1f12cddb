"""Fakes of what the dialogue needs: an interpreter told what things mean, a diary in memory, a counter, a memory."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml

from bot.appointments.diary import SlotTaken
from bot.appointments.model import (
    Appointment,
    Branch,
    Business,
    Customer,
    Hours,
    Service,
    Slot,
    Staff,
    Status,
    Waiting,
    Wish,
)
from bot.dialogue.counter import TicketDraft
from bot.errors import StoreError
from bot.events import Expect, Hypothesis, Utterance
from bot.nlu.understanding import DateMention, Entity, TimeMention, Understanding

LONDON = ZoneInfo("Europe/London")
NOW = dt.datetime(2026, 3, 9, 10, 0, tzinfo=LONDON)
"""A Monday morning."""
DAY = Hours(dt.time(9), dt.time(17))
WEEK = dict.fromkeys(range(5), (DAY,))

BUSINESS = Business(
    id="dental",
    name="Bright Dental",
    timezone=LONDON,
    numbers=("*",),
    branches={
        "harbour": Branch("harbour", "Harbour branch", ("harbour",), "1 Quay", WEEK, ("greenwich",), ("SE10",)),
        "park": Branch("park", "Park branch", ("park",), "2 Park Road", WEEK, ("richmond",), ("TW9",)),
    },
    services={
        "check_up": Service("check_up", "check-up", ("check up",), 30),
        "clean": Service("clean", "clean", ("clean",), 30, preparation="Please bring your toothbrush."),
    },
    staff={
        "anna": Staff("anna", "Anna Reed", ("anna",), ("check_up",), {"harbour": WEEK}, role="dentist"),
        "ben": Staff(
            "ben", "Ben Hall", ("ben",), ("check_up", "clean"), {"harbour": WEEK, "park": WEEK}, role="hygienist"
        ),
    },
    holidays={dt.date(2026, 12, 25): "Christmas Day"},
    facts={"phone": "020 7946 0100"},
)  # fmt: skip


def responses() -> dict[str, tuple[str, ...]]:
    """The sentences the product ships with."""
    path = Path(__file__).parents[3] / "nlu_data" / "responses.yml"
    raw = yaml.safe_load(path.read_text("utf-8"))["responses"]
    return {key: tuple(item["text"] for item in variants) for key, variants in raw.items()}


def said(text: str, confidence: float = 0.95, cut_off_ms: int | None = None) -> Utterance:
    return Utterance((Hypothesis(text, confidence),), cut_off_ms)


def date(day: dt.date, text: str = "") -> Entity:
    return Entity("date", DateMention(day, day), text, (0, len(text)))


def time(hour: int, minute: int = 0, *others: dt.time, approximate: bool = False) -> Entity:
    moment = dt.time(hour, minute)
    return Entity("time", TimeMention(moment, moment, others, approximate), "", (0, 0))


def entity(kind: str, value: object, text: str = "") -> Entity:
    return Entity(kind, value, text, (0, len(text)))


@dataclass
class FakeInterpreter:
    """Knows the sentences it was taught; anything else is not accepted."""

    taught: dict[str, tuple[str, tuple[Entity, ...]]] = field(default_factory=dict)
    expected: list[Expect] = field(default_factory=list)
    confidence: float = 0.95

    def teach(self, text: str, intent: str, *entities: Entity) -> str:
        self.taught[text] = (intent, entities)
        return text

    def understand(self, utterance: Utterance, expect: Expect, now: dt.datetime) -> Understanding:
        self.expected.append(expect)
        intent, entities = self.taught.get(utterance.text, ("", ()))
        placed = tuple(_placed(each, utterance.text) for each in entities)
        return Understanding(utterance.text, intent, self.confidence if intent else 0.1, bool(intent), (), placed)


def _placed(each: Entity, text: str) -> Entity:
    start = max(0, text.find(each.text)) if each.text else 0
    return replace(each, span=(start, start + len(each.text)))


@dataclass
class FakeDesk:
    """A diary of whole and half hours in memory; `taken` starts are gone, `broken` makes everything fail."""

    business: Business = BUSINESS
    people: list[Customer] = field(default_factory=list)
    appointments: list[Appointment] = field(default_factory=list)
    waiting: list[Waiting] = field(default_factory=list)
    taken: set[dt.datetime] = field(default_factory=set)
    held: dict[str, Slot] = field(default_factory=dict)
    declined: list[Slot] = field(default_factory=list)
    snoozed: list[dt.datetime] = field(default_factory=list)
    full: bool = False
    broken: bool = False
    snatched: int = 0
    """How many bookings to come are lost to somebody else in the last instant."""

    def customers_with_phone(self, phone: str) -> Sequence[Customer]:
        self._check()
        return [each for each in self.people if each.phone == phone]

    def add_customer(self, name: str, phone: str, *, birth_date: dt.date | None = None, postcode: str = "") -> Customer:
        self._check()
        customer = Customer(len(self.people) + 1, name, phone, birth_date, postcode)
        self.people.append(customer)
        return customer

    def change_customer(self, customer: Customer) -> None:
        self._check()
        self.people = [customer if each.id == customer.id else each for each in self.people]

    def free_slots(self, wish: Wish, now: dt.datetime, limit: int = 3) -> Sequence[Slot]:
        self._check()
        if self.full:
            return []
        slots = [slot for slot in self._all(wish, now) if slot.start not in self.taken]
        if wish.near:
            near = wish.near.hour * 60 + wish.near.minute
            slots.sort(key=lambda slot: (slot.start.date(), abs(slot.start.hour * 60 + slot.start.minute - near)))
        return slots[:limit]

    def _all(self, wish: Wish, now: dt.datetime) -> list[Slot]:
        day, last = wish.first_day or now.date(), wish.last_day or now.date() + dt.timedelta(days=14)
        slots = []
        while day <= last:
            for half_hours in range(18, 34) if day.weekday() < 5 else ():
                start = dt.datetime.combine(day, dt.time(half_hours // 2, 30 * (half_hours % 2)), LONDON)
                fits = (wish.earliest or dt.time.min) <= start.time() <= (wish.latest or dt.time.max)
                if start > now and fits:
                    staff = wish.staff_id or (
                        "anna" if wish.service_id == "check_up" and wish.branch_id != "park" else "ben"
                    )
                    branch = wish.branch_id or "harbour"
                    slots.append(Slot(wish.service_id, staff, branch, start, start + dt.timedelta(minutes=30)))
            day += dt.timedelta(days=1)
        return slots

    def hold(self, slot: Slot, by: str, now: dt.datetime, minutes: int = 5) -> None:
        self._check()
        self.held[by] = slot

    def release(self, by: str) -> None:
        self.held.pop(by, None)

    def book(self, slot: Slot, customer: Customer, by: str, now: dt.datetime, note: str = "") -> Appointment:
        self._check()
        self._snatch(slot, now)
        self.held.pop(by, None)
        appointment = Appointment(len(self.appointments) + 1, f"4821{len(self.appointments)}", customer, slot)
        self.appointments.append(appointment)
        return appointment

    def move(self, appointment: Appointment, slot: Slot, by: str, now: dt.datetime) -> Appointment:
        self._check()
        self._snatch(slot, now)
        return self._changed(appointment, slot=slot)

    def cancel(self, appointment: Appointment, by: str, now: dt.datetime) -> Appointment:
        self._check()
        return self._changed(appointment, status=Status.CANCELLED)

    def confirm(self, appointment: Appointment, by: str, now: dt.datetime) -> Appointment:
        self._check()
        return self._changed(appointment, status=Status.CONFIRMED)

    def appointments_of(self, customer: Customer, now: dt.datetime) -> Sequence[Appointment]:
        self._check()
        return [a for a in self.appointments if a.customer == customer and a.status is not Status.CANCELLED]

    def with_reference(self, reference: str) -> Appointment | None:
        return next((each for each in self.appointments if each.reference == reference), None)

    def decline_offer(self, slot: Slot, customer: Customer, by: str, now: dt.datetime) -> None:
        self._check()
        self.declined.append(slot)

    def join_waiting_list(self, wish: Wish, customer: Customer, by: str, now: dt.datetime) -> Waiting:
        place = Waiting(1, customer, wish, now)
        self.waiting.append(place)
        return place

    def snooze_reminder(
        self, appointment: Appointment, until: dt.datetime, by: str, now: dt.datetime | None = None
    ) -> None:
        self.snoozed.append(until)

    def _changed(self, appointment: Appointment, **changes: object) -> Appointment:
        changed = replace(appointment, **changes)  # type: ignore[arg-type]
        self.appointments[[each.id for each in self.appointments].index(appointment.id)] = changed
        return changed

    def _snatch(self, slot: Slot, now: dt.datetime) -> None:
        if self.snatched:
            self.snatched -= 1
            self.taken.add(slot.start)
            wish = Wish(slot.service_id, slot.staff_id, slot.branch_id, first_day=slot.start.date())
            raise SlotTaken(self.free_slots(wish, now))

    def _check(self) -> None:
        if self.broken:
            raise StoreError("store.locked", "The database does not answer.")


@dataclass
class FakeCounter:
    tickets: list[TicketDraft] = field(default_factory=list)
    failures: int = 0

    def open_ticket(self, draft: TicketDraft, now: dt.datetime) -> str:
        if self.failures:
            self.failures -= 1
            raise StoreError("store.full", "The disk is full.")
        self.tickets.append(draft)
        return f"ticket-{len(self.tickets)}"


@dataclass
class FakeUnfinished:
    kept: dict[str, dict[str, str]] = field(default_factory=dict)

    def keep(self, caller: str, slots: Mapping[str, str], now: dt.datetime) -> None:
        self.kept[caller] = dict(slots)

    def recall(self, caller: str, now: dt.datetime) -> Mapping[str, str] | None:
        return self.kept.get(caller)

    def forget(self, caller: str) -> None:
        self.kept.pop(caller, None)
