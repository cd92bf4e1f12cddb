""" "Yes" to "anything else?", what is none of our business, and what is told of what can be done here."""

from __future__ import annotations

import pytest

from bot.events import Listen, Silence
from tests.unit.dialogue.fakes import NOW, FakeUnfinished
from tests.unit.dialogue.test_cut_off import began
from tests.unit.dialogue.test_dialogue import Line


def asked_for_more() -> Line:
    line = Line()
    line.open()
    line.say("when are you open", "opening_hours")
    return line


def test_yes_to_anything_else_gets_a_go_ahead_with_an_example_and_then_what_there_is() -> None:
    line = asked_for_more()
    first = line.say("yes please", "affirm")
    assert first.startswith("Go ahead")
    assert "for example" in first
    second = line.say("yes", "affirm")
    assert "booking, moving or cancelling an appointment" in second
    assert second != first


def test_yes_without_end_is_not_understood() -> None:
    line = asked_for_more()
    for _ in range(5):
        line.say("yes", "affirm")
    assert not isinstance(line.last, Listen)


@pytest.mark.parametrize("question", ["what's the weather on mars", "can you tell me a joke please"])
def test_what_is_none_of_our_business_is_told_so_with_what_is_and_the_question_put_again(question: str) -> None:
    line = Line()
    line.to_read_back()
    told = line.say(question)
    assert "booking, moving or cancelling an appointment" in told
    assert "Shall I book that?" in told or "Is that right?" in told
    assert "yes or no" not in told
    open_line = Line()
    open_line.open()
    assert "booking, moving or cancelling an appointment" in open_line.say(question)


def test_an_answer_that_was_not_understood_is_no_such_question() -> None:
    line = Line()
    line.to_read_back()
    assert "didn't quite get that" in line.say("wibble wobble")


def test_a_business_with_skills_tells_of_them_first() -> None:
    line = began(FakeUnfinished())
    line.now = NOW.replace(hour=22)
    assert "help you with ordering equipment or an appointment" in line.open()
    assert "1 for ordering equipment" in line.say("help", "help")


def test_silence_in_mid_task_ends_the_call_abandoned_though_a_question_was_answered() -> None:
    line = asked_for_more()
    line.say("a clean", "book")
    for _ in range(3):
        line.hear(Silence())
    assert not isinstance(line.last, Listen)
    assert "answered" in line.dialogue.done
    assert line.dialogue.outcome == "abandoned"


@pytest.mark.parametrize("said", ["it's much faster here", "why is it so slow", "how fast is it"])
def test_not_everything_slow_is_our_speech(said: str) -> None:
    line = Line()
    line.open()
    assert "more slowly" not in line.say(said, "slower")
    assert "more slowly" in line.say("could you speak slower", "slower")


def test_that_we_speak_more_slowly_is_not_repeated() -> None:
    line = Line()
    line.open()
    line.say("slow down please", "slower")
    assert "more slowly" not in line.say("pardon", "repeat")
