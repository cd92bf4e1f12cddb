"""What simulated callers want, and what they answer to which question.

A caller knows the receptionist's questions only by words in them, so wordings may change as long as they still ask for
the same thing. Sentences are a few of many people's ways of saying it; they are not used to train anything.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from bot.bench.speech import PAUSE

Kind = Literal["closed", "free", "paused"]
"""Of a reply: to one of a few expected answers, to a sentence, to a sentence with a pause inside."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What to say when the bot's last question matches `asked` (a regular expression, lower case)."""

    asked: str
    texts: tuple[str, ...]
    kind: Kind = "closed"
    times: int = 3
    """How often at most: who is asked more often gives up."""

    def fits(self, question: str) -> bool:
        return re.search(self.asked, question.lower()) is not None


@dataclass(frozen=True, slots=True)
class Scenario:
    """`wishes` are said in turn whenever the bot asks how it can help; then the caller says goodbye."""

    name: str
    wishes: tuple[str, ...]
    barges_in: bool = False
    """Speaks the next wish while the bot still answers the last."""
    disturbs: bool = False
    """Coughs, rustles and hums while the bot speaks."""
    echoes: bool = False
    """Listens by loudspeaker: the bot hears itself, quieter and later."""
    ignores_questions: bool = False
    """Says the wishes one after the other whatever is asked, and hangs up."""
    answers: tuple[Answer, ...] = field(default=())

    @property
    def texts(self) -> set[str]:
        return {*self.wishes, GOODBYE, *(text for answer in self.answers for text in answer.texts)}


HELP = re.compile(
    r"how can i help|what can i do for you|what would you like(?: to do)?\?|go ahead|which is it|anything else"
    r"|can i help"
)
GOODBYE = "No thank you, goodbye."


def kind_of(text: str) -> Kind:
    """Of what is said without having been asked one of the `Answer`s."""
    return "closed" if text == GOODBYE else "paused" if PAUSE in text else "free"


BOOKING = (
    Answer(r"come in for|appointment for", ("A check-up.", "A check-up please.")),
    Answer(r"which branch|which one suits", ("The Harbour branch.", "The Park branch please.", "It doesn't matter.")),
    Answer(r"who would you like", ("I don't mind.",)),
    Answer(r"which day|other day|when would you like|when would be better", ("Next Tuesday.", "Next Thursday.")),
    Answer(r"what time|prefer the morning", ("In the afternoon.", "In the morning.")),
    Answer(r"suits you best|which would you like|times are|would that suit|shall i take it", ("The first one.",)),
    Answer(r"been to see us|been before", ("No.", "No, I haven't.")),
    Answer(r"number you're calling from|same number", ("Yes.", "Yes please.")),
    Answer(r"full name|what name|your name again", ("Sarah Miller.", "David Turner."), "free"),
    Answer(r"spell your last name", ("M, I, L, L, E, R.",), "free"),
    Answer(r"number to reach you|phone number|right number", ("0 7 7 0 0. 9 0 0. 1 2 3.",)),
    Answer(r"date of birth|you were born", ("The third of May nineteen eighty.",)),
    Answer(r"waiting list", ("No.",)),
    Answer(r"shall i book|is that right|would you like|is that you|say yes or no|shall i", ("Yes.", "Yes please.")),
)
"""In the order in which they are tried."""

SCENARIOS = (
    Scenario("step by step", ("I'd like to book an appointment please.",), answers=BOOKING),
    Scenario(
        "questions",
        (
            "Where can I park at the Harbour branch?",
            "How much is a check-up?",
            "What time do you close on Saturday?",
            "Can I pay by card?",
        ),
        answers=BOOKING,
    ),
    Scenario(
        "one sentence",
        (
            f"I'd like to book a check-up {PAUSE} next Wednesday afternoon.",
            f"Could you tell me {PAUSE} if you have a car park?",
        ),
        answers=BOOKING,
    ),
    Scenario(
        "thinking aloud",
        (
            f"I wanted to ask {PAUSE} when you are open on Monday.",
            f"Do you know {PAUSE} how much a filling costs?",
            f"I'd like to make an appointment {PAUSE} for a clean with polish.",
        ),
        answers=BOOKING,
    ),
    Scenario(
        "searching for words",
        (
            f"What are your {PAUSE} opening hours on Friday?",
            f"Is it possible to {PAUSE} pay in instalments?",
            f"My son is seven and {PAUSE} he has never been to a dentist.",
            f"How much would it cost {PAUSE} to have my teeth whitened?",
            f"Do I have to pay {PAUSE} if I cancel on the same day?",
        ),
        answers=BOOKING,
    ),
    Scenario(
        "interrupting",
        (
            "What can you do for me?",
            "When are you open?",
            "How do I get to the Station branch?",
            "What should I bring to my first visit?",
        ),
        barges_in=True,
        answers=BOOKING,
    ),
    Scenario(
        "in the street",
        (
            "How do I get to the Park branch?",
            "What happens if I miss my appointment?",
            "When are you open?",
        ),
        disturbs=True,
        answers=BOOKING,
    ),
    Scenario(
        "on loudspeaker",
        ("How do I get to the Station branch?", "Can I pay by card?"),
        echoes=True,
        answers=BOOKING,
    ),
)


def scenarios_named(names: Sequence[str]) -> tuple[Scenario, ...]:
    """Those whose name contains one of `names`; all for none."""
    return tuple(one for one in SCENARIOS if not names or any(name in one.name for name in names))
