"""The wall board's figures of a day in memory."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from bot.web.board import day_start, describe_board
from bot.web.server import create_app
from handoff.history import Happening, What
from handoff.model import Listed, Priority
from handoff.people import Role
from handoff.seats import Presence, Seat
from tests.unit.web.fake_centre import NOON, FakeCentre, echo_centre, packet, session_cookie

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def centre() -> FakeCentre:
    return echo_centre()[0]


@pytest.fixture
def web(centre: FakeCentre) -> Iterator[TestClient]:
    app: FastAPI = create_app(centre)
    with TestClient(app) as client:
        client.cookies.update(session_cookie(app, Role.SUPERVISOR))
        yield client


def test_the_board_counts_todays_callers(web: TestClient, centre: FakeCentre) -> None:
    now = dt.datetime.now(dt.UTC)
    ticket = centre.tickets.add(packet(), now)
    centre.history.add(Happening(ticket.id, What.ABANDONED, now + MINUTE))
    board = web.get("/board/figures").json()
    assert board["today"]["abandoned"] == 1
    assert board["today"]["service_level"] == 0
    assert [queue["queue"] for queue in board["queues"]] == ["reception"]
    assert board["with_bot"] == 0
    assert "service level" in web.get("/board").text


def test_yesterday_is_not_today(web: TestClient, centre: FakeCentre) -> None:
    ticket = centre.tickets.add(packet(), NOON)
    centre.history.add(Happening(ticket.id, What.ABANDONED, NOON))
    assert web.get("/board/figures").json()["today"]["offered"] == 0


@pytest.mark.parametrize(
    ("now", "midnight"),
    [
        ("2026-03-02T12:00+00:00", "2026-03-02T00:00-05:00"),
        ("2026-03-02T03:00+00:00", "2026-03-01T00:00-05:00"),  # still yesterday over there
        ("2026-03-08T20:00+00:00", "2026-03-08T00:00-05:00"),  # clocks went forward at two in the morning
        ("2026-11-01T20:00+00:00", "2026-11-01T00:00-04:00"),  # and back again
    ],
)
def test_a_day_begins_at_midnight_of_the_business_whatever_the_clocks_did_since(now: str, midnight: str) -> None:
    begin = day_start(dt.datetime.fromisoformat(now), ZoneInfo("America/New_York"))
    assert begin == dt.datetime.fromisoformat(midnight)


def test_today_is_the_day_of_the_business(web: TestClient, centre: FakeCentre) -> None:
    """Wherever this computer stands: a zone where it is always between ten and eleven in the evening."""
    now = dt.datetime.now(dt.UTC)
    ahead = dt.timedelta(hours=(22 - now.hour + 12) % 24 - 12)
    centre.timezone = dt.timezone(ahead)
    ticket = centre.tickets.add(packet(), now - 22 * 60 * MINUTE)
    centre.history.add(Happening(ticket.id, What.ABANDONED, now - 22 * 60 * MINUTE))
    assert web.get("/board/figures").json()["today"]["offered"] == 1


def test_who_waits_without_being_on_the_line_is_on_the_board_as_to_ring_back(
    web: TestClient, centre: FakeCentre
) -> None:
    """Handed over from chat, or hung up: the desk shows them as well."""
    ticket = centre.tickets.add(packet(), dt.datetime.now(dt.UTC))
    board = web.get("/board/figures").json()
    assert (board["waiting"], board["ring_back"]) == ([], 1)
    assert [(one["id"], one["on_line"]) for one in board["tickets"]] == [(ticket.id, False)]
    assert [(one["queue"], one["ring_back"]) for one in board["queues"]] == [("reception", 1)]


def test_a_queue_that_only_waits_is_on_the_board_and_so_are_people_with_a_desk_open() -> None:
    waiting = [Listed("a", NOON - 3 * MINUTE, "billing", Priority.NORMAL)]
    seats = [
        Seat(2, "Maya", Presence.PAUSED, NOON, "lunch"),
        Seat(1, "Bob", Presence.TALKING, NOON, lost_at=NOON + MINUTE),
    ]
    board = describe_board([], waiting, seats, NOON)
    assert board["queues"][0]["waiting"] == [(NOON - 3 * MINUTE).isoformat()]
    assert [(one["name"], one["presence"], one["reason"]) for one in board["people"]] == [
        ("Bob", "not connected", ""),
        ("Maya", "paused", "lunch"),
    ]
