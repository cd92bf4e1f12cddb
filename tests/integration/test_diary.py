"""The diary on real databases: a whole life of appointments, many threads, the command line, mail, and faults."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import socket
import sqlite3
import uuid
from concurrent.futures import ThreadPoolExecutor
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller
from click.testing import CliRunner, Result

from bot.appointments.desk import StoredDesk
from bot.appointments.diary import SlotTaken
from bot.appointments.model import Slot, Status, Wish
from bot.cli import LazyGroup
from bot.config import SmtpSettings
from bot.errors import DiaryError, StoreError
from bot.outbound.mail import MailLine, Outbox, Post, Smtp
from bot.outbound.model import Outcome, Reminder
from bot.outbound.placing import Placing
from bot.store import Store, open_store
from handoff.model import Packet, Priority
from tests.fakes_diary import NOW, clinic, local
from tests.integration.databases import database_url, postgres, sqlite_url

__all__ = ["database_url", "postgres"]
pytestmark = pytest.mark.integration

DAY = dt.date(2026, 3, 10)
SLOT = Slot("checkup", "anna", "harbour", local(2026, 3, 10, 14), local(2026, 3, 10, 14, 30))


@pytest.fixture
def business() -> str:
    """A tenant of its own for each test, since they share a PostgreSQL."""
    return f"clinic-{uuid.uuid4().hex[:8]}"


def desk_in(store: Store, business: str = "clinic") -> StoredDesk:
    return StoredDesk(clinic(business), store.diary(clinic(business)))


def maria(desk: StoredDesk, email: str = ""):
    return desk.add_customer("Maria Jones", "+442079460001", email=email)


# The whole of it, on both databases ------------------------------------------------


def test_a_whole_life_of_an_appointment(database_url: str, business: str):
    store = open_store(database_url)
    desk, other = desk_in(store, business), desk_in(store, f"{business}-2")
    desk.hold(SLOT, "call-1", NOW)
    with pytest.raises(SlotTaken) as taken:
        desk.hold(SLOT, "call-2", NOW)
    assert taken.value.alternatives[0].staff_id == "anna"
    booked = desk.book(SLOT, maria(desk), "call-1", NOW, "first visit")
    moved = desk.move(booked, taken.value.alternatives[0], "call-2", NOW)
    confirmed = desk.confirm(moved, "reminder", NOW)
    waiting = desk.add_customer("Tom", "+442079460002")
    desk.join_waiting_list(Wish("checkup"), waiting, "call-3", NOW)
    desk.cancel(confirmed, "call-4", NOW)
    store.close()

    reopened = open_store(database_url)
    desk = desk_in(reopened, business)
    found = desk.with_reference(booked.reference)
    assert found is not None
    assert (found.status, found.slot, found.note) == (Status.CANCELLED, moved.slot, "first visit")
    assert [change.what for change in desk.history(found)] == ["booked", "moved", "confirmed", "cancelled"]
    [offer] = reopened.reminders.planned({business: clinic(business)})
    assert (offer.customer.name, offer.offer) == ("Tom", moved.slot)
    assert other.with_reference(booked.reference) is None
    reopened.close()


def test_twenty_threads_place_each_reminder_once(database_url: str, business: str):
    store = open_store(database_url)
    desk, rung = desk_in(store, business), []
    slots = desk.free_slots(Wish("cleaning", first_day=DAY, last_day=DAY), NOW, limit=9)
    for index, slot in enumerate(slots):
        try:
            desk.book(slot, desk.add_customer(f"Caller {index}", "+442079460001"), "test", NOW)
        except SlotTaken:
            continue
    due_at = local(2026, 3, 9, 18)
    due = len(Placing(store.reminders, {business: clinic(business)}).due(due_at))

    class Bell:
        async def ring(self, reminder: Reminder) -> Outcome:
            rung.append(reminder.id)
            return Outcome.REACHED

    def place(_: int) -> None:
        placing = Placing(store.reminders, {business: clinic(business)})
        asyncio.run(placing.place_due(Bell(), lambda: due_at))

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(place, range(20)))
    assert due > 1
    assert len(rung) == len(set(rung)) == due
    store.close()


# Faults: a stable code, a sentence, and nothing half written -------------------------


def everything(store: Store) -> dict[str, int]:
    """How many rows there are, by table."""

    def count(connection: sa.Connection) -> dict[str, int]:
        tables = ("appointments", "cells", "reminders", "history", "holds")
        return {table: connection.scalar(sa.text(f"SELECT count(*) FROM {table}")) or 0 for table in tables}

    return store.database.read(count)


def test_a_locked_database_is_said_so_and_works_again_afterwards(tmp_path: Path):
    store = open_store(sqlite_url(tmp_path), busy_seconds=0.2)
    desk = desk_in(store)
    customer = maria(desk)
    other = sqlite3.connect(tmp_path / "diary.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError) as caught:
        desk.book(SLOT, customer, "call-1", NOW)
    assert caught.value.code == "store.locked"
    assert desk.free_slots(Wish("checkup"), NOW), "readers do not wait for writers"
    other.execute("ROLLBACK")
    other.close()
    assert desk.book(SLOT, customer, "call-1", NOW).slot == SLOT


def test_a_database_file_that_is_gone_is_an_error_and_not_a_new_empty_diary(tmp_path: Path):
    store = open_store(sqlite_url(tmp_path))
    customer = maria(desk_in(store))
    for file in tmp_path.iterdir():
        file.unlink()
    for attempt in (lambda: desk_in(store).book(SLOT, customer, "call-1", NOW), store.check):
        with pytest.raises(StoreError) as caught:
            attempt()
        assert caught.value.code == "store.gone"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("pragma", "code"), [("query_only=ON", "store.read_only"), ("max_page_count=1", "store.full")])
def test_a_disk_that_takes_no_more_leaves_nothing_half_written(tmp_path: Path, pragma: str, code: str):
    store = open_store(sqlite_url(tmp_path))
    desk = desk_in(store)
    customer = maria(desk)
    with store.database.writer.connect() as connection:
        connection.connection.driver_connection.execute(f"PRAGMA {pragma}")  # type: ignore[union-attr]
    before: list[dict[str, int]] = []

    def book_until_it_fails() -> None:
        for slot in desk.free_slots(Wish("checkup", "anna"), NOW, limit=200)[::3]:
            before.append(everything(store))
            desk.book(slot, customer, "call-1", NOW, "x" * 2000)

    with pytest.raises(StoreError) as caught:
        book_until_it_fails()
    assert caught.value.code == code
    assert everything(store) == before[-1]


def test_what_is_no_database_is_said_so(tmp_path: Path):
    (tmp_path / "diary.sqlite3").write_bytes(b"this is a letter to my aunt, not a database" * 100)
    with pytest.raises(StoreError) as caught:
        open_store(sqlite_url(tmp_path))
    assert caught.value.code == "store.broken"


def test_a_folder_that_cannot_be_made_is_said_so(tmp_path: Path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError) as caught:
        open_store(f"sqlite:///{tmp_path / 'file' / 'diary.sqlite3'}")
    assert caught.value.code == "store.gone"


def test_a_server_that_is_not_there_is_said_so_without_its_password():
    with pytest.raises(StoreError) as caught:
        open_store("postgresql://desk:hush@127.0.0.1:1/diary")
    assert caught.value.code == "store.gone"
    assert "hush" not in str(caught.value)


def test_an_error_in_the_middle_of_a_booking_undoes_all_of_it(database_url: str, business: str):
    store = open_store(database_url)
    desk = desk_in(store, business)
    customer = maria(desk)
    before = everything(store)

    def fail(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if "INSERT INTO history" in statement:
            raise DiaryError("test.power_cut", "The power is gone.")

    sa.event.listen(store.database.writer, "before_cursor_execute", fail)
    with pytest.raises(DiaryError, match="power"):
        desk.book(SLOT, customer, "call-1", NOW)
    assert everything(store) == before
    sa.event.remove(store.database.writer, "before_cursor_execute", fail)
    assert desk.book(SLOT, customer, "call-1", NOW).slot == SLOT
    store.close()


def test_only_the_owner_may_read_the_file(tmp_path: Path):
    open_store(sqlite_url(tmp_path)).close()
    assert (tmp_path / "diary.sqlite3").stat().st_mode & 0o077 == 0


# Mail ---------------------------------------------------------------------------------


def due_reminder(store: Store, email: str) -> Placing:
    desk = desk_in(store)
    desk.book(SLOT, maria(desk, email), "call-1", NOW)
    return Placing(store.reminders, {"clinic": clinic()})


def place_by(placing: Placing, post: Post) -> list[Outcome]:
    def clock() -> dt.datetime:
        return local(2026, 3, 8, 14)

    line = MailLine(post, lambda: {"clinic": clinic()}, "desk@example.org", clock)
    return [outcome for _, outcome in asyncio.run(placing.place_due(line, clock))]


def test_without_a_server_mails_lie_in_the_outbox(tmp_path: Path):
    placing = due_reminder(open_store(sqlite_url(tmp_path)), "maria@example.org")
    assert place_by(placing, Outbox(tmp_path / "outbox")) == [Outcome.SENT]
    [file] = (tmp_path / "outbox").iterdir()
    mail = message_from_bytes(file.read_bytes())
    assert (file.suffix, mail["To"]) == (".eml", "maria@example.org")


def test_with_a_server_mails_arrive_there(tmp_path: Path):
    arrived = []

    class Handler:
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
            arrived.append(envelope)
            return "250 OK"

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(Handler(), hostname="127.0.0.1", port=port)
    controller.start()
    try:
        post = Smtp(SmtpSettings(host="127.0.0.1", port=port, starttls=False))
        assert place_by(due_reminder(open_store(sqlite_url(tmp_path)), "maria@example.org"), post) == [Outcome.SENT]
    finally:
        controller.stop()
    [envelope] = arrived
    assert envelope.rcpt_tos == ["maria@example.org"]
    assert b"Check-up with Anna Berg" in envelope.content


def test_a_server_that_is_down_is_tried_again_later(tmp_path: Path):
    store = open_store(sqlite_url(tmp_path))
    placing = due_reminder(store, "maria@example.org")
    assert place_by(placing, Smtp(SmtpSettings(host="127.0.0.1", port=1))) == [Outcome.FAILED]
    assert [one.tries for one in placing.due(local(2026, 3, 8, 14, 2))] == [1]


# The command line ---------------------------------------------------------------------


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Runs `frontdesk …` on the sample businesses with a diary of its own, on a Monday morning in 2026."""
    monkeypatch.setenv("FRONTDESK_HOME", str(tmp_path))
    for name in ("FRONTDESK_DATABASE_URL", "FRONTDESK_CONTENT"):
        monkeypatch.delenv(name, raising=False)

    def frontdesk(*words: str) -> Result:
        return CliRunner().invoke(LazyGroup("frontdesk"), words)

    return frontdesk


