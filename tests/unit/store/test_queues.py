"""Queues' settings in the database, and what becomes of tickets whose callers leave, call again or are rung back."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from bot.errors import StoreError
from bot.store import Store, open_store
from handoff.history import Happening, What
from handoff.model import Line, Medium, Packet, Priority, TicketStatus
from handoff.people import Person, Role
from handoff.queues import Opening, Queue, Strategy

NOW = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
FRONT = Queue("front", Strategy.RING_ALL, (Opening(0, "09:00", "17:00"),), "Europe/London", vips=frozenset({"+441"}))


@pytest.fixture
def store() -> Store:
    return open_store("sqlite://")


def packet(caller: str = "+441", queue: str = "front", business: str = "clinic", **more) -> Packet:
    lines = (Line("caller", "a person please"),)
    return Packet(
        business, queue, Priority.NORMAL, ("asked for a person",), "Wants to talk.", caller, transcript=lines, **more
    )


def test_queues_are_kept_changed_and_offered_once_at_a_first_start(store: Store):
    store.queues.add_missing({"front": FRONT}, NOW)
    assert store.queues.all() == {"front": FRONT}
    store.queues.put(replace(FRONT, offer_s=30), NOW)
    store.queues.put(Queue("back"), NOW)
    store.queues.add_missing({"front": FRONT, "other": Queue("other")}, NOW)
    assert store.queues.all() == {"back": Queue("back"), "front": replace(FRONT, offer_s=30)}


def test_a_queue_is_removed_with_callers_in_it_and_none_is_lost(store: Store):
    for queue in (FRONT, Queue("back", overflow_to="front", overflow_above=2)):
        store.queues.put(queue, NOW)
    waiting = [store.tickets.add(packet(f"+44{n}"), NOW + n * MINUTE) for n in range(5)]
    done = store.tickets.add(packet("+449"), NOW)
    store.tickets.set_status(done.id, TicketStatus.DONE, NOW)
    assert store.queues.remove("front", "back", NOW) == 5
    moved = store.tickets.waiting()
    assert [(one.id, one.packet.queue, one.created_at) for one in moved] == [
        (one.id, "back", one.created_at) for one in waiting
    ]
    assert store.queues.all() == {"back": Queue("back", overflow_above=2)}
    for name, move_to in (("front", "back"), ("back", "back"), ("back", "nowhere")):
        with pytest.raises(StoreError, match="no such queue"):
            store.queues.remove(name, move_to, NOW)


def test_who_hung_up_and_calls_again_within_minutes_has_their_place_and_need_not_say_it_again(store: Store):
    first = store.tickets.add(packet(wants="to move an appointment", slots={"day": "Thursday"}), NOW)
    store.tickets.left(first.id, NOW + 5 * MINUTE)
    again = store.tickets.add(packet(), NOW + 9 * MINUTE)
    assert (again.placed_at, again.created_at) == (NOW, NOW + 9 * MINUTE)
    assert (again.packet.wants, again.packet.slots) == ("to move an appointment", {"day": "Thursday"})
    assert len(again.packet.transcript) == 2
    assert [one.id for one in store.tickets.waiting()] == [again.id]
    assert store.tickets.get(first.id).status is TicketStatus.ABANDONED
    assert store.tickets.get(again.id) == again


@pytest.mark.parametrize(
    ("caller", "business", "after", "leaves"),
    [
        ("+442", "clinic", 9, True),
        ("+441", "vets", 9, True),
        ("+441", "clinic", 21, True),
        ("+441", "clinic", 9, False),
    ],
)
def test_nobody_else_has_that_place_nor_who_comes_back_much_later_nor_while_the_line_is_open(
    store: Store, caller, business, after, leaves
):
    first = store.tickets.add(packet(), NOW)
    if leaves:
        store.tickets.left(first.id, NOW + 5 * MINUTE)
    assert store.tickets.add(packet(caller, business=business), NOW + after * MINUTE).placed_at is None
    assert len(store.tickets.waiting()) == 2


def test_a_withheld_number_has_nobodys_place(store: Store):
    store.tickets.left(store.tickets.add(packet(""), NOW).id, NOW)
    assert store.tickets.add(packet(""), NOW + MINUTE).placed_at is None


def test_after_a_start_everybody_who_was_on_the_line_has_their_place_kept_from_then_on(store: Store):
    ticket = store.tickets.add(packet(), NOW)
    assert store.tickets.nobody_is_on_line(NOW + 60 * MINUTE) == 1
    assert store.tickets.nobody_is_on_line(NOW + 61 * MINUTE) == 0
    assert store.tickets.add(packet(), NOW + 70 * MINUTE).placed_at == ticket.created_at


@pytest.mark.parametrize("caller", ["+15550100", "+447"])
def test_who_was_promised_a_call_back_and_rings_again_is_in_the_queue_once_with_their_place(store: Store, caller: str):
    ticket = store.tickets.add(packet("+15550100"), NOW)
    store.tickets.call_back(ticket.id, "+447", NOW + 600 * MINUTE, NOW + MINUTE)
    again = store.tickets.add(packet(caller), NOW + 120 * MINUTE)
    assert (again.placed_at, again.medium) == (NOW, Medium.CALL)
    assert [one.id for one in store.tickets.waiting()] == [again.id]
    assert store.tickets.get(ticket.id).status is TicketStatus.DONE


def test_who_is_being_called_back_at_this_moment_has_a_ticket_of_their_own(store: Store):
    ticket = store.tickets.add(packet("+15550100"), NOW)
    store.tickets.call_back(ticket.id, "+447", None, NOW + MINUTE)
    assert store.tickets.take(ticket.id, NOW + 2 * MINUTE)
    assert store.tickets.add(packet("+15550100"), NOW + 3 * MINUTE).placed_at is None


def test_a_call_back_keeps_its_place(store: Store):
    ticket = store.tickets.add(packet(), NOW)
    assert store.tickets.call_back(ticket.id, "+447", NOW + 60 * MINUTE, NOW + MINUTE)
    kept = store.tickets.get(ticket.id)
    assert (kept.medium, kept.call_back, kept.due_at) == (Medium.CALLBACK, "+447", NOW + 60 * MINUTE)
    assert kept.created_at == NOW
    assert store.tickets.take(ticket.id, NOW)
    assert not store.tickets.call_back(ticket.id, "+447", None, NOW)
    store.tickets.try_again(ticket.id, NOW + 90 * MINUTE, NOW)
    again = store.tickets.get(ticket.id)
    assert (again.status, again.tries, again.due_at) == (TicketStatus.WAITING, 1, NOW + 90 * MINUTE)


def test_a_message_is_a_ticket_of_its_own_medium_and_a_taken_ticket_none_any_more(store: Store):
    ticket = store.tickets.add(packet(), NOW)
    assert store.tickets.keep_message(ticket.id, "a.wav", NOW)
    kept = store.tickets.get(ticket.id)
    assert (kept.medium, kept.recording, kept.status) == (Medium.MESSAGE, "a.wav", TicketStatus.WAITING)
    assert store.tickets.take(ticket.id, NOW)
    assert not store.tickets.keep_message(ticket.id, "b.wav", NOW)
    assert not store.tickets.move(ticket.id, "back", NOW)


def test_a_ticket_moves_to_another_queue_with_its_place_and_what_is_said_meanwhile_joins_it(store: Store):
    ticket = store.tickets.add(packet(), NOW)
    assert store.tickets.move(ticket.id, "back", NOW + MINUTE, Priority.EMERGENCY)
    store.tickets.add_lines(ticket.id, [Line("bot", "You are next.")], NOW + MINUTE)
    moved = store.tickets.get(ticket.id)
    assert (moved.packet.queue, moved.packet.priority, moved.created_at) == ("back", Priority.EMERGENCY, NOW)
    assert [line.text for line in moved.packet.transcript] == ["a person please", "You are next."]
    assert not store.tickets.move("nobody", "back", NOW)


def test_who_served_a_caller_last_is_known_by_their_number(store: Store):
    for login in ("maya", "bob"):
        store.people.add(Person(0, login, login, Role.AGENT, "", login), NOW)
    for agent, minutes in ((1, 0), (2, 10)):
        ticket = store.tickets.add(packet(), NOW)
        store.happenings.add(Happening(ticket.id, What.ANSWERED, NOW + minutes * MINUTE, agent))
    assert store.tickets.served_by("clinic", "+441", NOW) == 2
    assert store.tickets.served_by("clinic", "+441", NOW + 11 * MINUTE) is None
    assert store.tickets.served_by("vets", "+441", NOW) is None
    assert store.tickets.served_by("clinic", "", NOW) is None
