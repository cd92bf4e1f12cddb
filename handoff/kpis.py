"""Figures of a queue for people, made of what happened to its tickets. Pure; the definitions are the docstrings below.

Only finished waits count: a caller who was answered, or who left before. Who still waits is in no figure yet.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Final

from handoff.history import Entry, Happening, What

TARGET_S: Final = 20
"""The usual 80/20: 80 % answered within 20 seconds."""

OVER: Final = frozenset({What.ENDED, What.TRANSFERRED, What.RETURNED})
WRITES_UP: Final = frozenset({What.ENDED, What.TRANSFERRED})


@dataclass(frozen=True, slots=True)
class Journey:
    """One caller's way through the queue."""

    ticket_id: str
    queue: str
    entered_at: dt.datetime
    answered_at: dt.datetime | None = None
    """The first answer."""
    abandoned_at: dt.datetime | None = None
    """When they left, had nobody answered."""
    agent: int | None = None
    """Who handled it last."""
    transfers: int = 0
    talk_s: float = 0.0
    """With hold."""
    wrap_up_s: float = 0.0

    @property
    def waited_s(self) -> float | None:
        """Until the answer, or until they left; None while it goes on."""
        end = self.answered_at or self.abandoned_at
        return max(0.0, (end - self.entered_at).total_seconds()) if end else None


@dataclass(frozen=True, slots=True)
class Figures:
    offered: int
    """Callers who were answered or left."""
    answered: int
    abandoned: int
    short: int
    """Of those who left: within the target time, and so in neither side of the service level."""
    service_level: float | None
    """Share (0–1) of offered callers answered within the target; None before there was any."""
    asa_s: float | None
    """Average speed of answer: mean seconds from entering the queue to a person's answer."""
    aht_s: float | None
    """Average handling time: mean seconds of talk, hold and wrap-up."""
    transfer_rate: float | None
    """Share (0–1) of answered callers who were passed on at least once."""
    abandonment: float | None
    """Share (0–1) of offered callers who left before they were answered."""


def journeys(entries: Iterable[Entry], happenings: Iterable[Happening]) -> list[Journey]:
    """In the order of `entries`; happenings oldest first. A ticket that nothing is known of is a wait that goes on."""
    of_ticket: dict[str, list[Happening]] = defaultdict(list)
    for happening in happenings:
        of_ticket[happening.ticket_id].append(happening)
    return [_journey(entry, of_ticket[entry.ticket_id]) for entry in entries]


def figures(of: Sequence[Journey], target_s: float = TARGET_S) -> Figures:
    answered = [one for one in of if one.answered_at]
    abandoned = [one for one in of if one.abandoned_at]
    short = sum(1 for one in abandoned if _within(one, target_s))
    counted = len(answered) + len(abandoned) - short
    handled = [one.talk_s + one.wrap_up_s for one in answered if one.talk_s]
    offered = len(answered) + len(abandoned)
    return Figures(
        offered=offered,
        answered=len(answered),
        abandoned=len(abandoned),
        short=short,
        service_level=sum(1 for one in answered if _within(one, target_s)) / counted if counted else None,
        asa_s=fmean(one.waited_s or 0.0 for one in answered) if answered else None,
        aht_s=fmean(handled) if handled else None,
        transfer_rate=sum(1 for one in answered if one.transfers) / len(answered) if answered else None,
        abandonment=len(abandoned) / offered if offered else None,
    )


def by_queue(of: Iterable[Journey]) -> dict[str, list[Journey]]:
    groups: dict[str, list[Journey]] = defaultdict(list)
    for one in of:
        groups[one.queue].append(one)
    return dict(sorted(groups.items()))


def by_agent(of: Iterable[Journey]) -> dict[int, list[Journey]]:
    groups: dict[int, list[Journey]] = defaultdict(list)
    for one in of:
        if one.agent is not None:
            groups[one.agent].append(one)
    return dict(groups)


def arrivals(of: Iterable[Journey], now: dt.datetime, minutes: int = 60, step: int = 5) -> list[int]:
    """Callers who entered in each `step` minutes of the last `minutes`, oldest first."""
    counts = [0] * (minutes // step)
    for one in of:
        ago = (now - one.entered_at).total_seconds() / 60
        if 0 <= ago < minutes:
            counts[-1 - int(ago // step)] += 1
    return counts


def _journey(entry: Entry, happened: Sequence[Happening]) -> Journey:
    answers = [one for one in happened if one.what is What.ANSWERED]
    left = [one for one in happened if one.what is What.ABANDONED]
    return Journey(
        entry.ticket_id,
        entry.queue,
        entry.entered_at,
        answers[0].at if answers else None,
        left[0].at if left and not answers else None,
        answers[-1].agent if answers else None,
        sum(1 for one in happened if one.what is What.TRANSFERRED),
        _between(happened, frozenset({What.ANSWERED}), OVER),
        _between(happened, WRITES_UP, frozenset({What.WRAPPED})),
    )


def _between(happened: Sequence[Happening], begins: frozenset[What], ends: frozenset[What]) -> float:
    """Seconds in all between each beginning and the end after it."""
    total, begun = 0.0, None
    for one in happened:
        if begun is not None and one.what in ends:
            total, begun = total + max(0.0, (one.at - begun).total_seconds()), None
        elif one.what in begins:
            begun = one.at
    return total


def _within(journey: Journey, target_s: float) -> bool:
    return journey.waited_s is not None and journey.waited_s <= target_s
