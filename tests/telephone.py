"""What a telephone and a room do to a voice: the conditions under which hearing is tested and measured."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.audio import g711
from bot.audio.pcm import Samples, level_dbfs, resample, to_pcm, to_samples
from bot.events import SAMPLE_RATE

RECORDINGS = Path(__file__).parents[1] / "../shared/speech"
"""Recordings of real people beside the checkout, with a table of what they say; tests skip where it is absent."""


@dataclass(frozen=True, slots=True)
class Recording:
    name: str
    """`asterisk_en/vm-goodbye.wav`; the folder is the kind."""
    text: str
    seconds: float

    @property
    def kind(self) -> str:
        return self.name.split("/", 1)[0]

    @property
    def path(self) -> Path:
        return RECORDINGS / self.name


def recordings() -> list[Recording]:
    with (RECORDINGS / "speech.tsv").open(encoding="utf-8") as table:
        rows = csv.DictReader(table, delimiter="\t")
        return [Recording(row["path"], row["transcript"], float(row["seconds"])) for row in rows]


def over_the_phone(samples: Samples) -> Samples:
    """8 kHz, µ-law, and back to 16 kHz."""
    narrow = to_pcm(resample(samples, SAMPLE_RATE, g711.SAMPLE_RATE))
    return resample(to_samples(g711.ulaw_decode(g711.ulaw_encode(narrow))), g711.SAMPLE_RATE, SAMPLE_RATE)


def with_noise(voice: Samples, noise: Samples, snr_db: float) -> Samples:
    """`noise`, repeated to the length of `voice`, `snr_db` quieter than it (RMS over the whole clip)."""
    fitted = np.resize(noise, len(voice))
    gain = 10 ** ((level_dbfs(voice) - level_dbfs(fitted) - snr_db) / 20)
    return np.clip(voice + gain * fitted, -1, 1).astype(np.float32)


def white(seconds: float, seed: int = 0) -> Samples:
    rng = np.random.default_rng(seed)
    return (0.1 * rng.standard_normal(int(seconds * SAMPLE_RATE))).astype(np.float32)


def hum(seconds: float, hz: float = 50.0) -> Samples:
    """Mains hum and its overtones."""
    at = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return sum((0.1 / k * np.sin(2 * np.pi * k * hz * at) for k in (1, 2, 3, 5)), start=np.zeros(len(at))).astype(
        np.float32
    )


def keyboard(seconds: float, seed: int = 0) -> Samples:
    """Key strokes: 5 ms bursts, six a second at uneven times."""
    rng = np.random.default_rng(seed)
    clip = np.zeros(int(seconds * SAMPLE_RATE), np.float32)
    for start in rng.integers(0, max(1, len(clip) - 400), int(6 * seconds)):
        clip[start : start + 400] += 0.3 * rng.standard_normal(400) * np.exp(-np.arange(400) / 80)
    return clip


def babble(voices: Sequence[Samples], seconds: float, speakers: int = 8, seed: int = 0) -> Samples:
    """Several people at once, each starting somewhere in a voice of their own."""
    rng = np.random.default_rng(seed)
    length = int(seconds * SAMPLE_RATE)
    mix = np.zeros(length, np.float32)
    for i in rng.choice(len(voices), min(speakers, len(voices)), replace=False):
        voice = voices[int(i)]
        mix += np.resize(np.roll(voice, int(rng.integers(len(voice)))), length) * 10 ** ((-23 - level_dbfs(voice)) / 20)
    return (mix / max(1.0, float(np.abs(mix).max()))).astype(np.float32)
