"""Speech detection with scripted opinions in place of the two engines."""

import numpy as np
import pytest

from bot.audio import vad
from bot.audio.pcm import Samples, chunks, to_pcm
from bot.audio.silero import WINDOW_SAMPLES
from bot.audio.vad import LOUDEST_ROOM_DBFS, Room, Sensitivity, SpeechDetector
from bot.errors import AudioError
from bot.events import CHUNK_MS, SAMPLE_RATE, AudioChunk


class LoudIsVoice:
    """Says speech for every chunk that is not silent, as webrtcvad does with noise."""

    def __init__(self, mode: int) -> None:
        self.mode = mode

    def is_speech(self, pcm: bytes, sample_rate: int) -> bool:
        return any(pcm)


class Silero:
    """A voice is what swings around 200 Hz; counts how often it was asked."""

    asked = 0

    def __init__(self) -> None:
        Silero.asked = 0

    def probability(self, sound: Samples) -> float:
        Silero.asked += len(sound) // WINDOW_SAMPLES
        crossings = np.count_nonzero(np.diff(np.sign(sound[-WINDOW_SAMPLES:])) != 0)
        return 0.9 if 2 < crossings < 40 else 0.05


@pytest.fixture(autouse=True)
def _scripted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vad.webrtcvad, "Vad", LoudIsVoice)
    monkeypatch.setattr(vad, "Silero", Silero)


def voice(ms: int) -> Samples:
    at = np.arange(SAMPLE_RATE * ms // 1000) / SAMPLE_RATE
    return (0.2 * np.sin(2 * np.pi * 300 * at)).astype(np.float32)


def noise(ms: int, loud: float = 0.2) -> Samples:
    rng = np.random.default_rng(1)
    return (loud * rng.standard_normal(SAMPLE_RATE * ms // 1000)).astype(np.float32)


def quiet(ms: int) -> Samples:
    return np.zeros(SAMPLE_RATE * ms // 1000, np.float32)


def called(*parts: Samples) -> list[bool]:
    detector = SpeechDetector()
    return [detector.is_speech(chunk) for chunk in chunks(to_pcm(np.concatenate(parts)))]


def test_silence_is_no_speech_and_silero_is_not_even_asked() -> None:
    assert not any(called(quiet(1_000)))
    assert Silero.asked == 0


def test_a_voice_after_silence_is_noticed_within_three_chunks() -> None:
    heard = called(quiet(500), voice(500))
    assert not any(heard[:25])
    assert heard.index(True) - 25 <= 3
    assert all(heard[heard.index(True) :])


def test_noise_that_the_cheap_detector_takes_for_speech_does_not_start_a_turn() -> None:
    assert not any(called(quiet(500), noise(1_000)))
    assert Silero.asked > 0


def test_speech_ends_soon_after_the_last_sound() -> None:
    heard = called(quiet(300), voice(600), quiet(400))
    after = heard[45:]
    assert sum(after) * CHUNK_MS <= Sensitivity().hangover_ms
    assert not any(after[4:])


def test_a_short_gap_between_two_syllables_is_bridged() -> None:
    assert all(called(quiet(300), voice(400), quiet(20), voice(300))[19:])


def test_silero_is_asked_no_longer_when_it_stays_quiet() -> None:
    called(quiet(300), voice(320))
    asked_while_speaking = Silero.asked
    called(quiet(300), voice(320), quiet(5_000))
    asked_in_silence = Silero.asked - asked_while_speaking
    assert asked_in_silence * 32 <= Sensitivity().asleep_after_ms + 32


@pytest.mark.parametrize("chunk", [AudioChunk(bytes(640), 8_000), AudioChunk(bytes(320)), AudioChunk(b"")])
def test_audio_in_another_format_is_refused(chunk: AudioChunk) -> None:
    with pytest.raises(AudioError) as refused:
        SpeechDetector().is_speech(chunk)
    assert refused.value.code == "audio.format"


def test_the_detector_is_a_plain_callable_for_the_call() -> None:
    assert SpeechDetector()(AudioChunk(bytes(640))) is False


def test_the_room_follows_quiet_moments_down_faster_than_loud_ones_up() -> None:
    room = Room()
    room.hear(-50.0)
    risen = [room.hear(-20.0) for _ in range(50)][-1]
    assert -50 < risen <= -47 + 0.01
    fallen = [room.hear(-60.0) for _ in range(50)][-1]
    assert fallen == pytest.approx(-60, abs=1.5)


def test_a_caller_who_speaks_at_once_is_not_the_room() -> None:
    assert Room().hear(-15.0) == LOUDEST_ROOM_DBFS
