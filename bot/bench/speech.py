"""What simulated callers say: sentences in a voice, through the telephone band, with pauses in known places.

Everything is rendered before the first call, so that no voice competes with the server for the processor. What makes
one caller differ from the next is speed and pitch (playing the sound a little faster or slower).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from bot.audio import g711
from bot.audio.pcm import Samples, resample, to_pcm, to_samples
from bot.events import SAMPLE_RATE, SAMPLE_WIDTH
from bot.tts.voice import Voice

PAUSE = "…"
"""In a caller's sentence: here they stop to think."""

UNDER_LOUDEST_DB = 30.0
"""A frame this much quieter than the loudest of its sentence is not speech any more: breath, echo, the line."""

FRAME = SAMPLE_RATE // 100
Frames = npt.NDArray[np.intp]

AWAY_DB = 18.0
LINE_NOISE_DBFS = -62.0
"""A quiet telephone line; digital silence would flatter the endpointer."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """`speed` of the voice and `pitch`, by which the finished sound is raised."""

    speed: float = 1.0
    pitch: float = 1.0


SPEAKERS = (Speaker(), Speaker(1.1, 0.94), Speaker(0.92, 1.05), Speaker(1.0, 0.9), Speaker(1.15, 1.0))


@dataclass(frozen=True)
class Clip:
    """Sound of a caller, as 16-bit mono PCM at 16 kHz."""

    text: str
    pcm: bytes

    @cached_property
    def _loud(self) -> Frames:
        return loud_frames(to_samples(self.pcm))

    @property
    def starts_s(self) -> float:
        """When its first sample of speech is heard, seconds from the beginning."""
        return int(self._loud[0]) * FRAME / SAMPLE_RATE if len(self._loud) else 0.0

    @property
    def ends_s(self) -> float:
        """When its last sample of speech has been heard."""
        return (int(self._loud[-1]) + 1) * FRAME / SAMPLE_RATE if len(self._loud) else 0.0

    @property
    def length_s(self) -> float:
        return len(self.pcm) / SAMPLE_WIDTH / SAMPLE_RATE


def loud_frames(samples: Samples) -> Frames:
    """Indices of the frames of 10 ms that hold speech, judged by level against the loudest of them."""
    count = len(samples) // FRAME
    power = np.square(samples[: count * FRAME].reshape(count, FRAME)).mean(axis=1) if count else np.zeros(0)
    if not count or not power.max():
        return np.zeros(0, int)
    return np.flatnonzero(power > power.max() * 10 ** (-UNDER_LOUDEST_DB / 10))


def say(voice: Voice, text: str, speaker: Speaker = SPEAKERS[0], pauses_s: Sequence[float] = (0.45,)) -> Clip:
    """`text` as that speaker says it over a telephone; each `PAUSE` in it is as long as the next of `pauses_s`."""
    sound: list[Samples] = []
    for index, part in enumerate(text.split(PAUSE)):
        if index:
            pause_s = pauses_s[(index - 1) % len(pauses_s)]
            sound.append(np.zeros(int(pause_s * SAMPLE_RATE), np.float32))
        spoken = to_samples(b"".join(voice.synthesize(part.strip(), speaker.speed)))
        sound.append(_trimmed(resample(spoken, round(SAMPLE_RATE * speaker.pitch), SAMPLE_RATE)))
    return Clip(text, to_pcm(over_the_phone(np.concatenate(sound))))


def _trimmed(samples: Samples) -> Samples:
    """Without what is quiet at both ends, so that pauses are exactly as long as they are meant to be."""
    loud = loud_frames(samples)
    return samples[loud[0] * FRAME : (loud[-1] + 1) * FRAME] if len(loud) else samples


def over_the_phone(samples: Samples) -> Samples:
    """8 kHz, µ-law (ITU-T G.711), and back to 16 kHz."""
    narrow = to_pcm(resample(samples, SAMPLE_RATE, g711.SAMPLE_RATE))
    return resample(to_samples(g711.ulaw_decode(g711.ulaw_encode(narrow))), g711.SAMPLE_RATE, SAMPLE_RATE)


def line_noise(seconds: float, seed: int = 0) -> bytes:
    """What is heard of a line on which nobody speaks."""
    rng = np.random.default_rng(seed)
    noise = 10 ** (LINE_NOISE_DBFS / 20) * rng.standard_normal(int(seconds * SAMPLE_RATE))
    return to_pcm(noise.astype(np.float32))


def disturbances(voice: Voice) -> tuple[Clip, ...]:
    """Sounds that must not stop the bot: coughs, a door, a rustle, talk in the room, and the listener's "mm-hm"."""
    made = (
        ("cough", _cough(1)),
        ("door", _burst(0.12, 3)),
        ("rustle", _rustle(4)),
        ("side talk", _away(say(voice, "Have you seen my keys?", SPEAKERS[3]))),
        ("cough", _cough(2)),
    )
    return (
        *(Clip(name, to_pcm(over_the_phone(sound))) for name, sound in made),
        say(voice, "Mm-hm."),
        say(voice, "Okay.", SPEAKERS[1]),
    )


def _away(clip: Clip) -> Samples:
    """Somebody on the other side of the room: 18 dB quieter, the high part of the voice lost on the way."""
    muffled = np.convolve(to_samples(clip.pcm), np.ones(5) / 5, mode="same")
    return np.asarray(muffled * 10 ** (-AWAY_DB / 20), np.float32)


def _burst(seconds: float, seed: int, level: float = 0.25) -> Samples:
    """Noise that starts at once and dies away, most of it low."""
    rng = np.random.default_rng(seed)
    count = int(seconds * SAMPLE_RATE)
    noise = np.convolve(rng.standard_normal(count), np.ones(6) / 6, mode="same")
    shaped = level * noise / np.abs(noise).max() * np.exp(-3 * np.arange(count) / count)
    return np.asarray(shaped, np.float32)


def _cough(seed: int) -> Samples:
    """An explosive burst of some 200 ms and a weaker second one, without a pitch."""
    gap = np.zeros(SAMPLE_RATE // 12, np.float32)
    return np.concatenate([_burst(0.22, seed, 0.5), gap, _burst(0.18, seed + 100, 0.25)])


def _rustle(seed: int) -> Samples:
    """Paper near the telephone: short bursts at uneven times for one second."""
    rng = np.random.default_rng(seed)
    sound = np.zeros(SAMPLE_RATE, np.float32)
    for start in rng.integers(0, SAMPLE_RATE - 800, 12):
        sound[start : start + 640] += _burst(0.04, int(start), 0.15)
    return sound
