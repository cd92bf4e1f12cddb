"""From the bot to the people: the dialogue's ticket becomes the people's packet, and is stored before anyone is told.

When the database does not answer, the packet is put into a file beside it and brought in within a minute of its
answering again, or at the next start: a caller who was told "a person will take over" is never forgotten.
"""

from __future__ import annotations

import asyncio
import dataclasses
import datetime as dt
import fcntl
import json
import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Final

import structlog

from bot.dialogue.counter import TicketDraft
from bot.errors import StoreError
from bot.logs import place_of
from handoff.model import Line, Packet, Priority, TicketStore, packet_from

log = structlog.get_logger(__name__)

BRING_IN_S: Final = 60.0


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
        """Store what was put aside; the number of tickets. Raises StoreError, and then the files stay.

        A file that cannot be read stands in nobody's way: it is named `.broken`, and the log says so.
        """
        brought = sum(self._bring(path) for path in sorted(self._spool.glob("*.json")))
        if brought:
            log.info("ticket.brought_in", tickets=brought)
        return brought

    def _bring(self, path: Path) -> bool:
        """False when another process has it, or it cannot be read."""
        try:
            with path.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if not path.exists():
                    return False
                packet, now = _read(file.read())
                self._tickets.add(packet, now)
                path.unlink()
                return True
        except (BlockingIOError, FileNotFoundError):
            return False
        except OSError as error:
            log.error("ticket.unreadable", file=path.name, error=type(error).__name__)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            log.error("ticket.broken", file=path.name, error=type(error).__name__)
            with suppress(OSError):
                path.replace(path.with_suffix(".broken"))
        return False

    def _put_aside(self, packet: Packet, now: dt.datetime) -> str:
        """Written beside and renamed, so that a file is whole or not there."""
        name = f"{now:%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"
        fresh = self._spool / f"{name}.part"
        try:
            self._spool.mkdir(mode=0o700, parents=True, exist_ok=True)
            text = json.dumps({"now": now.isoformat(), "packet": dataclasses.asdict(packet)})
            _write_through(fresh, text)
            fresh.rename(fresh.with_suffix(".json"))
            _sync_folder(self._spool)
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
        business_name=draft.business_name,
        written=dict(draft.written),
        caller_name=draft.caller_name,
    )


def _read(text: bytes) -> tuple[Packet, dt.datetime]:
    """Raises ValueError (JSONDecodeError is one), KeyError or TypeError when it is not what we wrote."""
    kept = json.loads(text)
    return packet_from(kept["packet"]), dt.datetime.fromisoformat(kept["now"])


def _write_through(path: Path, text: str) -> None:
    """On the disk, not only in its cache, when this returns; nobody else may read it."""
    path.touch(mode=0o600)
    with path.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """A new name lives in its folder, which has a cache of its own."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


async def keep_bringing_in(counter: TicketCounter, every_s: float = BRING_IN_S) -> None:
    """Until cancelled: a database that answers again gets what it missed, long before the next start."""
    while True:
        await asyncio.sleep(every_s)
        try:
            await asyncio.to_thread(counter.bring_in)
        except StoreError as error:
            log.warning("ticket.still_spooled", code=error.code)
        except Exception as error:  # the next minute may go better; callers wait for these tickets
            log.error("ticket.still_spooled", error=type(error).__name__, where=place_of(error))
