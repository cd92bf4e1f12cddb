"""What is written, and what a caller hears of it."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.tts import figures
from bot.tts.spoken import sentences, speakable


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("at 14:30", "at half past two in the afternoon"),
        ("at 09:45.", "at quarter to ten in the morning."),
        ("at 18:07", "at six oh seven in the evening"),
        ("at 9:15", "at quarter past nine"),
        ("at 2:30pm.", "at half past two in the afternoon."),
        ("by 8.30am", "by half past eight in the morning"),
        ("from 12:00 to 13:00", "from noon to one o'clock in the afternoon"),
        ("2:30 in the afternoon", "half past two in the afternoon"),
        ("9am-5pm", "nine o'clock in the morning to five o'clock in the afternoon"),
        ("14:00, 14:30 or 15:00", "two o'clock, half past two or three o'clock in the afternoon"),
    ],
)
def test_times_are_said_as_on_a_clock_with_the_part_of_the_day_once(written: str, spoken: str) -> None:
    assert speakable(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("Tuesday 14 March", "Tuesday the fourteenth of March"),
        ("on the 1st of May", "on the first of May"),
        ("on 2 May. Then", "on the second of May. Then"),
        ("May 3, 2026", "the third of May twenty twenty-six"),
        ("14/03/2026", "the fourteenth of March twenty twenty-six"),
        ("03.04.85", "the third of April nineteen eighty-five"),
        ("2026-03-16T14:30", "the sixteenth of March twenty twenty-six at half past two in the afternoon"),
        ("Friday 5th", "Friday the fifth"),
        ("10-12 March", "the tenth to the twelfth of March"),
        ("in 1999", "in nineteen ninety-nine"),
    ],
)
def test_dates_are_said_in_words(written: str, spoken: str) -> None:
    assert speakable(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("£45.50", "forty-five pounds fifty"),
        ("£1", "one pound"),
        ("£0.50", "fifty pence"),
        ("$0.01", "one cent"),
        ("£45–£60", "forty-five to sixty pounds"),
        ("£1,250", "one thousand, two hundred and fifty pounds"),
        ("1p", "one penny"),
        ("12.5%", "twelve point five per cent"),
        ("2-3 days", "two to three days"),
        ("-5", "minus five"),
        ("24/7", "twenty-four seven"),
        ("½ an hour", "half an hour"),
        ("30 mins", "thirty minutes"),
        (
            "a 24-hour, 5-star service since mid-2026",
            "a twenty-four hour, five star service since mid twenty twenty-six",
        ),
        ("2 1/2 hours", "two and a half hours"),
        ("500mg or 1.5 kg", "five hundred milligrams or one point five kilograms"),
        ("COVID-19 tests", "COVID nineteen tests"),
    ],
)
def test_prices_and_quantities_are_said_in_words(written: str, spoken: str) -> None:
    assert speakable(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("020 7946 0018", "zero two zero, seven nine four six, zero zero one eight"),
        ("02079460018", "zero two zero, seven nine four six, zero zero one eight"),
        ("+44 20 7946 0018", "plus four four, two zero, seven nine four six, zero zero one eight"),
        ("reference 482195", "reference four eight two, one nine five"),
        ("code 0042", "code zero zero four two"),
        ("FD-4821.", "F D, four eight two one."),
        ("SW1A 1AA", "S W one eigh, one eigh eigh"),
        ("98765432", "nine eight seven, six five four, three two"),
        ("007", "zero zero seven"),
    ],
)
def test_phone_numbers_and_codes_are_said_sign_by_sign_with_pauses(written: str, spoken: str) -> None:
    assert speakable(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("Dr. Smith & Mrs Jones", "Doctor Smith and Missis Jones"),
        ("12 St Mary's Rd.", "twelve Saint Mary's Road."),
        ("bring e.g. a card", "bring for example a card"),
        ("info@smile-dental.co.uk", "info at smile dash dental dot co dot U K"),
        ("3rd floor", "third floor"),
        ("go to A&E", "go to eigh and E"),
    ],
)
def test_abbreviations_are_said_in_full(written: str, spoken: str) -> None:
    assert speakable(written) == spoken


def test_words_stay_as_they_are() -> None:
    text = "I'm sorry, I didn't catch that. Which day would suit you?"
    assert speakable(text) == text


FIGURES = "0123456789 .,:/-–+£$€%#()ampAMPTZstndrh½٣²"


@given(st.one_of(st.text(max_size=60), st.text(alphabet=FIGURES, max_size=30)))
def test_no_figure_is_left_over_whatever_is_written(text: str) -> None:
    assert not any(sign.isdigit() for sign in speakable(text))


@given(st.one_of(st.text(max_size=60), st.text(alphabet=FIGURES, max_size=30)))
def test_saying_what_was_already_in_words_changes_nothing_more_in_figures(text: str) -> None:
    once = speakable(text)
    assert not any(sign.isdigit() for sign in speakable(once))


@given(st.datetimes(min_value=dt.datetime(1930, 1, 1), max_value=dt.datetime(2099, 12, 31)))
def test_every_date_and_time_is_read_whole(moment: dt.datetime) -> None:
    spoken = speakable(f"on {moment:%A %d %B %Y at %H:%M}.")
    assert f"{moment:%A} the {figures.ordinal(moment.day)} of {moment:%B}" in spoken
    assert figures.year(moment.year) in spoken
    assert f"at {figures.clock(moment.hour, moment.minute)}" in spoken


@given(st.integers(0, 23), st.integers(0, 59))
def test_two_different_times_never_sound_the_same(hour: int, minute: int) -> None:
    said = {(h, m): figures.clock(h, m) + figures.part_of_day(h, m) for h in range(24) for m in (minute, 0, 30, 45)}
    alike = [time for time, words in said.items() if words == said.get((hour, minute))]
    assert alike in ([(hour, minute)], [])


@given(st.text(alphabet="0123456789", min_size=3, max_size=15))
def test_a_code_keeps_every_digit_in_order(code: str) -> None:
    words = speakable(f"reference {code}").removeprefix("reference ").replace(",", "").split()
    assert [figures.DIGITS.index(word) for word in words] == [int(digit) for digit in code]


def test_a_text_is_cut_into_its_sentences() -> None:
    assert sentences(speakable("Hello, Dr. Smith. It costs £4.50! Is that\nall?")) == [
        "Hello, Doctor Smith.",
        "It costs four pounds fifty!",
        "Is that",
        "all?",
    ]
    assert sentences("  ") == []