MONDAY = ("--now", "2026-11-23T08:00+00:00")


def some_slot(run: Any) -> dict[str, str]:
    words = (
        "appointments",
        "slots",
        "--service",
        "check_up",
        "--from",
        "2026-12-01",
        "--limit",
        "1",
        "--json",
        *MONDAY,
    )
    [slot] = json.loads(run(*words).stdout)
    return slot


def booked(run: Any, slot: dict[str, str], *more: str) -> Result:
    who = ("--name", "Maria Jones", "--phone", "020 7946 0001", "--email", "maria@example.org")
    where = ("--service", slot["service"], "--staff", slot["staff"], "--branch", slot["branch"], "--at", slot["start"])
    return run("appointments", "book", *where, *who, *MONDAY, "--json", *more)


def test_book_list_move_cancel_and_look_back_from_the_command_line(run: Any):
    slot = some_slot(run)
    made = json.loads(booked(run, slot).stdout)
    assert {key: made[key] for key in ("service", "staff", "branch", "start", "end")} == slot
    assert (made["phone"], made["status"], len(made["reference"])) == ("+442079460001", "booked", 5)
    assert json.loads(run("appointments", "list", "--json", *MONDAY).stdout) == [made]

    later = (dt.datetime.fromisoformat(slot["start"]) + dt.timedelta(minutes=15)).isoformat()
    moved = run("appointments", "move", made["reference"], "--at", later, *MONDAY, "--json")
    assert json.loads(moved.stdout)["start"] == later
    assert run("appointments", "cancel", made["reference"], *MONDAY).exit_code == 0
    assert json.loads(run("appointments", "list", "--json", *MONDAY).stdout) == []
    assert json.loads(run("appointments", "list", "--cancelled", "--json", *MONDAY).stdout)[0]["status"] == "cancelled"
    history = json.loads(run("appointments", "history", made["reference"], "--json").stdout)
    assert [change["what"] for change in history] == ["booked", "moved", "cancelled"]


