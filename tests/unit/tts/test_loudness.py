"""Levels and silences, on tones whose level is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.audio.pcm import Samples
from bot.events import SAMPLE_RATE
from bot.tts import loudness


def tone(dbfs: float, ms: int) -> Samples:
    """A sine whose RMS is `dbfs`."""
    time = np.arange(SAMPLE_RATE * ms // 1000) / SAMPLE_RATE
    return (np.sqrt(2) * 10 ** (dbfs / 20) * np.sin(2 * np.pi * 400 * time)).astype(np.float32)


def silence(ms: int) -> Samples:
    return np.zeros(SAMPLE_RATE * ms // 1000, np.float32)


def test_pauses_do_not_count_towards_the_level() -> None:
    assert loudness.active_level(np.concatenate([tone(-30, 500), silence(2_000)])) == pytest.approx(-30, abs=0.1)


@given(st.floats(-50, -10))
def test_every_voice_comes_out_at_one_loudness(dbfs: float) -> None:
    assert loudness.active_level(loudness.levelled(tone(dbfs, 300))) == pytest.approx(loudness.TARGET_DBFS, abs=0.1)


def test_a_peak_is_never_cut_off() -> None:
    spiky = tone(-50, 1_000)
    spiky[8_000] = 0.5
    assert np.abs(loudness.levelled(spiky)).max() <= 10 ** (loudness.PEAK_DBFS / 20) + 1e-6


def test_silence_around_speech_is_cut_and_the_speech_is_kept() -> None:
    speech = tone(-20, 400)
    cut = loudness.trimmed(np.concatenate([silence(300), speech, silence(500)]))
    assert len(cut) == len(speech) + (loudness.BEFORE_MS + loudness.AFTER_MS) * SAMPLE_RATE // 1000


def test_a_soft_beginning_is_not_taken_for_silence() -> None:
    cut = loudness.trimmed(np.concatenate([silence(300), tone(-50, 100), tone(-20, 400)]))
    assert len(cut) >= 500 * SAMPLE_RATE // 1000


def test_nothing_but_silence_becomes_nothing() -> None:
    assert loudness.finished(silence(1_000)) == b""
    assert loudness.finished(silence(0)) == b""
    assert loudness.active_level(silence(1_000)) is None
