"""A ticket is stored before anyone is told, even when the database is gone."""

import asyncio
import datetime as dt
import fcntl
from dataclasses import replace

import pytest

from bot.counter import TicketCounter, keep_bringing_in
from bot.dialogue.counter import TicketDraft, TicketLine, Urgency
from bot.errors import StoreError
from handoff.model import Line, Priority, Ticket

NOW = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
DRAFT = TicketDraft(
    business="brightwater_dental",
    queue="reception",
    urgency=Urgency.HIGH,
    reasons=("twice not understood",),
    summary="Wants to move an appointment.",
    caller="+441632960001",
    customer="",
    identity="unknown",
    wants="move",
    slots={"day": "2026-12-01"},
    transcript=(TicketLine("caller", "move my ex rays", 1200, 0.4, ("ex",)),),
    call_id="c1",
)


class Shelf:
    """Tickets in a list; `is_gone` makes it fail."""

    def __init__(self):
        self.tickets, self.is_gone = [], False

    def add(self, packet, now):
        if self.is_gone:
            raise StoreError("store.gone", "The database is gone.")
        self.tickets.append(Ticket(f"T{len(self.tickets) + 1}", now, packet))
        return self.tickets[-1]


def test_the_packet_holds_everything_the_dialogue_knew(tmp_path):
    shelf = Shelf()
    assert TicketCounter(shelf, tmp_path).open_ticket(DRAFT, NOW) == "T1"
    packet = shelf.tickets[0].packet
    assert packet.priority is Priority.HIGH
    assert packet.transcript == (Line("caller", "move my ex rays", 1200, 0.4, ("ex",)),)
    assert (packet.reasons, packet.slots, packet.call_id) == (DRAFT.reasons, DRAFT.slots, "c1")


def test_people_read_names_and_plain_times(tmp_path):
    shelf = Shelf()
    counter = TicketCounter(shelf, tmp_path)
    draft = replace(DRAFT, business_name="Brightwater Dental", written={"day": "Tue 1 December 2026"})
    counter.open_ticket(draft, NOW)
    shelf.is_gone = True
    counter.open_ticket(draft, NOW)
    shelf.is_gone = False
    counter.bring_in()
    stored, brought_in = (ticket.packet for ticket in shelf.tickets)
    assert (stored.business_name, stored.written) == ("Brightwater Dental", {"day": "Tue 1 December 2026"})
    assert brought_in == stored


def test_a_ticket_the_database_did_not_take_comes_in_at_the_next_start(tmp_path):
    shelf, spool = Shelf(), tmp_path / "spool"
    counter = TicketCounter(shelf, spool)
    shelf.is_gone = True
    assert counter.open_ticket(DRAFT, NOW) == ""
    (kept,) = spool.iterdir()
    assert kept.stat().st_mode & 0o077 == 0  # what was said is nobody else's business
    with pytest.raises(StoreError):
        counter.bring_in()
    assert kept.exists()
    shelf.is_gone = False
    assert counter.bring_in() == 1
    assert counter.bring_in() == 0
    assert shelf.tickets[0].created_at == NOW
    assert shelf.tickets[0].packet.transcript[0].doubtful == ("ex",)


def test_when_the_disk_is_full_too_it_says_so(tmp_path):
    shelf = Shelf()
    shelf.is_gone = True
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError) as caught:
        TicketCounter(shelf, tmp_path / "file" / "spool").open_ticket(DRAFT, NOW)
    assert caught.value.code == "store.full"


@pytest.mark.parametrize("garbled", [b"", b"{", b"\xff\xfe", b"[]", b'{"now": "today", "packet": {}}', b"null"])
def test_a_file_that_cannot_be_read_is_put_aside_and_the_others_come_in(tmp_path, garbled):
    shelf = Shelf()
    counter = TicketCounter(shelf, tmp_path)
    shelf.is_gone = True
    counter.open_ticket(DRAFT, NOW)
    shelf.is_gone = False
    (tmp_path / "00000000T000000-broken.json").write_bytes(garbled)  # the first in order
    assert counter.bring_in() == 1
    assert counter.bring_in() == 0
    assert [path.name for path in tmp_path.iterdir()] == ["00000000T000000-broken.broken"]
    assert (tmp_path / "00000000T000000-broken.broken").read_bytes() == garbled


def test_a_file_that_another_process_is_bringing_in_is_left_to_it(tmp_path):
    shelf = Shelf()
    counter = TicketCounter(shelf, tmp_path)
    shelf.is_gone = True
    counter.open_ticket(DRAFT, NOW)
    shelf.is_gone = False
    (path,) = tmp_path.iterdir()
    with path.open("rb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        assert counter.bring_in() == 0
    assert counter.bring_in() == 1


async def test_while_we_run_a_database_that_answers_again_gets_what_it_missed(tmp_path):
    shelf = Shelf()
    shelf.is_gone = True
    counter = TicketCounter(shelf, tmp_path)
    counter.open_ticket(DRAFT, NOW)
    bringing = asyncio.create_task(keep_bringing_in(counter, every_s=0.001))
    await asyncio.sleep(0.02)
    assert not bringing.done()
    shelf.is_gone = False
    async with asyncio.timeout(10):
        while not shelf.tickets:
            assert not bringing.done()
            await asyncio.sleep(0.001)
    bringing.cancel()
