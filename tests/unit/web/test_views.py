"""Tickets as the desk shows them."""

from __future__ import annotations

from dataclasses import replace

from bot.web.views import Packets, about, describe, describe_listed
from handoff.model import Ticket, TicketStatus
from tests.unit.web.fake_centre import NOON, listed, packet

TICKET = Ticket("T1", NOON, packet())


def test_names_and_plain_times_are_shown_where_they_were_written_out() -> None:
    slots = {"service": "check_up", "time": "14:30:00/14:30:00"}
    plain = replace(TICKET, packet=packet(business="brightwater_dental", slots=slots))
    assert describe(plain)["slots"] == slots
    words = {"service": "Check-up", "time": "2:30 pm"}
    told = replace(TICKET, packet=replace(plain.packet, business_name="Brightwater Dental", written=words))
    shown = describe(told)
    assert (shown["business"], shown["slots"]) == ("Brightwater Dental", words)


def test_who_is_to_be_rung_back_is_told_with_the_number_they_said() -> None:
    told = about(replace(TICKET, packet=packet(caller="", slots={"phone": "+447700900123"})))
    left = describe_listed(listed(TICKET), told, False)
    assert (left["call_back"], left["number"]) == (True, "+447700900123")
    named = replace(listed(TICKET), number="+447700900456")
    assert describe_listed(named, told, False)["number"] == "+447700900456"
    assert not describe_listed(named, told, True)["call_back"]
    assert not describe_listed(replace(named, status=TicketStatus.DONE), told, False)["call_back"]


def test_a_packet_is_described_once_while_somebody_has_it_at_hand() -> None:
    packets = Packets()
    first = packets.of(TICKET)
    assert packets.of(TICKET) is first
    again = replace(TICKET, packet=packet(queue="billing"))
    assert packets.of(again)["queue"] == "billing"
    packets.keep(set())
    assert packets.of(again) is not first


def test_the_name_that_the_line_told_stands_in_the_packet_and_in_the_list() -> None:
    named = replace(TICKET, packet=packet(caller_name="Ann on the line"))
    assert describe(named)["caller_name"] == "Ann on the line"
    assert describe_listed(listed(named), about(named), True)["caller_name"] == "Ann on the line"
