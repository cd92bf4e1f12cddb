"""Cut off in the middle of something, a caller who rings again within minutes is offered to go on."""

from __future__ import annotations

from bot.dialogue.dialogue import Dialogue
from bot.events import Answered, Silence
from bot.skills.model import Skill
from tests.unit.dialogue.fakes import NOW, FakeDesk, FakeUnfinished, date, entity, responses
from tests.unit.dialogue.test_dialogue import TUESDAY, Line

ORDER = Skill.model_validate(
    {
        "id": "order",
        "title": "ordering equipment",
        "wants": "to order equipment",
        "slots": {
            "thing": {"kind": "choice", "ask": "Which?", "options": {"a": {"label": "box"}, "b": {"label": "cable"}}},
            "day": {"kind": "date", "ask": "Which day?"},
        },
        "steps": [{"ask": "thing"}, {"say": "A good choice."}, {"ask": "day"}, {"finish": "ordered"}],
        "outcomes": {"ordered": {"say": "Done."}},
    }
)


def began(unfinished: FakeUnfinished, call_id: str = "first", desk: FakeDesk | None = None) -> Line:
    line = Line(desk, unfinished=unfinished, call_id=call_id)
    line.dialogue = Dialogue(
        line.desk,
        line.ear,
        line.counter,
        unfinished,
        responses={**responses(), **ORDER.wordings()},
        faq={},
        call_id=call_id,
        skills={"order": ORDER},
    )
    return line


def cut_off_while_booking(unfinished: FakeUnfinished) -> None:
    line = began(unfinished)
    line.open()
    line.say("a clean on tuesday", "book", entity("service", "clean"), date(TUESDAY))
    line.dialogue.close(line.now)


def test_it_is_said_what_it_was_about() -> None:
    unfinished = FakeUnfinished()
    cut_off_while_booking(unfinished)
    assert "It was about booking an appointment" in began(unfinished).open()


def test_who_is_cut_off_before_they_answered_is_offered_it_again() -> None:
    unfinished = FakeUnfinished()
    cut_off_while_booking(unfinished)
    second = began(unfinished, "second")
    second.open()
    second.hear(Silence())
    second.dialogue.close(second.now)
    assert "carry on" in began(unfinished, "third").open()


def test_who_does_not_want_to_go_on_is_not_asked_again() -> None:
    unfinished = FakeUnfinished()
    cut_off_while_booking(unfinished)
    second = began(unfinished, "second")
    second.open()
    second.say("no thanks", "deny")
    second.dialogue.close(second.now)
    assert "cut off" not in began(unfinished, "third").open()


def test_what_was_gone_on_with_and_finished_is_forgotten() -> None:
    unfinished = FakeUnfinished()
    cut_off_while_booking(unfinished)
    second = began(unfinished, "second")
    second.open()
    second.say("yes", "affirm")
    assert unfinished.kept[second.caller]["call"] == "second"
    second.say("never mind", "never_mind")
    assert unfinished.kept == {}


def test_a_skill_goes_on_with_its_answers_and_says_nothing_twice() -> None:
    unfinished = FakeUnfinished()
    first = began(unfinished)
    first.dialogue.open(Answered(first.caller), NOW)
    first.say("i want to order", "order")
    assert "Which day?" in first.say("a box")
    first.dialogue.close(first.now)
    second = began(unfinished, "second")
    assert "It was about ordering equipment" in second.open()
    assert second.say("yes please", "affirm").endswith("Which day?")
    assert second.say("on tuesday", "inform", date(TUESDAY, "tuesday")).startswith("Done.")
    assert unfinished.kept == {}


def test_a_skill_that_is_gone_since_is_not_offered() -> None:
    unfinished = FakeUnfinished()
    first = began(unfinished)
    first.open()
    first.say("i want to order", "order")
    first.say("a box")
    first.dialogue.close(first.now)
    assert "cut off" not in Line(unfinished=unfinished).open()
