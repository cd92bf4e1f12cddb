from hypothesis import given
from hypothesis import strategies as st

from bot.channels.reorder import PATIENCE, Reorder


def ordered(numbers):
    order = Reorder()
    return [frame for number in numbers for frame in order.put(number, str(number))]


def test_frames_that_overtook_each_other_are_put_in_order():
    assert ordered([1, 2, 4, 3, 5]) == ["1", "2", "3", "4", "5"]


def test_a_repeated_and_a_very_late_frame_are_dropped():
    assert ordered([1, 2, 2, 3, 1, 4]) == ["1", "2", "3", "4"]


def test_a_lost_frame_is_not_waited_for_long():
    assert ordered([1, 3, 4, 5, 6, 7]) == ["1", "3", "4", "5", "6", "7"]


def test_a_count_that_starts_again_is_followed():
    assert ordered([5_000, 5_001, 1, 2]) == ["5000", "5001", "1", "2"]


def test_lines_that_keep_their_order_are_not_held_up():
    assert ordered([None, None]) == ["None", "None"]


@given(st.permutations(range(1, 40)))
def test_whatever_the_disorder_nothing_comes_twice_or_backwards_and_little_is_kept(numbers):
    order, out = Reorder(), []
    for number in numbers:
        out += [int(frame) for frame in order.put(number, str(number))]
        assert len(order._waiting) <= PATIENCE
    assert out == sorted(set(out))
