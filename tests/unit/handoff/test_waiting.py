import datetime as dt
import random
from statistics import fmean, median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.seats import Presence, Seat
from handoff.waiting import expected_wait_s, spoken_minutes, staffed

NOW = dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)


def test_people_who_pause_are_away_or_answer_other_queues_do_not_count():
    seats = [
        Seat(1, "", Presence.TALKING, NOW),
        Seat(2, "", Presence.READY, NOW, queues={"front": 1}),
        Seat(3, "", Presence.READY, NOW, queues={"billing": 1}),
        Seat(4, "", Presence.PAUSED, NOW),
        Seat(5, "", Presence.TALKING, NOW, lost_at=NOW),
    ]
    assert staffed(seats, "front") == 2


@pytest.mark.parametrize(("place", "people", "aht"), [(0, 3, 60), (1, 0, 60), (1, 3, None)])
def test_what_cannot_be_told_is_not_guessed(place, people, aht):
    assert expected_wait_s(place, people, aht) is None
    assert spoken_minutes(None) is None


@given(st.integers(1, 50), st.integers(1, 50), st.floats(1, 3_600))
def test_more_people_are_never_slower_and_a_later_place_never_faster(place, people, aht):
    wait = expected_wait_s(place, people, aht)
    assert expected_wait_s(place, people + 1, aht) <= wait <= expected_wait_s(place + 1, people, aht)
    assert spoken_minutes(wait) * 60 >= wait
    assert spoken_minutes(wait) >= 1


@pytest.mark.parametrize("place", [8, 15])
def test_further_back_in_the_queue_half_of_the_estimates_are_within_thirty_per_cent(place):
    """Ten people talk; how long until the n-th of their calls and of those after has ended?"""
    chance, people, aht = random.Random(3), 10, 240.0
    waits = []
    for _ in range(1_000):
        ends = [chance.expovariate(1 / aht) for _ in range(people)]
        for _ in range(place):
            soonest = min(ends)
            ends[ends.index(soonest)] = soonest + chance.expovariate(1 / aht)
        waits.append(soonest)
    expected = expected_wait_s(place, people, aht)
    assert fmean(waits) == pytest.approx(expected, rel=0.1)
    assert median(abs(wait - expected) / wait for wait in waits) < 0.3
