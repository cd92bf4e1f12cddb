"""What is set for a queue: what cannot be meant is refused, and hours go by the clock on the wall."""

import datetime as dt
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.queues import Admission, Opening, Queue, Strategy, queue_as_plain, queue_from, weekly, without

NOW = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)  # a Monday
OFFICE = weekly({day: [("09:00", "12:00"), ("13:00", "17:30")] for day in range(5)})


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"name": "front", "overflow_to": "front"},
        {"name": "front", "offer_s": 1},
        {"name": "front", "max_length": -1},
        {"name": "front", "priority": 9},
        {"name": "front", "timezone": "Moon/Sea"},
        {"name": "front", "strategy": "by magic"},
        {"name": "front", "opening": [{"weekday": 0, "opens": "17:00", "closes": "09:00"}]},
        {"name": "front", "opening": [{"weekday": 7, "opens": "09:00", "closes": "17:00"}]},
        {"name": "front", "opening": [{"weekday": 1, "opens": "nine", "closes": "17:00"}]},
    ],
)
def test_what_cannot_be_meant_is_refused(wrong):
    with pytest.raises((ValueError, TypeError), match=r"\w"):
        queue_from(wrong)


def test_a_queue_is_open_in_its_hours_and_without_any_always():
    queue = Queue("front", opening=OFFICE)
    assert queue.is_open(NOW)
    assert not queue.is_open(NOW.replace(hour=12, minute=0))
    assert not queue.is_open(NOW + dt.timedelta(days=5))
    assert Queue("front").is_open(NOW)
    assert Queue("front", opening=(Opening(0, "00:00", "24:00"),)).is_open(NOW.replace(hour=23, minute=59))


def test_hours_stay_what_they_are_when_the_clocks_change():
    """In London the clocks go forward on 29 March 2026: nine there is nine UTC before, and eight UTC after."""
    queue = Queue("front", opening=OFFICE, timezone="Europe/London")
    friday, monday = dt.datetime(2026, 3, 27, tzinfo=dt.UTC), dt.datetime(2026, 3, 30, tzinfo=dt.UTC)
    assert not queue.is_open(friday.replace(hour=8, minute=30))
    assert queue.is_open(monday.replace(hour=8, minute=30))
    assert not queue.is_open(monday.replace(hour=16, minute=45))


def test_a_queue_admits_until_it_is_full_and_while_it_is_open():
    queue = Queue("front", opening=OFFICE, max_length=2)
    assert queue.admits(1, NOW) is Admission.OPEN
    assert queue.admits(2, NOW) is Admission.FULL
    assert queue.admits(0, NOW.replace(hour=20)) is Admission.CLOSED
    assert Queue("front", max_length=0).admits(0, NOW) is Admission.FULL


def test_help_comes_after_a_while_or_above_a_length_and_only_where_it_is_set():
    late = Queue("front", overflow_to="back", overflow_after_s=60)
    assert not late.overflows(59, 100)
    assert late.overflows(60, 1)
    long = Queue("front", overflow_to="back", overflow_above=3)
    assert not long.overflows(999, 3)
    assert long.overflows(0, 4)
    assert not Queue("front", overflow_after_s=0).overflows(999, 99)


def test_levels_widen_with_the_wait():
    queue = Queue("front", widen_s=30)
    assert [queue.levels(waited) for waited in (0, 29, 30, 61)] == [1, 1, 2, 3]
    assert Queue("front").levels(0) is None


def test_who_overflowed_into_a_queue_that_is_gone_overflows_no_more():
    queues = {"front": Queue("front", overflow_to="back", overflow_above=3), "back": Queue("back")}
    left = without(queues, "back")
    assert list(left) == ["front"]
    assert left["front"].overflow_to == ""


settings = st.builds(
    Queue,
    name=st.text(min_size=1, max_size=20).filter(str.strip),
    strategy=st.sampled_from(Strategy),
    opening=st.sampled_from([(), OFFICE]),
    max_length=st.none() | st.integers(0, 100),
    max_wait_s=st.none() | st.integers(0, 3_600),
    overflow_after_s=st.none() | st.integers(0, 600),
    last_agent_s=st.integers(0, 60),
    priority=st.integers(-3, 3),
    vips=st.frozensets(st.from_regex(r"\+44[0-9]{6}", fullmatch=True)),
)


@given(settings)
def test_settings_come_back_from_json_as_they_went(queue):
    assert queue_from(json.loads(json.dumps(queue_as_plain(queue)))) == queue


def test_what_is_left_out_is_as_shipped():
    assert queue_from({"name": "front", "offer_s": 30}) == replace(Queue("front"), offer_s=30)
