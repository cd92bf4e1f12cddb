import pytest
from hypothesis import given
from hypothesis import strategies as st
from num2words import num2words

from bot.nlu.numbers import digit_string, figures


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("twenty five to seven", "25 to 7"),
        ("the fourteenth of march", "the 14th of march"),
        ("the twenty first", "the 21st"),
        ("two thirty p m", "2 30 p m"),
        ("a hundred and five", "105"),
        ("two thousand and nineteen", "2019"),
        ("nineteen eighty five", "19 85"),
        ("one thousand two hundred and six", "1206"),
        ("twenty-five people", "25 people"),
        ("at 2:30 p.m.", "at 2:30 p.m."),
        ("the 20th of April", "the 20th of april"),
        ("3pm", "3 pm"),
        ("a day", "a day"),
        ("one and two", "1 and 2"),
    ],
)
def test_number_words_become_figures(said: str, written: str) -> None:
    assert figures(said).text == written


@pytest.mark.parametrize(
    ("said", "digits"),
    [
        ("double five oh triple two", "550222"),
        ("oh seven nine one one twenty three", "0791123"),
        ("it is one two three", "123"),
        ("07911 123 456", "07911123456"),
        ("nothing here", ""),
    ],
)
def test_digits_are_read_as_people_say_them(said: str, digits: str) -> None:
    assert digit_string(said) == digits


@given(st.integers(min_value=1, max_value=9999))
def test_every_number_survives_being_spoken(number: int) -> None:
    spoken = num2words(number).replace(",", "")
    assert figures(spoken).text == str(number)


@given(st.text(max_size=60))
def test_spans_point_into_the_text_whatever_it_is(text: str) -> None:
    made = figures(text)
    assert len(made.text) == len(made.origins)
    assert all(0 <= start <= end <= len(text) for start, end in made.origins)


def test_a_span_covers_the_words_behind_a_figure() -> None:
    text = "come at twenty five to seven"
    made = figures(text)
    assert text[slice(*made.span(made.text.index("25"), len(made.text)))] == "twenty five to seven"
