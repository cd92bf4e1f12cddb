"""Phrases that follow from the names of a business, so that editors need not write each name under each intent.

Without them, "a root canal please" and "cancel my root canal" lean towards the one place where the words "root canal"
are frequent: the question what it costs.
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.nlu.understanding import Vocabulary

WAYS = 3
"""So many ways of saying a name are used: more would drown what people wrote."""

ANSWERS = {"service": "{}", "staff": "with {}", "branch": "at {} please", "role": "the {}"}
"""What is said to "which service?", "with whom?", "where?": the intent `inform`."""

SENTENCES = {
    "book": ("i'd like {}", "can i book {}", "i need {}"),
    "cancel": ("cancel my {}", "i want to cancel the {}"),
    "move": ("can i move my {}", "i need to change my {} to another day"),
    "ask_appointment": ("when is my {}",),
}


def phrases_of_names(vocabulary: Vocabulary) -> Iterator[tuple[str, str]]:
    """(intent, phrase); single names as answers first."""
    for kind, pattern in ANSWERS.items():
        for ways in vocabulary.names.get(kind, {}).values():
            yield from (("inform", pattern.format(way)) for way in ways[:WAYS])
    for ways in vocabulary.names.get("service", {}).values():
        for way in ways[:WAYS]:
            for intent, patterns in SENTENCES.items():
                said = _with_article(way) if intent == "book" else way
                yield from ((intent, pattern.format(said)) for pattern in patterns)


def _with_article(way: str) -> str:
    if way.endswith(("s", "ing")) or way.startswith("a "):
        return way
    return f"an {way}" if way[0] in "aeiou" else f"a {way}"
