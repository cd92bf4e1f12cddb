import pytest

from bot.events import FREE, Expect
from bot.nlu.completeness import DAY_GOES_ON_MS, GOES_ON_MS, is_complete, patience_after
from bot.nlu.grammars import birth_date_phrases

YES_NO = Expect("yes_no")
DATE = Expect("date")
TIME = Expect("time")
BOTH = Expect("date_time")
PHONE = Expect("digits")
REFERENCE = Expect("digits", digits=5)
NAME = Expect("name")
BIRTH = Expect("date", phrases=birth_date_phrases())


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
        ("it's anna smith", NAME),
        ("could you tell me when my next appointment is", FREE),
        ("i'd like to bring my rabbit in", FREE),
        ("can i come in", FREE),
        ("my dog isn't well", FREE),
        ("no thanks i'm not feeling well", FREE),
        ("i'd like the earliest appointment you have", FREE),
        ("he's never been to you before", FREE),
        ("my number is oh seven nine one one two three four five six seven", FREE),
        ("the third of may nineteen eighty", BIRTH),
        ("the first of january two thousand and two", BIRTH),
        ("the eleventh of the eleventh fifty nine", BIRTH),
        ("the fifth of june two thousand", BIRTH),
        ("i don't know", BIRTH),
        ("oh one six three two nine six oh five five", PHONE),
        ("in the morning", TIME),
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
        ("it's anna", NAME),
        ("i don't know what the", FREE),
        ("could you tell me when is", FREE),
        ("bring him in on", FREE),
        ("my name is anna", NAME),
        ("the third of may", BIRTH),
        ("the twenty eighth of february", BIRTH),
        ("the third of may nineteen", BIRTH),
        ("in the morning", BOTH),
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


@pytest.mark.parametrize(
    "text",
    [
        "i'd like to book a check-up",
        "hello i'd like to make an appointment",
        "how much would it cost",
        "can i come",
        "could i have an appointment",
        "what are you",  # of "what are your … opening hours"
        "yes",  # "… i'd like to book a check up"
        "hello",
    ],
)
def test_a_whole_sentence_that_people_go_on_with_gets_a_little_patience(text: str) -> None:
    assert is_complete(text, FREE)
    assert patience_after(text, Expect("free", patience_ms=900)) == GOES_ON_MS


@pytest.mark.parametrize(
    "text",
    [
        "i'd like to book an appointment please",
        "i'd like to book a check-up next wednesday afternoon",
        "what time do you close on saturday",
        "what should i bring to my first visit",
        "how do i get to the park branch",
        "no thank you goodbye",
        "i have been seen thank you",
        "no",
        "no that's everything",
        "that's all",
        "yes i have",
        "no i haven't",
        "goodbye",
    ],
)
def test_a_sentence_with_all_in_it_is_answered_at_once(text: str) -> None:
    assert patience_after(text, Expect("free", patience_ms=900)) == 0


def test_a_day_may_be_followed_by_a_time_where_both_were_asked_for() -> None:
    asked = Expect("date_time", patience_ms=500)
    assert patience_after("next tuesday", asked) == DAY_GOES_ON_MS
    assert patience_after("next", asked) == patience_after("on the", asked) == 500
    assert patience_after("tuesday at two", asked) == 0


def test_a_time_may_be_followed_by_a_day_where_both_were_asked_for() -> None:
    assert patience_after("in the morning", Expect("date_time", patience_ms=500)) == DAY_GOES_ON_MS


def test_an_offered_answer_at_the_end_of_a_sentence_is_taken_at_once() -> None:
    asked = Expect("choice", ("the harbour branch", "harbour"), patience_ms=800)
    assert patience_after("i'd rather have the harbour branch", asked) == 0
    assert patience_after("i'd rather have the", asked) == 800


def test_what_is_said_at_any_question_is_answered_at_once() -> None:
    assert patience_after("help", Expect("free", patience_ms=900)) == 0
    assert patience_after("can i speak to someone", Expect("free", patience_ms=900)) == 0


def test_patience_is_never_longer_than_the_questions_own() -> None:
    assert patience_after("how much would it cost", Expect("free", patience_ms=200)) == 200
