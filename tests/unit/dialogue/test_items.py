"""Orders as callers say them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue.items import basket, changed, items_in, items_words
from bot.dialogue.turn import Turn
from bot.skills.model import Slot

SLOT = Slot.model_validate(
    {
        "kind": "items",
        "ask": "What?",
        "how_many": "How many?",
        "more": "More?",
        "options": {
            "router": {"label": "router", "price": "79"},
            "mesh": {"label": "mesh box", "said": ["mesh boxes", "mesh router"]},
            "cable": {"label": "cable"},
        },
    }
)


@pytest.mark.parametrize(
    ("said", "order"),
    [
        ("two mesh boxes and a cable", {"mesh": 2, "cable": 1}),
        ("twenty five of the cables please", {"cable": 25}),
        ("a mesh router", {"mesh": 1}),
        ("some cables", {"cable": 0}),
        ("a couple of cables and another router", {"cable": 2, "router": 1}),
        ("half a dozen cables", {"cable": 6}),
        ("nothing for me", {}),
    ],
)
def test_things_and_numbers(said, order):
    assert items_in(SLOT, Turn(said)) == order


@pytest.mark.parametrize(
    ("said", "after"),
    [
        ("and another cable", {"cable": 3, "router": 1}),
        ("make that five cables", {"cable": 5, "router": 1}),
        ("actually no router", {"cable": 2}),
        ("take off the cables", {"router": 1}),
    ],
)
def test_an_order_is_added_to_set_anew_or_taken_from(said, after):
    turn = Turn(said)
    assert changed({"cable": 2, "router": 1}, turn, items_in(SLOT, turn)) == after


@given(st.dictionaries(st.sampled_from(["a", "b_c", "d"]), st.integers(1, 999)))
def test_a_basket_is_kept_as_text(items):
    assert basket(items_words(items)) == items
