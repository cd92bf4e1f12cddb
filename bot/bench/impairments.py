"""What a line and a room do to a caller: noise beside the voice, lost packets, packets that come late and in bursts.

Noises are made here, from the callers' own voices where people talk (babble, a television) and from shaped noise
(street, keyboard), so that a run needs nothing that is not in the checkout and is the same every time. Loss is what is
left of it behind an exchange: a lost packet is heard as the last one, quieter (as ITU-T G.711 appendix I fades).
Jitter holds the caller's chunks back and lets them go in bursts; they stay in order, as behind any jitter buffer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from bot.audio.pcm import Samples, level_dbfs, resample, to_pcm, to_samples
from bot.bench.speech import Clip, line_noise, over_the_phone
from bot.events import CHUNK_BYTES, CHUNK_MS, SAMPLE_RATE, SAMPLE_WIDTH

Noise = Literal["quiet", "babble", "street", "keyboard", "television"]

LOOP_S = 10
FADE = 0.5
"""A packet that stands in for a lost one is this much quieter than the one before."""


@dataclass(frozen=True, slots=True)
class Condition:
    """`snr_db`: how much quieter than the voice the noise is (RMS); `loss`: share of packets; `jitter_ms`: most."""

    name: str
    noise: Noise = "quiet"
    snr_db: float = 20.0
    loss: float = 0.0
    jitter_ms: int = 0


CLEAN = Condition("clean")
CONDITIONS = (
    CLEAN,
    Condition("babble 15 dB", "babble", 15),
    Condition("street 10 dB", "street", 10),
    Condition("keyboard 15 dB", "keyboard", 15),
    Condition("television 15 dB", "television", 15),
    Condition("loss 1 %, jitter 20 ms", loss=0.01, jitter_ms=20),
    Condition("loss 5 %, jitter 100 ms", loss=0.05, jitter_ms=100),
    Condition("loss 3 %, jitter 200 ms", loss=0.03, jitter_ms=200),
)


def background(condition: Condition, voices: Sequence[Clip], seed: int = 0) -> bytes:
    """Ten seconds to be repeated, at the level that `condition` asks for beside these voices."""
    if condition.noise == "quiet":
        return line_noise(LOOP_S, seed)
    rng = np.random.default_rng(seed)
    sounds = [to_samples(clip.pcm) for clip in voices]
    made = _noise(condition.noise, sounds, rng)
    voice_dbfs = float(np.mean([level_dbfs(sound) for sound in sounds]))
    gain = 10 ** ((voice_dbfs - condition.snr_db - level_dbfs(made)) / 20)
    return to_pcm(over_the_phone((gain * made).astype(np.float32)))[: LOOP_S * SAMPLE_RATE * SAMPLE_WIDTH]


def _noise(kind: Noise, voices: Sequence[Samples], rng: np.random.Generator) -> Samples:
    match kind:
        case "babble":
            return np.asarray(np.sum([_talk(voices, rng) for _ in range(6)], axis=0), np.float32)
        case "street":
            return _street(rng)
        case "keyboard":
            return _keyboard(rng)
        case _:
            return np.asarray(_talk(voices, rng) + _music(), np.float32)


def _talk(voices: Sequence[Samples], rng: np.random.Generator) -> Samples:
    """One person who goes on and on."""
    length = LOOP_S * SAMPLE_RATE
    parts: list[Samples] = []
    while sum(len(part) for part in parts) < length:
        voice = voices[int(rng.integers(len(voices)))]
        parts.append(resample(voice, SAMPLE_RATE, round(SAMPLE_RATE * float(rng.uniform(0.9, 1.1)))))
    return np.concatenate(parts)[:length]


def _street(rng: np.random.Generator) -> Samples:
    """Low noise that swells as cars go by."""
    count = LOOP_S * SAMPLE_RATE
    low = np.convolve(rng.standard_normal(count), np.ones(40) / 40, mode="same")
    swell = 0.4 + np.sin(np.pi * np.arange(count) / (3.3 * SAMPLE_RATE)) ** 2
    return np.asarray(low * swell, np.float32)


def _keyboard(rng: np.random.Generator) -> Samples:
    """Six strokes a second at uneven times, 25 ms each."""
    sound = np.zeros(LOOP_S * SAMPLE_RATE, np.float32)
    for start in rng.integers(0, len(sound) - 400, 6 * LOOP_S):
        sound[start : start + 400] += rng.standard_normal(400) * np.exp(-np.arange(400) / 80)
    return sound


def _music() -> Samples:
    """Chords of three, changing every half second."""
    at = np.arange(LOOP_S * SAMPLE_RATE) / SAMPLE_RATE
    root = 220 * 2 ** (np.array([0, 5, 7, 3])[(at * 2).astype(int) % 4] / 12)
    tones = [np.sin(2 * np.pi * np.cumsum(root * step) / SAMPLE_RATE) for step in (1, 1.26, 1.5)]
    return np.asarray(0.015 * np.sum(tones, axis=0), np.float32)


class Impaired:
    """One caller's chunks on their way: `put` one every 20 ms, and send what it returns."""

    def __init__(self, condition: Condition, seed: int = 0) -> None:
        self._condition = condition
        self._rng = np.random.default_rng(seed)
        self._held: list[bytes] = []
        self._hold_ms = 0
        self._last = bytes(CHUNK_BYTES)

    def put(self, chunk: bytes) -> list[bytes]:
        """All that arrives at the other end in these 20 ms."""
        if self._rng.random() < self._condition.loss:
            chunk = to_pcm(FADE * to_samples(self._last))
        self._last = chunk
        self._held.append(chunk)
        if self._hold_ms > 0:
            self._hold_ms -= CHUNK_MS
            return []
        if self._condition.jitter_ms and self._rng.random() < 0.1:
            self._hold_ms = int(self._rng.integers(0, self._condition.jitter_ms + 1))
        arrived, self._held = self._held, []
        return arrived
