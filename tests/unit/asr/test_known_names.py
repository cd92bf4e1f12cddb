"""Choosing among readings of a spelled name."""

from bot.asr.known_names import known_first
from bot.events import Hypothesis

DICTIONARY = frozenset(("dent", "nguyen", "clarke", "maybe"))


def ordered(*texts: str) -> list[str]:
    readings = tuple(Hypothesis(text, 0.9 - 0.1 * rank) for rank, text in enumerate(texts))
    return [reading.text for reading in known_first(readings, DICTIONARY.__contains__)]


def test_of_readings_of_a_spelled_name_one_that_makes_a_word_comes_first() -> None:
    assert ordered("d e m t", "d e n t", "d e m p") == ["d e n t", "d e m t", "d e m p"]
    assert ordered("and g u y n", "and g u y en")[0] == "and g u y en"


def test_letters_written_together_make_the_same_word() -> None:
    assert ordered("clar k ei", "clar k e")[0] == "clar k e"


def test_where_no_reading_is_a_word_the_best_stays_the_best() -> None:
    assert ordered("p i t e l", "p it e l") == ["p i t e l", "p it e l"]


def test_who_does_not_spell_is_heard_as_ever() -> None:
    assert ordered("mae bee", "may be") == ["mae bee", "may be"]
    assert ordered() == []
