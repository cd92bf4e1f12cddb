import numpy as np
import pytest

from bot.audio.dtmf import COLUMNS_HZ, KEYS, ROWS_HZ, DtmfDetector
from bot.audio.g711 import alaw_decode, alaw_encode, ulaw_decode, ulaw_encode

ALL = "1234567890*#ABCD"


def tone(digit, ms=60, off=0.0, high_db=0.0, level=0.1):
    """The two tones of a key; `off` their error in frequency, `high_db` the high one above the low one."""
    row = next(index for index, keys in enumerate(KEYS) if digit in keys)
    times = np.arange(16 * ms) / 16_000
    low = np.sin(2 * np.pi * ROWS_HZ[row] * (1 + off) * times)
    high = np.sin(2 * np.pi * COLUMNS_HZ[KEYS[row].index(digit)] * (1 + off) * times)
    return level * (low + 10 ** (high_db / 20) * high)


def silence(ms):
    return np.zeros(16 * ms)


def pcm(*pieces, noise=0.001):
    samples = np.concatenate(pieces)
    samples = samples + np.random.default_rng(7).normal(0, noise, len(samples))
    return (np.clip(samples, -1, 1) * 32_767).astype("<i2").tobytes()


def heard(sound, ms=20):
    detector, size = DtmfDetector(), 32 * ms
    return "".join(detector.hear(sound[at : at + size]) for at in range(0, len(sound), size))


@pytest.mark.parametrize("ms", [7, 20, 30])
def test_every_key_is_heard_once_however_the_sound_is_cut(ms):
    assert heard(pcm(*[part for digit in ALL for part in (tone(digit), silence(60))]), ms) == ALL


def test_the_shortest_tones_and_gaps_a_telephone_may_send_are_heard():
    assert heard(pcm(*[part for digit in "112233" for part in (tone(digit, 50), silence(50))])) == "112233"


def test_a_long_press_is_one_digit_and_a_short_drop_out_does_not_double_it():
    assert heard(pcm(tone("5", 2_000))) == "5"
    assert heard(pcm(tone("5", 200), silence(8), tone("5", 200))) == "5"


def test_two_digits_without_a_gap_are_both_heard():
    assert heard(pcm(tone("1"), tone("2"))) == "12"


@pytest.mark.parametrize("off", [-0.015, 0.015])
def test_tones_may_be_off_by_one_and_a_half_per_cent(off):
    assert heard(pcm(*[part for digit in ALL for part in (tone(digit, off=off), silence(60))])) == ALL


@pytest.mark.parametrize("off", [-0.035, 0.035])
def test_tones_that_are_off_by_more_are_something_else(off):
    assert heard(pcm(*[part for digit in ALL for part in (tone(digit, off=off), silence(60))])) == ""


@pytest.mark.parametrize(("high_db", "digits"), [(-7, "6"), (3, "6"), (-11, ""), (7, "")])
def test_one_tone_may_be_weaker_within_bounds(high_db, digits):
    assert heard(pcm(tone("6", high_db=high_db))) == digits


@pytest.mark.parametrize("level_db", [-34, -20, -8])
def test_quiet_and_loud_presses_are_heard(level_db):
    assert heard(pcm(tone("9", level=10 ** (level_db / 20)), noise=0.0005)) == "9"


def test_a_tap_too_short_to_be_a_digit_is_not_one():
    assert heard(pcm(silence(40), tone("5", 22), silence(40))) == ""


@pytest.mark.parametrize("codec", [(ulaw_encode, ulaw_decode), (alaw_encode, alaw_decode)])
def test_tones_survive_the_telephones_codec(codec):
    encode, decode = codec
    assert heard(decode(encode(pcm(*[part for digit in ALL for part in (tone(digit), silence(60))])))) == ALL


@pytest.mark.parametrize("hz", [440, 697, 1_000, 1_209, 2_000])
def test_a_single_tone_is_no_digit(hz):
    assert heard(pcm(0.3 * np.sin(2 * np.pi * hz * np.arange(16_000) / 16_000))) == ""


def test_noise_silence_and_nothing_are_no_digits():
    assert heard(pcm(silence(3_000), noise=0.2)) == ""
    assert heard(bytes(64_000)) == ""
    assert DtmfDetector().hear(b"") == ""
