"""Tickets and people at work as the pages need them: plain data, nothing escaped (the pages make text of it)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from handoff.desk import WRAP_UP_S, Desk
from handoff.model import WAITS, Line, Ticket


def describe(ticket: Ticket, now: dt.datetime, on_line: bool) -> dict[str, Any]:
    return describe_packet(ticket) | {
        "status": ticket.status.value,
        "waiting_s": max(0, int((now - ticket.created_at).total_seconds())),
        "on_line": on_line,
        "call_back": ticket.status in WAITS and not on_line,
    }


def describe_packet(ticket: Ticket) -> dict[str, Any]:
    """What does not change while the ticket waits."""
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
    desk: Desk, agent: int, waiting: Mapping[str, Ticket], lines: Mapping[str, Sequence[dict[str, Any]]]
) -> dict[str, Any]:
    """Everything on one person's screen beside the list. Moments, no ages: it changes only when something happens."""
    seat, offer, talk = desk.seats[agent], desk.offers.get(agent), desk.talks.get(agent)
    offered, wrapping = (waiting.get(offer.ticket_id) if offer else None), desk.wrapping.get(agent)
    at_hand = talk.ticket if talk else wrapping
    said = list(lines.get(at_hand.id, ())) if at_hand else []
    return {
        "me": {
            "name": seat.name,
            "presence": seat.presence.value,
            "since": seat.since.isoformat(),
            "reason": seat.reason,
            "calls": seat.calls,
        },
        "offer": _with(offered, until=_later(offer.at, offer.lasts_s)) if offer and offered else None,
        "talk": _with(talk.ticket, since=talk.since.isoformat(), held=bool(talk.held_since), lines=said)
        if talk
        else None,
        "wrap": _with(wrapping, until=_later(seat.since, WRAP_UP_S), lines=said) if wrapping else None,
    }


def _with(ticket: Ticket, **more: object) -> dict[str, Any]:
    return {"ticket": describe_packet(ticket)} | more


def _later(at: dt.datetime, seconds: int) -> str:
    return (at + dt.timedelta(seconds=seconds)).isoformat()
