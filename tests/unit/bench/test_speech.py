from collections.abc import Iterator

import numpy as np
import pytest

from bot.audio.pcm import level_dbfs, to_pcm, to_samples
from bot.bench.speech import LINE_NOISE_DBFS, PAUSE, Clip, Speaker, disturbances, line_noise, loud_frames, say
from bot.events import SAMPLE_RATE

SPOKEN_S = 0.5


class Humming:
    """A voice whose every sentence is half a second of 300 Hz between two silences."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, float]] = []

    def synthesize(self, text: str, speed: float = 1.0) -> Iterator[bytes]:
        self.asked.append((text, speed))
        tone = 0.3 * np.sin(2 * np.pi * 300 * np.arange(int(SPOKEN_S * SAMPLE_RATE)) / SAMPLE_RATE)
        yield to_pcm(np.concatenate([np.zeros(3200), tone, np.zeros(3200)]).astype(np.float32))


def test_a_clip_is_trimmed_so_that_it_starts_and_ends_with_speech() -> None:
    clip = say(Humming(), "Yes.")
    assert clip.starts_s == pytest.approx(0, abs=0.03)
    assert clip.ends_s == pytest.approx(SPOKEN_S, abs=0.03)


def test_a_pause_is_as_long_as_asked_and_both_halves_are_spoken() -> None:
    voice = Humming()
    clip = say(voice, f"I would like {PAUSE} a check-up.", Speaker(1.1), pauses_s=(0.6,))
    assert voice.asked == [("I would like", 1.1), ("a check-up.", 1.1)]
    assert clip.ends_s == pytest.approx(2 * SPOKEN_S + 0.6, abs=0.03)
    quiet = to_samples(clip.pcm)[int(0.6 * SAMPLE_RATE) : int(1.0 * SAMPLE_RATE)]
    assert level_dbfs(quiet) < -50


def test_a_higher_pitch_is_a_shorter_clip() -> None:
    assert say(Humming(), "Yes.", Speaker(pitch=1.25)).length_s < say(Humming(), "Yes.").length_s


def test_nothing_loud_has_no_first_and_no_last_sample() -> None:
    silent = Clip("", bytes(640))
    assert (silent.starts_s, silent.ends_s) == (0.0, 0.0)
    assert not len(loud_frames(np.zeros(10, np.float32)))


def test_the_line_is_never_digitally_silent() -> None:
    noise = to_samples(line_noise(1.0))
    assert level_dbfs(noise) == pytest.approx(LINE_NOISE_DBFS, abs=1)
    assert len(noise) == SAMPLE_RATE


def test_noises_are_audible_short_and_the_same_every_time() -> None:
    once, again = disturbances(Humming()), disturbances(Humming())
    assert {clip.text for clip in once} == {"cough", "door", "rustle", "side talk", "Mm-hm.", "Okay."}
    for clip, same in zip(once, again, strict=True):
        assert clip.pcm == same.pcm
        assert level_dbfs(to_samples(clip.pcm)) > (-60 if clip.text == "side talk" else -40)
        assert clip.length_s <= 1.2
