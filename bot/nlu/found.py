"""Things found in a text by patterns, and how overlapping ones are settled."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Found(Generic[Value]):
    """A value and the characters that said it, end exclusive."""

    value: Value
    start: int
    end: int

    def overlaps(self, other: Found[Any]) -> bool:
        return self.start < other.end and other.start < self.end


Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], Value | None]]
"""A pattern, and what a match of it means; None when it means nothing after all (the 31st of June)."""


def search(text: str, rules: Iterable[Rule[Value]], taken: Sequence[Found[Any]] = ()) -> list[Found[Value]]:
    """What the rules find, in order, without overlaps: earlier and longer matches win, then earlier rules."""
    candidates: list[Found[Value]] = []
    for pattern, meaning in rules:
        for match in pattern.finditer(text):
            value = meaning(match)
            if value is not None:
                start, end = match.span("it") if "it" in pattern.groupindex else match.span()
                candidates.append(Found(value, start, end))
    return settle(candidates, taken)


def settle(candidates: Iterable[Found[Value]], taken: Sequence[Found[Any]] = ()) -> list[Found[Value]]:
    kept: list[Found[Value]] = []
    for candidate in sorted(candidates, key=lambda found: (found.start, -found.end)):
        if not any(candidate.overlaps(other) for other in (*kept, *taken)):
            kept.append(candidate)
    return kept
