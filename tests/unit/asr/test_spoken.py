import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.asr.spoken import clock, digit_by_digit, normalise


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("At 2:30, Dr. Lee!", "at two thirty doctor lee"),
        ("on the 3rd", "on the third"),
        ("10", "ten"),
        ("2:00 PM on the 21st", "two pm on the twenty first"),
        ("at 2 p.m.", "at two pm"),
        ("nine a m", "nine am"),
        ("9:05", "nine oh five"),
        ("It's 2:00.", "it's two o'clock"),
        ("020 7946 0958", "zero two zero seven nine four six zero nine five eight"),
        ("555-1234", "five five five one two three four"),
        ("1-2-3-4", "one two three four"),
        ("born in 1985", "born in nineteen eighty five"),
        ("December 5th, 2026", "december fifth twenty twenty six"),
        ("SW1A", "s w one a"),
        ("$20.50", "twenty dollars fifty"),
        ("£15", "fifteen pounds"),
        ("1,000 people", "one thousand people"),
        ("50%", "fifty percent"),
        ("1½ hours", "one half hours"),
        ("2.5 hours", "two point five hours"),
        ("a check-up", "a check up"),
        ("I don’t know", "i don't know"),
        ("‘quoted’", "quoted"),
        ("press *, then #", "press star then pound"),
        ("(music) [BLANK_AUDIO] ♪♪", ""),
        ("*coughs* yes.", "yes"),
        ("OK", "okay"),
        ("", ""),
        ("...", ""),
    ],
)
def test_figures_and_signs_become_the_words_that_were_spoken(written: str, spoken: str) -> None:
    assert normalise(written) == spoken


@given(st.text())
def test_only_words_are_left_whatever_comes(written: str) -> None:
    spoken = normalise(written)
    assert spoken == spoken.lower().strip()
    assert not any(sign.isdigit() and sign.isascii() for sign in spoken)
    assert "  " not in spoken


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz 0123456789:.,-"))
def test_what_is_spoken_already_stays_as_it_is(written: str) -> None:
    assert normalise(normalise(written)) == normalise(written)


@given(st.integers(1, 23), st.integers(0, 59))
def test_a_time_has_at_most_four_words_and_no_figures(hour: int, minute: int) -> None:
    words = clock(hour, minute).split()
    assert 2 <= len(words) <= 4
    assert not any(word.isdigit() for word in words)


def test_digits_are_read_one_by_one() -> None:
    assert digit_by_digit("07-9") == "zero seven nine"
