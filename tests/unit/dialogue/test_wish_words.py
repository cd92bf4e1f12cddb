"""Whom a caller means when they say a name."""

from __future__ import annotations

import pytest

from bot.dialogue.naming import name_in
from bot.dialogue.turn import Turn
from bot.dialogue.wish_words import wanted
from bot.nlu.understanding import Entity


def named(text: str, said: str) -> str | None:
    start = text.index(said)
    entity = Entity("staff", "thompson", said, (start, start + len(said)))
    found = wanted(Turn(text, "inform", entities=(entity,)), "staff")
    return str(found.value) if found else None


@pytest.mark.parametrize(
    ("text", "said"),
    [("sarah wilkins", "sarah"), ("my name is sarah wilkins", "sarah"), ("peter thompson", "thompson")],
)
def test_half_of_a_dentists_name_within_another_name_is_no_choice_of_dentist(text: str, said: str) -> None:
    assert named(text, said) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sarah", "sarah"),
        ("sarah please", "sarah"),
        ("with sarah", "sarah"),
        ("doctor thompson", "doctor thompson"),
        ("sarah thompson", "sarah thompson"),
        ("sarah if possible", "sarah"),
        ("i'd like to see sarah tomorrow", "sarah"),
    ],
)
def test_a_dentist_is_chosen_by_name_said_alone_or_in_full(text: str, said: str) -> None:
    assert named(text, said) == "thompson"


@pytest.mark.parametrize("text", ["zero", "fourteen march nineteen eighty", "double seven", "november"])
def test_figures_and_months_are_no_names(text: str) -> None:
    assert name_in(Turn(text)) == ""


@pytest.mark.parametrize(("text", "name"), [("june smith", "June Smith"), ("april jones", "April Jones")])
def test_first_names_that_are_months_are_names(text: str, name: str) -> None:
    assert name_in(Turn(text)) == name
