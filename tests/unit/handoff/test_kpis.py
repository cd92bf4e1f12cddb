"""The figures by hand-made days, and what must hold for any day."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from handoff.history import Entry, Happening, What
from handoff.kpis import Journey, arrivals, by_agent, by_queue, figures, journeys

NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)


def at(seconds: float) -> dt.datetime:
    return NOON + dt.timedelta(seconds=seconds)


def day(**tickets: list[tuple[What, float]]) -> list[Journey]:
    """Ticket → what happened, and how many seconds after it came; agent 7 does everything."""
    entries = [Entry(name, "front", NOON) for name in tickets]
    happened = [Happening(name, what, at(when), 7) for name, events in tickets.items() for what, when in events]
    return journeys(entries, sorted(happened, key=lambda one: one.at))


def call(wait: float, talk: float = 60, wrap: float = 10) -> list[tuple[What, float]]:
    return [(What.ANSWERED, wait), (What.ENDED, wait + talk), (What.WRAPPED, wait + talk + wrap)]


def test_a_day_by_hand():
    of = day(
        a=call(5, 100, 20), b=call(40, 50, 10), c=[(What.ABANDONED, 60)], d=[(What.ABANDONED, 3)], e=[(What.OFFERED, 2)]
    )
    found = figures(of)
    assert (found.offered, found.answered, found.abandoned, found.short) == (4, 2, 2, 1)
    assert found.service_level == 1 / 3, "who left within 20 s is in neither side"
    assert found.asa_s == 22.5
    assert found.aht_s == 90
    assert found.abandonment == 0.5


def test_before_the_first_caller_there_are_no_figures_rather_than_zeros():
    found = figures([])
    assert (found.service_level, found.asa_s, found.aht_s, found.abandonment) == (None, None, None, None)


def test_hold_is_part_of_the_talk():
    events = [(What.ANSWERED, 10), (What.HELD, 20), (What.RESUMED, 50), (What.ENDED, 70), (What.WRAPPED, 75)]
    assert figures(day(a=events)).aht_s == 65


def test_a_call_broken_off_by_us_counts_once_and_both_talks_were_work():
    events = [(What.ANSWERED, 10), (What.RETURNED, 40), (What.ANSWERED, 50), (What.ENDED, 80), (What.WRAPPED, 90)]
    found = figures(day(a=events))
    assert (found.offered, found.asa_s, found.aht_s) == (1, 10, 70)
    left = figures(day(a=[(What.ANSWERED, 10), (What.RETURNED, 40), (What.ABANDONED, 60)]))
    assert (left.answered, left.abandoned) == (1, 0)


def test_a_call_passed_on_is_one_caller_and_the_work_of_two():
    events = [(What.ANSWERED, 10), (What.TRANSFERRED, 40), (What.WRAPPED, 45), (What.ANSWERED, 50), (What.ENDED, 80)]
    found = figures(day(a=events, b=call(5, 60, 5)))
    assert (found.answered, found.transfer_rate, found.aht_s) == (2, 0.5, 65)


def test_figures_by_queue_and_by_person():
    entries = [Entry("a", "front", NOON), Entry("b", "billing", NOON)]
    happened = [Happening("a", What.ANSWERED, at(1), 7), Happening("b", What.ABANDONED, at(2))]
    of = journeys(entries, happened)
    assert list(by_queue(of)) == ["billing", "front"]
    assert [one.ticket_id for one in by_agent(of)[7]] == ["a"]


def test_arrivals_of_the_last_hour_by_five_minutes():
    of = [
        Journey(str(n), "front", NOON - dt.timedelta(minutes=minutes))
        for n, minutes in enumerate([0, 4.9, 5, 59, 60, -1])
    ]
    counted = arrivals(of, NOON)
    assert len(counted) == 12
    assert (counted[-1], counted[-2], counted[0]) == (2, 1, 1)
    assert sum(counted) == 4


waits = st.floats(0, 600)


@given(st.lists(waits), st.lists(waits), st.floats(0, 300))
def test_shares_stay_shares_and_a_longer_target_is_never_harder(answered, left, target):
    of = day(
        **{f"a{n}": call(wait) for n, wait in enumerate(answered)},
        **{f"l{n}": [(What.ABANDONED, wait)] for n, wait in enumerate(left)},
    )
    found, easier = figures(of, target), figures(of, target + 60)
    assert found.offered == len(answered) + len(left)
    for share in (found.service_level, found.abandonment):
        assert share is None or 0 <= share <= 1
    if found.service_level is not None and easier.service_level is not None:
        assert found.service_level <= easier.service_level
