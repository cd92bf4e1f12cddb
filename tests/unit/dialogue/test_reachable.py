"""A call back is promised to nobody without a number; whether people are in is told as it is."""

from __future__ import annotations

import pytest

from bot.appointments.model import Customer
from bot.dialogue.dialogue import Dialogue
from bot.events import Digits, Listen, Silence, Transfer
from tests.unit.dialogue.fakes import NOW, entity, responses
from tests.unit.dialogue.test_dialogue import BORN, Line

NIGHT = NOW.replace(hour=22)
NUMBER = entity("phone", "+447700900555", "my number")


def line_at(hour: int, caller: str = "", staffed: bool | None = None) -> Line:
    line = Line(caller=caller)
    line.now = NOW.replace(hour=hour)
    line.dialogue = Dialogue(
        line.desk,
        line.ear,
        line.counter,
        line.unfinished,
        responses=responses(),
        faq={},
        call_id="call",
        staffed=lambda queue, now: staffed,
    )
    line.open()
    return line


def test_with_nobody_in_a_caller_without_a_number_is_asked_for_it_before_the_ticket() -> None:
    line = line_at(22)
    assert "On which number" in line.say("a person please", "person")
    assert isinstance(line.last, Listen)
    assert line.last.expect.kind == "digits"
    assert line.counter.tickets == []
    assert "is that right" in line.say("my number", "inform", NUMBER)
    assert "for a call back" in line.say("yes", "affirm")
    assert isinstance(line.last, Transfer)
    [ticket] = line.counter.tickets
    assert (ticket.caller, ticket.slots["phone"]) == ("", "+447700900555")
    assert ticket.reasons == ("the caller asked for a person",)


def test_the_number_can_be_keyed_in() -> None:
    line = line_at(22)
    line.say("a person please", "person")
    line.hear(Digits("07700900555#"))
    line.hear(Digits("1"))
    assert line.counter.tickets[0].slots["phone"] == "+447700900555"


@pytest.mark.parametrize("answer", ["i don't have one", "no number", "no"])
def test_who_gives_no_number_goes_to_the_people_and_is_promised_no_call(answer: str) -> None:
    line = line_at(22)
    line.say("a person please", "person")
    told = line.say(answer, "deny")
    assert isinstance(line.last, Transfer)
    assert "call back" not in told
    assert len(line.counter.tickets) == 1


def test_who_is_silent_about_the_number_goes_to_the_people() -> None:
    line = line_at(22)
    line.say("a person please", "person")
    line.hear(Silence())
    line.hear(Silence())
    assert isinstance(line.last, Transfer)


def test_an_emergency_is_asked_nothing() -> None:
    line = line_at(22)
    line.say("my son has collapsed", "emergency")
    assert isinstance(line.last, Transfer)


def test_who_wants_to_be_called_back_is_asked_for_a_number_at_any_hour() -> None:
    line = line_at(10)
    assert "number" in line.say("call me back", "call_later")
    known = line_at(10, caller="+447700900123")
    known.say("call me back", "call_later")
    assert isinstance(known.last, Transfer)


def test_whom_we_know_is_reached_on_the_number_on_file() -> None:
    line = line_at(22)
    line.say("a clean", "book", entity("service", "clean"))
    identity = line.dialogue._floor.memory.identity  # type: ignore[union-attr]
    identity.customer, identity.confirmed = Customer(1, "Anna Smith", "+447700900777", BORN), True
    line.say("a person please", "person")
    assert isinstance(line.last, Transfer)
    assert line.counter.tickets[0].slots["phone"] == "+447700900777"


@pytest.mark.parametrize(
    ("hour", "staffed", "is_in"),
    [(22, True, True), (22, None, False), (10, False, False), (10, None, True), (10, True, True)],
)
def test_who_is_at_work_decides_and_the_opening_hours_where_nobody_can_tell(
    hour: int, staffed: bool | None, is_in: bool
) -> None:
    line = line_at(hour, caller="+447700900123", staffed=staffed)
    told = line.say("a person please", "person")
    assert ("not in at the moment" not in told) is is_in


def test_who_complains_at_night_is_put_through_to_nobody() -> None:
    line = line_at(22, caller="+447700900123")
    told = line.say("i am very unhappy", "complaint")
    assert "very sorry" in told
    assert "straight through" not in told
