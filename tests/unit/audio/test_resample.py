import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.audio.resample import DELAY_MS, Resampler
from bot.errors import AudioError


def tone(hz, rate, ms):
    return (12_000 * np.sin(2 * np.pi * hz * np.arange(rate * ms // 1000) / rate)).astype("<i2").tobytes()


def live(source, target, pcm, ms=20):
    resampler, size = Resampler(source, target), source * 2 * ms // 1000
    return [resampler.convert(pcm[at : at + size]) for at in range(0, len(pcm), size)]


@pytest.mark.parametrize(("source", "target"), [(8_000, 16_000), (16_000, 8_000), (48_000, 16_000), (16_000, 16_000)])
def test_twenty_milliseconds_in_are_twenty_milliseconds_out_from_the_first_chunk_on(source, target):
    pieces = live(source, target, tone(440, source, 400))
    assert {len(piece) for piece in pieces} == {target * 2 * 20 // 1000}


@pytest.mark.parametrize(("source", "target"), [(8_000, 16_000), (16_000, 8_000)])
@pytest.mark.parametrize("hz", [300, 1_000, 3_000])
def test_a_tone_comes_out_as_the_same_tone_at_the_same_loudness(source, target, hz):
    out = np.frombuffer(b"".join(live(source, target, tone(hz, source, 1_000))), "<i2").astype(float)[target // 10 :]
    spectrum = np.abs(np.fft.rfft(out * np.hanning(len(out))))
    assert abs(np.argmax(spectrum) * target / len(out) - hz) < 3
    assert abs(20 * np.log10(np.sqrt(np.mean(out**2)) / (12_000 / np.sqrt(2)))) < 1.0


def test_what_an_eight_kilohertz_line_cannot_carry_is_filtered_and_not_folded_back():
    out = np.frombuffer(b"".join(live(16_000, 8_000, tone(6_000, 16_000, 500))), "<i2").astype(float)[800:]
    assert np.sqrt(np.mean(out**2)) < 12_000 / 30


def test_the_delay_is_a_few_milliseconds():
    click = bytearray(16_000)
    click[1_600:1_602] = (20_000).to_bytes(2, "little")  # at 100 ms
    out = np.frombuffer(b"".join(live(8_000, 16_000, bytes(click))), "<i2")
    assert 0 <= np.argmax(np.abs(out)) / 16 - 100 <= DELAY_MS + 1


@given(st.lists(st.binary(max_size=700), max_size=12), st.sampled_from([(8_000, 16_000), (16_000, 8_000)]))
@settings(max_examples=200, deadline=None)
def test_pieces_of_any_length_never_pile_up_by_more_than_the_delay(pieces, rates):
    source, target = rates
    resampler = Resampler(source, target)
    out = sum(len(resampler.convert(piece)) for piece in pieces)
    due = sum(map(len, pieces)) // 2 * target // source * 2
    assert due - 2 * target * DELAY_MS // 1000 <= out <= due


@given(st.lists(st.integers(0, 400), max_size=12), st.sampled_from([(8_000, 16_000), (16_000, 8_000)]))
@settings(max_examples=200, deadline=None)
def test_how_sound_is_cut_into_pieces_is_not_heard(lengths, rates):
    pcm = np.random.default_rng(1).integers(-20_000, 20_000, sum(lengths)).astype("<i2").tobytes()
    in_pieces, ends = Resampler(*rates), np.cumsum(lengths) * 2
    pieces = [in_pieces.convert(pcm[end - 2 * length : end]) for end, length in zip(ends, lengths, strict=True)]
    assert b"".join(pieces) == Resampler(*rates).convert(pcm)


def test_there_and_back_again_speech_is_what_it_was():
    rng = np.random.default_rng(2)
    band = np.fft.rfft(rng.standard_normal(16_000))
    band[3_300:] = 0  # what a telephone carries
    speech = (3_000 * np.fft.irfft(band)).astype("<i2")
    narrow = b"".join(live(16_000, 8_000, speech.tobytes()))
    back = np.frombuffer(b"".join(live(8_000, 16_000, narrow)), "<i2").astype(float)
    late = max(range(200), key=lambda samples: np.dot(back[samples:4_000], speech[: 4_000 - samples].astype(float)))
    error = back[late:] - speech[: len(back) - late]
    assert 10 * np.log10(np.mean(error[400:] ** 2) / np.mean(speech.astype(float) ** 2)) < -35


def test_full_scale_is_clipped_and_never_wraps_round():
    square = np.where(np.arange(800) // 40 % 2, 32_767, -32_768).astype("<i2")
    out = np.frombuffer(b"".join(live(8_000, 16_000, square.tobytes())), "<i2")
    assert out.max() == 32_767
    assert out.min() == -32_768


def test_a_rate_no_line_has_is_refused_with_a_sentence():
    with pytest.raises(AudioError, match="8 or 16 kHz") as refused:
        Resampler(7, 16_000)
    assert refused.value.code == "audio.rate"
