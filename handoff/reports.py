"""Reports over one book: every contact counts once, whether the bot served it, people did, or nobody.

A `Contact` is what is known of one call; `Sums` are counts and sums of many, which can be added up (by a database, day
by day); `kpis` makes of sums the figures people speak of. Pure; what each figure means is in `DEFINITIONS`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Final

from handoff.kpis import TARGET_S

AGAIN: Final = dt.timedelta(days=7)
"""Who calls again within this was not helped the first time."""

SATISFIED: Final = 4
"""Answers of the survey from here to 5 count as satisfied."""


@dataclass(frozen=True, slots=True)
class Contact:
    """One call, from the first word to the last, and what people did about it."""

    id: str
    business: str
    started_at: dt.datetime
    day: dt.date
    """Local to the business, as `hour` is."""
    hour: int
    caller: str = ""
    """Something that is the same for the same caller, and tells nobody who; "": not known, never the same."""
    intent: str = ""
    queue: str = ""
    """The last one it waited in; "": it never waited for a person."""
    agent: str = ""
    """Who handled it last."""
    case_id: str = ""
    """What it was about, where people were needed for it; calls about the same have the same."""
    by_bot: bool = True
    contained: bool = False
    """The bot finished it alone."""
    answered: bool = False
    """By a person."""
    abandoned: bool = False
    """Left the queue before a person answered."""
    transferred: bool = False
    resolved: bool = False
    """Contained; or a person answered it, and its case is closed."""
    wait_ms: int = 0
    """From entering the queue to the answer, or until they left."""
    handled_ms: int = 0
    """Talk, hold and wrap-up."""
    score: int = 0
    """Of the survey, 1 to 5; 0: not asked, or not answered."""
    quality: int | None = None
    """Of the score card, in hundredths of a point (0 to 10,000); None: nobody scored it."""
    came_again: bool = False
    """The same caller, about anything, within `AGAIN`."""
    same_again: bool = False
    """The same caller about the same, or anybody about the same case, within `AGAIN`."""


@dataclass(frozen=True, slots=True)
class Sums:
    """Of many contacts; those of two disjoint lots add up."""

    calls: int = 0
    by_bot: int = 0
    contained: int = 0
    contained_net: int = 0
    offered: int = 0
    answered: int = 0
    abandoned: int = 0
    short: int = 0
    """Of the abandoned: within the target."""
    in_time: int = 0
    """Of the answered: within the target."""
    wait_ms: int = 0
    """Of the answered."""
    handled: int = 0
    handled_ms: int = 0
    transferred: int = 0
    resolved: int = 0
    resolved_first: int = 0
    surveyed: int = 0
    score: int = 0
    satisfied: int = 0
    scored: int = 0
    quality: int = 0


SUMS: Final = tuple(field.name for field in fields(Sums))


@dataclass(frozen=True, slots=True)
class Kpis:
    """Shares are from 0 to 1, None where there was nothing to take a share of."""

    calls: int
    containment: float | None
    containment_net: float | None
    offered: int
    answered: int
    abandoned: int
    service_level: float | None
    asa_s: float | None
    aht_s: float | None
    abandonment: float | None
    transfer_rate: float | None
    fcr: float | None
    surveyed: int
    csat: float | None
    satisfied: float | None
    scored: int
    quality: float | None


DEFINITIONS: Final[Mapping[str, str]] = {
    "calls": "Calls that began in the time, whoever served them.",
    "containment": "Share of the bot's calls that it finished alone, without a person.",
    "containment_net": "The same without callers who called again, about anything, within 7 days.",
    "offered": "Callers who waited for a person and were answered or left; who still waits is in no figure yet.",
    "answered": "Of those offered: answered by a person.",
    "abandoned": "Of those offered: left the queue before anybody answered.",
    "service_level": "Share of offered callers answered within the target; who left within it is in neither side.",
    "asa_s": "Average speed of answer: mean seconds from entering the queue to a person's answer.",
    "aht_s": "Average handling time: mean seconds of talk, hold and wrap-up.",
    "abandonment": "Share of offered callers who left before they were answered.",
    "transfer_rate": "Share of answered callers who were passed on at least once.",
    "fcr": "First call resolution: share of resolved calls whose caller did not call again about the same within "
    "7 days. Resolved is what the bot finished alone, and what people answered and whose case is closed; of the last "
    "7 days it can still fall.",
    "surveyed": "Callers who answered the survey.",
    "csat": "Mean of the survey's answers, 1 to 5.",
    "satisfied": "Share of the survey's answers that were 4 or 5.",
    "scored": "Calls that somebody scored by the score card.",
    "quality": "Quality score: mean of the scores, 0 to 100, that these calls were given by the score card.",
}
"""Figure → what it means, for whoever looks at it."""


def tally(contacts: Iterable[Contact], target_s: float = TARGET_S) -> Sums:
    """The sums of these, one by one: what any quicker way has to equal."""
    total = dict.fromkeys(SUMS, 0)
    for one in contacts:
        for name, value in _parts(one, target_s * 1000).items():
            total[name] += int(value)
    return Sums(**total)


def grouped(contacts: Iterable[Contact], key: Callable[[Contact], str]) -> dict[str, list[Contact]]:
    """By what `key` says, sorted by it; who has none (an agent, a queue) is in no group."""
    groups: dict[str, list[Contact]] = {}
    for one in contacts:
        groups.setdefault(key(one), []).append(one)
    return {name: groups[name] for name in sorted(groups) if name}


def kpis(of: Sums) -> Kpis:
    counted = of.offered - of.short
    return Kpis(
        calls=of.calls,
        containment=_ratio(of.contained, of.by_bot),
        containment_net=_ratio(of.contained_net, of.by_bot),
        offered=of.offered,
        answered=of.answered,
        abandoned=of.abandoned,
        service_level=_ratio(of.in_time, counted),
        asa_s=_ratio(of.wait_ms, of.answered * 1000),
        aht_s=_ratio(of.handled_ms, of.handled * 1000),
        abandonment=_ratio(of.abandoned, of.offered),
        transfer_rate=_ratio(of.transferred, of.answered),
        fcr=_ratio(of.resolved_first, of.resolved),
        surveyed=of.surveyed,
        csat=_ratio(of.score, of.surveyed),
        satisfied=_ratio(of.satisfied, of.surveyed),
        scored=of.scored,
        quality=_ratio(of.quality, of.scored * 100),
    )


def _parts(one: Contact, target_ms: float) -> dict[str, int | bool]:
    in_time = one.wait_ms <= target_ms
    return {
        "calls": True,
        "by_bot": one.by_bot,
        "contained": one.contained,
        "contained_net": one.contained and not one.came_again,
        "offered": one.answered or one.abandoned,
        "answered": one.answered,
        "abandoned": one.abandoned,
        "short": one.abandoned and in_time,
        "in_time": one.answered and in_time,
        "wait_ms": one.wait_ms if one.answered else 0,
        "handled": one.handled_ms > 0,
        "handled_ms": one.handled_ms,
        "transferred": one.answered and one.transferred,
        "resolved": one.resolved,
        "resolved_first": one.resolved and not one.same_again,
        "surveyed": one.score > 0,
        "score": one.score,
        "satisfied": one.score >= SATISFIED,
        "scored": one.quality is not None,
        "quality": one.quality or 0,
    }


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None
