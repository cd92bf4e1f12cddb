"""A small skill to change in tests."""

from __future__ import annotations

from typing import Any

from bot.skills.model import Skill

PLAIN: dict[str, Any] = {
    "id": "repair",
    "title": "having something repaired",
    "wants": "a repair",
    "slots": {
        "thing": {
            "kind": "choice",
            "ask": "A bike or a scooter?",
            "options": {"bike": {"label": "bike", "price": "20"}, "scooter": {"label": "scooter"}},
        },
        "wheels": {"kind": "quantity", "ask": "How many wheels?", "most": "4"},
    },
    "steps": [
        {"ask": "thing"},
        {"ask": "wheels", "when": {"thing": "bike"}},
        {"finish": "shop", "when": {"wheels": "more than 1"}},
        {"finish": "post"},
    ],
    "outcomes": {"shop": {"say": "Bring it."}, "post": {"say": "Send it."}},
}


def skill(**changes: Any) -> Skill:
    return Skill.model_validate({**PLAIN, **changes})
