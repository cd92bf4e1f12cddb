"""Which event webhooks are told when something is stored: every call that began ends, once."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence

import pytest

from bot.store.store import Store, open_store
from handoff.history import Happening, What
from handoff.model import Packet, Priority, TicketStatus
from handoff.webhooks import Event, Webhook, new_secret

NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
PACKET = Packet("clinic", "front", Priority.NORMAL, ("asked",), "wants to talk", caller="+1", call_id="c1")


@pytest.fixture
def store() -> Store:
    store = open_store("sqlite://")
    store.webhooks.add(Webhook(0, "https://crm.example.com/hook", new_secret()), NOON)
    return store


def told(store: Store) -> list[tuple[str, str]]:
    """Event and outcome, oldest first."""
    bodies = [json.loads(one.body) for one in reversed(store.outbox.newest())]
    return [(body["type"], body["data"].get("outcome", "")) for body in bodies]


def ends(store: Store) -> Sequence[str]:
    return [outcome for event, outcome in told(store) if event == Event.CALL_ENDED]


def test_a_call_that_begins_is_told(store: Store) -> None:
    store.outbox.tell("clinic", Event.CALL_STARTED, {"call_id": "c1", "caller": "+1"}, NOON)
    assert told(store) == [("call.started", "")]


@pytest.mark.parametrize(
    ("what", "outcome"),
    [(What.ENDED, "answered"), (What.ABANDONED, "abandoned"), (What.PROMISED, "call_back"), (What.MESSAGE, "message")],
)
def test_a_call_ends_with_what_came_of_it_and_not_again_when_the_ticket_is_done(
    store: Store, what: What, outcome: str
) -> None:
    ticket = store.tickets.add(PACKET, NOON)
    store.happenings.add(Happening(ticket.id, what, NOON + MINUTE))
    store.tickets.set_status(ticket.id, TicketStatus.DONE, NOON + 2 * MINUTE)
    assert ends(store) == [outcome]


def test_a_ticket_that_never_got_a_talk_ends_its_call_when_it_is_done(store: Store) -> None:
    ticket = store.tickets.add(PACKET, NOON)
    store.tickets.set_status(ticket.id, TicketStatus.DONE, NOON + MINUTE)
    store.tickets.set_status(ticket.id, TicketStatus.WAITING, NOON + 2 * MINUTE)
    assert told(store) == [("call.escalated", ""), ("ticket.done", ""), ("call.ended", "done")]


def test_a_talk_that_goes_on_ends_the_call_itself(store: Store) -> None:
    ticket = store.tickets.add(PACKET, NOON)
    store.happenings.add(Happening(ticket.id, What.ANSWERED, NOON, 3))
    store.tickets.set_status(ticket.id, TicketStatus.DONE, NOON + MINUTE)
    assert ends(store) == []
    store.happenings.add(Happening(ticket.id, What.ENDED, NOON + MINUTE, 3))
    assert ends(store) == ["answered"]


def test_a_talk_that_our_stop_cut_off_and_nobody_took_up_again_ends_when_it_is_done(store: Store) -> None:
    ticket = store.tickets.add(PACKET, NOON)
    store.happenings.add(Happening(ticket.id, What.ANSWERED, NOON, 3))
    store.happenings.add(Happening(ticket.id, What.RETURNED, NOON + MINUTE, 3))
    store.tickets.set_status(ticket.id, TicketStatus.DONE, NOON + 2 * MINUTE)
    assert ends(store) == ["done"]


def test_who_was_cut_off_by_a_stop_and_calls_again_ends_the_first_call(store: Store) -> None:
    left = store.tickets.add(PACKET, NOON)
    store.tickets.nobody_is_on_line(NOON + MINUTE)
    again = store.tickets.add(PACKET, NOON + 2 * MINUTE)
    assert again.id != left.id
    assert ends(store) == ["abandoned"]
