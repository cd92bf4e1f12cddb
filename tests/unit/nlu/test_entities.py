import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.events import FREE, Expect
from bot.nlu.entities import find_entities
from bot.nlu.gazetteer import Gazetteer
from bot.nlu.understanding import Entity, Vocabulary

NOW = dt.datetime(2022, 3, 15, 9, 0, tzinfo=dt.UTC)
NAMES = Gazetteer(
    Vocabulary(
        {
            "service": {"check_up": ("check up", "routine check"), "filling": ("filling",)},
            "staff": {"patel": ("doctor patel", "anna"), "wilson": ("doctor wilson",), "jones": ("anna",)},
            "branch": {"harbour": ("harbour branch", "harbour"), "park": ("park branch",)},
            "place": {"deptford": ("deptford",)},
            "role": {"hygienist": ("hygienist",)},
        }
    )
)


def found(text: str, expect: Expect = FREE) -> dict[str, Entity]:
    return {entity.kind: entity for entity in find_entities(text, expect, NOW, NAMES)}


def test_a_whole_wish_in_one_sentence() -> None:
    said = found("a check up with the hygienist next tuesday around half past two")
    assert (said["service"].value, said["role"].value) == ("check_up", "hygienist")
    assert said["date"].value.first == dt.date(2022, 3, 22)  # type: ignore[attr-defined]
    assert said["time"].value.first == dt.time(14, 30)  # type: ignore[attr-defined]
    assert said["time"].text == "half past two"


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("i want to see doctor patal", "staff", "patel"),
        ("at the harbor branch", "branch", "harbour"),
        ("i live in deptford", "place", "deptford"),
        ("my number is oh seven nine one one one two three four five six", "phone", "+447911123456"),
        ("it's t for tommy q for queen six r four f l", "postcode", "TQ6R 4FL"),
        ("m for mother four oh q g", "postcode", "M4 0QG"),
        ("the postcode is M4 0QG", "postcode", "M4 0QG"),
        ("november romeo two six yankee lima", "letters", None),
        ("anna dot smith at gmail dot com", "email", "anna.smith@gmail.com"),
        ("it costs fifty pounds", "money", Decimal(50)),
        ("my name is anna smith", "name", "anna smith"),
        ("my reference is one two three four five", "digits", "12345"),
        ("i have three children", "number", 3),
        ("my date of birth is the third of september nineteen eighty one", "birth_date", dt.date(1981, 9, 3)),
        ("fourteenth of the third eighty five", "birth_date", dt.date(1985, 3, 14)),
        ("oh three oh nine nineteen eighty one", "birth_date", dt.date(1981, 9, 3)),
        ("the third of september eighty one", "birth_date", dt.date(1981, 9, 3)),
    ],
)
def test_values_as_callers_say_them(text: str, kind: str, value: object) -> None:
    said = found(text)
    if value is None:
        assert kind not in said
    else:
        assert said[kind].value == value


def test_two_people_of_one_name_are_both_possible() -> None:
    staff = found("with anna please")["staff"]
    assert {staff.value, *staff.others} == {"patel", "jones"}


def test_a_callers_own_name_is_not_the_staff() -> None:
    assert "staff" not in found("my name is anna smith")


def test_a_bare_answer_to_what_is_your_name() -> None:
    assert found("yes it's anna smith", Expect("name"))["name"].value == "anna smith"
    assert found("smith s m i t h", Expect("name"))["letters"].value == "smith"


def test_a_bare_number_is_a_time_only_when_a_time_was_asked_for() -> None:
    assert found("two", Expect("time"))["time"].value.first == dt.time(14)  # type: ignore[attr-defined]
    assert "time" not in found("two")


def test_common_words_are_no_names() -> None:
    assert not {"name", "staff", "service"} & found("this is ridiculous i've been waiting for ages").keys()


@given(st.text(max_size=80))
def test_every_span_holds_its_text(text: str) -> None:
    for entity in find_entities(text, FREE, NOW, NAMES):
        assert text[slice(*entity.span)] == entity.text
