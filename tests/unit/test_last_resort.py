"""A caller whose dialogue broke down is known to people all the same."""

from __future__ import annotations

from bot.counter import packet_of
from bot.dialogue.counter import TicketDraft
from bot.errors import StoreError
from bot.events import Transfer
from bot.last_resort import CallTickets, TicketedChannel
from bot.report import CallReport, Turn
from tests.fakes import NOW


class Shelf:
    def __init__(self, *ids: str) -> None:
        """`ids` of the tickets to come; none left, and nothing can be stored."""
        self.ids, self.drafts = list(ids), []

    def open_ticket(self, draft: TicketDraft, now: object) -> str:
        if not self.ids:
            raise StoreError("store.full", "No room.")
        self.drafts.append(draft)
        return self.ids.pop(0)


def tickets_of(shelf: Shelf) -> CallTickets:
    said = [Turn("bot", "How can I help?", 0, 900), Turn("caller", "i lost a filling", 1500, 2900, confidence=0.9)]
    report = CallReport("c1", "sip", NOW, caller="+441632960001", caller_name="Ann Example", turns=said)
    return CallTickets(shelf, report, lambda: "dental")


class Line:
    def __init__(self) -> None:
        self.went_to: list[tuple[str, str]] = []

    async def play(self, pcm: bytes) -> None: ...
    async def clear(self) -> None: ...
    async def hang_up(self) -> None: ...

    async def transfer(self, queue: str, ticket_id: str) -> None:
        self.went_to.append((queue, ticket_id))


async def test_who_is_transferred_without_a_ticket_has_one_before_the_line_knows() -> None:
    shelf, line = Shelf("T1"), Line()
    tickets = tickets_of(shelf)
    await TicketedChannel(line, lambda queue: tickets.rescue(queue, NOW)).transfer("reception", "")
    assert line.went_to == [("reception", "T1")]
    [draft] = shelf.drafts
    assert (draft.business, draft.queue, draft.caller, draft.call_id) == ("dental", "reception", "+441632960001", "c1")
    assert packet_of(draft).caller_name == "Ann Example"
    assert [(said.speaker, said.text) for said in draft.transcript] == [
        ("bot", "How can I help?"),
        ("caller", "i lost a filling"),
    ]


async def test_who_has_a_ticket_keeps_it() -> None:
    shelf, line = Shelf("T9"), Line()
    await TicketedChannel(line, lambda queue: tickets_of(shelf).rescue(queue, NOW)).transfer("billing", "T3")
    assert line.went_to == [("billing", "T3")]
    assert not shelf.drafts


def test_a_ticket_that_waits_for_the_database_is_not_written_twice() -> None:
    shelf = Shelf("", "T2")
    tickets = tickets_of(shelf)
    tickets.open_ticket(tickets._draft("reception"), NOW)
    assert tickets.rescue("reception", NOW) == ""
    assert len(shelf.drafts) == 1


def test_asked_twice_it_is_one_ticket() -> None:
    tickets = tickets_of(Shelf("T1", "T2"))
    assert [tickets.rescue("reception", NOW) for _ in range(2)] == ["T1", "T1"]


async def test_a_caller_for_whom_nothing_can_be_stored_is_passed_on() -> None:
    line, tickets = Line(), tickets_of(Shelf())
    await TicketedChannel(line, lambda queue: tickets.rescue(queue, NOW)).transfer("reception", "")
    assert line.went_to == [("reception", "")]


def test_only_who_was_sent_to_people_without_a_ticket_is_owed_one() -> None:
    tickets = tickets_of(Shelf())
    tickets.observe(Transfer("billing", "asked for", "T3"))
    assert tickets.owed == ""
    tickets.observe(Transfer("reception", "dialogue.silent"))
    assert tickets.owed == "reception"
