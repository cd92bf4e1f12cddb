import pytest

from bot.events import FREE, Expect
from bot.nlu.completeness import is_complete

YES_NO = Expect("yes_no")
DATE = Expect("date")
TIME = Expect("time")
BOTH = Expect("date_time")
PHONE = Expect("digits")
REFERENCE = Expect("digits", digits=5)
NAME = Expect("name")


@pytest.mark.parametrize(
    ("text", "expect"),
    [
        ("yes", YES_NO),
        ("no thank you", YES_NO),
        ("yes it is", YES_NO),
        ("no i don't", YES_NO),
        ("i'd like to book an appointment", FREE),
        ("what are your opening hours", FREE),
        ("who is this for", FREE),
        ("do you have parking", FREE),
        ("book me in for tuesday at two thirty", FREE),
        ("can i speak to a person", FREE),
        ("the fourteenth", DATE),
        ("on the fourteenth of march", DATE),
        ("the twenty first", DATE),
        ("tuesday", DATE),
        ("a week on friday", DATE),
        ("half past two", TIME),
        ("two", TIME),
        ("between ten and twelve", TIME),
        ("tuesday at two", BOTH),
        ("tomorrow morning", BOTH),
        ("one two three four five", REFERENCE),
        ("twelve double three five", REFERENCE),
        ("oh seven nine one one two three four five six seven", PHONE),
        ("help", REFERENCE),
        ("a person please", DATE),
        ("anna smith", NAME),
        ("my number is oh seven nine one one two three four five six seven", FREE),
    ],
)
def test_a_whole_answer_is_taken_at_once(text: str, expect: Expect) -> None:
    assert is_complete(text, expect)


@pytest.mark.parametrize(
    ("text", "expect"),
    [
        ("", FREE),
        ("um", YES_NO),
        ("yes but", YES_NO),
        ("on the fourteenth of", DATE),
        ("the twenty", DATE),
        ("march", DATE),
        ("next", DATE),
        ("half past", TIME),
        ("quarter to", TIME),
        ("between ten and", TIME),
        ("between ten", TIME),
        ("twenty five", TIME),
        ("tuesday", BOTH),
        ("the twenty first of march", BOTH),
        ("i'd like to book a", FREE),
        ("i'd like", FREE),
        ("i want to make", FREE),
        ("my name is", FREE),
        ("can i come in on", FREE),
        ("one two three", REFERENCE),
        ("one two three four double", REFERENCE),
        ("oh seven nine one one", PHONE),
        ("my number is oh seven nine one one", FREE),
        ("anna", NAME),
    ],
)
def test_half_an_answer_waits_for_the_rest(text: str, expect: Expect) -> None:
    assert not is_complete(text, expect)


def test_a_phrase_the_question_offered_is_whole() -> None:
    assert is_complete("half", Expect("choice", phrases=("full", "entire"))) is False
    assert is_complete("harbour branch", Expect("choice", phrases=("harbour branch",)))


@pytest.mark.parametrize(
    "opening",
    ["could you tell me", "do you know", "i wanted to ask", "would you", "i was wondering", "can you please show me"],
)
def test_the_opening_of_a_question_is_not_the_question(opening):
    assert not is_complete(opening, FREE)
    assert is_complete(f"{opening} if you are open on sunday", FREE)
