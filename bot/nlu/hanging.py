"""Sentences that cannot be all: they end in "the", "to", "could you", or in "um"."""

from __future__ import annotations

import re


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


FILLERS = _set("um uh er erm hmm mm ah well so like")
UNWELL = [[word] for word in ("isn't", "not", "very", "is", "feel", "feeling", "as", "quite")]
""" "My dog isn't well", "he is not so"."""
HANGING = _set(
    "a an the my your our his her their of at in on to for from by with about after before between until till around "
    "near into and or but because if when that's which who's than as not very quite is are was were am be been can "
    "could would should will shall may might do does did have has had i we they he she it's i'd i'll i'm i've we'd "
    "we're you're there's next every another some any how what where why mister missus doctor miss half quarter past "
    "double triple treble let's"
)
"""A sentence that ends in one of these has more to come (but see `_is_question` and `_is_short_answer`)."""

PREPOSITIONS = _set("of at in on to for from by with about after before near around")
AUXILIARIES = _set("is are was were am be can could would should will may might do does did have has had i'd i'll")
PERSONS = _set("i you we they he she")
NEEDS_OBJECT = re.compile(
    r"\b(?:(?:i|we) (?:want|need|would like|wanna|wanted|prefer)|i'd like|i would like|looking for|"
    r"(?:like|want|need) to|"
    r"(?:to|can i|could i|please) (?:make|get|have|ask|see|change|speak|talk|know|arrange|schedule)|"
    r"(?:could|can|would|will) you|(?:to|you|please|just) (?:tell|ask|show|give) (?:me|you)|"
    r"(?:do|would|did) you (?:know|think|happen to know)|(?:i|i'm|i was|was) wondering|"
    r"(?:wanted|want|like) to (?:ask|know)|this is|book an|it is the|and then|"
    r"my (?:name|number|phone number|postcode|date of birth|birthday|email))$"
)
ASKING = _set("when where what how who which")
CLOSED_BY_PREPOSITION = re.compile(
    r"\b(?:bring|take|book|put|fit|squeeze|get|pop|come) (?:(?:my|our|him|her|me|us|them)\b.* )?in$"
    r"|\b(?:never|ever|not|haven't|hasn't|been)\b.* before$"
)
""" "Bring my cat in", "I've been there before" are whole, "come in on" is not."""
ANSWER_WORDS = _set("yes yeah yep no nope sure okay ok course think hope")


def thinks(words: list[str]) -> bool:
    """The last word only fills the time."""
    return words[-1] in FILLERS and words[-2:-1] not in UNWELL


def hangs(words: list[str]) -> bool:
    """More has to come after the last of these words."""
    last = words[-1]
    if NEEDS_OBJECT.search(" ".join(words)):
        return True
    if last not in HANGING:
        return False
    if last in PREPOSITIONS:
        return not (_is_question(words) or CLOSED_BY_PREPOSITION.search(" ".join(words)))
    if last in AUXILIARIES:
        asks = _asks_indirectly(words) or (_is_question(words[:1]) and len(words) >= 4)
        return not (asks or _is_short_answer(words) or _describes(words))
    return True


def _asks_indirectly(words: list[str]) -> bool:
    """ "could you tell me when my appointment is"."""
    asked = max((index for index, word in enumerate(words) if word in ASKING), default=0)
    return asked > 0 and len(words) - asked >= 4


def _describes(words: list[str]) -> bool:
    """ "the earliest appointment you have"."""
    return len(words) >= 4 and words[-2] in PERSONS and words[-3] not in HANGING | ASKING | AUXILIARIES | PERSONS


def _is_question(words: list[str]) -> bool:
    """ "who is this for", "what time do you close on"… may end in a preposition; "can i book for" may not."""
    return words[0] in ("what", "where", "who", "which", "what's", "where's", "who's") and "the" not in words[-3:]


def _is_short_answer(words: list[str]) -> bool:
    """ "yes it is", "no i don't", "i think i can"."""
    return len(words) >= 2 and bool(ANSWER_WORDS & set(words[:-1]))
