"""Which wish was meant: offered when it is likely enough, chosen between when two are close."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import pytest

from bot.events import Digits, Expect, Listen, Transfer, Utterance
from bot.nlu.understanding import Entity, Understanding
from tests.unit.dialogue.fakes import date, entity, said
from tests.unit.dialogue.test_dialogue import TUESDAY, Line

Ranking = tuple[tuple[str, float], ...]


@dataclass
class Doubtful:
    """Understands sentences with the shares it was taught."""

    taught: dict[str, tuple[Ranking, bool, tuple[Entity, ...]]] = field(default_factory=dict)
    heard: list[Utterance] = field(default_factory=list)

    def understand(self, utterance: Utterance, expect: Expect, now: dt.datetime) -> Understanding:
        self.heard.append(utterance)
        ranking, accepted, entities = self.taught.get(utterance.text, ((("chat", 0.1),), False, ()))
        close = tuple(name for name, share in ranking if share >= 0.1)
        close = close if 2 <= len(close) <= 3 else ()
        return Understanding(utterance.text, *ranking[0], accepted, ranking, entities, close)


class Doubt(Line):
    def __init__(self) -> None:
        super().__init__()
        self.mind = Doubtful()
        self.dialogue._interpreter = self.mind
        self.open()

    def means(self, text: str, *ranking: tuple[str, float], accepted: bool = False, entities: tuple = ()) -> str:
        """Said, and understood with these shares."""
        self.mind.taught[text] = (ranking, accepted, entities)
        return self.hear(said(text))

    @property
    def listens_for(self) -> str:
        assert isinstance(self.last, Listen)
        return self.last.expect.kind


def test_two_close_wishes_are_chosen_between_before_either_is_begun() -> None:
    line = Doubt()
    answer = line.means("about tuesday", ("move", 0.45), ("book", 0.4), accepted=True)
    assert "is it about moving an appointment or booking an appointment?" in answer
    assert line.listens_for == "choice"


def test_a_sure_wish_is_begun_whatever_else_is_likely() -> None:
    line = Doubt()
    answer = line.means("about tuesday", ("book", 0.65), ("move", 0.35), accepted=True)
    assert "is it about" not in answer
    assert "What would you like to come in for" in answer


@pytest.mark.parametrize("answer", ["the second one", "the second", "number two"])
def test_the_choice_is_made_by_number_and_what_was_said_at_first_counts(answer: str) -> None:
    line = Doubt()
    line.means("about tuesday", ("move", 0.45), ("book", 0.4), entities=(date(TUESDAY, "tuesday"),))
    line.hear(said(answer))
    line.means("a check up", ("inform", 0.9), accepted=True, entities=(entity("service", "check_up"),))
    assert "Tuesday" in line.means(
        "any branch", ("inform", 0.9), accepted=True, entities=(entity("branch", "harbour"),)
    )


def test_the_choice_is_made_by_key() -> None:
    line = Doubt()
    line.means("about tuesday", ("move", 0.45), ("book", 0.4))
    assert "What would you like to come in for" in line.hear(Digits("2"))


def test_the_choice_is_made_in_words_and_only_between_what_was_offered() -> None:
    line = Doubt()
    line.means("about tuesday", ("move", 0.45), ("book", 0.4))
    answer = line.means("a new one", ("cancel", 0.4), ("book", 0.35), ("move", 0.1))
    assert "What would you like to come in for" in answer


def test_neither_is_an_answer() -> None:
    line = Doubt()
    line.means("about tuesday", ("move", 0.45), ("book", 0.4))
    assert "What" in line.hear(said("neither of them"))
    assert line.listens_for == "free"


def test_a_question_may_be_one_of_the_two() -> None:
    line = Doubt()
    assert "is it about parking or our opening hours?" in line.means("p", ("faq/parking", 0.4), ("opening_hours", 0.35))
    assert "There is parking behind Bright Dental." in line.hear(said("the first"))


def test_what_cannot_be_offered_is_not() -> None:
    line = Doubt()
    answer = line.means("it stopped", ("never_mind", 0.5), ("book", 0.4), accepted=False)
    assert "would you like to book an appointment?" in answer


def test_one_likely_question_is_checked_and_never_answered_unasked() -> None:
    line = Doubt()
    answer = line.means("the car", ("faq/parking", 0.45), ("chat", 0.05))
    assert "is it about parking?" in answer
    assert "behind" not in answer
    assert "There is parking behind" in line.means("yes", ("affirm", 0.9), accepted=True)


def test_unlikely_wishes_are_not_offered() -> None:
    assert "is it" not in Doubt().means("blue", ("book", 0.2), ("move", 0.15), ("faq/parking", 0.1))


def test_a_second_try_is_heard_together_with_the_first() -> None:
    line = Doubt()
    line.means("mumble", ("book", 0.2))
    line.means("mutter", ("book", 0.2))
    assert [one.text for one in line.mind.heard[-1].earlier] == ["mumble"]


def test_after_something_was_understood_nothing_of_before_counts() -> None:
    line = Doubt()
    line.means("mumble", ("book", 0.2))
    line.means("parking", ("faq/parking", 0.9), accepted=True)
    line.means("mutter", ("book", 0.2))
    assert line.mind.heard[-1].earlier == ()


def test_who_is_not_understood_in_the_choice_either_still_reaches_a_person() -> None:
    line = Doubt()
    line.means("about tuesday", ("move", 0.45), ("book", 0.4))
    for text in ("blue", "green", "red"):
        if not isinstance(line.last, Transfer):
            line.hear(said(text))
    assert isinstance(line.last, Transfer)
