import re
from pathlib import Path

import pytest
import yaml

from bot.bench.script import BOOKING, GOODBYE, HELP, SCENARIOS, kind_of, scenarios_named

RESPONSES = Path(__file__).parents[3] / "nlu_data" / "responses.yml"
ASKED_OF_A_NEW_CALLER = (
    "service", "branch", "staff", "day", "time", "offer", "one_offer", "name", "name_right", "phone", "phone_right",
    "birth_date_new", "confirm_booking", "waiting_list", "other_day",
)  # fmt: skip


def wordings(question: str) -> list[str]:
    responses = yaml.safe_load(RESPONSES.read_text(encoding="utf-8"))["responses"]
    return [variant["text"] for variant in responses[f"utter_ask_{question}"]]


@pytest.mark.parametrize("question", ASKED_OF_A_NEW_CALLER)
def test_a_caller_who_books_has_an_answer_to_every_wording(question: str) -> None:
    for wording in wordings(question):
        assert any(answer.fits(wording) for answer in BOOKING), wording


@pytest.mark.parametrize("question", ["how_help", "anything_else", "what_else"])
def test_a_caller_knows_when_to_say_the_next_wish(question: str) -> None:
    for wording in wordings(question):
        assert HELP.search(wording.lower()), wording


def test_a_confirmation_is_not_taken_for_the_question_it_quotes() -> None:
    question = "So that's your check-up on Tuesday at one, with Emma Hughes at the Harbour branch. Shall I book that?"
    assert next(answer for answer in BOOKING if answer.fits(question)).texts[0] == "Yes."


def test_kinds_follow_from_what_is_said() -> None:
    assert kind_of(GOODBYE) == "closed"
    assert kind_of("Can I pay by card?") == "free"
    assert kind_of("Can I … pay by card?") == "paused"


def test_scenarios_are_picked_by_a_part_of_their_name() -> None:
    assert scenarios_named(()) == SCENARIOS
    assert [one.name for one in scenarios_named(["step"])] == ["step by step"]
    assert not scenarios_named(["no such thing"])


def test_all_a_scenario_may_say_is_among_its_texts() -> None:
    for scenario in SCENARIOS:
        assert GOODBYE in scenario.texts
        assert set(scenario.wishes) <= scenario.texts
        assert all(re.search(r"\w", text) for text in scenario.texts)
