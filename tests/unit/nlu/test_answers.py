import pytest

from bot.events import FREE, AnswerKind, Expect
from bot.nlu.answers import intent_of_answer
from bot.nlu.understanding import Entity

WEDNESDAY = Entity("date", None, "wednesday", (3, 12))


@pytest.mark.parametrize(
    ("text", "kind", "intent"),
    [
        ("yes please", "yes_no", "affirm"),
        ("yeah that's fine", "yes_no", "affirm"),
        ("um yes", "yes_no", "affirm"),
        ("no thank you", "yes_no", "deny"),
        ("not really", "yes_no", "deny"),
        ("that's wrong", "yes_no", "deny"),
        ("i don't mind", "date", "dont_know"),
        ("any time", "time", "dont_know"),
        ("what are your opening hours", "date", ""),
        ("no i'd like to know how much a check up costs first if that's possible", "yes_no", ""),
        ("yes", "free", ""),
    ],
)
def test_short_answers_are_read_by_the_open_question(text: str, kind: AnswerKind, intent: str) -> None:
    assert intent_of_answer(text, Expect(kind), ()) == intent


def test_no_with_a_value_corrects() -> None:
    assert intent_of_answer("no wednesday", Expect("yes_no"), [WEDNESDAY]) == "correct"
    assert intent_of_answer("no wednesday", Expect("date"), [WEDNESDAY]) == "correct"


def test_a_bare_value_informs() -> None:
    assert intent_of_answer("on wednesday", Expect("date"), [WEDNESDAY]) == "inform"
    assert intent_of_answer("on wednesday", FREE, [WEDNESDAY]) == ""
