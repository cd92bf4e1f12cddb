"""What the ears take next."""

from __future__ import annotations

from collections import deque

from hypothesis import given
from hypothesis import strategies as st

from bot.events import CHUNK_BYTES, AudioChunk, FinishUtterance, Glimpse, Recognize
from bot.workers import TOGETHER, HearingTask, is_due, next_batch

CHUNK = Recognize(AudioChunk(bytes(CHUNK_BYTES)))
GLIMPSE, FINISH = Glimpse(1), FinishUtterance(1, 0, 500)
TASKS = st.lists(st.sampled_from([CHUNK, GLIMPSE, FINISH]), min_size=1)


def test_chunks_that_wait_are_heard_together() -> None:
    waiting: deque[HearingTask] = deque([CHUNK, CHUNK, CHUNK])
    assert next_batch(waiting) == [CHUNK, CHUNK, CHUNK]
    assert not waiting


def test_audio_waits_for_company_and_a_question_for_words_does_not() -> None:
    assert not is_due(deque([CHUNK] * (TOGETHER - 1)))
    assert is_due(deque([CHUNK] * TOGETHER))
    assert is_due(deque([CHUNK, GLIMPSE]))
    assert is_due(deque([FINISH]))
    assert not is_due(deque())


def test_a_batch_ends_where_words_are_asked_for() -> None:
    waiting: deque[HearingTask] = deque([CHUNK, FINISH, CHUNK, CHUNK])
    assert next_batch(waiting) == [CHUNK, FINISH]
    assert list(waiting) == [CHUNK, CHUNK]


def test_a_glimpse_is_taken_while_only_silence_follows() -> None:
    waiting: deque[HearingTask] = deque([CHUNK, GLIMPSE, CHUNK])
    assert next_batch(waiting) == [CHUNK, GLIMPSE]


def test_a_glimpse_overtaken_by_the_end_or_by_another_is_left_out() -> None:
    assert next_batch(deque([CHUNK, GLIMPSE, CHUNK, FINISH])) == [CHUNK, CHUNK, FINISH]
    assert next_batch(deque([GLIMPSE, CHUNK, GLIMPSE])) == [CHUNK, GLIMPSE]


@given(TASKS)
def test_no_audio_and_no_end_is_ever_lost_and_the_order_stays(tasks: list[HearingTask]) -> None:
    waiting, taken = deque(tasks), list[HearingTask]()
    while waiting:
        batch = next_batch(waiting)
        assert batch
        taken += batch
    kept = [task for task in tasks if not isinstance(task, Glimpse)]
    assert [task for task in taken if not isinstance(task, Glimpse)] == kept
