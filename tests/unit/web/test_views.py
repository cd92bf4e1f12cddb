"""Tickets as the desk shows them."""

from __future__ import annotations

from dataclasses import replace

from bot.web.views import describe
from handoff.model import Ticket, TicketStatus
from tests.unit.web.fake_centre import NOON, packet

TICKET = Ticket("T1", NOON, packet())


def test_names_and_plain_times_are_shown_where_they_were_written_out() -> None:
    slots = {"service": "check_up", "time": "14:30:00/14:30:00"}
    plain = replace(TICKET, packet=packet(business="brightwater_dental", slots=slots))
    assert describe(plain, NOON, True)["slots"] == slots
    words = {"service": "Check-up", "time": "2:30 pm"}
    told = replace(TICKET, packet=replace(plain.packet, business_name="Brightwater Dental", written=words))
    shown = describe(told, NOON, True)
    assert (shown["business"], shown["slots"]) == ("Brightwater Dental", words)


def test_who_is_to_be_rung_back_is_told_with_the_number_they_said() -> None:
    left = replace(TICKET, packet=packet(caller="", slots={"phone": "+447700900123"}))
    assert (describe(left, NOON, False)["call_back"], describe(left, NOON, False)["number"]) == (True, "+447700900123")
    assert not describe(left, NOON, True)["call_back"]
    assert not describe(replace(left, status=TicketStatus.DONE), NOON, False)["call_back"]
