"""When a new version may not go out: it understands something worse."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.editing.gate import OUT_OF_SCOPE, Case, compare

RIGHT, SHUT = ("book", True), ("book", False)


def cases(intent: str, lost: int, kept: int, taken: tuple[str, bool] = ("cancel", True)) -> list[Case]:
    right = (intent, True)
    return [
        *(Case(f"lost {n}", intent, right, taken) for n in range(lost)),
        *(Case(f"kept {n}", intent, right, right) for n in range(kept)),
    ]


def test_one_phrase_is_chance_and_two_are_not() -> None:
    assert not compare(cases("book", 1, 9)).fails
    found = compare(cases("book", 2, 8))
    assert found.fails
    assert found.sentences() == [
        "book understands 8 of 10 test phrases instead of 10: “lost 0” → cancel; “lost 1” → cancel."
    ]


def test_nothing_of_an_emergency_may_be_lost() -> None:
    assert compare(cases("emergency", 1, 50)).fails
    assert compare(cases("person", 1, 50, ("person", False))).fails


def test_a_sentence_that_no_longer_passes_the_gate_is_lost_too() -> None:
    [change] = compare(cases("book", 1, 0, SHUT)).intents
    assert change.lost == ("“lost 0” → not understood",)


def test_what_belongs_to_nothing_is_right_when_it_is_refused() -> None:
    refused, taken = ("book", False), ("book", True)
    assert compare([Case(str(n), OUT_OF_SCOPE, refused, taken) for n in range(2)]).fails
    assert not compare([Case(str(n), OUT_OF_SCOPE, taken, refused) for n in range(2)]).fails


def test_a_little_of_everything_adds_up() -> None:
    many = [case for n in range(6) for case in cases(f"faq/{n}", 1, 9)]
    found = compare(many)
    assert found.fails
    assert found.sentences() == ["In all 54 of 60 test phrases are understood instead of 60."]


@given(st.integers(0, 30), st.integers(0, 30))
def test_the_figures_add_up_and_no_change_never_fails(lost: int, kept: int) -> None:
    found = compare(cases("book", lost, kept))
    assert (found.before, found.after, found.phrases) == (lost + kept, kept, lost + kept)
    assert not compare(cases("book", 0, kept)).fails
