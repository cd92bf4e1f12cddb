"""Names that the recogniser cannot hear because they are in none of its words, and what to write instead.

Closed questions ("which branch?") are heard by a grammar of whole phrases; a phrase with a word the model never heard
of is left out of it, so callers who say just that are not understood.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import jellyfish
from rapidfuzz import fuzz, process

from bot.nlu.understanding import Vocabulary

UnknownWords = Callable[[Iterable[str]], tuple[str, ...]]
SHORTEST = 2
"""Letters of a part."""


def unheard(vocabulary: Vocabulary, unknown: UnknownWords, words: Iterable[str]) -> list[str]:
    """A sentence for each name with unknown words. `words`: some that callers say, to choose a suggestion from."""
    known = sorted(set(words) - set(unknown(words)))
    found = []
    for kind, names in vocabulary.names.items():
        for key, ways in names.items():
            for way in ways:
                if lost := unknown([way]):
                    mends = "; ".join(_mend(word, unknown, known) for word in lost)
                    found.append(f"{kind} {key}: “{way}” cannot be heard where the answer is closed: {mends}")
    return found


def _mend(word: str, unknown: UnknownWords, known: list[str]) -> str:
    if parts := _two_words(word, unknown):
        return f"write “{word}” as “{parts}”."
    sounding = [other for other in known if jellyfish.metaphone(other) == jellyfish.metaphone(word)]
    near = sounding[:1] or [match[0] for match in process.extract(word, known, scorer=fuzz.ratio, limit=1)]
    like = f", such as “{near[0]}”" if near else ""
    return (
        f"“{word}” is no word the recogniser knows; add another spelling to spoken, in words that sound like it{like}."
    )


def _two_words(word: str, unknown: UnknownWords) -> str:
    """ "checkup" → "check up"; the most even split."""
    splits = sorted(range(SHORTEST, len(word) - SHORTEST + 1), key=lambda at: abs(at - len(word) / 2))
    return next((f"{word[:at]} {word[at:]}" for at in splits if not unknown([word[:at], word[at:]])), "")
