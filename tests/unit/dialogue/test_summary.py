"""What people read before they answer."""

from __future__ import annotations

from bot.appointments.model import Customer
from bot.dialogue.memory import Memory
from bot.dialogue.skill import Form
from bot.dialogue.skills.scripted import ScriptedForm
from bot.dialogue.summary import summary
from bot.events import Hypothesis, Utterance
from bot.skills.model import Skill
from tests.unit.dialogue.fakes import BUSINESS, NOW
from tests.unit.dialogue.test_dialogue import Line

GIFT = Skill.model_validate(
    {
        "id": "gift",
        "title": "giving",
        "wants": "to give to the fund",
        "slots": {
            "amount": {"kind": "money", "ask": "How much?", "label": "the amount"},
            "often": {
                "kind": "choice",
                "ask": "Once or monthly?",
                "label": "how often",
                "options": {"once": {"label": "once"}, "monthly": {"label": "every month"}},
            },
            "email": {"kind": "email", "ask": "E-mail?", "label": "the e-mail address", "skip": "none"},
        },
        "steps": [{"ask": "amount"}, {"ask": "often"}, {"ask": "email"}, {"finish": "noted"}],
        "outcomes": {"noted": {"say": "Thank you.", "ticket": {"queue": "fund", "reason": "ring about it"}}},
    }
)


def told(memory: Memory, *stack: Form, wants: str = "", reasons: tuple[str, ...] = (), goes_on: bool = False) -> str:
    return summary(BUSINESS, memory, stack, wants, reasons, goes_on=goes_on)


def test_in_an_emergency_the_callers_own_words_tell_what_it_is() -> None:
    line = Line()
    line.open()
    line.say("when are you open", "opening_hours")
    line.say("my father has chest pain", "emergency")
    text = line.counter.tickets[0].summary
    assert "said: “my father has chest pain”" in text
    assert "answered" not in text
    assert "Asked about opening hours." in text


def test_who_has_said_nothing_has_not_said_what_they_want() -> None:
    assert told(Memory(NOW)) == "A caller not identified yet has not said what they want."


def test_a_long_story_is_told_in_its_first_words() -> None:
    memory = Memory(NOW)
    memory.caller_said(Utterance((Hypothesis("well " * 60, 0.9),)), NOW)
    assert told(memory).count("well") == 30


def test_a_skill_tells_its_values_by_their_names_and_nothing_that_was_left_out() -> None:
    form = ScriptedForm(GIFT, {"amount": "50", "often": "monthly", "email": ""})
    text = told(Memory(NOW), form, wants=GIFT.wants, reasons=("ring about it",), goes_on=True)
    assert text == (
        "A caller not identified yet wants to give to the fund: £50, how often: every month. To do: ring about it."
    )


def test_who_is_confirmed_and_who_only_says_so() -> None:
    memory = Memory(NOW, said_name="Ben Hall")
    assert told(memory).startswith("Ben Hall (not confirmed)")
    memory.identity.customer, memory.identity.confirmed = Customer(1, "Anna Smith", "+44"), True
    assert told(memory).startswith("Anna Smith (confirmed)")


def test_what_was_done_is_told_with_the_appointment() -> None:
    line = Line()
    line.to_read_back()
    line.say("yes please", "affirm")
    line.say("a person please", "person")
    text = line.counter.tickets[0].summary
    assert "Done in this call: booked check-up Tue 10 March 2026, 10:00 am." in text
    assert text.endswith("Handed over because: the caller asked for a person.")
