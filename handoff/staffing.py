"""How many people a queue needs: Erlang's waiting formula, and the one for callers who lose patience.

**Erlang C** (A. K. Erlang, "Solution of some problems in the theory of probabilities of significance in automatic
telephone exchanges", 1917): calls come at random (Poisson), last exponentially long, everybody waits for as long as
it takes. **Erlang A** adds that callers hang up after an exponentially distributed patience (C. Palm, 1946; in the
form of A. Mandelbaum and S. Zeltyn, "The Palm/Erlang-A Queue, with Applications to Call Centers", 2005). Both are
optimistic where handling times vary more than exponentially, and Erlang C is pessimistic where callers hang up.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass

STEPS = 4_000
"""Of the numerical integrals; even, for Simpson's rule."""

NEGLIGIBLE = 40.0
"""Where a density has fallen by e^-40 the integral ends."""

SHORTEST_S, LONGEST_S = 1e-3, 1e9
"""Of handling times and patience: beyond them the integrals meet the end of floating point, and nobody's calls are."""

MOST_ERLANGS = 100_000.0
"""The recursion takes a step for each person; a hundred thousand people are a few hundredths of a second."""


@dataclass(frozen=True, slots=True)
class Load:
    """What comes in, in one interval in which nothing changes."""

    calls_per_hour: float
    aht_s: float
    """Average handling time: talk + hold + wrap-up, seconds."""

    def __post_init__(self) -> None:
        if not 0 <= self.calls_per_hour < math.inf:
            raise ValueError("Calls an hour must not be negative.")
        if not SHORTEST_S <= self.aht_s <= LONGEST_S:
            raise ValueError("The handling time must be a millisecond at least, and thirty years at most.")
        if self.erlangs > MOST_ERLANGS:
            raise ValueError(f"The work must be that of {MOST_ERLANGS:,.0f} people at most.")

    @property
    def erlangs(self) -> float:
        """Work offered, in people who would be busy without a pause."""
        return self.calls_per_hour * self.aht_s / 3600


@dataclass(frozen=True, slots=True)
class Forecast:
    """Of a queue in its steady state."""

    service_level: float
    """Share (0–1) answered within the target time; with patience, of those who did not hang up within it."""
    asa_s: float | None
    """Average speed of answer, seconds; None when the queue grows without end."""
    occupancy: float
    """Share (0–1) of their time in which people are busy."""
    abandonment: float = 0.0
    """Share (0–1) of callers who hang up before they are answered."""


def blocking(agents: int, erlangs: float) -> float:
    """Erlang B, by its recursion 1/B(n) = 1 + n/A · 1/B(n-1): no factorials, so nothing overflows."""
    if erlangs == 0:
        return 0.0 if agents else 1.0
    inverse = 1.0
    for n in range(1, agents + 1):
        inverse = 1.0 + inverse * n / erlangs
    return 1.0 / inverse


def must_wait(agents: int, erlangs: float) -> float:
    """Erlang C: the share of callers who are not answered at once; 1 when there is more work than people."""
    if erlangs >= agents:
        return 1.0
    lost = blocking(agents, erlangs)
    return lost / (1.0 - erlangs / agents * (1.0 - lost))


def erlang_c(load: Load, agents: int, target_s: float = 20.0) -> Forecast:
    """Everybody waits. With as much work as people or more the queue never ends: service level 0, no ASA."""
    _check(agents, target_s)
    work = load.erlangs
    if work >= agents:
        return Forecast(0.0, None, 1.0)
    waits, spare = must_wait(agents, work), agents - work
    within = 1.0 - waits * math.exp(-spare * target_s / load.aht_s)
    return Forecast(max(0.0, within), waits * load.aht_s / spare, work / agents)


def erlang_a(load: Load, agents: int, patience_s: float, target_s: float = 20.0) -> Forecast:
    """Callers hang up after `patience_s` seconds on average, so that the queue ends whatever comes.

    Mandelbaum and Zeltyn: the wait that is offered to an endlessly patient caller is nothing with weight
    E = 1/B(n-1), and x seconds with density λ·exp(λ(1-e^-θx)/θ - nμx), where θ is 1/patience.
    """
    _check(agents, target_s)
    if not patience_s >= SHORTEST_S:
        raise ValueError("The patience must be a millisecond at least.")
    patience_s = min(patience_s, LONGEST_S)  # who waits for thirty years waits for good
    fewer = blocking(agents - 1, load.erlangs)
    if fewer == 0:  # or too small to be told from it: so many people that nobody waits
        return Forecast(1.0, 0.0, load.erlangs / agents)
    rate, leave, serve = load.calls_per_hour / 3600, 1 / patience_s, agents / load.aht_s

    def exponent(x: float) -> float:
        return rate * -math.expm1(-leave * x) / leave - serve * x

    top = math.log(rate / serve) / leave if rate > serve else 0.0
    highest = exponent(top)

    def density(x: float) -> float:
        return rate * math.exp(exponent(x) - highest)

    def stays(x: float) -> float:
        return math.exp(-leave * x)

    end = _end(top, lambda x: exponent(x) < highest - NEGLIGIBLE)
    at_once = math.exp(-highest) / fewer
    whole = at_once + _integral(density, 0.0, end)
    within = min(target_s, end)
    answered = (at_once + _integral(lambda x: density(x) * stays(x), 0.0, end)) / whole
    soon = (at_once + _integral(lambda x: density(x) * stays(x), 0.0, within)) / whole
    waited = _integral(lambda x: x * density(x) * stays(x), 0.0, end) / whole
    # those who left within the target: offered more than x and their patience ended at x
    later = _integral(density, within, end) / whole
    left_soon = _integral(lambda x: density(x) * (1 - stays(x)), 0.0, within) / whole + later * (1 - stays(within))
    return Forecast(
        _share(soon / (1 - left_soon)),
        waited / answered,
        _share(load.erlangs * answered / agents),
        _share(1 - answered),
    )


def agents_needed(load: Load, level: float = 0.8, target_s: float = 20.0, patience_s: float | None = None) -> int:
    """The fewest people with whom `level` (below 1) of the calls are answered within `target_s` seconds."""
    if not 0 <= level < 1:
        raise ValueError("The service level must be from 0 to below 1.")

    def is_enough(agents: int) -> bool:
        if patience_s is None:
            return erlang_c(load, agents, target_s).service_level >= level
        return erlang_a(load, agents, patience_s, target_s).service_level >= level

    few, step = (math.floor(load.erlangs) if patience_s is None else 0), 1
    while not is_enough(few + step):  # more people never answer later
        few, step = few + step, step * 2
    return few + 1 + bisect_left(range(few + 1, few + step), True, key=is_enough)


def _check(agents: int, target_s: float) -> None:
    if agents < 1:
        raise ValueError("Somebody must answer: at least one agent.")
    if not 0 <= target_s < math.inf:
        raise ValueError("The target time must not be negative.")


def _end(start: float, is_over: Callable[[float], bool]) -> float:
    width = 1.0
    while not is_over(start + width):
        width *= 2
    return start + width


def _integral(function: Callable[[float], float], begin: float, end: float) -> float:
    """Simpson's rule."""
    if end <= begin:
        return 0.0
    step = (end - begin) / STEPS
    inner = sum((4 if i % 2 else 2) * function(begin + i * step) for i in range(1, STEPS))
    return (function(begin) + inner + function(end)) * step / 3


def _share(value: float) -> float:
    return min(1.0, max(0.0, value))
