"""The composition root: what goes on beside the calls, and what is left of a call when a part fails."""

import asyncio
import json
from datetime import timedelta, timezone
from types import SimpleNamespace

import pytest

from bot import app
from bot.answering import Answering
from bot.config import Settings
from bot.dialogue.passing import nobody_knows
from bot.errors import StoreError
from bot.events import Answered, Transfer
from bot.report import CallReport
from bot.store import open_store
from handoff.model import Ticket
from handoff.webhooks import Webhook, new_secret
from tests.fakes import NOW


class SurprisingOffices:
    def __init__(self):
        self.looks = 0

    def refresh(self):
        self.looks += 1
        raise KeyError("nobody thought of this")


async def test_a_surprise_in_the_content_does_not_end_looking_at_it(monkeypatch):
    monkeypatch.setattr(app, "CONTENT_LOOK_S", 0)
    centre = app.Centre(Settings())
    centre._offices = offices = SurprisingOffices()
    watching = asyncio.create_task(centre._watch_content())
    async with asyncio.timeout(10):
        while offices.looks < 2:
            assert not watching.done()
            await asyncio.sleep(0.001)
    watching.cancel()


class Calls:
    """Stored reports."""

    def __init__(self):
        self.saved = []

    def save(self, report, business):
        self.saved.append(report)


BUSY = StoreError("store.locked", "Busy.")


def finished(monkeypatch, heard="abandoned", concluded="abandoned", reminder="", surprise=BUSY):
    """The stored outcome of a call that ended `heard` on the line and `concluded` in the dialogue."""

    class Reminding:
        def __init__(self, store, offices):
            pass

        def record(self, reminder_id, dialogue, now):
            raise surprise

    monkeypatch.setattr(app, "Reminding", Reminding)
    centre = app.Centre(Settings())
    centre.store, centre._offices = SimpleNamespace(calls=Calls()), object()
    dialogue = SimpleNamespace(outcome=concluded, appointment=None, ticket_id="", survey={}) if concluded else None
    report = CallReport("c1", "test", NOW, outcome=heard)
    centre.finish(report, SimpleNamespace(business_id="dental", dialogue=dialogue, tickets=None), reminder)
    [saved] = centre.store.calls.saved
    return saved["outcome"]


@pytest.mark.parametrize("surprise", [BUSY, KeyError("a business that is gone")])
def test_a_reminder_that_cannot_be_recorded_does_not_lose_the_report_of_its_call(monkeypatch, surprise):
    assert finished(monkeypatch, reminder="7", surprise=surprise) == "abandoned"


def test_a_call_whose_dialogue_broke_and_whose_caller_hung_up_before_the_transfer_has_a_ticket(monkeypatch):
    centre = app.Centre(Settings())
    packets = []

    class Tickets:
        def add(self, packet, now):
            packets.append(packet)
            return Ticket("T1", now, packet)

        def get(self, ticket_id):
            return Ticket(ticket_id, NOW, packets[0])

    centre.store = SimpleNamespace(calls=Calls(), tickets=Tickets())
    centre._offices = SimpleNamespace(all=dict, at=lambda number: pytest.fail("the business is known"))
    reception, witness = centre.begin("sip")
    reception.business_id = "dental"
    for item in (Answered("+441632960001"), Transfer("reception", "dialogue.silent")):
        witness.observe(item)
        reception.tickets.observe(item)
    centre.finish(witness.report, reception)
    [packet], [saved] = packets, centre.store.calls.saved
    assert (packet.business, packet.queue, packet.caller) == ("dental", "reception", "+441632960001")
    assert saved["ticket"]["id"] == "T1"


@pytest.mark.parametrize(
    ("heard", "concluded", "stored"),
    [
        ("completed", "abandoned", "abandoned"),  # nobody spoke, and the bot said goodbye
        ("abandoned", "completed", "completed"),  # booked, and the caller put the telephone down
        ("escalated", "failed", "failed"),
        ("failed", "abandoned", "failed"),  # the line's part broke before the dialogue could do anything
        ("failed", "", "failed"),
        ("abandoned", "", "abandoned"),
    ],
)
def test_what_came_of_a_call_is_the_dialogues_to_say_where_there_was_one(monkeypatch, heard, concluded, stored):
    assert finished(monkeypatch, heard, concluded) == stored


def test_the_day_is_that_of_the_business_that_answers_any_number():
    def office(number, hours_ahead):
        zone = timezone(timedelta(hours=hours_ahead))
        return SimpleNamespace(content=SimpleNamespace(business=SimpleNamespace(numbers=(number,), timezone=zone)))

    offices = {"vets": office("+15550100", 9), "dental": office("*", -5)}
    centre = app.Centre(Settings())
    centre._offices = SimpleNamespace(all=lambda: offices)
    assert centre.timezone == timezone(timedelta(hours=-5))
    del offices["dental"]
    assert centre.timezone == timezone(timedelta(hours=9))


def test_a_talk_with_a_person_is_in_the_stored_call_at_the_milliseconds_of_the_call():
    centre = app.Centre(Settings())
    centre.store = open_store("sqlite://")
    report = {"call_id": "c1", "started_at": NOW.isoformat(), "outcome": "escalated", "turns": []}
    centre.store.calls.save(report, "clinic")
    later = (NOW + timedelta(seconds=70)).isoformat()
    said = {"speaker": "agent", "text": "maya here", "at": later, "confidence": 0.8, "doubtful": []}
    centre.add_to_call("c1", [said])
    centre.add_to_call("c9", [said])
    turn = {"speaker": "agent", "text": "maya here", "start_ms": 70_000, "end_ms": 70_000, "confidence": 0.8}
    assert centre.store.calls.get("c1") == report | {"turns": [turn]}


def test_webhooks_are_told_that_a_call_begins_and_a_busy_database_is_no_surprise(monkeypatch):
    store = open_store("sqlite://")
    store.webhooks.add(Webhook(0, "https://crm.example.com/hook", new_secret()), NOW)
    answering = Answering(store, None, None, Settings(), False, nobody_knows, lambda work: work())
    answering._tell_start("clinic", "c1", "+4420", NOW)
    monkeypatch.setattr(store.outbox, "tell", busy)
    answering._tell_start("clinic", "c2", "+4421", NOW)
    [delivery] = store.outbox.newest()
    told = json.loads(delivery.body)
    assert (told["type"], told["business"]) == ("call.started", "clinic")
    assert told["data"] == {"call_id": "c1", "caller": "+4420", "started_at": NOW.isoformat()}


def busy(*told):
    raise StoreError("store.locked", "Busy.")
