"""Who left the queue and calls again is where they were, and need not say again what they said. Pure."""

from __future__ import annotations

from dataclasses import replace

from handoff.model import Packet, Ticket


def taken_up(left: Ticket, fresh: Ticket) -> Ticket:
    """The new call's ticket, with the place of the one that was left and what only that one knew."""
    return replace(fresh, placed_at=left.since, packet=joined(left.packet, fresh.packet))


def joined(before: Packet, now: Packet) -> Packet:
    """What was said now goes before what was said then; the transcripts follow each other."""
    return replace(
        now,
        priority=min(before.priority, now.priority),
        reasons=tuple(dict.fromkeys((*now.reasons, "called again after waiting"))),
        customer=now.customer or before.customer,
        wants=now.wants or before.wants,
        slots={**before.slots, **now.slots},
        written={**before.written, **now.written},
        transcript=(*before.transcript, *now.transcript),
    )
