"""When a person should take over: one score from everything that goes wrong in a call, with its reasons in words.

Each sign is an independent chance that the caller is better served by a person; together they are
1 − Π(1 − chance) (noisy-or: Pearl, Probabilistic Reasoning in Intelligent Systems, 1988, section 4.3). The chances
are set so that two failed tries at one question are survived and the third is not, and so that a bad line or an
annoyed caller shortens that.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import prod

THRESHOLD = 0.85

ANGRY = re.compile(
    r"\b(ridiculous|useless|hopeless|rubbish|for (god|goodness|heaven|christ)'?s? sake|this is stupid|"
    r"stupid (machine|bot|"
    r"computer|robot|thing)|bloody|damn|fed up|sick of|waste of (my )?time|not listening|you('re|"
    r" are)n?o?t? (not )?listening|"
    r"what the hell|shut up|fuck\w*|shit|crap|furious|angry)\b"
)


@dataclass(frozen=True, slots=True)
class Signs:
    """What went wrong so far; counts are of this call except `strikes`, which are of the open question."""

    strikes: int = 0
    """Answers to the open question that were not understood."""
    misunderstood: int = 0
    """All answers not understood."""
    repeats: int = 0
    """How often the caller asked to hear it again."""
    silences: int = 0
    corrections: int = 0
    rejected_readbacks: int = 0
    heard: float = 1.0
    """Mean recognition confidence of the last turns."""
    understood: float = 1.0
    """Mean understanding of the last turns."""
    angry: int = 0
    asked: bool = False
    """For a person."""


@dataclass(frozen=True, slots=True)
class Verdict:
    score: float
    reasons: tuple[str, ...]

    @property
    def person(self) -> bool:
        return self.score >= THRESHOLD


def sounds_angry(text: str) -> bool:
    return ANGRY.search(text) is not None


def judge(signs: Signs) -> Verdict:
    found = [(chance, reason) for chance, reason in _chances(signs) if chance > 0]
    score = 1 - prod(1 - chance for chance, _ in found)
    return Verdict(round(score, 3), tuple(reason for _, reason in sorted(found, reverse=True)))


def _chances(signs: Signs) -> list[tuple[float, str]]:
    return [
        (1.0 if signs.asked else 0.0, "the caller asked for a person"),
        (_steps(signs.strikes, 0.25, 0.5, 0.9), f"{_times(signs.strikes)} not understood at the same question"),
        (_steps(signs.misunderstood - signs.strikes, 0, 0.2, 0.4, 0.6, 0.8), "several answers were not understood"),
        (_steps(signs.angry, 0.7, 0.9), "the caller sounds annoyed"),
        (_steps(signs.repeats, 0, 0.15, 0.3, 0.5, 0.7), f"asked to hear it again {_times(signs.repeats)}"),
        (_steps(signs.silences, 0, 0.15, 0.3, 0.45), f"silent {_times(signs.silences)}"),
        (_steps(signs.corrections, 0, 0, 0.15, 0.3, 0.5), f"corrected us {_times(signs.corrections)}"),
        (_steps(signs.rejected_readbacks, 0, 0.3, 0.6, 0.9), f"read-back refused {_times(signs.rejected_readbacks)}"),
        (max(0.0, 0.5 - signs.heard) * 0.6, "the line or the words are hard to hear"),
        (max(0.0, 0.4 - signs.understood) * 0.4, "unsure what is wanted"),
    ]


def _steps(count: int, *chances: float) -> float:
    """The chance at `count` times; the last one for more."""
    return chances[min(count, len(chances)) - 1] if count > 0 else 0.0


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")
