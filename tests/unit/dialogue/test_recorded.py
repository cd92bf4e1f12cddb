"""Whether a call is recorded: told in the greeting, and refused at any time in a caller's own words."""

from __future__ import annotations

import pytest

from bot.call import Call
from bot.dialogue.commands import NO_RECORDING
from bot.dialogue.dialogue import Dialogue
from bot.events import Replied, Say, StopRecording
from tests.unit.dialogue.fakes import entity, responses
from tests.unit.dialogue.test_dialogue import Line


def recorded_line(announces: bool = True) -> Line:
    line = Line()
    line.dialogue = Dialogue(
        line.desk,
        line.ear,
        line.counter,
        line.unfinished,
        responses=responses(),
        faq={},
        call_id="call",
        recorded=True,
        announces=announces,
    )
    return line


def test_the_greeting_says_that_calls_are_recorded_only_where_they_are_and_it_is_wanted() -> None:
    assert "Calls are recorded" in recorded_line().open()
    assert "recorded" not in recorded_line(announces=False).open()
    assert "recorded" not in Line().open()


def test_who_speaks_into_the_greeting_still_hears_that_they_are_recorded() -> None:
    line = recorded_line()
    line.open()
    [told] = [action for action in line.actions if isinstance(action, Say) and "recorded" in action.text]
    assert not told.interruptible


def test_who_does_not_want_it_is_told_at_once_and_asked_on() -> None:
    line = recorded_line()
    line.open()
    answer = line.say("please don't record this")
    assert "This call is not recorded" in answer
    assert "What would you like" in answer
    assert line.actions[0] == StopRecording()
    told = next(action for action in line.actions if isinstance(action, Say))
    assert not told.interruptible
    assert "not being recorded" in line.say("and don't record me", "")
    assert StopRecording() not in line.actions


def test_a_wish_in_the_same_sentence_is_looked_after() -> None:
    line = recorded_line()
    line.open()
    service = entity("service", "check_up", "check up")
    answer = line.say("don't record this i want to book a check up", "book", service)
    assert line.actions[0] == StopRecording()
    assert "This call is not recorded" in answer
    assert "Which branch" in answer


def test_the_learnt_intent_does_it_in_other_words() -> None:
    line = recorded_line()
    line.open()
    line.say("i would hate to be on tape", "no_recording")
    assert StopRecording() in line.actions


def test_where_nothing_is_recorded_it_is_said_so() -> None:
    line = Line()
    line.open()
    assert "This call is not being recorded" in line.say("no recording please")
    assert StopRecording() not in line.actions


def test_the_call_stops_its_recording_before_it_says_so() -> None:
    call = Call(lambda chunk: False, lambda text, expect: 0)
    say = Say("This call is not recorded.", interruptible=False)
    assert call.handle(Replied(0, (StopRecording(), say))) == [StopRecording(), say]
    late = Replied(7, (StopRecording(),))
    assert call.handle(late) == [StopRecording()], "an answer that comes too late still counts"


@pytest.mark.parametrize(
    "said",
    [
        "please don't record this",
        "no recording",
        "i don't want to be recorded",
        "could you turn the recording off",
        "i'd rather you didn't record me",
        "i do not wish this call to be recorded",
        "stop recording",
    ],
)
def test_plain_refusals_are_known_by_their_words(said: str) -> None:
    assert NO_RECORDING.search(said)


@pytest.mark.parametrize(
    "said", ["am i talking to a recording", "you have no record of me", "my records are not there", "is this recorded"]
)
def test_other_words_about_records_are_none(said: str) -> None:
    assert not NO_RECORDING.search(said)
