import itertools

import pytest

from bot.nlu.grammars import UNIVERSAL, birth_date_phrases, phrases_for


@pytest.mark.parametrize("kind", ["yes_no", "date", "time", "date_time", "choice"])
def test_what_is_said_at_any_question_is_in_every_closed_grammar(kind: str) -> None:
    assert set(UNIVERSAL) <= set(phrases_for(kind))  # type: ignore[arg-type]


def test_free_speech_and_names_have_no_grammar() -> None:
    assert phrases_for("free") == phrases_for("name") == ()


def test_opposites_that_sound_alike_are_not_offered_together() -> None:
    phrases = phrases_for("yes_no")
    pairs = itertools.product([p for p in phrases if "correct" in p], [p for p in phrases if p.startswith("not ")])
    assert not [pair for pair in pairs if "correct" in pair[1]]


@pytest.mark.parametrize(
    ("kind", "phrase"),
    [
        ("yes_no", "no thank you"),
        ("date", "a week on friday"),
        ("date", "the fourteenth of march"),
        ("date", "in a fortnight"),
        ("time", "twenty five to seven"),
        ("time", "half past two"),
        ("time", "two thirty"),
        ("time", "between ten and twelve"),
        ("date_time", "next tuesday at two"),
        ("digits", "double"),
    ],
)
def test_the_usual_ways_to_say_it_are_there(kind: str, phrase: str) -> None:
    assert phrase in phrases_for(kind)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["yes_no", "date", "time", "date_time", "digits", "choice"])
def test_grammars_are_plain_words_without_repeats_and_small_enough_to_build_at_once(kind: str) -> None:
    phrases = phrases_for(kind)  # type: ignore[arg-type]
    assert len(phrases) == len(set(phrases)) <= 2000
    assert all(phrase == phrase.lower().strip() and not any(c.isdigit() for c in phrase) for phrase in phrases)


def test_birth_dates_have_years() -> None:
    assert "nineteen eighty five" in birth_date_phrases()
    assert "two thousand and four" in birth_date_phrases()
    assert "twenty twelve" in birth_date_phrases()
