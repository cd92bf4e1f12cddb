"""One thing the caller did, by voice or by keypad, in the form the skills read."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from bot.events import Utterance
from bot.nlu.understanding import Entity, Understanding

LEAD = r"^(?:um |uh |er |oh |well )*"
YES = re.compile(
    LEAD + r"(yes|yeah|yep|yup|sure|okay|ok|of course|certainly|absolutely|definitely|perfect|great|lovely|brilliant|"
    r"please do|go ahead|go on|go for it|that's (right|fine|correct|it|me|great|perfect)|that is (right|correct|fine)|"
    r"correct|exactly|sounds good|that works|that would be|that'll do|i do|i am|i would|i think so|speaking|fine|"
    r"all right|alright|book it|do it)\b"
)
NO = re.compile(
    LEAD + r"(no|nope|nah|not|neither|none|never|don't|i don't|i'm not|it's not|it isn't|that's not|that's wrong|"
    r"that is wrong|wrong|nothing|i'd rather not|actually no)\b"
)
NO_PROBLEM = re.compile(LEAD + r"(no|not a) problem")
UNSURE = re.compile(LEAD + r"i don't (mind|know|care)")
FILLERS = re.compile(
    r"\b(um|uh|er|erm|oh|well|so|please|thanks|thank you|yes|yeah|no|the|a|an|at|on|in|for|with|it's|it is|that's|i|"
    r"i'd|i'll|like|would|want|could|can|we|you|do|maybe|perhaps|make|take|one|say|let's|how about|what about|have|go|"
    r"then|and|or|my|is|to|of|be|me|branch|sorry|actually|i said|said|meant|mean|think|need|preferably|ideally|"
    r"if possible|sometime|around|about|it|that|right|fine|correct|great|okay|sure)\b"
)
"""Small words that leave an answer an answer."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What was said or pressed. `intent` is "" when the out-of-scope gate did not accept it."""

    text: str
    intent: str = ""
    confidence: float = 1.0
    """Of the understanding, 0 to 1."""
    heard: float = 1.0
    """Of the recognition, 0 to 1; 1 for the keypad."""
    entities: tuple[Entity, ...] = ()
    ranking: tuple[tuple[str, float], ...] = ()
    option: int | None = None
    """A choice by its number, from 1."""
    keypad: bool = False
    barged: bool = False
    """The caller cut the bot off."""
    alternatives: tuple[str, ...] = ()
    """What else may have been said, best first."""
    close: tuple[str, ...] = ()
    """Two or three intents too close to choose between, best first."""
    then: Turn | None = None
    """Another wish of the same sentence, to be looked after next."""

    def first(self, kind: str) -> Entity | None:
        return next((entity for entity in self.entities if entity.kind == kind), None)

    def all(self, kind: str) -> tuple[Entity, ...]:
        return tuple(entity for entity in self.entities if entity.kind == kind)

    def value(self, kind: str) -> object | None:
        entity = self.first(kind)
        return entity.value if entity else None

    @property
    def yes(self) -> bool:
        return self.intent == "affirm" or (YES.match(self.text) is not None and not self.no)

    @property
    def no(self) -> bool:
        if UNSURE.match(self.text) or NO_PROBLEM.match(self.text):
            return False
        return NO.match(self.text) is not None or (self.intent == "deny" and not YES.match(self.text))

    @property
    def doubtful(self) -> bool:
        """Heard so badly that a value should be read back."""
        return not self.keypad and self.heard < 0.6

    def says(self, pattern: str) -> bool:
        return re.search(rf"\b({pattern})\b", self.text) is not None

    def rest(self) -> str:
        """The text without what was recognised as a value and without small words: "" for a bare answer."""
        text = self.text
        for start, end in sorted((entity.span for entity in self.entities), reverse=True):
            text = f"{text[:start]} {text[end:]}"
        return " ".join(FILLERS.sub(" ", text).split())

    def without_entities(self, *kinds: str) -> Turn:
        return replace(self, entities=tuple(entity for entity in self.entities if entity.kind not in kinds))


def spoken_turn(utterance: Utterance, understood: Understanding) -> Turn:
    return Turn(
        text=understood.text or utterance.text,
        intent=understood.intent if understood.accepted else "",
        confidence=understood.confidence,
        heard=utterance.confidence,
        entities=understood.entities,
        ranking=understood.ranking,
        barged=utterance.bot_heard_ms is not None,
        alternatives=tuple(other.text for other in utterance.hypotheses[1:]),
        close=understood.alternatives,
    )
