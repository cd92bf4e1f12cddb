"""Would the sentence end here? Learnt from sentences cut at every word, told by their last words and how they began.

Two sentences of the same form end differently often, so this is a tendency: "what do you charge for a crown" tends to
be all, "I'd like to move my appointment" to go on ("… to Thursday"). Words that a business brings are known by their
class and ending only, so one table (`ending.toml`, written by `ending_learning`) serves every business. Some 30 µs.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

_CLASSES = {
    "determiner": "a an the this that these those another every some any each no all both",
    "possessive": "my your our his her their its",
    "preposition": (
        "of at in on to for from by with about after before until till around near into between since during without "
        "over under through than like as"
    ),
    "conjunction": "and or but because if when while so although unless whether where which who",
    "be": (
        "is are was were am be been being isn't aren't wasn't i'm you're we're they're he's she's it's that's there's "
        "what's where's who's how's"
    ),
    "modal": "can could would should will shall may might must can't couldn't won't i'd i'll we'd we'll he'll she'll",
    "have": "do does did don't doesn't didn't have has had haven't hasn't i've we've you've they've",
    "subject": "i we he she they",
    "pronoun": (
        "you it me him them us something anything someone anyone somebody anybody everything nothing here there"
    ),
    "question": "what how why",
    "adverb": (
        "not very quite really just still also only even already too again ever never now soon back up down out off"
    ),
    "number": (
        "one two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty hundred oh double"
    ),
    "day": (
        "monday tuesday wednesday thursday friday saturday sunday today tomorrow tonight yesterday weekend weekends "
        "mondays tuesdays wednesdays thursdays fridays saturdays sundays"
    ),
    "part": "morning afternoon evening night week month year noon lunchtime",
    "polite": "please thanks thank",
    "verb": (
        "want need book make get see come go know tell ask speak talk change move cancel bring take give put help pay "
        "find do send call ring"
    ),
}
_CLASS_OF = {word: name for name, words in reversed(_CLASSES.items()) for word in words.split()}
_SUFFIXES = ("ing", "ed", "ly")
_TOLD = ("day", "part", "polite", "number", "conjunction", "preposition", "verb", "possessive")
"""Classes of which it matters that one is in the sentence."""
_ASKING = "what when where which who whose how why"
_OPENERS = "hello hi hey yes no okay oh well so and good morning afternoon evening sorry please"
_ASKS, _OPENS = frozenset(_ASKING.split()), frozenset(_OPENERS.split())
_LENGTHS = (1, 2, 3, 4, 5, 7, 10)
_START = "-"


def ends_here(text: str, weights: Mapping[str, float] | None = None) -> float:
    """Log-odds that who falls silent after `text` (lower case, a word at least) is done. As often as in what was learnt
    from, which is not as often as in calls: good for comparing sentences.
    """
    weights = table() if weights is None else weights
    return sum(weights.get(feature, 0.0) for feature in features(text))


@cache
def table() -> dict[str, float]:
    """Feature → weight, of `ending.toml`."""
    sections = tomllib.loads((files("bot.nlu") / "ending.toml").read_text(encoding="utf-8"))
    return {f"{name}:{value}": weight for name, weights in sections.items() for value, weight in weights.items()}


def features(text: str) -> list[str]:
    """What is looked at, as "section:value"."""
    said = _without_greeting(text.split())
    kinds = [_class_of(word) for word in said]
    padded, before = [_START, *said], [_START, _START, *kinds]
    first, last = "question" if said[0] in _ASKS else kinds[0], kinds[-1]
    length = next((str(limit) for limit in _LENGTHS if len(said) <= limit), "more")
    found = [
        "all:sentences",
        f"last:{said[-1]}",
        f"before last:{padded[-2]}",
        f"last class:{last}",
        f"last classes:{' '.join(before[-2:])}",
        f"last classes:{' '.join(before[-3:])}",
        f"first:{said[0]}",
        f"first two:{' '.join(said[:2])}",
        f"first and last class:{first} {last}",
        f"first two and last class:{' '.join(said[:2])} {last}",
        f"length:{length}",
        f"length and first class:{length} {first}",
        f"length and last class:{length} {last}",
    ]
    present = set(kinds)
    return found + [f"{'with' if kind in present else 'without'}:{kind}, {first}" for kind in _TOLD]


def _without_greeting(words: list[str]) -> list[str]:
    """ "hello good morning i'd like …" begins with "i'd"."""
    start = next((index for index, word in enumerate(words) if word not in _OPENS), len(words) - 1)
    return words[start:]


def _class_of(word: str) -> str:
    if word in _CLASS_OF:
        return _CLASS_OF[word]
    suffix = next((suffix for suffix in _SUFFIXES if word.endswith(suffix)), "")
    return f"…{suffix}" if suffix else "…s" if word.endswith("s") and len(word) > 3 else "…"
