"""Who is heard next when many wait for the free ear."""

from __future__ import annotations

import threading

from hypothesis import given
from hypothesis import strategies as st

from bot.asr.turnstile import Line, Turnstile


def test_who_is_done_goes_before_a_look_at_a_pause_that_came_earlier() -> None:
    line = Line(1)
    look, done = line.join(is_look=True), line.join(is_look=False)
    assert not line.enter(look)
    assert line.enter(done)
    line.leave()
    assert line.enter(look)


def test_who_is_done_is_heard_in_the_order_of_coming() -> None:
    line = Line(1)
    first, second = line.join(is_look=False), line.join(is_look=False)
    assert not line.enter(second)
    assert line.enter(first)


def test_no_more_are_inside_than_there_are_places() -> None:
    line = Line(2)
    places = [line.join(is_look=False) for _ in range(3)]
    assert [line.enter(place) for place in places] == [True, True, False]


def test_a_look_that_gave_up_stands_in_nobodys_way() -> None:
    line = Line(1)
    first, second = line.join(is_look=True), line.join(is_look=True)
    line.give_up(first)
    assert line.enter(second)


@given(st.lists(st.booleans(), max_size=30), st.integers(1, 4))
def test_everybody_is_served_once_and_nobody_is_forgotten(looks: list[bool], places: int) -> None:
    line = Line(places)
    waiting = [line.join(is_look=is_look) for is_look in looks]
    served = []
    while waiting:
        now = next(place for place in waiting if line.enter(place))
        waiting.remove(now)
        served.append(now)
        line.leave()
    assert served == sorted(served)


def test_a_look_is_given_up_when_its_time_has_passed_and_who_is_done_waits_on() -> None:
    seconds = iter([0.0, 0.0, 9.0])
    turnstile = Turnstile(1, lambda: next(seconds))
    assert turnstile.enter(is_look=False)
    assert not turnstile.enter(is_look=True)
    entered = threading.Thread(target=lambda: seconds_for_the_last(turnstile))
    entered.start()
    turnstile.leave()
    entered.join(10)
    assert not entered.is_alive()


def seconds_for_the_last(turnstile: Turnstile) -> None:
    turnstile._clock = lambda: 0.0
    assert turnstile.enter(is_look=False)
