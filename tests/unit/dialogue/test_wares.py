"""Things that can be ordered, named without a wish, or pointed at after their price."""

from __future__ import annotations

import pytest

from bot.dialogue.turn import Turn
from bot.dialogue.wares import named, ordered, pointed_at
from bot.skills.model import Skill

ORDER = Skill.model_validate(
    {
        "id": "order",
        "title": "ordering",
        "wants": "to order",
        "slots": {
            "items": {
                "kind": "items",
                "ask": "What?",
                "how_many": "How many?",
                "more": "More?",
                "options": {"router": {"label": "router"}, "mesh": {"label": "mesh box", "said": ["mesh"]}},
            }
        },
        "steps": [{"ask": "items"}, {"finish": "ordered"}],
        "outcomes": {"ordered": {"say": "Done."}},
    }
)
SKILLS = {"order": ORDER}


@pytest.mark.parametrize(
    "said", ["two routers and a mesh box", "a router please", "i'd like two mesh boxes", "routers"]
)
def test_nothing_but_things_is_an_order(said: str) -> None:
    assert ordered(SKILLS, Turn(said)) == "order"


@pytest.mark.parametrize(
    "said", ["my router isn't working", "how much is a router", "a complaint", "do you have routers"]
)
def test_a_thing_in_another_sentence_is_none(said: str) -> None:
    assert ordered(SKILLS, Turn(said)) == ""


def test_what_was_talked_about_can_be_pointed_at() -> None:
    assert named(SKILLS, Turn("how much is a mesh box")) == {"order": "mesh box"}
    turn = pointed_at(Turn("i'd like two of them please"), "mesh box")
    assert turn is not None
    assert turn.text == "i'd like two mesh box please"
    turn = pointed_at(Turn("i'll take it"), "mesh box")
    assert turn is not None
    assert turn.text == "i'll take one mesh box"
    assert pointed_at(Turn("when are you open"), "mesh box") is None
    assert pointed_at(Turn("what about it"), "mesh box") is None
