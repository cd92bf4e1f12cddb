"""A tally as figures, each beside its goal."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from bot.bench.tally import Tally


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of the table. `goal` None: told for information."""

    name: str
    measured: float | None
    unit: str = "ms"
    goal: float | None = None
    count: int | None = None
    """How many observations it rests on."""
    better: Literal["lower", "higher"] = "lower"

    @property
    def is_met(self) -> bool | None:
        if self.goal is None or self.measured is None:
            return None
        return self.measured <= self.goal if self.better == "lower" else self.measured >= self.goal


def percentile(values: Sequence[float], share: float) -> float | None:
    """Nearest rank: the smallest value that at least `share` of all do not exceed. None of nothing."""
    if not values:
        return None
    return round(sorted(values)[max(0, math.ceil(share * len(values)) - 1)], 1)


def share(part: int, whole: int) -> float | None:
    """In percent."""
    return round(100 * part / whole, 1) if whole else None


REPLY_GOALS: Mapping[str, tuple[float, float]] = {"closed": (350, 500), "free": (450, 750)}
"""Kind → goals for p50 and p95 of the reply time of a call that has the computer for itself."""
CROWD = 20
CROWD_REPLY_P95 = 850.0


def reply_figures(tally: Tally, concurrency: int) -> list[Figure]:
    rows = []
    for kind, times in tally.replies.items():
        p50, p95 = REPLY_GOALS.get(kind, (None, None)) if concurrency == 1 else (None, None)
        rows += [
            Figure(f"reply {kind} p50", percentile(times, 0.5), goal=p50, count=len(times)),
            Figure(f"reply {kind} p95", percentile(times, 0.95), goal=p95, count=len(times)),
            Figure(f"reply {kind} max", percentile(times, 1.0), count=len(times)),
        ]
    every = [ms for times in tally.replies.values() for ms in times]
    goal = CROWD_REPLY_P95 if concurrency >= CROWD else None
    return [*rows, Figure("reply all p95", percentile(every, 0.95), goal=goal, count=len(every))]


def turn_figures(tally: Tally) -> list[Figure]:
    spoken, cut = sum(tally.spoken.values()), sum(tally.cut_off.values())
    paused = tally.spoken["paused"]
    tries = len(tally.barge_ins) + tally.barge_ins_missed
    unmoved = tally.disturbances - len(tally.stopped_by)
    return [
        Figure("cut off, all sentences", share(cut, spoken), "%", count=spoken),
        Figure("cut off, sentences with pauses", share(tally.cut_off["paused"], paused), "%", 5, paused),
        Figure("began together with the bot", share(tally.collisions, spoken), "%", count=spoken),
        Figure("barge-in p50", percentile(tally.barge_ins, 0.5), count=len(tally.barge_ins)),
        Figure("barge-in p95", percentile(tally.barge_ins, 0.95), goal=250, count=len(tally.barge_ins)),
        Figure("barge-ins that did not stop the bot", share(tally.barge_ins_missed, tries), "%", count=tries),
        Figure("noises that did not stop the bot", share(unmoved, tally.disturbances), "%", None, tally.disturbances),
        Figure("sentences without an answer", share(tally.unanswered, spoken), "%", count=spoken),
        Figure("questions asked again", share(tally.asked_again, spoken), "%", count=spoken),
    ]


def call_figures(tally: Tally, calls: int) -> list[Figure]:
    ended_well = tally.finished + tally.handed_over - tally.broke_down
    return [
        Figure("calls that ended well", ended_well, "", calls, calls, "higher"),
        Figure("calls in which the bot broke down", tally.broke_down, "", 0, calls),
        Figure("calls lost", tally.lost, "", 0, calls),
        Figure("calls given up by the caller", tally.gave_up, "", None, calls),
        Figure("appointments booked", tally.booked, "", None, calls),
        Figure("caller's own lateness p99", percentile(tally.lateness, 0.99), count=len(tally.lateness)),
    ]


def rows_of(figures: Iterable[Figure]) -> list[dict[str, Any]]:
    return [
        {
            "name": f.name,
            "measured": f.measured,
            "unit": f.unit,
            "goal": f.goal,
            "better": f.better,
            "n": f.count,
            "ok": f.is_met,
        }
        for f in figures
    ]


def table(figures: Iterable[Figure]) -> str:
    """For people: one line a figure, goals missed marked."""
    lines = [f"{'':40} {'measured':>12} {'goal':>10} {'n':>6}"]
    for figure in figures:
        measured = "–" if figure.measured is None else f"{figure.measured:g} {figure.unit}"
        sign = "≤" if figure.better == "lower" else "≥"
        goal = "" if figure.goal is None else f"{sign} {figure.goal:g}"
        count = "" if figure.count is None else str(figure.count)
        word = {True: "ok", False: "MISSED", None: ""}[figure.is_met]
        lines.append(f"{figure.name:40} {measured:>12} {goal:>10} {count:>6}  {word}".rstrip())
    return "\n".join(lines)
