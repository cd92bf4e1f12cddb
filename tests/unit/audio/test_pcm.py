import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.audio import pcm
from bot.events import CHUNK_BYTES, SAMPLE_RATE


def tone(hz: float, seconds: float, rate: int = SAMPLE_RATE, peak: float = 0.5) -> pcm.Samples:
    return (peak * np.sin(2 * np.pi * hz * np.arange(int(rate * seconds)) / rate)).astype(np.float32)


@given(st.binary(max_size=400))
def test_bytes_survive_the_way_to_numbers_and_back(data: bytes) -> None:
    assert pcm.to_pcm(pcm.to_samples(data)) == data[: len(data) // 2 * 2]


def test_too_loud_is_clipped_not_wrapped_around() -> None:
    assert pcm.to_pcm(np.array([2.0, -2.0], dtype=np.float32)) == np.array([32_767, -32_768], dtype="<i2").tobytes()


def test_a_full_scale_sine_is_three_decibels_under_full_scale() -> None:
    assert pcm.level_dbfs(tone(440, 1, peak=1.0)) == pytest.approx(-3.01, abs=0.01)


@pytest.mark.parametrize("samples", [np.zeros(0, np.float32), np.zeros(100, np.float32)])
def test_nothing_has_the_level_of_silence(samples: pcm.Samples) -> None:
    assert pcm.level_dbfs(samples) == pcm.SILENCE_DBFS


@pytest.mark.parametrize("rate", [8_000, 11_025, 44_100, 48_000])
def test_resampling_keeps_length_and_level(rate: int) -> None:
    clip = pcm.resample(tone(440, 1, rate), rate, SAMPLE_RATE)
    assert len(clip) == pytest.approx(SAMPLE_RATE, abs=2)
    assert pcm.level_dbfs(clip) == pytest.approx(pcm.level_dbfs(tone(440, 1)), abs=0.2)
    assert clip.dtype == np.float32


def test_resampling_down_removes_what_the_lower_rate_cannot_carry() -> None:
    assert pcm.level_dbfs(pcm.resample(tone(6_000, 1), SAMPLE_RATE, 8_000)) < -50


def test_resampling_nothing_gives_nothing() -> None:
    assert len(pcm.resample(np.zeros(0, np.float32), 8_000, 16_000)) == 0


@given(st.integers(0, 5_000))
def test_chunks_are_twenty_milliseconds_and_lose_nothing(length: int) -> None:
    data = b"\1" * length
    pieces = list(pcm.chunks(data))
    assert {len(piece.pcm) for piece in pieces} <= {CHUNK_BYTES}
    assert b"".join(piece.pcm for piece in pieces).rstrip(b"\0") == data


def test_silence_is_as_long_as_asked() -> None:
    assert pcm.silence(1_230) == bytes(2 * SAMPLE_RATE * 123 // 100)
    assert pcm.silence(500, 8_000) == bytes(8_000)
