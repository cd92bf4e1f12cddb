"""What each door does to a caller's voice, and what rooms and lines do before it: for measuring how well it is heard.

A voice gets its gain and its noise in the room, is coded as that door's line codes it, loses packets where the line can
lose any, and comes back through the door's own decoding and resampling (`bot.channels.line_audio`). Doors on TCP (the
browser, AudioSocket, the carriers' WebSockets) lose nothing themselves; what was lost before them, on the way to the
exchange or carrier, arrives as that exchange conceals it. The SIP door gets RTP itself.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import av
import numpy as np

from bot.audio.pcm import Samples, level_dbfs, resample, to_pcm, to_samples
from bot.channels.line_audio import ALAW, PCM_8K, PCM_16K, ULAW, LineAudio, LineFormat
from bot.events import CHUNK_MS, SAMPLE_RATE
from tests.telephone import babble

Loss = Literal["none", "left out", "repeated"]
"""No packet can be lost; the sound goes on without it, shorter (what the SIP stack does, measured with a tone that had
holes); the packet before is heard again, quieter (as ITU-T G.711 appendix I does)."""

FADE: Final = 0.5
FRAMES_TOGETHER: Final = 25
"""Frames that a line hands over at a time here; no door cares."""


@dataclass(frozen=True, slots=True)
class Door:
    name: str
    line: LineFormat
    loss: Loss = "none"
    is_g722: bool = False


DOORS: Final = (
    Door("browser, 16 kHz", PCM_16K),
    Door("AudioSocket, 16 kHz", PCM_16K, "repeated"),
    Door("AudioSocket, 8 kHz", PCM_8K, "repeated"),
    Door("SIP, µ-law", ULAW, "left out"),
    Door("SIP, A-law", ALAW, "left out"),
    Door("SIP, G.722", PCM_16K, "left out", is_g722=True),
    Door("Twilio, µ-law", ULAW, "repeated"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """`snr_db`: the noise is so much quieter than the voice (RMS); `loss`: share of packets of 20 ms."""

    name: str
    gain_db: float = 0.0
    noise: Literal["quiet", "street", "babble"] = "quiet"
    snr_db: float = 0.0
    loss: float = 0.0


LINES: Final = (
    Line("clean"),
    Line("20 dB quieter", gain_db=-20),
    Line("18 dB louder, clipped", gain_db=18),
    Line("street 15 dB", noise="street", snr_db=15),
    Line("street 10 dB", noise="street", snr_db=10),
    Line("babble 15 dB", noise="babble", snr_db=15),
    Line("babble 10 dB", noise="babble", snr_db=10),
    Line("loss 1 %", loss=0.01),
    Line("loss 3 %", loss=0.03),
    Line("loss 5 %", loss=0.05),
)

NOISE_S: Final = 20


NOMINAL_DBFS: Final = -26.0
"""The usual level of speech on a line (ITU-T P.56), from which `gain_db` counts: recordings differ by 30 dB."""
AROUND_S: Final = 0.3
"""Of the room, before and after the voice: what a call keeps of the time before speech was certain, and the pause."""
LINE_NOISE_DBFS: Final = -66.0


class Rooms:
    """The noises, made once."""

    def __init__(self, voices: Sequence[Samples]) -> None:
        """`voices` are those whose babble is heard."""
        self._noises = {"street": street(NOISE_S), "babble": babble(voices, NOISE_S)}

    def at(self, line: Line, voice: Samples, seed: int) -> Samples:
        """The voice as it comes to the microphone, clipped where it is too loud; noise from a place of its own."""
        gain_db = NOMINAL_DBFS + line.gain_db - level_dbfs(voice)
        heard = np.pad(voice * 10 ** (gain_db / 20), int(AROUND_S * SAMPLE_RATE))
        if line.noise != "quiet":
            noise = np.resize(np.roll(self._noises[line.noise], seed % (NOISE_S * SAMPLE_RATE)), len(heard))
            heard += noise * 10 ** ((NOMINAL_DBFS - line.snr_db - level_dbfs(noise)) / 20)
        heard += 10 ** (LINE_NOISE_DBFS / 20) * np.random.default_rng(seed).standard_normal(len(heard))
        return np.clip(heard, -1, 1).astype(np.float32)


def street(seconds: float, seed: int = 0) -> Samples:
    """Low noise that swells as cars go by."""
    count = int(seconds * SAMPLE_RATE)
    low = np.convolve(np.random.default_rng(seed).standard_normal(count), np.ones(40) / 40, mode="same")
    swell = 0.4 + np.sin(np.pi * np.arange(count) / (3.3 * SAMPLE_RATE)) ** 2
    return np.asarray(0.2 * low * swell, np.float32)


def through(door: Door, line: Line, heard: Samples, seed: int) -> bytes:
    """16-bit PCM at 16 kHz as the call gets it."""
    rate = door.line.sample_rate
    pcm = to_pcm(resample(heard, SAMPLE_RATE, rate))
    pcm = g722(pcm) if door.is_g722 else door.line.decode(door.line.encode(pcm))
    pcm = b"".join(lossy(pcm, door, line.loss, seed))
    audio, size = LineAudio(LineFormat("decoded", rate, 2)), FRAMES_TOGETHER * rate * 2 * CHUNK_MS // 1000
    parts = (pcm[at : at + size] for at in range(0, len(pcm), size))
    return b"".join(chunk.pcm for part in parts for chunk in audio.hear(part))


def lossy(pcm: bytes, door: Door, share: float, seed: int) -> Iterator[bytes]:
    """Packets fall out one by one, each as likely as the other; the same ones for the same seed."""
    rng, size = np.random.default_rng(seed), door.line.sample_rate * 2 * CHUNK_MS // 1000
    last = bytes(size)
    for at in range(0, len(pcm), size):
        frame = pcm[at : at + size].ljust(size, b"\0")
        if door.loss != "none" and rng.random() < share:
            frame = to_pcm(FADE * to_samples(last)) if door.loss == "repeated" else b""
        last = frame or last
        yield frame


def g722(pcm: bytes) -> bytes:
    """To 64 kbit/s and back (ITU-T G.722), 16 kHz."""
    encoder, decoder = (av.CodecContext.create("g722", mode) for mode in ("w", "r"))
    encoder.sample_rate, encoder.layout, encoder.format = SAMPLE_RATE, "mono", "s16"
    decoder.layout = "mono"
    frame = av.AudioFrame.from_ndarray(np.frombuffer(pcm, "<i2").reshape(1, -1), format="s16", layout="mono")
    frame.sample_rate = SAMPLE_RATE
    frame.pts = 0
    packets = [*encoder.encode(frame), *encoder.encode(None)]
    frames = (got for packet in packets for got in decoder.decode(packet))
    return b"".join(got.to_ndarray().astype("<i2").tobytes() for got in frames)


def seed_of(name: str) -> int:
    """The same in every run: the same packets are lost, the same second of noise is heard."""
    return zlib.crc32(name.encode())
