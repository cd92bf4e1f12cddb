"""A long simulated day through the real desk and routing, against Erlang's formula."""

from __future__ import annotations

import datetime as dt
import heapq
import random
from statistics import fmean

import pytest

from handoff.desk import Desk
from handoff.history import Entry
from handoff.kpis import Figures, figures, journeys
from handoff.model import Listed, Priority
from handoff.people import Person, Role
from handoff.staffing import Load, erlang_c

EIGHT = dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)


def simulate(load: Load, agents: int, calls: int, chance: random.Random) -> Figures:
    """Arrivals at random, exponential handling, endless patience; everybody answers at once and needs no wrap-up."""
    desk, happened, entries = Desk(), [], []
    for number in range(agents):
        desk.arrive(Person(number, f"p{number}", f"P{number}", Role.AGENT, "", ""), EIGHT)
        desk.ready(number, EIGHT)
    waiting: dict[str, Listed] = {}
    at, due = 0.0, []
    for number in range(calls):
        at += chance.expovariate(load.calls_per_hour / 3600)
        heapq.heappush(due, (at, f"t{number}", -1))
    while due:
        second, name, agent = heapq.heappop(due)
        now = EIGHT + dt.timedelta(seconds=second)
        if agent < 0:
            waiting[name] = Listed(name, now, "front", Priority.NORMAL)
            entries.append(Entry(name, "front", now))
        else:
            happened += desk.end(agent, now) + desk.wrap_up(agent, "", "", now)
        desk.look(list(waiting.values()), now)
        for offer in list(desk.offers.values()):
            happened += desk.answered(offer.agent, waiting.pop(offer.ticket_id), now)
            heapq.heappush(due, (second + chance.expovariate(1 / load.aht_s), offer.ticket_id, offer.agent))
    return figures(journeys(entries, happened))


def test_days_of_ten_thousand_calls_and_forty_agents_are_served_as_erlang_says():
    """Five days, for one differs from the next by some two points, as the formula's own queue would."""
    load, agents = Load(680, 180), 40
    days = [simulate(load, agents, 10_000, random.Random(seed)) for seed in range(5)]
    expected = erlang_c(load, agents)
    assert all(day.answered == 10_000 for day in days)
    assert fmean(day.service_level for day in days) == pytest.approx(expected.service_level, abs=0.03)
    assert fmean(day.asa_s for day in days) == pytest.approx(expected.asa_s, rel=0.25)
    assert fmean(day.aht_s for day in days) == pytest.approx(180, rel=0.02)
