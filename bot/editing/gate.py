"""The regression gate: does a new version understand anything worse than the one that serves?

Judged are phrases with known meaning that the model did not learn from. An intent fails when it loses more of them
than its tolerance. A sentence counts as understood when it is given its intent *and* passes the out-of-scope gate; one
labelled `out_of_scope` when it does not pass.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

OUT_OF_SCOPE = "out_of_scope"
STRICT = frozenset({"emergency", "person"})
"""Nothing may be lost of these: somebody bleeds, or asked for help."""
TOLERANCE = 0.05
"""Share of an intent's phrases that may be lost; one phrase always may, for the first is chance."""
TOLERANCE_OF_ALL = 0.01
"""Share of all phrases together."""
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Case:
    """A phrase, what it means, and how it was answered before and after (intent, accepted)."""

    text: str
    intent: str
    before: tuple[str, bool]
    after: tuple[str, bool]

    def was_right(self) -> bool:
        return _is_right(self.intent, self.before)

    def is_right(self) -> bool:
        return _is_right(self.intent, self.after)


@dataclass(frozen=True, slots=True)
class IntentChange:
    intent: str
    phrases: int
    before: int
    after: int
    allowed: int
    """How many may be lost."""
    lost: tuple[str, ...]
    """Phrases that were understood and are not any more, with what they are taken for."""

    @property
    def fails(self) -> bool:
        return self.before - self.after > self.allowed


@dataclass(frozen=True, slots=True)
class Regression:
    phrases: int
    before: int
    after: int
    intents: tuple[IntentChange, ...]
    """Those that changed, the worst first."""

    @property
    def fails(self) -> bool:
        too_many = self.before - self.after > max(1, TOLERANCE_OF_ALL * self.phrases)
        return too_many or any(change.fails for change in self.intents)

    def sentences(self) -> list[str]:
        """Why it fails."""
        said = [
            f"{change.intent} understands {change.after} of {change.phrases} test phrases instead of {change.before}: "
            f"{'; '.join(change.lost)}."
            for change in self.intents
            if change.fails
        ]
        if self.fails and not said:
            said = [f"In all {self.after} of {self.phrases} test phrases are understood instead of {self.before}."]
        return said


def compare(cases: Sequence[Case]) -> Regression:
    by_intent: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        by_intent[case.intent].append(case)
    changes = [_change(intent, found) for intent, found in sorted(by_intent.items())]
    moved = [change for change in changes if change.before != change.after or change.lost]
    return Regression(
        len(cases),
        sum(case.was_right() for case in cases),
        sum(case.is_right() for case in cases),
        tuple(sorted(moved, key=lambda change: change.after - change.before)),
    )


def _change(intent: str, cases: Sequence[Case]) -> IntentChange:
    allowed = 0 if intent in STRICT else max(1, int(TOLERANCE * len(cases)))
    lost = [f"“{case.text}” → {_taken(case.after)}" for case in cases if case.was_right() and not case.is_right()]
    before, after = sum(case.was_right() for case in cases), sum(case.is_right() for case in cases)
    return IntentChange(intent, len(cases), before, after, allowed, tuple(lost[:SHOWN]))


def _is_right(intent: str, answer: tuple[str, bool]) -> bool:
    guess, accepted = answer
    return not accepted if intent == OUT_OF_SCOPE else accepted and guess == intent


def _taken(answer: tuple[str, bool]) -> str:
    return answer[0] if answer[1] else "not understood"
