"""Several voices in one ear, and who hears whom."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.mixing import CHUNK_BYTES, PATIENCE, Mixer, Part, is_heard, mix

samples = st.lists(st.integers(-32_768, 32_767), max_size=40)


def pcm(values: list[int]) -> bytes:
    return struct.pack(f"<{len(values)}h", *values)


def chunk(value: int) -> bytes:
    return pcm([value] * (CHUNK_BYTES // 2))


@given(samples, samples)
def test_both_are_heard_and_too_loud_is_clipped(one: list[int], other: list[int]) -> None:
    mixed = struct.unpack(f"<{max(len(one), len(other))}h", mix(pcm(one), pcm(other)))
    for i, value in enumerate(mixed):
        total = (one[i] if i < len(one) else 0) + (other[i] if i < len(other) else 0)
        assert value == max(-32_768, min(32_767, total))


def test_a_lone_voice_passes_straight_through() -> None:
    mixer = Mixer()
    assert [mixer.put("caller", chunk(value)) for value in (1, 2, 3)] == [chunk(1), chunk(2), chunk(3)]


def test_voices_that_come_side_by_side_are_heard_together() -> None:
    mixer = Mixer()
    assert mixer.put("caller", chunk(1)) == chunk(1)
    assert mixer.put("agent", chunk(10)) == b""  # the caller was in what was heard last: waited for
    assert mixer.put("caller", chunk(2)) == chunk(12)
    assert mixer.put("caller", chunk(3)) == b""
    assert mixer.put("agent", chunk(20)) == chunk(23)


def test_a_voice_that_stays_away_is_not_waited_for_long() -> None:
    mixer = Mixer()
    mixer.put("agent", chunk(10))
    mixer.put("agent", chunk(10))
    mixer.put("caller", chunk(1))
    heard = [mixer.put("caller", chunk(1)) for _ in range(PATIENCE + 2)]
    assert b"".join(heard)[-CHUNK_BYTES:] == chunk(1)
    assert heard[-1] == chunk(1)


def test_who_leaves_is_not_waited_for() -> None:
    mixer = Mixer()
    mixer.put("caller", chunk(1))
    mixer.put("agent", chunk(10))
    mixer.put("caller", chunk(1))
    mixer.leave("agent")
    assert mixer.put("caller", chunk(2)) == chunk(2)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 3)), max_size=60))
def test_nothing_is_heard_twice_and_little_is_kept_back(puts: list[tuple[str, int]]) -> None:
    mixer, given_in, heard = Mixer(), {"a": 0, "b": 0, "c": 0}, b""
    weight = {"a": 1, "b": 100, "c": 10_000}
    for who, count in puts:
        given_in[who] += count
        heard += mixer.put(who, chunk(weight[who]) * count)
    total = sum(struct.unpack(f"<{len(heard) // 2}h", heard)) // (CHUNK_BYTES // 2)
    put_in = sum(weight[who] * count for who, count in given_in.items())
    assert 0 <= total <= put_in
    assert len(heard) % CHUNK_BYTES == 0


@pytest.mark.parametrize(
    ("speaker", "listener", "on_hold", "heard"),
    [
        (Part.CALLER, Part.AGENT, False, True),
        (Part.AGENT, Part.CALLER, False, True),
        (Part.CALLER, Part.AGENT, True, False),
        (Part.AGENT, Part.CALLER, True, False),
        (Part.AGENT, Part.CONSULTED, True, True),
        (Part.CONSULTED, Part.CALLER, False, True),
        (Part.LISTENER, Part.AGENT, False, False),
        (Part.CALLER, Part.LISTENER, False, True),
        (Part.WHISPERER, Part.AGENT, False, True),
        (Part.WHISPERER, Part.CALLER, False, False),
        (Part.WHISPERER, Part.LISTENER, False, True),
        (Part.BARGER, Part.CALLER, False, True),
        (Part.BARGER, Part.AGENT, True, True),
        (Part.BOT, Part.CALLER, False, True),
        (Part.AGENT, Part.BOT, False, False),
    ],
)
def test_who_hears_whom(speaker: Part, listener: Part, on_hold: bool, heard: bool) -> None:
    assert is_heard(speaker, listener, on_hold) is heard
