"""Tickets and people at work as the pages need them: plain data, nothing escaped (the pages make text of it).

Moments, no ages: what is shown changes only when something happens.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from handoff.desk import WRAP_UP_S, Desk
from handoff.model import WAITS, Line, Listed, Ticket


def describe(ticket: Ticket) -> dict[str, Any]:
    """All that is known, with what was said, for whoever opens it."""
    packet = ticket.packet
    return {
        "id": ticket.id,
        "created_at": ticket.created_at.isoformat(),
        "business": packet.business_name or packet.business,
        "queue": packet.queue,
        "priority": packet.priority.name.lower(),
        "reasons": list(packet.reasons),
        "summary": packet.summary,
        "caller": packet.caller,
        "caller_name": packet.caller_name,
        "number": ticket.call_back,
        "medium": ticket.medium.value,
        "due_at": ticket.due_at.isoformat() if ticket.due_at else None,
        "message": f"/desk/messages/{ticket.id}" if ticket.recording else "",
        "customer": packet.customer,
        "identity": packet.identity,
        "wants": packet.wants,
        "slots": dict(packet.written or packet.slots),
        "transcript": [
            {
                "speaker": line.speaker,
                "text": line.text,
                "at_ms": line.at_ms,
                "confidence": line.confidence,
                "doubtful": list(line.doubtful),
            }
            for line in packet.transcript
        ],
    }


def describe_listed(listed: Listed, about: Mapping[str, str], on_line: bool) -> dict[str, Any]:
    """A line of a list. `about`: what `about` told of the same ticket."""
    return {
        **about,
        "id": listed.id,
        "created_at": listed.created_at.isoformat(),
        "since": listed.since.isoformat(),
        "changed_at": listed.changed_at.isoformat() if listed.changed_at else None,
        "queue": listed.queue,
        "priority": listed.priority.name.lower(),
        "status": listed.status.value,
        "medium": listed.medium.value,
        "number": listed.number or about["number"],
        "on_line": on_line,
        "call_back": listed.status in WAITS and not on_line,
    }


def about(ticket: Ticket) -> dict[str, str]:
    """What a list tells of the packet; it stays so while the ticket lasts."""
    packet = ticket.packet
    return {
        "customer": packet.customer,
        "caller": packet.caller,
        "caller_name": packet.caller_name,
        "wants": packet.wants,
        "summary": packet.summary,
        "number": packet.call_back,
    }


class Packets:
    """Descriptions of the tickets at hand, made once: packets are long, and what is known of a caller stands still."""

    def __init__(self) -> None:
        self._made: dict[str, tuple[Ticket, dict[str, Any]]] = {}

    def of(self, ticket: Ticket) -> dict[str, Any]:
        """The same object as long as it is the same ticket."""
        made = self._made.get(ticket.id)
        if made is None or made[0] is not ticket:
            made = self._made[ticket.id] = (ticket, describe(ticket))
        return made[1]

    def keep(self, ticket_ids: set[str]) -> None:
        """The others are at nobody's hand any more."""
        self._made = {one: made for one, made in self._made.items() if one in ticket_ids}


def describe_line(line: Line, at: dt.datetime) -> dict[str, Any]:
    """Of a talk that goes on."""
    return {
        "speaker": line.speaker,
        "text": line.text,
        "at": at.isoformat(),
        "confidence": line.confidence,
        "doubtful": list(line.doubtful),
    }


def line_of(said: Mapping[str, Any], start: dt.datetime) -> Line:
    """What `describe_line` made, as a line of a packet that begins at `start`."""
    at_ms = int((dt.datetime.fromisoformat(said["at"]) - start).total_seconds() * 1000)
    return Line(said["speaker"], said["text"], max(0, at_ms), said["confidence"], tuple(said["doubtful"]))


def describe_desk(
    desk: Desk,
    agent: int,
    offered: Mapping[str, Ticket],
    lines: Mapping[str, Sequence[dict[str, Any]]],
    packets: Packets,
) -> dict[str, Any]:
    """Everything on one person's screen beside the list."""
    seat, offer, talk = desk.seats[agent], desk.offers.get(agent), desk.talks.get(agent)
    asked, wrapping = (offered.get(offer.ticket_id) if offer else None), desk.wrapping.get(agent)
    at_hand = talk.ticket if talk else wrapping
    said = list(lines.get(at_hand.id, ())) if at_hand else []

    def with_packet(ticket: Ticket, **more: object) -> dict[str, Any]:
        return {"ticket": packets.of(ticket)} | more

    return {
        "me": {
            "name": seat.name,
            "presence": seat.presence.value,
            "since": seat.since.isoformat(),
            "reason": seat.reason,
            "calls": seat.calls,
        },
        "offer": with_packet(asked, until=_later(offer.at, offer.lasts_s)) if offer and asked else None,
        "talk": with_packet(talk.ticket, since=talk.since.isoformat(), held=bool(talk.held_since), lines=said)
        if talk
        else None,
        "wrap": with_packet(wrapping, until=_later(seat.since, WRAP_UP_S), lines=said) if wrapping else None,
    }


def _later(at: dt.datetime, seconds: int) -> str:
    return (at + dt.timedelta(seconds=seconds)).isoformat()
