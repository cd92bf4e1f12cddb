import struct

from hypothesis import given
from hypothesis import strategies as st

from handoff.mixing import MAX_AHEAD, BothSides, mix

samples = st.lists(st.integers(-32_768, 32_767), max_size=40)


def pcm(values: list[int]) -> bytes:
    return struct.pack(f"<{len(values)}h", *values)


@given(samples, samples)
def test_both_are_heard_and_too_loud_is_clipped(one, other):
    mixed = struct.unpack(f"<{max(len(one), len(other))}h", mix(pcm(one), pcm(other)))
    for i, value in enumerate(mixed):
        total = (one[i] if i < len(one) else 0) + (other[i] if i < len(other) else 0)
        assert value == max(-32_768, min(32_767, total))


def test_the_callers_chunks_are_the_clock():
    both = BothSides()
    assert both.caller(pcm([1, 1])) == pcm([1, 1])
    both.agent(pcm([10, 20, 30]))
    assert both.caller(pcm([1, 1])) == pcm([11, 21])
    assert both.caller(pcm([1, 1])) == pcm([31, 1])


def test_what_comes_too_far_ahead_is_dropped():
    both = BothSides()
    both.agent(bytes(MAX_AHEAD) + pcm([7]))
    heard = b"".join(both.caller(bytes(640)) for _ in range(10))
    assert heard[-2:] == pcm([7])
