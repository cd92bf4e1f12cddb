"""Names a business uses (services, staff, branches, places), found in what was heard, also when nearly heard.

Every window of words is compared with every name by spelling and by sound; short names must be exact.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from bot.nlu.normalise import sound
from bot.nlu.numbers import Token, tokens
from bot.nlu.understanding import Entity, Vocabulary

Similarities = NDArray[np.float32]
"""Windows of the text × names, 0-100."""

NEAR = 84.0
"""Least similarity (0-100) of a window and a name."""

SHORTEST_FUZZY = 5
"""Letters; names shorter than this must be exact."""

LONGEST = 6
"""Words of a window."""

_COMMON = """
a an the i you it is was are be to for of on in at and or my me we can could would like want need please have has do
does don't this that with book make get what when where how much who there yes no not see come go
"""
COMMON = frozenset(_COMMON.split())


class Gazetteer:
    """Built once a business; `find` is pure."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        owners: dict[tuple[str, str], list[str]] = defaultdict(list)
        for kind, names in vocabulary.names.items():
            for name_id, spoken in names.items():
                for phrase in spoken:
                    if flat := _flat(phrase):
                        owners[kind, flat].append(name_id)
        self._entries = [(kind, phrase, tuple(dict.fromkeys(ids))) for (kind, phrase), ids in owners.items()]
        self._phrases = [phrase for _, phrase, _ in self._entries]
        self._known = frozenset(self._phrases)
        self._sounds = [_sounds(phrase) for phrase in self._phrases]
        self._lengths = np.array([len(phrase) for phrase in self._phrases])
        self._longest = min(max((phrase.count(" ") + 2 for phrase in self._phrases), default=1), LONGEST)

    def find(self, text: str) -> list[Entity]:
        """Entities of the vocabulary's kinds; overlapping ones of one kind are settled for the better and longer."""
        words = [token for token in tokens(text) if token.text[0].isalnum()]
        windows = _windows(words, self._longest, self._known)
        if not windows or not self._phrases:
            return []
        said = [flat for flat, _, _ in windows]
        scores = self._scores(said)
        found = [
            self._entity(text, windows[row], column, scores[row, column]) for row, column in np.argwhere(scores > 0)
        ]
        return _settled(found)

    def _scores(self, said: list[str]) -> Similarities:
        spelling = process.cdist(said, self._phrases, scorer=fuzz.ratio, score_cutoff=NEAR, dtype=np.float32)
        sounding = process.cdist([_sounds(one) for one in said], self._sounds, scorer=fuzz.ratio, score_cutoff=92)
        letters = process.cdist(said, self._phrases, scorer=fuzz.ratio, score_cutoff=60, dtype=np.float32)
        near = np.maximum(spelling, np.where(letters > 0, 0.5 * (letters + sounding) * (sounding > 0), 0))
        near[near < NEAR - 6] = 0
        short = np.array([len(one) for one in said])[:, None] < SHORTEST_FUZZY
        exact_only = short | (self._lengths < SHORTEST_FUZZY)[None, :]
        similar: Similarities = np.where(exact_only & (near < 100), 0, near)
        return similar

    def _entity(self, text: str, window: tuple[str, int, int], column: int, score: float) -> Entity:
        kind, _, ids = self._entries[column]
        _, start, end = window
        others: tuple[object, ...] = ids[1:]
        return Entity(kind, ids[0], text[start:end], (start, end), round(float(score) / 100, 3), others)


def _windows(words: list[Token], longest: int, names: Collection[str]) -> list[tuple[str, int, int]]:
    """Names, and runs of words that neither start nor end in a very common word."""
    found = []
    for first in range(len(words)):
        for last in range(first, min(first + longest, len(words))):
            run = words[first : last + 1]
            flat = " ".join(word.text for word in run)
            if flat in names or not COMMON & {run[0].text, run[-1].text}:
                found.append((flat, run[0].start, run[-1].end))
    return found


def _settled(found: list[Entity]) -> list[Entity]:
    def weight(entity: Entity) -> tuple[float, int]:
        return entity.confidence**4 * len(entity.text) ** 0.5, -entity.span[0]

    kept: list[Entity] = []
    for entity in sorted(found, key=weight, reverse=True):
        rival = next((k for k in kept if k.kind == entity.kind and _overlap(k, entity)), None)
        if rival is None:
            kept.append(entity)
        elif rival.span == entity.span and entity.confidence > rival.confidence - 0.05 and entity.value != rival.value:
            others = tuple(dict.fromkeys([*rival.others, entity.value, *entity.others]))
            kept[kept.index(rival)] = Entity(rival.kind, rival.value, rival.text, rival.span, rival.confidence, others)
    return sorted(kept, key=lambda entity: entity.span)


def _overlap(one: Entity, other: Entity) -> bool:
    return one.span[0] < other.span[1] and other.span[0] < one.span[1]


def _flat(phrase: str) -> str:
    return " ".join(token.text for token in tokens(phrase) if token.text[0].isalnum())


def _sounds(phrase: str) -> str:
    return " ".join(sound(word) for word in phrase.split())
