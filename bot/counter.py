"""From the bot to the people: the dialogue's ticket becomes the people's packet, and is stored before anyone is told.

When the database does not answer, the packet is put into a file beside it and brought in at the next start: a caller
who was told "a person will take over" is never forgotten.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import secrets
from pathlib import Path
from typing import Any

import structlog

from bot.dialogue.counter import TicketDraft
from bot.errors import StoreError
from handoff.model import Line, Packet, Priority, TicketStore

log = structlog.get_logger(__name__)


class TicketCounter:
    """Implements `dialogue.counter.Counter`. `spool` is the folder for tickets the database did not take."""

    def __init__(self, tickets: TicketStore, spool: Path) -> None:
        self._tickets = tickets
        self._spool = spool

    def open_ticket(self, draft: TicketDraft, now: dt.datetime) -> str:
        """The ticket's id. Raises StoreError (`store.full`) when not even a file could be written."""
        packet = packet_of(draft)
        try:
            return self._tickets.add(packet, now).id
        except StoreError as error:
            log.error("ticket.spooled", code=error.code)
            return self._put_aside(packet, now)

    def bring_in(self) -> int:
        """Store what was put aside; the number of tickets. Raises StoreError, and then the files stay."""
        brought = 0
        for path in sorted(self._spool.glob("*.json")):
            kept = json.loads(path.read_text("utf-8"))
            self._tickets.add(_packet_from(kept["packet"]), dt.datetime.fromisoformat(kept["now"]))
            path.unlink()
            brought += 1
        return brought

    def _put_aside(self, packet: Packet, now: dt.datetime) -> str:
        """Written beside and renamed, so that a file is whole or not there."""
        name = f"{now:%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"
        fresh = self._spool / f"{name}.part"
        try:
            self._spool.mkdir(mode=0o700, parents=True, exist_ok=True)
            text = json.dumps({"now": now.isoformat(), "packet": dataclasses.asdict(packet)})
            fresh.touch(mode=0o600)
            fresh.write_text(text, "utf-8")
            fresh.rename(fresh.with_suffix(".json"))
        except OSError as error:
            raise StoreError("store.full", "Neither database nor disk took the ticket: free some space.") from error
        return ""


def packet_of(draft: TicketDraft) -> Packet:
    lines = tuple(Line(**dataclasses.asdict(line)) for line in draft.transcript)
    return Packet(
        business=draft.business,
        queue=draft.queue,
        priority=Priority(int(draft.urgency)),
        reasons=draft.reasons,
        summary=draft.summary,
        caller=draft.caller,
        customer=draft.customer,
        identity=draft.identity,
        wants=draft.wants,
        slots=dict(draft.slots),
        transcript=lines,
        call_id=draft.call_id,
    )


def _packet_from(kept: dict[str, Any]) -> Packet:
    lines = tuple(Line(**{**line, "doubtful": tuple(line["doubtful"])}) for line in kept["transcript"])
    as_they_were = {"priority": Priority(kept["priority"]), "reasons": tuple(kept["reasons"]), "transcript": lines}
    return Packet(**{**kept, **as_they_were})
