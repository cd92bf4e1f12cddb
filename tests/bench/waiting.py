"""How far the wait that callers are told is from the one they have: mornings with a peak, through the real desk.

Arrivals at random, more than the people can handle for an hour; handling times as call centres see them (log-normal,
after L. Brown et al., "Statistical Analysis of a Telephone Call Center", 2005), measured as the product does: the mean
of the calls handled so far.
"""

from __future__ import annotations

import datetime as dt
import heapq
import random
from statistics import fmean, median

from handoff.desk import Desk
from handoff.model import Listed, Priority
from handoff.people import Person, Role
from handoff.waiting import expected_wait_s, staffed

EIGHT = dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)
PEOPLE, MEAN_S, SPREAD = 10, 240.0, 0.8
PEAK = ((1_800, 130), (3_600, 190), (3_600, 120))
"""(seconds, calls an hour) one after the other; ten people handle 150 an hour."""
ENOUGH = 5


def median_error(mornings: int = 10) -> tuple[float, int]:
    """Share of the wait by which half of the estimates are off, and how many there were."""
    errors = [error for seed in range(mornings) for error in morning(random.Random(seed))]
    return median(errors), len(errors)


def morning(chance: random.Random) -> list[float]:
    desk, waiting, told, errors = Desk(), dict[str, Listed](), dict[str, float](), list[float]()
    handled: list[float] = []
    for number in range(PEOPLE):
        desk.arrive(Person(number, f"p{number}", f"P{number}", Role.AGENT, "", ""), EIGHT)
        desk.ready(number, EIGHT)
    due = [(at, f"t{number}", -1, 0.0) for number, at in enumerate(arrivals(chance))]
    heapq.heapify(due)
    while due:
        second, name, agent, took_s = heapq.heappop(due)
        now = EIGHT + dt.timedelta(seconds=second)
        if agent < 0:
            waiting[name] = Listed(name, now, "front", Priority.NORMAL)
        else:
            desk.end(agent, now)
            desk.wrap_up(agent, "", "", now)
            handled.append(took_s)
        desk.look(list(waiting.values()), now)
        for offer in list(desk.offers.values()):
            ticket = waiting.pop(offer.ticket_id)
            desk.answered(offer.agent, ticket, now)
            if (estimate := told.pop(ticket.id, None)) is not None:
                waited = (now - ticket.created_at).total_seconds()
                errors.append(abs(estimate - waited) / waited)
            lasts = chance.lognormvariate(0, SPREAD) * MEAN_S / 1.377  # the mean of this log-normal: exp(0.8² / 2)
            heapq.heappush(due, (second + lasts, ticket.id, offer.agent, lasts))
        if name in waiting and agent < 0:
            people, aht = staffed(desk.seats.values(), "front"), fmean(handled) if len(handled) >= ENOUGH else None
            if estimate := expected_wait_s(len(waiting), people, aht):
                told[name] = estimate
    return errors


def arrivals(chance: random.Random) -> list[float]:
    at, found, begin = 0.0, [], 0.0
    for lasts, calls_per_hour in PEAK:
        at = begin
        while (at := at + chance.expovariate(calls_per_hour / 3_600)) < begin + lasts:
            found.append(at)
        begin += lasts
    return found


if __name__ == "__main__":
    print(median_error())
