"""What the shelves of the store keep and give back, on a database in memory."""

import datetime as dt
from dataclasses import replace

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from bot.errors import StoreError
from bot.store import Store, open_store
from bot.store.database import Again, Database
from bot.store.migrate import alembic_config, migrate
from bot.store.schema import HEAD, metadata
from handoff.history import Entry, Happening, What
from handoff.model import Line, Packet, Priority, TicketStatus
from handoff.people import Person, Role
from tests.fakes_diary import NOW

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def store() -> Store:
    return open_store("sqlite://")


def packet(business: str = "clinic", priority: Priority = Priority.NORMAL) -> Packet:
    line = Line("caller", "a person please", 1200, 0.8, ("person",))
    return Packet(business, "front", priority, ("asked for a person",), "Wants to talk.", transcript=(line,))


def test_what_was_committed_outlives_a_power_cut(store: Store):
    full = 2  # sqlite.org/pragma.html#pragma_synchronous: NORMAL (1) may roll back the last commits
    assert store.database.write(lambda connection: connection.exec_driver_sql("PRAGMA synchronous").scalar()) == full


def test_what_was_to_be_stored_is_in_no_error_that_may_come_into_a_log(store: Store):
    insert = sa.text("INSERT INTO nowhere (name) VALUES (:name)")
    with pytest.raises(StoreError) as caught:
        store.database.write(lambda connection: connection.execute(insert, {"name": "Ann Example"}))
    assert "Ann" not in str(caught.value.__cause__)


def test_the_migrations_make_exactly_the_tables_of_the_schema(store: Store):
    def differences(connection):
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        return compare_metadata(context, metadata)

    assert store.database.read(differences) == []


def test_the_newest_migration_is_the_one_the_quick_look_expects():
    assert ScriptDirectory.from_config(alembic_config()).get_current_head() == HEAD


def test_a_database_of_a_newer_version_is_left_alone():
    store = open_store("sqlite://")
    store.database.write(lambda connection: connection.exec_driver_sql("UPDATE alembic_version SET version_num='9'"))
    with pytest.raises(StoreError) as caught:
        migrate(store.database)
    assert caught.value.code == "store.newer"


def test_a_database_that_is_not_among_ours_is_told_which_there_are():
    with pytest.raises(StoreError, match=r"no database mysql here; .* sqlite:///file\.db or postgresql://") as caught:
        open_store("mysql://somewhere/db")
    assert caught.value.code == "store.url"


@pytest.mark.parametrize("url", ["nonsense", "oracle://somewhere/db"])
def test_a_url_that_is_none_is_refused_with_a_sentence(url: str):
    with pytest.raises(StoreError) as caught:
        open_store(url)
    assert caught.value.code == "store.url"


def test_a_transaction_that_met_a_race_is_done_again_and_not_for_ever():
    database, tries = Database("sqlite://"), []

    def race(connection):
        tries.append(1)
        raise Again

    with pytest.raises(StoreError) as caught:
        database.write(race)
    assert caught.value.code == "store.locked"
    assert len(tries) == 4


def test_a_ticket_comes_back_whole(store: Store):
    ticket = store.tickets.add(packet(), NOW)
    assert store.tickets.get(ticket.id) == ticket
    assert store.tickets.get("NOBODY") is None


def test_waiting_tickets_are_served_by_priority_then_age_and_listed_newest_first(store: Store):
    first = store.tickets.add(packet(), NOW)
    second = store.tickets.add(packet(), NOW + MINUTE)
    urgent = store.tickets.add(packet(priority=Priority.EMERGENCY), NOW + 2 * MINUTE)
    other = store.tickets.add(packet("vets"), NOW)
    assert [ticket.id for ticket in store.tickets.waiting("clinic")] == [urgent.id, first.id, second.id]
    assert [ticket.id for ticket in store.tickets.newest("clinic")] == [urgent.id, second.id, first.id]
    assert [ticket.id for ticket in store.tickets.newest("vets")] == [other.id]
    assert len(store.tickets.newest(limit=2)) == 2


def test_who_called_from_a_long_address_is_promised_a_call_back_there(store: Store):
    address = "sip:a.person.with.a.very.long.name@pbx.example.com"
    ticket = store.tickets.add(replace(packet(), caller=address), NOW)
    assert store.tickets.call_back(ticket.id, address, None, NOW)
    [promised] = store.tickets.waiting()
    assert (promised.number, promised.call_back) == ("", address)


def test_one_person_takes_a_ticket_and_it_waits_no_longer(store: Store):
    ticket = store.tickets.add(packet(), NOW)
    assert store.tickets.take(ticket.id, NOW)
    assert not store.tickets.take(ticket.id, NOW)
    assert store.tickets.waiting() == []
    store.tickets.set_status(ticket.id, TicketStatus.DONE, NOW)
    taken = store.tickets.get(ticket.id)
    assert taken is not None
    assert taken.status is TicketStatus.DONE


