"""What is suggested to people, by sentences never taught: the right answer is there, and seldom a needless one."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config import PROJECT
from bot.suggesting import ACTIONS
from tests.integration.house import House

pytestmark = pytest.mark.integration

TYPED = PROJECT / "nlu_data" / "brightwater_dental" / "tests" / "phrases.tsv"
SPOKEN = Path(__file__).parent / "data" / "brightwater_utterances.tsv"


def sentences() -> list[tuple[str, str]]:
    """Intent and sentence."""
    typed = [tuple(line.split("\t", 1)) for line in lines(TYPED)]
    spoken = [tuple(reversed(line.split("\t")[:2])) for line in lines(SPOKEN)]
    return [(intent, text) for intent, text in [*typed, *spoken]]


def lines(path: Path) -> list[str]:
    return [line for line in path.read_text("utf-8").splitlines() if line and not line.startswith("#")]


def test_the_right_answer_is_among_the_suggestions_and_other_talk_suggests_little(house: House) -> None:
    def suggested(text: str) -> list[str]:
        return [one.intent for one in house.centre.suggest("brightwater_dental", text, house.now)]

    asked = [(intent, suggested(text)) for intent, text in sentences()]
    about = [(intent, found) for intent, found in asked if intent in ACTIONS or intent.startswith("faq/")]
    other = [found for intent, found in asked if not (intent in ACTIONS or intent.startswith("faq/"))]
    assert (len(about), len(other)) == (170, 182)
    right = sum(intent in found for intent, found in about) / len(about)
    needless = sum(bool(found) for found in other) / len(other)
    assert right >= 0.97, f"{right:.1%} of the right answers are shown"
    assert needless <= 0.12, f"something is suggested for {needless:.1%} of other sentences"
    assert max(len(found) for _, found in asked) <= 3
