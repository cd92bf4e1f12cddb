"""What short answers mean when a question is open: yes, no, a correction, or just the value that was asked for."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.events import Expect
from bot.nlu.understanding import Entity

_LEAD = r"^(?:(?:um|uh|er|oh|well|ah|so|right|hello|hi)\b ?)*"
YES = re.compile(
    _LEAD + r"(?:yes|yeah|yep|yup|yah|aye|sure|okay|ok|of course|certainly|absolutely|definitely|exactly|perfect|great|"
    r"lovely|brilliant|please do|go ahead|go for it|correct|"
    r"that'?s (?:right|fine|correct|it|great|perfect|good|okay|me)|"
    r"that is (?:right|correct|fine)|sounds (?:good|great|fine)|that works|that would be (?:great|fine|lovely|good)|"
    r"all right|alright|fine|i do|i am|i would|i think so|book it|do it|i'll take it)\b"
)
NO = re.compile(
    _LEAD
    + r"(?:no|nope|nah|not (?:really|that|quite|today|now)|neither|none|never|don't|i don't think so|i'd rather not|"
    r"that'?s (?:wrong|not)|that is (?:wrong|not)|wrong|it'?s not|it isn't|i'm not|please don't|"
    r"incorrect|actually no)\b"
)
UNSURE = re.compile(
    _LEAD
    + r"(?:i (?:don't|do not) (?:mind|know|care|have a preference)|no preference|any (?:day|time)|anytime|whenever|"
    r"(?:it )?doesn't matter|no idea|either(?: is fine)?|not sure|i'm not sure|you choose|whatever)\b"
)
SMALL_WORDS = re.compile(
    r"\b(?:um|uh|er|erm|oh|well|so|please|thanks|thank|you|yes|yeah|no|the|a|an|at|on|in|for|with|it's|it|is|that's|i|"
    r"i'd|like|would|could|can|we|do|maybe|perhaps|make|take|one|say|let's|how|about|what|then|and|or|my|to|of|be|name|"
    r"around|if|possible|okay|sure|number|prefer|preferably|best|good|works|me|fine)\b"
)
CHANGES = ("date", "time", "service", "staff", "branch", "role", "name", "place")


def intent_of_answer(text: str, expect: Expect, entities: Sequence[Entity]) -> str:
    """The intent of an answer to `expect`, "" when the phrase must be understood by itself."""
    low = " ".join(text.lower().split())
    values = [entity for entity in entities if entity.kind in CHANGES]
    if UNSURE.match(low) and expect.kind != "free":
        return "dont_know"
    if expect.kind == "yes_no" and (answer := _yes_or_no(low, values)):
        return answer
    if expect.kind != "free" and NO.match(low) and values and len(low.split()) <= 8:
        return "correct"
    if expect.kind not in ("free", "yes_no") and entities and rest(low, entities) == "":
        return "inform"
    return ""


def _yes_or_no(low: str, values: Sequence[Entity]) -> str:
    """Only short answers: a long sentence after "no" asks for something else."""
    if len(low.split()) > 9:
        return ""
    if NO.match(low):
        return "correct" if values else "deny" if len(rest(low, ()).split()) <= 3 else ""
    return "affirm" if YES.match(low) and len(YES.sub("", low).split()) <= 5 else ""


def rest(text: str, entities: Sequence[Entity]) -> str:
    """What is left without values and small words."""
    for start, end in sorted((entity.span for entity in entities), reverse=True):
        text = f"{text[:start]} {text[end:]}"
    return " ".join(SMALL_WORDS.sub(" ", text).split())