def test_a_ticket_passed_on_waits_in_its_new_queue_with_what_was_said_since(store: Store):
    ticket = store.tickets.add(packet(), NOW)
    store.tickets.take(ticket.id, NOW)
    said = Line("agent", "i will pass you on", 60_000, 0.9)
    store.tickets.pass_on(ticket.id, "billing", [said], NOW)
    [waiting] = store.tickets.waiting()
    assert (waiting.packet.queue, waiting.packet.transcript[-1], waiting.created_at) == ("billing", said, NOW)
    with pytest.raises(StoreError):
        store.tickets.pass_on("NOBODY", "billing", [], NOW)


def test_the_status_of_an_unknown_ticket_cannot_be_set(store: Store):
    with pytest.raises(StoreError) as caught:
        store.tickets.set_status("NOBODY", TicketStatus.DONE, NOW)
    assert caught.value.code == "store.no_ticket"


def test_call_reports_are_kept_replaced_and_listed_newest_first(store: Store):
    for minute in range(3):
        at = (NOW + minute * MINUTE).isoformat()
        store.calls.save({"call_id": f"c{minute}", "started_at": at, "outcome": "completed", "turns": []}, "clinic")
    store.calls.save({"call_id": "c1", "started_at": NOW.isoformat(), "outcome": "failed"}, "clinic")
    assert [report["call_id"] for report in store.calls.list()] == ["c2", "c0", "c1"]
    assert store.calls.get("c1") == {"call_id": "c1", "started_at": NOW.isoformat(), "outcome": "failed"}
    assert store.calls.get("c9") is None
    assert store.calls.list("vets") == []


def test_what_was_said_with_a_person_joins_the_turns_of_the_call(store: Store):
    greeting, answer = {"speaker": "bot", "text": "Hello."}, {"speaker": "agent", "text": "maya here"}
    report = {"call_id": "c1", "started_at": NOW.isoformat(), "outcome": "escalated", "turns": [greeting]}
    store.calls.save(report, "clinic")
    store.calls.add_turns("c1", [answer])
    store.calls.add_turns("c9", [answer])
    assert store.calls.get("c1") == report | {"turns": [greeting, answer]}
    assert store.calls.get("c9") is None


def test_a_cut_off_caller_is_remembered_for_minutes_and_only_by_that_business(store: Store):
    kept = store.unfinished
    kept.keep("clinic", "+4420", {"service": "checkup"}, NOW)
    kept.keep("clinic", "+4420", {"service": "cleaning"}, NOW)
    assert kept.recall("clinic", "+4420", NOW + 14 * MINUTE) == {"service": "cleaning"}
    assert kept.recall("vets", "+4420", NOW) is None
    assert kept.recall("clinic", "+4420", NOW + 15 * MINUTE) is None
    kept.forget("clinic", "+4420")
    assert kept.recall("clinic", "+4420", NOW) is None


def test_nothing_is_kept_for_a_withheld_number(store: Store):
    store.unfinished.keep("clinic", "", {"service": "checkup"}, NOW)
    assert store.unfinished.recall("clinic", "", NOW) is None


def test_a_naive_moment_is_refused_before_it_does_harm(store: Store):
    with pytest.raises(Exception, match="time zone"):
        store.tickets.add(packet(), dt.datetime(2026, 1, 1))


def test_people_come_back_whole_by_name_and_two_cannot_share_a_login(store: Store):
    maya = store.people.add(Person(0, "maya", "Maya", Role.AGENT, "hash", "key", {"front": 1}), NOW)
    ada = store.people.add(Person(0, "ada", "Ada", Role.ADMIN, "hash", "key"), NOW)
    assert store.people.get(maya.id) == maya
    assert store.people.by_login("ada") == ada
    assert store.people.everybody() == [ada, maya]
    with pytest.raises(StoreError) as caught:
        store.people.add(maya, NOW)
    assert caught.value.code == "store.taken"
    store.people.replace(replace(maya, is_active=False))
    assert store.people.by_login("maya") == replace(maya, is_active=False)
    with pytest.raises(StoreError):
        store.people.replace(replace(maya, id=99))


def test_what_happened_to_tickets_comes_back_oldest_first(store: Store):
    ticket = store.tickets.add(packet(), NOW)
    later = Happening(ticket.id, What.WRAPPED, NOW + MINUTE, 7, {"notes": "moved"})
    first = Happening(ticket.id, What.ABANDONED, NOW)
    for happening in (later, first):
        store.happenings.add(happening)
    assert store.happenings.since(NOW) == [first, later]
    assert store.happenings.since(NOW + MINUTE) == [later]
    store.tickets.add(packet(), NOW + MINUTE)
    assert store.happenings.entries(NOW) == [Entry(ticket.id, "front", NOW)]
    assert store.happenings.entries(NOW + MINUTE) == []
