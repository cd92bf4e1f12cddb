"""Names spelled on the telephone, as recognisers write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.spelled_names import spelled_name
from bot.nlu.spelling import NATO


@pytest.mark.parametrize(
    ("heard", "name"),
    [
        ("m i l l e r", "miller"),
        ("it's m i l l e r", "miller"),
        ("m i double l e r", "miller"),
        ("double u o o d", "wood"),
        ("o apostrophe b r i e n", "o'brien"),
        ("j o n e s hyphen l e e", "jones-lee"),
        ("miller m i l l e r", "miller"),
        ("no it's sarah millar m i l l e r", "miller"),
    ],
)
def test_letters_are_put_together(heard: str, name: str) -> None:
    assert spelled_name([heard]) == name


@pytest.mark.parametrize(
    ("heard", "name"),
    [
        ("m i l ler", "miller"),
        ("f i sher", "fisher"),
        ("k o w alski", "kowalski"),
        ("and g u y e n", "nguyen"),
        ("see l are k", "clrk"),
    ],
)
def test_letters_that_were_written_together_or_as_words_are_letters(heard: str, name: str) -> None:
    assert spelled_name([heard]) == name


@pytest.mark.parametrize(
    ("heard", "name"),
    [
        ("mike india lima lima echo romeo", "miller"),
        ("november golf uniform yankee echo november", "nguyen"),
        ("delta echo november tango", "dent"),
        ("juliet oskar x ray zulu whiskey quebec", "joxzwq"),
        ("kilo charlie victor poppa", "kcvp"),
        ("papa alpha tango echolima", "patel"),
        ("foxtrot india sierra hotel echoromio", "fisher"),
        ("mike india double lima echo romeo", "miller"),
        ("juliet oscar xray zulu whiskey quebec juliet oscar xray zulu", "joxzwq"),
    ],
)
def test_words_of_the_spelling_alphabet_are_letters_also_when_nearly_heard(heard: str, name: str) -> None:
    assert spelled_name([heard]) == name


@pytest.mark.parametrize(
    ("heard", "name"),
    [
        ("m for mother i for india el for lima el for lima e for edward are for robert", "miller"),
        ("d for david e for edward and for norman t for tommy", "dent"),
        ("b is in bravo as an apple r is in river k is in kilo e is in easy r as in river", "barker"),
        ("p for peter a for apple p for tommy e for edward l for lemon", "patel"),
        ("m for mother i double l for lima e for edward r for robert", "miller"),
        ("f for freddie o x as in fox", "fox"),
    ],
)
def test_where_a_letter_is_likened_to_a_word_the_word_tells(heard: str, name: str) -> None:
    assert spelled_name([heard]) == name


@pytest.mark.parametrize(
    "heard",
    [
        "",
        "no it's for monday for him",
        "i don't know",
        "can i speak to a person",
        "it's just like the colour",
        "smith",
        "no",
    ],
)
def test_what_spells_nothing_is_no_name(heard: str) -> None:
    assert spelled_name([heard]) == ""


def test_the_best_reading_that_spells_is_taken() -> None:
    assert spelled_name(["smythe", "s m y the"]) == "smythe"


@given(st.lists(st.sampled_from(sorted(NATO)), min_size=2, max_size=2, unique_by=lambda word: NATO[word]))
def test_any_two_words_of_the_alphabet_are_two_letters(words: list[str]) -> None:
    assert spelled_name([" ".join(words)]) == "".join(NATO[word] for word in words)