def test_a_time_that_is_taken_is_refused_with_a_sentence(run: Any):
    slot = some_slot(run)
    booked(run, slot)
    again = booked(run, slot)
    assert isinstance(again.exception, SlotTaken)
    assert again.exception.alternatives
    assert again.stdout == ""


def test_export_and_import_are_the_same_diary(run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    made = json.loads(booked(run, some_slot(run)).stdout)
    file = tmp_path / "diary.ics"
    assert run("appointments", "export", "--out", str(file), *MONDAY).exit_code == 0
    [here] = json.loads(run("appointments", "import", str(file), "--json", *MONDAY).stdout)
    assert (here["result"], here["reference"]) == ("unchanged", made["reference"])
    monkeypatch.setenv("FRONTDESK_HOME", str(tmp_path / "elsewhere"))
    [there] = json.loads(run("appointments", "import", str(file), "--json", *MONDAY).stdout)
    assert there["result"] == "imported"
    [kept] = json.loads(run("appointments", "list", "--json", *MONDAY).stdout)
    assert (kept["customer"], kept["start"]) == (made["customer"], made["start"])


def test_reminders_are_listed_and_placed_once(run: Any, tmp_path: Path):
    made = json.loads(booked(run, some_slot(run)).stdout)
    [due, *_] = json.loads(run("remind", "list", "--all", "--json").stdout)
    assert due["reference"] == made["reference"]
    assert json.loads(run("remind", "list", "--json", *MONDAY).stdout) == []
    [placed] = json.loads(run("remind", "run", "--way", "mail", "--now", due["due"], "--json").stdout)
    assert (placed["id"], placed["outcome"]) == (due["id"], "sent")
    assert json.loads(run("remind", "run", "--way", "mail", "--now", due["due"], "--json").stdout) == []
    assert len(list((tmp_path / "outbox").glob("*.eml"))) == 1


def test_tickets_are_listed_newest_first(run: Any, tmp_path: Path):
    store = open_store(f"sqlite:///{tmp_path / 'frontdesk.sqlite3'}")
    for minute, reason in enumerate(("asked for a person", "angry")):
        packet = Packet("clinic", "front", Priority.HIGH, (reason,), "Wants a person.", slots={"service": "check_up"})
        store.tickets.add(packet, NOW + dt.timedelta(minutes=minute))
    found = json.loads(run("tickets", "list", "--json").stdout)
    assert [ticket["reasons"] for ticket in found] == [["angry"], ["asked for a person"]]
    assert (found[0]["priority"], found[0]["status"], found[0]["slots"]) == ("high", "waiting", {"service": "check_up"})
    assert "angry" in run("tickets", "list").stdout


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("appointments", "cancel", "00000"), "diary.no_reference"),
        (("appointments", "slots", "--service", "haircut"), "diary.no_service"),
        (("appointments", "slots", "--service", "check_up", "--branch", "moon"), "diary.no_branch"),
        (("appointments", "slots", "--service", "check_up", "--staff", "nobody"), "diary.no_staff"),
        (("appointments", "list", "--business", "moon"), "diary.no_business"),
    ],
)
def test_what_there_is_not_is_said_with_a_code(run: Any, words: tuple[str, ...], code: str):
    assert run(*words).exception.code == code


def test_a_time_of_day_that_is_none_is_refused_with_an_example(run: Any):
    refused = run("appointments", "slots", "--service", "check_up", "--near", "noonish")
    assert refused.exit_code == 2
    assert "14:30" in refused.output


def test_a_moment_that_is_none_is_refused_with_an_example(run: Any):
    refused = run("appointments", "list", "--now", "yesterday")
    assert refused.exit_code == 2
    assert "2026-03-03T14:30" in refused.output
