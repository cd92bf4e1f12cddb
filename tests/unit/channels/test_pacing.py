"""Deadline pacing, with a clock that the test turns."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.channels.pacing import MAX_AHEAD_MS, Pacer, pcm_ms


class TestClock:
    """Time passes only in `sleep`, each of which wakes up `late_ms` too late."""

    __test__ = False

    def __init__(self, late_ms: int = 0) -> None:
        self.now = 100.0
        self.late_ms = late_ms

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now += seconds + self.late_ms / 1000

    def pacer(self, ahead_ms: int = MAX_AHEAD_MS) -> Pacer:
        return Pacer(ahead_ms, clock=self, sleep=self.sleep)


async def test_the_first_chunks_go_at_once_and_the_next_when_the_line_has_room() -> None:
    clock = TestClock()
    pacer = clock.pacer(ahead_ms=100)
    for _ in range(4):
        await pacer.send(20)
    assert clock.now == 100.0
    assert pacer.under_way_ms() == 80
    await pacer.send(20)
    assert round(clock.now - 100, 3) == 0.02


async def test_late_wake_ups_do_not_add_up() -> None:
    clock = TestClock(late_ms=7)
    pacer = clock.pacer()
    for _ in range(500):
        await pacer.send(20)
    assert abs((clock.now - 100) * 1000 - 500 * 20) <= MAX_AHEAD_MS


async def test_after_a_pause_nothing_is_caught_up() -> None:
    clock = TestClock()
    pacer = clock.pacer()
    await pacer.send(20)
    clock.now += 5
    assert pacer.under_way_ms() == 0
    for _ in range(5):
        await pacer.send(20)
    assert pacer.under_way_ms() <= MAX_AHEAD_MS
    assert clock.now > 105.0


async def test_cleared_audio_is_not_waited_for() -> None:
    clock = TestClock()
    pacer = clock.pacer()
    for _ in range(4):
        await pacer.send(20)
    pacer.clear()
    assert pacer.under_way_ms() == 0
    await pacer.send(20)
    assert clock.now == 100.0
    assert pacer.under_way_ms() == 20


async def test_drained_means_played_to_the_end() -> None:
    clock = TestClock()
    pacer = clock.pacer()
    for _ in range(10):
        await pacer.send(20)
    await pacer.drain()
    assert round(clock.now - 100, 3) >= 0.2


@given(lengths=st.lists(st.integers(1, 60), min_size=1, max_size=80), late_ms=st.integers(0, 30))
async def test_never_more_is_under_way_than_allowed(lengths: list[int], late_ms: int) -> None:
    clock = TestClock(late_ms)
    pacer = clock.pacer()
    for length in lengths:
        await pacer.send(length)
        assert pacer.under_way_ms() <= MAX_AHEAD_MS


def test_milliseconds_of_pcm() -> None:
    assert pcm_ms(bytes(640)) == 20
    assert pcm_ms(bytes(320), 8_000) == 20
