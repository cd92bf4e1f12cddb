"""Many processes want the same time: the database lets one of them have it, on SQLite and on PostgreSQL."""

from __future__ import annotations

import datetime as dt
import multiprocessing
import os
import random
import signal
import uuid
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier, Event
from typing import Any

import pytest

from bot.appointments.calendar import cells_of
from bot.appointments.desk import StoredDesk
from bot.appointments.diary import SlotTaken
from bot.appointments.model import Slot, Wish
from bot.errors import DiaryError
from bot.store import open_store
from tests.fakes_diary import NOW, clinic, local
from tests.integration.databases import database_url, postgres

__all__ = ["database_url", "postgres"]
pytestmark = pytest.mark.integration

PROCESSES = 4
CALLERS = 50
CLEAN = multiprocessing.get_context("forkserver")
CLEAN.set_forkserver_preload(["bot.store.migrate", "alembic.command", "bot.appointments.desk", "pytest"])
SLOT = Slot("checkup", "anna", "harbour", local(2026, 3, 3, 14), local(2026, 3, 3, 14, 30))


def desk_at(url: str, business: str) -> StoredDesk:
    return StoredDesk(clinic(business), open_store(url).diary(clinic(business)))


@pytest.fixture
def business() -> str:
    """A tenant of its own for each test, since they share a PostgreSQL."""
    return f"clinic-{uuid.uuid4().hex[:8]}"


def run_processes(target: Any, *args: Any) -> list[Any]:
    """Results of all processes, which start together; tables are not there yet, so they migrate together too."""
    results: Queue[Any] = CLEAN.Queue()
    barrier = CLEAN.Barrier(PROCESSES)
    processes = [CLEAN.Process(target=target, args=(*args, number, barrier, results)) for number in range(PROCESSES)]
    for process in processes:
        process.start()
    found = [results.get(timeout=120) for _ in processes]
    for process in processes:
        process.join(30)
        assert process.exitcode == 0
    return found


def want_the_same(url: str, business: str, number: int, barrier: Barrier, results: Queue[Any]) -> None:
    barrier.wait(60)
    desk = desk_at(url, business)

    def attempt(caller: int) -> str:
        customer = desk.add_customer(f"Caller {number}-{caller}", "+442079460000")
        try:
            return desk.book(SLOT, customer, f"call-{number}-{caller}", NOW).reference
        except SlotTaken as taken:
            return "alternatives" if taken.alternatives and SLOT not in taken.alternatives else "left alone"

    with ThreadPoolExecutor(10) as pool:
        results.put(list(pool.map(attempt, range(CALLERS))))


def test_of_200_who_book_one_slot_from_4_processes_one_wins_and_all_others_are_offered_alternatives(
    database_url: str, business: str
):
    answers = [answer for part in run_processes(want_the_same, database_url, business) for answer in part]
    references = [answer for answer in answers if answer.isdigit()]
    assert len(answers) == 200
    assert len(references) == 1
    assert answers.count("alternatives") == 199
    day = SLOT.start.date()
    [kept] = desk_at(database_url, business).between(day, day)
    assert (kept.reference, kept.slot) == (references[0], SLOT)


def do_anything(url: str, business: str, number: int, barrier: Barrier, results: Queue[Any]) -> None:
    """Books, holds, moves and cancels at random in one crowded day."""
    chance = random.Random(number)
    barrier.wait(60)
    desk, mine = desk_at(url, business), []
    customer = desk.add_customer(f"Caller {number}", "+442079460000")
    done, refused = 0, []
    for turn in range(25):
        start = local(2026, 3, 3, 9) + chance.randrange(0, 90) * dt.timedelta(minutes=5)
        slot = Slot("checkup", "anna", "harbour", start, start + dt.timedelta(minutes=30))
        try:
            match chance.choice(["book", "book", "hold", "move", "cancel"]):
                case "book":
                    mine.append(desk.book(slot, customer, f"call-{number}", NOW))
                case "hold":
                    desk.hold(slot, f"call-{number}", NOW + dt.timedelta(minutes=turn))
                case "move" if mine:
                    mine.append(desk.move(mine.pop(0), slot, f"call-{number}", NOW))
                case "cancel" if mine:
                    desk.cancel(mine.pop(0), f"call-{number}", NOW)
            done += 1
        except SlotTaken:
            mine = list(desk.appointments_of(customer, NOW))
        except DiaryError as error:
            refused.append(error.code)
    assert set(refused) <= {"diary.not_offered", "diary.not_booked"}
    results.put((done, sorted(one.reference for one in desk.appointments_of(customer, NOW)), customer.id))


def test_whatever_four_processes_do_at_random_no_two_appointments_overlap(database_url: str, business: str):
    results = run_processes(do_anything, database_url, business)
    desk = desk_at(database_url, business)
    kept = desk.between(SLOT.start.date(), SLOT.start.date())
    assert sum(done for done, _, _ in results) > 25
    assert sorted(one.reference for one in kept) == sorted(ref for _, references, _ in results for ref in references)
    service = clinic().services["checkup"]
    occupied = [cell for one in kept for cell in cells_of(service, one.slot.start)]
    assert len(occupied) == len(set(occupied))
    assert len({one.reference for one in kept}) == len(kept)


def book_until_killed(url: str, business: str, started: Event) -> None:
    desk = desk_at(url, business)
    customer = desk.add_customer("Caller", "+442079460000")
    booked = 0
    for slot in desk.free_slots(Wish("cleaning"), NOW, 500):
        try:
            desk.book(slot, customer, "call-1", NOW)
        except SlotTaken:
            continue
        booked += 1
        if booked == 4:
            started.set()


def test_kill_9_in_the_middle_leaves_every_appointment_whole(database_url: str, business: str):
    started = CLEAN.Event()
    process = CLEAN.Process(target=book_until_killed, args=(database_url, business, started))
    process.start()
    assert started.wait(60)
    os.kill(process.pid or 0, signal.SIGKILL)
    process.join(30)
    store = open_store(database_url)
    desk = StoredDesk(clinic(business), store.diary(clinic(business)))
    kept = desk.between(NOW.date(), NOW.date() + dt.timedelta(days=200))
    assert len(kept) >= 4
    assert all([change.what for change in desk.history(one)] == ["booked"] for one in kept)
    first = kept[0]
    with pytest.raises(SlotTaken):
        desk.book(first.slot, first.customer, "call-2", NOW)
    desk.cancel(first, "call-2", NOW)
    desk.book(first.slot, first.customer, "call-2", NOW)
    store.close()
