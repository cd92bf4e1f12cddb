"""Who speaks into the bot's sentence: voices here are pulses in noise, each with a rhythm of its own."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.audio.cut_in import ECHO_WITHIN_MS, CutIn, likeness
from bot.audio.pcm import Samples, to_pcm
from bot.events import SAMPLE_RATE


def voice(ms: int, seed: int, loud: float = 0.1) -> Samples:
    """Noise whose loudness and colour change every 40 ms, as syllables do."""
    rng = np.random.default_rng(seed)
    pieces = []
    for _ in range(ms // 40):
        noise = rng.standard_normal(SAMPLE_RATE * 40 // 1000)
        pieces.append(np.convolve(noise, rng.standard_normal(24), mode="same") * rng.uniform(0.2, 1))
    sound = np.concatenate(pieces)
    return np.asarray(loud * sound / np.sqrt(np.mean(sound**2)), np.float32)


def line(ms: int) -> Samples:
    rng = np.random.default_rng(0)
    return np.asarray(0.0008 * rng.standard_normal(SAMPLE_RATE * ms // 1000), np.float32)


def after(said: Samples, delay_ms: int, db: float) -> bytes:
    """The last 460 ms that are heard of `said` that much later and quieter, on a line."""
    end = len(said) - SAMPLE_RATE * delay_ms // 1000
    echo = 10 ** (db / 20) * said[end - SAMPLE_RATE * 460 // 1000 : end]
    return to_pcm(echo + line(460))


def beginning(speech: Samples) -> bytes:
    return to_pcm(np.concatenate([line(300), speech[: SAMPLE_RATE * 160 // 1000]]))


def listening(said: Samples) -> CutIn:
    cut_in = CutIn()
    cut_in.hear("bot", to_pcm(said))
    return cut_in


@pytest.mark.parametrize("db", [-6, -20, -30])
@pytest.mark.parametrize("delay_ms", [40, 200, 700])
def test_the_bots_own_voice_given_back_is_not_the_caller(delay_ms: int, db: float) -> None:
    said = voice(3_000, seed=1)
    assert not listening(said).by_caller(after(said, delay_ms, db))


def test_a_caller_who_cuts_in_at_the_greeting_is_heard() -> None:
    cut_in = listening(voice(3_000, seed=1))
    assert all(cut_in.by_caller(beginning(voice(160, seed=seed))) for seed in range(2, 40))


def test_a_caller_is_heard_over_the_echo_of_the_bot() -> None:
    said = voice(3_000, seed=1)
    both = np.frombuffer(after(said, 200, -25), "<i2").astype(np.float32) / 32_768
    both[-2_560:] += voice(160, seed=5)
    assert listening(said).by_caller(to_pcm(both))


def test_somebody_across_the_room_is_not_the_caller_once_the_callers_voice_is_known() -> None:
    cut_in = listening(voice(3_000, seed=1))
    far = beginning(voice(160, seed=3, loud=0.1 / 8))
    assert cut_in.by_caller(far)
    cut_in.spoke(to_pcm(voice(800, seed=4)))
    assert not cut_in.by_caller(far)
    assert cut_in.by_caller(beginning(voice(160, seed=3, loud=0.06)))


def test_a_caller_who_comes_to_speak_more_softly_is_followed() -> None:
    cut_in = CutIn()
    cut_in.spoke(to_pcm(voice(2_000, seed=4, loud=0.3)))
    soft = voice(40_000, seed=5, loud=0.03)
    for at in range(0, len(soft), 320):
        cut_in.spoke(to_pcm(soft[at : at + 320]))
    assert cut_in.by_caller(beginning(voice(160, seed=6, loud=0.03)))


def test_what_the_caller_says_is_not_kept_and_what_the_bot_says_not_for_long() -> None:
    cut_in = CutIn()
    for _ in range(1_000):
        cut_in.hear("bot", bytes(640))
        cut_in.hear("caller", bytes(640))
    assert len(cut_in._played) <= 2 * ECHO_WITHIN_MS * 32 + 640


@given(st.binary(max_size=4_000), st.binary(max_size=4_000))
def test_any_sound_gives_a_likeness_between_none_and_the_same(heard: bytes, said: bytes) -> None:
    def samples(data: bytes) -> Samples:
        return np.frombuffer(data[: len(data) // 2 * 2], "<i2").astype(np.float32) / np.float32(32_768)

    assert 0.0 <= likeness(samples(heard), samples(said)) <= 1.001
    assert CutIn().by_caller(heard[: len(heard) // 2 * 2])
