"""Digits become answers."""

from hypothesis import given
from hypothesis import strategies as st

from bot.keys import Keys


def press(keys, digits, wanted=0, now_ms=0):
    return [answer for digit in digits if (answer := keys.press(digit, now_ms, wanted))]


def test_hash_ends_a_number_and_star_clears_it():
    assert press(Keys(), "55*07#") == ["07"]


def test_a_number_of_known_length_is_complete_by_itself_and_a_habitual_hash_is_nothing():
    keys = Keys()
    assert press(keys, "1503", wanted=4) == ["1503"]
    assert keys.is_habit("#")
    assert press(keys, "#", wanted=4) == []
    assert press(keys, "#") == ["#"]  # the second one is meant


def test_star_and_hash_alone_are_answers():
    assert press(Keys(), "*") == ["*"]
    assert press(Keys(), "#") == ["#"]


def test_a_pause_ends_a_number_once():
    keys = Keys()
    assert press(keys, "0", now_ms=1000) == []
    assert keys.pause(3_499) == ""
    assert keys.pause(3_500) == "0"
    assert keys.pause(9_000) == ""


@given(st.text("0123456789", min_size=1, max_size=20))
def test_no_digit_is_lost_or_invented(digits):
    assert press(Keys(), digits + "#") == [digits]
