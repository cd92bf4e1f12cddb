import pytest

from bot.nlu.contact import find_names


@pytest.mark.parametrize(
    "text", ["actually", "actually can i see the hygienist", "hang on a moment", "wait let me think", "anyway instead"]
)
def test_what_people_say_on_second_thoughts_is_no_name(text: str) -> None:
    assert find_names(text, asked=True) == []


@pytest.mark.parametrize("text", ["actually tom baker", "it's actually tom baker", "tom baker actually"])
def test_a_name_is_found_beside_it(text: str) -> None:
    assert [found.value for found in find_names(text, asked=True)] == ["tom baker"]
