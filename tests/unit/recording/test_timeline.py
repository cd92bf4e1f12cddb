"""Two sides of a call in time."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bot.recording.timeline import JITTER_MS, LEFT, PER_MS, RIGHT, Timeline


def chunk(value: int, ms: int = 20) -> bytes:
    return np.full(ms * PER_MS, value, np.int16).tobytes()


def levels(sound: np.ndarray) -> list[tuple[int, int]]:
    """The first sample of each 20 ms."""
    return [(int(left), int(right)) for left, right in sound[:: 20 * PER_MS]]


def test_the_caller_is_left_and_the_answer_right_where_they_were_said():
    line = Timeline()
    line.put("caller", LEFT, chunk(100), 0)
    line.put("bot", RIGHT, chunk(50), 200)
    sound = levels(line.take(240))
    assert sound[0] == (100, 0)
    assert sound[10] == (0, 50)
    assert len(sound) == 12


def test_chunks_in_a_little_heap_follow_one_another():
    line = Timeline()
    for at_ms in (0, 41, 41, 80):
        line.put("caller", LEFT, chunk(7), at_ms)
    assert levels(line.take(100)) == [(7, 0)] * 4 + [(0, 0)]


def test_after_a_pause_the_next_word_is_where_it_was_said():
    line = Timeline()
    line.put("caller", LEFT, chunk(7), 0)
    line.put("caller", LEFT, chunk(7), 20 + JITTER_MS + 40)
    assert [left for left, _ in levels(line.take(200))].index(7, 1) * 20 == 20 + JITTER_MS + 40


def test_two_who_speak_at_once_are_mixed_and_never_wrap_round():
    line = Timeline()
    line.put("bot", RIGHT, chunk(30_000), 0)
    line.put("agent", RIGHT, chunk(30_000), 0)
    assert levels(line.take(20)) == [(0, 32_767)]


def test_what_comes_too_late_for_what_was_written_is_not_lost():
    line = Timeline()
    line.put("caller", LEFT, chunk(1), 0)
    line.take(500)
    line.put("bot", RIGHT, chunk(9), 300)
    assert levels(line.take(540)) == [(0, 9), (0, 0)]


@given(st.lists(st.tuples(st.sampled_from(["caller", "bot", "agent"]), st.integers(0, 3_000), st.integers(1, 60))))
def test_no_sound_is_ever_lost_or_doubled(said):
    line, given, heard = Timeline(), 0, 0
    for turn, (who, at_ms, ms) in enumerate(sorted(said, key=lambda one: one[1])):
        side = LEFT if who == "caller" else RIGHT
        line.put(who, side, chunk(1, ms), at_ms)
        given += ms * PER_MS
        if turn % 3 == 0:
            heard += int(line.take(at_ms).sum())
    heard += int(line.take(max(line.end_ms, 3_000)).sum())
    assert heard == given
