"""What desks are told of the list of tickets: all of it once, then what changed; packets are read once a ticket."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.web.ticket_list import TicketList
from handoff.model import Priority, TicketStatus
from tests.unit.web.fake_centre import NOON, FakeCentre, echo_centre, packet


@pytest.fixture
def centre() -> FakeCentre:
    return echo_centre()[0]


async def told(tickets: TicketList) -> dict[str, Any]:
    await tickets.read()
    change = tickets.changes()
    return dict(json.loads(change)) if change else {}


async def test_a_page_is_told_what_changed_and_nothing_while_nothing_does(centre: FakeCentre) -> None:
    tickets = TicketList(centre)
    assert await told(tickets) == {}
    first, second = centre.tickets.add(packet(), NOON), centre.tickets.add(packet(), NOON)
    assert [one["id"] for one in (await told(tickets))["set"]] == [first.id, second.id]
    assert await told(tickets) == {}
    centre.tickets.set_status(second.id, TicketStatus.TAKEN, NOON)
    change = await told(tickets)
    assert [(one["id"], one["status"]) for one in change["set"]] == [(second.id, "taken")]
    assert change["revision"] == 2
    assert tickets.all()["revision"] == 2
    del centre.tickets.tickets[first.id]
    assert (await told(tickets))["gone"] == [first.id]
    assert [one["id"] for one in tickets.all()["tickets"]] == [second.id]


async def test_who_hangs_up_is_a_change_too(centre: FakeCentre) -> None:
    tickets, on_line = TicketList(centre), {"T1"}
    tickets.use(lambda: on_line)
    centre.tickets.add(packet(), NOON)
    assert (await told(tickets))["set"][0]["on_line"] is True
    on_line.clear()
    assert (await told(tickets))["set"][0]["call_back"] is True


async def test_the_list_is_in_the_order_of_service_whatever_changed_last(centre: FakeCentre) -> None:
    tickets = TicketList(centre)
    centre.tickets.add(packet(), NOON)
    await told(tickets)
    centre.tickets.add(packet(priority=Priority.EMERGENCY), NOON)
    await told(tickets)
    assert [one["id"] for one in tickets.all()["tickets"]] == ["T2", "T1"]


async def test_what_is_known_of_a_caller_is_read_once(centre: FakeCentre, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, several = list[set[str]](), centre.tickets.several

    def counted(ticket_ids: frozenset[str]) -> Any:
        asked.append(set(ticket_ids))
        return several(ticket_ids)

    monkeypatch.setattr(centre.tickets, "several", counted)
    tickets = TicketList(centre)
    for _ in range(3):
        centre.tickets.add(packet(), NOON)
        await told(tickets)
        await told(tickets)
    assert asked == [{"T1"}, {"T2"}, {"T3"}]
