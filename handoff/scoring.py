"""Score cards: questions a team asks of its calls, the score that answers make, which calls to listen to, the trend.

Pure. A score is from 0 to 100: the weighted mean of the answers, those left out as not applicable apart.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from random import Random
from statistics import fmean
from typing import Any, Final, Literal

Kind = Literal["yes_no", "scale"]
"""Yes or no; or 1 (worst) to 5."""

MOST_QUESTIONS: Final = 30
STRATA: Final = 3
"""Short, middling and long calls are drawn alike: chance alone would hand out what is frequent, short ones."""


class CardRefused(ValueError):
    """Its text is a sentence for whoever edits the card."""


@dataclass(frozen=True, slots=True)
class Question:
    id: str
    text: str
    kind: Kind = "yes_no"
    weight: int = 1
    """1 to 10."""


FIRST_CARD: Final = (
    Question("greeting", "Greeted with name, and friendly?"),
    Question("identity", "Made sure who is calling before telling anything personal?", weight=2),
    Question("understood", "Found out what the caller wanted, without letting them repeat themselves?", "scale", 2),
    Question("solved", "Solved it, or said clearly what happens next?", "scale", 3),
    Question("read_back", "Read back what was agreed?"),
    Question("tone", "Was patient and polite throughout?", "scale", 2),
)
"""What a team begins with."""


@dataclass(frozen=True, slots=True)
class Scored:
    """One score that somebody gave."""

    call_id: str
    agent: int
    score: float
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Candidate:
    """A call that could be listened to."""

    call_id: str
    agent: int
    started_at: dt.datetime
    length_ms: int


@dataclass(frozen=True, slots=True)
class Week:
    monday: dt.date
    score: float
    count: int


def card_from(plain: Iterable[Mapping[str, Any]]) -> tuple[Question, ...]:
    """Raises CardRefused."""
    card = tuple(Question(str(one["id"]), str(one["text"]).strip(), one["kind"], int(one["weight"])) for one in plain)
    if not 1 <= len(card) <= MOST_QUESTIONS:
        raise CardRefused(f"A score card has 1 to {MOST_QUESTIONS} questions.")
    if len({one.id for one in card}) < len(card):
        raise CardRefused("Two questions have the same id; give each its own.")
    for one in card:
        if not one.id or not one.text or one.kind not in ("yes_no", "scale") or not 1 <= one.weight <= 10:
            raise CardRefused("Every question needs a text, yes/no or 1 to 5, and a weight from 1 to 10.")
    return card


def card_as_plain(card: Iterable[Question]) -> list[dict[str, Any]]:
    return [asdict(question) for question in card]


def score(card: Sequence[Question], answers: Mapping[str, int | None]) -> float:
    """0 to 100. Answers are 0 or 1, or 1 to 5; None or missing: not applicable. Raises CardRefused."""
    unknown = set(answers) - {question.id for question in card}
    if unknown:
        raise CardRefused("The score card was changed meanwhile; please open the call again.")
    parts = [
        (_part(question, value), question.weight)
        for question in card
        if (value := answers.get(question.id)) is not None
    ]
    if not parts:
        raise CardRefused("Please answer at least one question.")
    return 100 * sum(part * weight for part, weight in parts) / sum(weight for _, weight in parts)


def sample(calls: Iterable[Candidate], per_week: int, seed: int) -> list[Candidate]:
    """So many calls per colleague and week, drawn by lot, the same for the same seed whatever the order of `calls`.

    Drawn in turns from short, middling and long calls, a stratum that is empty being passed over.
    """
    groups: dict[tuple[int, dt.date], list[Candidate]] = defaultdict(list)
    for call in calls:
        groups[call.agent, monday(call.started_at.date())].append(call)
    return [one for key in sorted(groups) for one in _drawn(groups[key], per_week, Random(f"{seed}/{key[0]}/{key[1]}"))]


def trend(scored: Iterable[Scored]) -> dict[int, list[Week]]:
    """By colleague: the mean score of each week that has one, oldest first."""
    groups: dict[int, dict[dt.date, list[float]]] = defaultdict(lambda: defaultdict(list))
    for one in scored:
        groups[one.agent][monday(one.at.date())].append(one.score)
    return {
        agent: [Week(day, fmean(weeks[day]), len(weeks[day])) for day in sorted(weeks)]
        for agent, weeks in sorted(groups.items())
    }


def monday(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())


def _drawn(calls: Sequence[Candidate], count: int, lots: Random) -> list[Candidate]:
    by_length = sorted(calls, key=lambda call: (call.length_ms, call.call_id))
    size = len(by_length)
    strata = [by_length[size * part // STRATA : size * (part + 1) // STRATA] for part in range(STRATA)]
    for stratum in strata:
        lots.shuffle(stratum)
    lots.shuffle(strata)
    drawn: list[Candidate] = []
    while len(drawn) < count and any(strata):
        drawn += [stratum.pop() for stratum in strata if stratum][: count - len(drawn)]
    return drawn


def _part(question: Question, value: int) -> float:
    low, high = (0, 1) if question.kind == "yes_no" else (1, 5)
    if not low <= value <= high:
        raise CardRefused(f"The answer to “{question.text}” must be from {low} to {high}.")
    return (value - low) / (high - low)
