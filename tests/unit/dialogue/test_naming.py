"""Names as callers give, correct and spell them."""

from __future__ import annotations

import pytest

from bot.dialogue.naming import capitalised, corrected, name_in, spelled_in, volunteered, with_last_name
from bot.dialogue.turn import Turn
from tests.unit.dialogue.fakes import entity, time


@pytest.mark.parametrize(
    ("heard", "said", "name"),
    [
        ("John Smith", "no it's smythe", "John Smythe"),
        ("John Smith", "no smythe with a y", "John Smythe"),
        ("John Smith", "no joan", "Joan Smith"),
        ("John Smith", "no it's peter johns", "Peter Johns"),
        ("John Smith", "no", ""),
        ("John Smith", "yes that's right", ""),
        ("John Smith", "no that's wrong", ""),
    ],
)
def test_a_correction_changes_the_part_that_was_wrong(heard: str, said: str, name: str) -> None:
    assert corrected(heard, Turn(said)) == name


def test_a_spelled_correction_is_the_last_name() -> None:
    letters = entity("letters", "smythe", "s m y t h e")
    assert corrected("John Smith", Turn("yes but it's s m y t h e", entities=(letters,))) == "John Smythe"


@pytest.mark.parametrize(
    ("name", "letters", "whole"),
    [
        ("Siobhan O'Shaughnessy", "Oshaughnessy", "Siobhan O'Shaughnessy"),
        ("Anna Lee-Smith", "Leesmith", "Anna Lee-Smith"),
        ("Kat Vishnevska", "Wisniewska", "Kat Wisniewska"),
        ("Kat", "Wisniewska", "Kat Wisniewska"),
        ("", "Smith", "Smith"),
    ],
)
def test_spelling_keeps_the_first_name_and_what_letters_cannot_say(name: str, letters: str, whole: str) -> None:
    assert with_last_name(name, letters) == whole


@pytest.mark.parametrize(
    "said", ["no that's too early", "whoever", "the second", "actually can i see him", "later", "yes"]
)
def test_what_is_no_name_is_not_taken_for_one(said: str) -> None:
    assert name_in(Turn(said)) == ""


def test_a_time_is_no_name() -> None:
    assert name_in(Turn("three fifteen", entities=(time(3, 15),))) == ""


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("hello my name is winifred bartholomew and i'd like a clean", "Winifred Bartholomew"),
        ("hi this is anna o'brien calling about my teeth", "Anna O'Brien"),
        ("this is not what i wanted", ""),
        ("is this the dentist", ""),
        ("my name is anna", ""),
    ],
)
def test_a_name_given_before_anybody_asked_is_kept_when_it_is_whole(said: str, name: str) -> None:
    assert volunteered(said) == name


def test_capitals_stand_where_they_belong() -> None:
    assert capitalised("jean-luc o'neill") == "Jean-Luc O'Neill"


def test_letters_heard_as_the_word_they_make_are_the_last_name() -> None:
    letters = entity("letters", "barton", "b a r t o n")
    assert spelled_in(Turn("b a r t o n", entities=(letters,))) == "Barton"
    assert spelled_in(Turn("barton")) == "Barton"
    assert spelled_in(Turn("sarah barton")) == spelled_in(Turn("no")) == ""
