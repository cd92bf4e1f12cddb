"""Card numbers are found however they are said, and nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue.privacy import MASK, CardWatch, has_card_number, passes_luhn, redact

DIGITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
CARD = "4111111111111111"


@pytest.mark.parametrize(
    "text",
    [
        "my card is 4111 1111 1111 1111 thanks",
        "4111-1111-1111-1111",
        "four one one one one one one one one one one one one one one one",
        "four triple one double one double one um double one double one double one double one",
        "forty one eleven eleven eleven eleven eleven eleven eleven",
        "five five five five five five five five five five five five four four four four",
    ],
)
def test_a_card_number_is_taken_out(text: str) -> None:
    assert has_card_number(text)
    left = redact(text)
    assert MASK in left
    assert not has_card_number(left)


@pytest.mark.parametrize(
    "text",
    [
        "my card number is four eleven eleven one eleven one one one one one one",
        "four eleven eleven one eleven one one one one one one",
        "the long number is four one one one",
        "the security code is one two three",
        "it's a visa and it ends one two three four five six seven eight",
    ],
)
def test_a_card_number_that_was_heard_wrongly_or_in_parts_is_taken_out_too(text: str) -> None:
    assert has_card_number(text)
    assert not has_card_number(redact(text))


@pytest.mark.parametrize(
    "text",
    [
        "plus four four oh seven seven double oh nine double oh one two three",
        "double oh four four seven seven double oh nine double oh one two three",
        "can i pay by card on the fourteenth of march at half past two",
        "i want to send a card to number eleven",
    ],
)
def test_long_phone_numbers_and_talk_of_cards_stay(text: str) -> None:
    assert redact(text) == text


def test_what_surrounds_it_stays() -> None:
    assert redact("i want to pay with 4111 1111 1111 1111 please") == f"i want to pay with {MASK} please"


@pytest.mark.parametrize(
    "text",
    [
        "oh seven seven double oh nine double oh one two three",
        "the fourteenth of march nineteen eighty four at half past two",
        "one two three four five",
        "0000 0000 0000 0000",
        "",
    ],
)
def test_phone_numbers_dates_and_short_figures_stay(text: str) -> None:
    assert redact(text) == text


@given(st.text(alphabet="0123456789", min_size=12, max_size=18).filter(lambda digits: len(set(digits)) > 1))
def test_every_number_with_a_right_check_digit_is_found_spoken_or_written(start: str) -> None:
    card = next(start + check for check in "0123456789" if passes_luhn(start + check))
    assert has_card_number(card)
    assert has_card_number(" ".join(DIGITS[int(digit)] for digit in card))


def test_the_second_half_of_a_card_number_is_found_whatever_is_said_in_between() -> None:
    watch = CardWatch()
    assert watch.redact("my card is four one one one one one one one").startswith("my card")
    assert watch.redact("hang on, this one") == "hang on, this one"
    assert watch.redact("one one one one one one one one and that is it") == f"{MASK} and that is it"


def test_a_card_number_said_by_the_four_is_found_at_its_end() -> None:
    watch = CardWatch()
    assert [watch.redact(part) for part in ("4111", "1111", "1111")] == ["4111", "1111", "1111"]
    assert watch.redact("1111") == MASK


def test_references_phone_numbers_and_dates_one_after_the_other_are_no_card() -> None:
    for first in ("48213", "447700900123", "02079460122"):
        for second in ("14031984", "02079460122", "07700900123", "1403"):
            watch = CardWatch()
            assert [watch.redact(first), watch.redact(second)] == [first, second]


def test_read_out_by_fours_it_goes_from_the_third_on_whatever_was_heard() -> None:
    watch = CardWatch()
    said = ["it's four one one one", "then two two two two", "three three three three", "um four four four five"]
    assert [MASK in watch.redact(text) for text in said] == [False, False, True, True]
    assert MASK not in watch.redact("the tenth of May")


@pytest.mark.parametrize(
    "said",
    [
        ["2511", "1430", "2611", "1500"],
        ["four five six seven", "the sixth", "nine eight seven six", "on the second", "one one two two three"],
        ["oh seven seven oh", "oh nine oh oh", "one two three four"],
    ],
)
def test_days_and_times_that_are_keyed_and_telephone_numbers_said_in_pieces_stay(said: list[str]) -> None:
    watch = CardWatch()
    assert [watch.redact(text) for text in said] == said
