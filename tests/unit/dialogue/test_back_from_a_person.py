"""A person gives the caller back to the bot: what was filled in is kept, a survey is taken, or whatever they want."""

from __future__ import annotations

from bot.dialogue.counter import TicketLine
from bot.dialogue.errand import Errand, Goal
from bot.events import Digits, HangUp, Listen, Silence, Transfer
from tests.unit.dialogue.test_dialogue import Line


def given_back(goal: Goal, line: Line | None = None) -> tuple[Line, str]:
    """To a person after the read-back, and back."""
    line = line or Line()
    line.to_read_back()
    line.hear(Digits("0"))
    assert isinstance(line.last, Transfer)
    line.dialogue.close(line.now)
    said = (TicketLine("agent", "i have noted your allergy", 60_000),)
    return line, line._done(line.dialogue.take_back(Errand(goal, "Maya", said), line.now))


def test_the_booking_is_finished_without_asking_anything_again() -> None:
    line, told = given_back("finish")
    assert "Maya asked me to finish this with you" in told
    assert "check-up tomorrow, Tuesday the tenth at ten" in told
    line.say("yes please", "affirm")
    assert [each.slot.start.hour for each in line.desk.appointments] == [10]


def test_with_nothing_left_to_finish_the_caller_is_asked_what_they_want() -> None:
    line = Line()
    line.open()
    line.hear(Digits("0"))
    line.dialogue.close(line.now)
    told = line._done(line.dialogue.take_back(Errand("finish", "Maya"), line.now))
    assert "Maya has put you back to me" in told
    assert isinstance(line.last, Listen)


def test_what_was_said_with_the_person_is_in_the_next_packet() -> None:
    line, _ = given_back("anything")
    line.hear(Digits("0"))
    assert isinstance(line.last, Transfer)
    assert line.counter.tickets[-1].transcript[-3].text == "i have noted your allergy"


def test_earlier_misunderstandings_do_not_count_any_more() -> None:
    line = Line()
    line.open()
    line.say("mumble")
    line.say("mumble mumble")
    line.hear(Digits("0"))
    line.dialogue.close(line.now)
    line.dialogue.take_back(Errand("anything", "Maya"), line.now)
    line.say("mumble again")
    assert isinstance(line.last, Listen)


def test_a_survey_is_taken_by_voice() -> None:
    line, told = given_back("survey")
    assert "From one to five" in told
    line.say("i'd say four", "inform")
    line.say("yes it has", "affirm")
    told = line.say("the parking was terrible", "faq/parking")
    assert told == "Thank you, that helps us. Goodbye."
    assert isinstance(line.last, HangUp)
    assert line.dialogue.survey == {"rating": 4, "resolved": True, "comment": "the parking was terrible"}


def test_a_survey_is_taken_by_keypad() -> None:
    line, _ = given_back("survey")
    for keys in ("5", "2", "1"):
        line.hear(Digits(keys))
    assert isinstance(line.last, HangUp)
    assert line.dialogue.survey == {"rating": 5, "resolved": False, "comment": ""}


def test_very_satisfied_is_five_and_a_lone_to_is_two() -> None:
    line, _ = given_back("survey")
    line.say("very satisfied")
    assert line.dialogue.survey["rating"] == 5
    line, _ = given_back("survey")
    line.say("to")
    assert line.dialogue.survey["rating"] == 2


def test_who_would_rather_not_is_let_go() -> None:
    line, _ = given_back("survey")
    line.say("no thank you", "deny")
    assert isinstance(line.last, HangUp)
    assert line.dialogue.survey == {}


def test_answers_that_are_none_are_asked_for_once_more_and_lead_to_nobody() -> None:
    line, _ = given_back("survey")
    assert "From one to five" in line.say("hmm")
    line.say("hmm")
    assert isinstance(line.last, HangUp)


def test_a_silent_caller_is_let_go() -> None:
    line, _ = given_back("survey")
    for _ in range(3):
        line.hear(Silence())
    assert isinstance(line.last, HangUp)


def test_a_person_can_still_be_had_in_a_survey() -> None:
    line, _ = given_back("survey")
    line.hear(Digits("0"))
    assert isinstance(line.last, Transfer)


def test_a_supervisor_takes_over_with_everything_known() -> None:
    line = Line()
    line.to_read_back()
    told = line._done(line.dialogue.hand_over("a supervisor took over", line.now))
    assert "A colleague is joining us" in told
    assert isinstance(line.last, Transfer)
    assert line.counter.tickets[-1].reasons == ("a supervisor took over",)
    assert line.counter.tickets[-1].wants == "to book an appointment"
    assert line.dialogue.hand_over("again", line.now) == ()


def test_where_it_is_set_who_says_goodbye_is_asked_how_it_was() -> None:
    line = Line()
    line.dialogue._surveys = True
    line.to_read_back()
    line.say("yes please", "affirm")
    assert "From one to five" in line.say("no that's all", "deny")
    line.hear(Digits("3"))
    assert line.dialogue.survey == {"rating": 3}
