"""Skills from files in the dialogue: what is secret stays so, and nothing is promised that was not stored."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import pytest

from bot.dialogue.dialogue import Dialogue
from bot.errors import StoreError
from bot.events import Action, Answered, Digits, Listen, Say, Transfer
from bot.skills.model import Skill
from bot.skills.results import SkillResult
from tests.unit.dialogue.fakes import NOW, FakeCounter, FakeDesk, FakeInterpreter, FakeUnfinished, responses, said

SKILL = Skill.model_validate(
    {
        "id": "unlock",
        "title": "unlocking your account",
        "wants": "to unlock the account",
        "slots": {
            "number": {"kind": "digits", "ask": "Your customer number?", "digits": "5"},
            "pin": {"kind": "secret_digits", "ask": "And your PIN?", "digits": "4"},
        },
        "steps": [{"ask": "number"}, {"ask": "pin"}, {"finish": "unlocked"}],
        "outcomes": {
            "unlocked": {
                "say": "It is unlocked, {reference}.",
                "ticket": {"queue": "accounts", "reason": "unlock {number}"},
                "email": {"to": "a@example.com", "subject": "{number}", "text": "Unlock {number}."},
            }
        },
    }
)


@dataclass
class FakeResults:
    kept: list[SkillResult] = field(default_factory=list)
    broken: bool = False

    def keep(self, result: SkillResult, now: dt.datetime) -> str:
        if self.broken:
            raise StoreError("store.locked", "The database does not answer.")
        self.kept.append(result)
        return "40001"


@dataclass
class Call:
    results: FakeResults = field(default_factory=FakeResults)
    counter: FakeCounter = field(default_factory=FakeCounter)
    interpreter: FakeInterpreter = field(default_factory=FakeInterpreter)
    actions: tuple[Action, ...] = ()

    def __post_init__(self) -> None:
        words = {**responses(), **SKILL.wordings()}
        self.dialogue = Dialogue(
            FakeDesk(),
            self.interpreter,
            self.counter,
            FakeUnfinished(),
            responses=words,
            faq={"parking": "There is parking behind {business}."},
            call_id="call-1",
            skills={"unlock": SKILL},
            results=self.results,
        )
        self.dialogue.open(Answered("+447700900555"), NOW)
        self.say("unlock my account", "unlock")

    def say(self, text: str, intent: str = "") -> str:
        self.interpreter.teach(text, intent)
        return self._did(self.dialogue.hear(said(text), NOW))

    def press(self, digits: str) -> str:
        return self._did(self.dialogue.hear(Digits(digits), NOW))

    def _did(self, actions: object) -> str:
        self.actions = tuple(actions)  # type: ignore[call-overload]
        return " ".join(action.text for action in self.actions if isinstance(action, Say))

    @property
    def listens(self) -> Listen:
        assert isinstance(self.actions[-1], Listen)
        return self.actions[-1]


@pytest.fixture
def call() -> Call:
    return Call()


def test_secret_digits_are_in_no_transcript_ticket_result_or_letter(call: Call):
    assert "PIN" in call.press("12345")
    assert call.listens.expect.secret
    assert call.listens.expect.digits == 4
    assert "unlocked" in call.press("9817")
    [result], [ticket] = call.results.kept, call.counter.tickets
    assert "9817" not in f"{result} {ticket} {call.dialogue.last_understanding}"
    assert result.values == {"number": "12345", "pin": "given"}
    assert "[not written down]" in [line.text for line in ticket.transcript]


def test_a_secret_of_the_wrong_length_is_asked_again_and_kept_nowhere(call: Call):
    call.press("12345")
    call.press("98")
    assert call.listens.expect.secret
    call.say("can i have a human please", "person")
    assert isinstance(call.actions[-1], Transfer)
    assert "98" not in " ".join(line.text for line in call.counter.tickets[0].transcript)


def test_what_could_not_be_stored_is_not_promised_and_a_person_takes_over(call: Call):
    call.results.broken = True
    call.press("12345")
    told = call.press("9817")
    assert "unlocked" not in told
    assert isinstance(call.actions[-1], Transfer)
    [ticket] = call.counter.tickets
    assert ticket.wants == "to unlock the account"
    assert ticket.slots["number"] == "12345"
    assert call.dialogue.outcome == "failed"


def test_the_menu_reaches_the_skill_by_its_key():
    call = Call()
    call.say("never mind", "never_mind")
    call.say("help", "help")
    assert "customer number" in call.press("1")


@pytest.mark.parametrize("ending", ["bye", "hangs up"])
def test_a_call_that_ends_in_the_middle_of_something_is_abandoned_though_a_question_was_answered(ending: str):
    call = Call()
    call.say("where can i park", "faq/parking")
    call.press("12345")
    if ending == "bye":
        call.say("bye", "goodbye")
    call.dialogue.close(NOW)
    assert "answered" in call.dialogue.done
    assert call.dialogue.outcome == "abandoned"


def test_a_question_answered_and_nothing_begun_is_a_completed_call():
    call = Call()
    call.say("never mind", "never_mind")
    call.say("where can i park", "faq/parking")
    call.say("bye", "goodbye")
    assert call.dialogue.outcome == "completed"
