"""Calls recorded to disk: two sides in stereo, sealed, silent where they must be, deleted when they must be."""

from __future__ import annotations

import asyncio
import base64
import datetime as dt
import io
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from bot.app import Centre
from bot.config import RecordingSettings
from bot.errors import RecordingError
from bot.events import SAMPLE_RATE, Expect, Listen, Replied, StopRecording, Transfer
from bot.recording.files import Files
from bot.recording.recorder import IDLE_MS, Recorder
from bot.recording.recording import Recording
from bot.taps import Taps
from tests.integration.house import House
from tests.spoken import Person

pytestmark = pytest.mark.integration

NOW = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
KEY = bytes(range(32))


def tone(hertz: int, ms: int = 20) -> bytes:
    angles = np.arange(SAMPLE_RATE * ms // 1000) * 2 * np.pi * hertz / SAMPLE_RATE
    return (np.sin(angles) * 8_000).astype(np.int16).tobytes()


class Stopwatch:
    """Time passes only when it is told to."""

    ms = 0

    def __call__(self) -> int:
        return self.ms


@pytest.fixture
def watch() -> Stopwatch:
    return Stopwatch()


@pytest.fixture
def recorder(tmp_path: Path, watch: Stopwatch) -> Iterator[Recorder]:
    recorder = Recorder(Files(tmp_path), lambda: NOW, watch)
    yield recorder
    recorder.close()


def talk(recorder: Recorder, watch: Stopwatch, ms: int, *sides: tuple[str, int], call: str = "c1") -> None:
    for _ in range(0, ms, 20):
        for who, hertz in sides:
            recorder.heard(call, who, tone(hertz))
        watch.ms += 20


def heard(files: Files, call: str = "c1") -> list[np.ndarray]:
    """Each stretch as it would be played."""
    opened = [b"".join(files.sound(stretch)) for stretch in files.of_call(call, NOW)]
    return [soundfile.read(io.BytesIO(sound))[0] for sound in opened]


def loudness(sound: np.ndarray) -> list[float]:
    return [round(float(np.sqrt((side**2).mean())), 2) for side in sound.T]


def test_the_caller_is_left_and_whoever_answers_is_right(recorder: Recorder, watch: Stopwatch, tmp_path: Path) -> None:
    talk(recorder, watch, 1_000, ("caller", 440))
    talk(recorder, watch, 1_000, ("bot", 300))
    talk(recorder, watch, 1_000, ("agent", 300))
    recorder.close()
    [sound] = heard(Files(tmp_path))
    assert abs(len(sound) / SAMPLE_RATE - 3) < 0.1
    left, right = loudness(sound[: SAMPLE_RATE - 800])
    assert left > 0.1 > right
    left, right = loudness(sound[SAMPLE_RATE + 1_600 :])
    assert right > 0.1 > left


def test_a_key_seals_the_file_and_opens_it(watch: Stopwatch, tmp_path: Path) -> None:
    recorder = Recorder(Files(tmp_path, KEY), lambda: NOW, watch)
    talk(recorder, watch, 2_000, ("caller", 440))
    recorder.close()
    [path] = tmp_path.rglob("*.ogg")
    assert b"Ogg" not in path.read_bytes()
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert len(heard(Files(tmp_path, KEY))) == 1
    with pytest.raises(RecordingError, match="key"):
        heard(Files(tmp_path))
    with pytest.raises(RecordingError, match="another key"):
        heard(Files(tmp_path, bytes(32)))


def test_while_paused_both_sides_are_silent_and_time_goes_on(
    recorder: Recorder, watch: Stopwatch, tmp_path: Path
) -> None:
    both = ("caller", 440), ("agent", 300)
    talk(recorder, watch, 1_000, *both)
    recorder.pause("c1", True)
    talk(recorder, watch, 2_000, *both)
    recorder.pause("c1", False)
    talk(recorder, watch, 1_000, *both)
    recorder.close()
    [sound] = heard(Files(tmp_path))
    assert abs(len(sound) / SAMPLE_RATE - 4) < 0.1
    assert loudness(sound[int(1.2 * SAMPLE_RATE) : int(2.8 * SAMPLE_RATE)]) == [0.0, 0.0]
    assert min(loudness(sound[int(3.2 * SAMPLE_RATE) :])) > 0.1


def test_minutes_in_a_queue_are_not_recorded_and_the_talk_after_is(
    recorder: Recorder, watch: Stopwatch, tmp_path: Path
) -> None:
    talk(recorder, watch, 500, ("bot", 300))
    wait_for(lambda: bool(recorder._stretches))
    watch.ms += IDLE_MS
    wait_for(lambda: not recorder._stretches)
    recorder._clock = lambda: NOW + dt.timedelta(minutes=5)
    talk(recorder, watch, 500, ("agent", 300))
    recorder.close()
    first, second = Files(tmp_path).of_call("c1", NOW)
    assert second.began_at - first.began_at == dt.timedelta(minutes=5)
    assert len(heard(Files(tmp_path))) == 2


def test_a_caller_who_refuses_is_recorded_no_more_and_nothing_is_left(
    recorder: Recorder, watch: Stopwatch, tmp_path: Path
) -> None:
    talk(recorder, watch, 500, ("caller", 440))
    talk(recorder, watch, 500, ("caller", 440), call="c2")
    recorder.refuse("c1")
    talk(recorder, watch, 500, ("caller", 440))
    recorder.close()
    assert [path.name[:2] for path in tmp_path.rglob("*.ogg")] == ["c2"]


def test_a_disk_that_takes_nothing_costs_the_recording_and_nothing_else(watch: Stopwatch, tmp_path: Path) -> None:
    (tmp_path / "no").write_text("a file, not a folder")
    recorder = Recorder(Files(tmp_path / "no"), lambda: NOW, watch)
    talk(recorder, watch, 500, ("caller", 440))
    recorder.close()
    assert not recorder._thread.is_alive()


def test_what_is_older_than_wanted_is_deleted(watch: Stopwatch, tmp_path: Path) -> None:
    clock = [NOW]
    recording = Recording(RecordingSettings(on=True, keep_days=30), tmp_path, Taps(), lambda: clock[0])
    assert recording.recorder
    recording.recorder.heard("c1", "caller", tone(440, 500))
    recording.close()
    clock[0] += dt.timedelta(days=30)
    recording.delete_old()
    assert recording.files.of_call("c1", NOW)
    clock[0] += dt.timedelta(days=1)
    recording.delete_old()
    assert not recording.files.of_call("c1", NOW)


def test_secret_digits_are_asked_in_silence(tmp_path: Path) -> None:
    recording = Recording(RecordingSettings(on=True), tmp_path, Taps(), lambda: NOW)
    assert recording.recorder
    observe = recording.observer("c1")
    observe(Replied(1, (Listen(Expect("digits", secret=True)),)))
    assert recording.recorder.is_paused("c1")
    observe(Replied(2, (Listen(Expect("yes_no")),)))
    assert not recording.recorder.is_paused("c1")
    recording.close()


def test_whoever_the_bot_gives_to_a_person_after_a_secret_is_recorded_again(tmp_path: Path) -> None:
    recording = Recording(RecordingSettings(on=True), tmp_path, Taps(), lambda: NOW)
    observe = recording.observer("c1")
    observe(Replied(1, (Listen(Expect("digits", secret=True)),)))
    assert recording.state("c1") == "paused"
    observe(Replied(2, (Transfer("reception", "asked for a person"),)))
    assert recording.state("c1") == "recording"
    observe(StopRecording())
    assert recording.state("c1") == recording.pause("c1", False) == "refused"
    recording.close()


def test_who_says_so_in_mid_call_is_not_recorded_and_the_report_tells(engines: Centre, tmp_path: Path) -> None:
    house = House(tmp_path / "home", engines, recording=RecordingSettings(on=True))
    lines = [("how can I help|what can I do", "please don't record this call"), ("how|what", "no thanks goodbye")]
    line = house.call(Person(lines))
    asyncio.run(house.centre.close())
    assert "Calls are recorded" in line.bot, line.story
    assert "This call is not recorded" in line.bot, line.story
    assert line.report.recording == "refused"
    assert house.centre.recording.files.of_call(line.report.call_id, house.now) == []


@pytest.mark.parametrize("call_id", ["../secret", "", "a/b", "c" * 65])
def test_an_address_leads_to_no_other_file(call_id: str, tmp_path: Path) -> None:
    with pytest.raises(RecordingError):
        Files(tmp_path).of_call(call_id, NOW)


def test_a_whole_call_is_recorded_with_both_voices(engines: Centre, tmp_path: Path) -> None:
    key = base64.b64encode(KEY).decode()
    house = House(tmp_path / "home", engines, recording=RecordingSettings(on=True, key=key))  # type: ignore[arg-type]
    person = Person([("how can I help|what can I do", "when are you open on Saturday"), ("anything else", "no thanks")])
    line = house.call(person)
    asyncio.run(house.centre.close())
    files = house.centre.recording.files
    [stretch] = files.of_call(line.report.call_id, house.now)
    assert b"Ogg" not in stretch.path.read_bytes()
    sound, _ = soundfile.read(io.BytesIO(b"".join(files.sound(stretch))))
    assert min(loudness(sound)) > 0, "caller and bot"


def wait_for(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < until, "it did not come to that"
        time.sleep(0.05)
