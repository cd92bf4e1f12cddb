"""What a caller says while they try something: done, not yet, or at once what came of it."""

from __future__ import annotations

import pytest

from bot.dialogue.before_asking import tried
from bot.dialogue.turn import Turn


@pytest.mark.parametrize(
    ("said", "means"),
    [
        ("okay i've done that", ""),
        ("i'm there now", ""),
        ("done", ""),
        ("yes", ""),
        ("not yet", None),
        ("it's still starting", None),
        ("one moment i'm going downstairs", None),
        ("it works now", "yes"),
        ("oh it's back thank you", "yes"),
        ("yes much better", "yes"),
        ("no it's still the same", "no"),
        ("that didn't help", "no"),
        ("still nothing", "no"),
        ("no", "no"),
    ],
)
def test_what_came_of_it(said: str, means: str | None) -> None:
    assert tried(Turn(said)) == means


def test_the_key_for_yes_is_done_and_no_other() -> None:
    assert tried(Turn("1", "affirm", keypad=True)) == ""
    assert tried(Turn("2", "deny", keypad=True)) is None
