"""A panel for turn-taking: how soon the bot answers, how soon and to whom it yields, and how often it cuts in.

The measures follow the interaction metrics of tau2-bench's voice tasks (response latency, yield latency, yield rate,
selectivity, interruption rate), taken at the caller's end of the line.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.bench.figures import Figure, percentile, share
from bot.bench.tally import Tally

CLOSED_P95 = {1: 500.0, 20: 600.0, 50: 800.0}
FREE_P95 = {1: 750.0, 20: 850.0, 50: 1_100.0}
"""Goals by calls at once; in between the next higher holds."""


def goal(by_calls: dict[int, float], calls: int) -> float:
    return next((ms for most, ms in by_calls.items() if calls <= most), max(by_calls.values()))


def panel(tally: Tally, calls: int) -> list[Figure]:
    return [*_response(tally, calls), *_yield(tally), *_floor(tally), *stoppers(tally.stopped_by)]


def _response(tally: Tally, calls: int) -> list[Figure]:
    closed, free = tally.replies["closed"], [*tally.replies["free"], *tally.replies["paused"]]
    rows = []
    for kind, times, p50, p95 in (("closed", closed, 350, CLOSED_P95), ("free", free, 450, FREE_P95)):
        name, count = f"response latency, {kind}", len(times)
        rows += [
            Figure(f"{name}, p50", percentile(times, 0.5), goal=p50 if calls == 1 else None, count=count),
            Figure(f"{name}, p95", percentile(times, 0.95), goal=goal(p95, calls), count=count),
        ]
    spoken = sum(tally.spoken.values())
    return [*rows, Figure("response rate", share(spoken - tally.unanswered, spoken), "%", None, spoken, "higher")]


def _yield(tally: Tally) -> list[Figure]:
    """To callers, and not to coughs."""
    times, count = tally.barge_ins, len(tally.barge_ins)
    tries, kept_on = count + tally.barge_ins_missed, tally.disturbances - len(tally.stopped_by)
    return [
        Figure("yield latency, p50", percentile(times, 0.5), count=count),
        Figure("yield latency, p95", percentile(times, 0.95), goal=250, count=count),
        Figure("yield rate", share(count, tries), "%", None, tries, "higher"),
        Figure("selectivity", share(kept_on, tally.disturbances), "%", 80, tally.disturbances, "higher"),
    ]


def _floor(tally: Tally) -> list[Figure]:
    """How often the bot takes the caller's."""
    spoken, cut = sum(tally.spoken.values()), sum(tally.cut_off.values())
    paused, cut_paused = tally.spoken["paused"], tally.cut_off["paused"]
    return [
        Figure("interruption rate, all sentences", share(cut, spoken), "%", 5, spoken),
        Figure("interruption rate, pauses inside", share(cut_paused, paused), "%", 5, paused),
        Figure("talk-over (0.3 s and more)", share(tally.talked_over, spoken), "%", 5, spoken),
    ]


def stoppers(names: Sequence[str]) -> list[Figure]:
    """Which noises stopped the bot, and how often."""
    return [Figure(f"stopped by {name}", names.count(name), "times") for name in sorted(set(names))]
