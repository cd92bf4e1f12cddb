"""A sentence cut out of a recording: the caller's side, at its place in the call, also in a later stretch of it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from bot.errors import RecordingError
from bot.events import SAMPLE_RATE
from bot.recording.excerpt import caller_between
from bot.recording.files import Files
from bot.recording.opus import OpusTrack

pytestmark = pytest.mark.integration

NOW = dt.datetime(2026, 11, 23, 23, 59, 58, tzinfo=dt.UTC)
BOT_HZ = 300


def tone(hz: float, seconds: float) -> np.ndarray:
    return 8_000 * np.sin(2 * np.pi * hz * np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE)


def record(files: Files, at: dt.datetime, caller: np.ndarray) -> None:
    track = OpusTrack(files.create("c1", at))
    track.write(np.stack([caller, tone(BOT_HZ, len(caller) / SAMPLE_RATE)], axis=1).astype(np.int16))
    track.close()


def pitch(pcm: bytes, rate: int) -> float:
    spectrum = np.abs(np.fft.rfft(np.frombuffer(pcm, "<i2")))
    return float(spectrum.argmax() * rate / (len(pcm) // 2))


@pytest.fixture(params=[None, bytes(range(32))], ids=["open", "sealed"])
def files(tmp_path: Path, request: pytest.FixtureRequest) -> Files:
    made = Files(tmp_path, request.param)
    record(made, NOW, np.concatenate([tone(500, 2), tone(1_000, 2)]))
    record(made, NOW + dt.timedelta(seconds=30), tone(2_000, 2))
    return made


@pytest.mark.parametrize(("begin_ms", "hz"), [(500, 500), (2_500, 1_000), (30_500, 2_000)])
def test_what_the_caller_said_then_and_nothing_of_the_bot(files: Files, begin_ms: int, hz: float) -> None:
    pcm, rate = caller_between(files, "c1", NOW, begin_ms, begin_ms + 1_000)
    assert len(pcm) == 2 * rate
    assert pitch(pcm, rate) == pytest.approx(hz, abs=20)


def test_a_moment_nobody_was_recorded_at_and_a_call_that_was_not(files: Files) -> None:
    with pytest.raises(RecordingError, match="Nothing was recorded at that moment"):
        caller_between(files, "c1", NOW, 15_000, 16_000)
    with pytest.raises(RecordingError, match="was not recorded"):
        caller_between(files, "c2", NOW, 0, 1_000)


def test_which_calls_were_recorded_on_a_day(files: Files) -> None:
    assert files.calls_on(NOW.date()) == {"c1"}
    assert files.calls_on(NOW.date() + dt.timedelta(days=1)) == {"c1"}, "it went on after midnight"
    assert files.calls_on(NOW.date() - dt.timedelta(days=1)) == set()
