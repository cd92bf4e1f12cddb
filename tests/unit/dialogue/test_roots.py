"""What ends a call when there is nothing else."""

from __future__ import annotations

import pytest

from bot.dialogue.roots import ENDS, ENOUGH
from bot.dialogue.turn import Turn


def ends(text: str) -> bool:
    return ENOUGH.search(text) is not None and Turn(text).says(ENDS)


@pytest.mark.parametrize(
    "text",
    [
        "lovely thanks bye",
        "no i don't have one",
        "no thank you very much goodbye",
        "that's everything thanks",
        "i'm good",
    ],
)
def test_thanks_no_and_goodbye_in_any_order_end_the_call(text: str) -> None:
    assert ends(text)


@pytest.mark.parametrize(
    "text", ["yes", "yes please", "no i have got one more question", "thanks and when are you open", "one more", ""]
)
def test_anything_else_said_does_not_end_it(text: str) -> None:
    assert not ends(text)
