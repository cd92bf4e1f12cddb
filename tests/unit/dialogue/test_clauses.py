"""Two wishes in one sentence."""

from __future__ import annotations

from bot.dialogue.clauses import parted
from bot.events import FREE
from bot.nlu.understanding import Entity
from tests.unit.dialogue.fakes import NOW, FakeInterpreter, said


def heard(text: str, *phrases: tuple[str, str, tuple[Entity, ...]]) -> list[tuple[str, str]]:
    ear = FakeInterpreter()
    for phrase, intent, entities in phrases:
        ear.teach(phrase, intent, *entities)
    utterance = said(text)
    wishes = parted(utterance, ear.understand(utterance, FREE, NOW), ear, NOW)
    return [(wish.text, wish.intent) for wish in wishes]


def service(name: str, text: str, start: int) -> Entity:
    return Entity("service", name, text, (start, start + len(text)))


def test_a_task_and_a_question_are_two() -> None:
    cancel, hours = ("cancel my appointment", "cancel", ()), ("when are you open", "opening_hours", ())
    parts = heard("cancel my appointment and when are you open", cancel, hours)
    assert parts == [("cancel my appointment", "cancel"), ("when are you open", "opening_hours")]


def test_one_wish_with_an_and_in_it_is_one() -> None:
    assert heard("tuesday and wednesday are fine", ("tuesday", "inform", ())) == []
    assert heard("book me in and thank you", ("book me in", "book", ()), ("thank you", "thanks", ())) == []


def test_an_and_inside_a_name_does_not_part() -> None:
    text = "book a scale and polish"
    phrases = ((text, "book", (service("clean", "scale and polish", 7),)), ("book a scale", "book", ()))
    assert heard(text, *phrases, ("polish", "faq/polish", ())) == []


def test_two_treatments_are_two_bookings() -> None:
    text = "book a check up and a clean please"
    check_up, clean = service("check_up", "check up", 7), service("clean", "clean", 22)
    phrases = (
        (text, "book", (check_up, clean)),
        ("book a check up", "book", (check_up,)),
        ("a clean please", "inform", (service("clean", "clean", 2),)),
    )
    assert heard(text, *phrases) == [(text, "book"), ("a clean please", "book")]


def test_the_same_question_twice_is_one() -> None:
    hours = (("are you open today", "opening_hours", ()), ("are you open on sunday", "opening_hours", ()))
    assert heard("are you open today and are you open on sunday", *hours) == []
