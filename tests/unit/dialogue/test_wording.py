"""Every sentence the code asks for is there, and its variables are filled."""

import re
from pathlib import Path

import pytest

from bot.dialogue.wording import Wording
from bot.errors import ContentError
from tests.unit.dialogue.fakes import responses

SOURCE = Path(__file__).parents[3] / "bot" / "dialogue"
USED = re.compile(r"(?:talk|self)\.(?P<how>say|tell|ask)\(\s*\"(?P<key>[a-z_]+)\"")


def used_keys() -> set[str]:
    found = set()
    for path in SOURCE.rglob("*.py"):
        for match in USED.finditer(path.read_text("utf-8")):
            found.add(("ask_" if match["how"] == "ask" else "") + match["key"])
    return found


def test_no_sentence_is_missing() -> None:
    missing = {key for key in used_keys() if f"utter_{key}" not in responses()}
    assert missing == set()
    assert len(used_keys()) > 60


def test_questions_can_be_asked_again_in_other_words() -> None:
    asked = [key for key in responses() if key.startswith("utter_ask_") and not key.endswith(("_again", "_keypad"))]
    short = {
        "utter_ask_been_before",
        "utter_ask_which_person",
        "utter_ask_resume",
        "utter_ask_guess",
        "utter_ask_guess_about",
        "utter_ask_staff",
    }
    short |= {"utter_ask_name_right", "utter_ask_phone_right", "utter_ask_keep_old", "utter_ask_spell"}
    short |= {"utter_ask_move_or_cancel"}
    assert {key for key in asked if f"{key}_again" not in responses()} <= short


def test_variants_come_in_order_and_start_over() -> None:
    wording = Wording({"utter_x": ("one", "two")}, {})
    assert [wording.text("x") for _ in range(3)] == ["One", "Two", "One"]


def test_a_missing_sentence_or_variable_is_named() -> None:
    wording = Wording({"utter_x": ("hello {who}",)}, {})
    with pytest.raises(ContentError, match="utter_y"):
        wording.text("y")
    with pytest.raises(ContentError, match="who"):
        wording.text("x")


def test_an_empty_variable_leaves_no_gap() -> None:
    assert (
        Wording({"utter_x": ("What time would you like {day}?",)}, {}).text("x", day="") == "What time would you like?"
    )
