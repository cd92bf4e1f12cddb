"""Audio files at the door: whatever people record becomes 16 kHz mono PCM, or a sentence that says what is wrong."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile

from bot.audio.pcm import FULL_SCALE, Samples, level_dbfs, resample, to_pcm, to_samples
from bot.errors import AudioError
from bot.events import SAMPLE_RATE

SILENT_DBFS = -66.0
"""A clip whose loudest 20 ms are quieter holds no voice: it is below
the noise of a telephone line (G.712: −65 dBm0p)."""
LONGEST_S = 600
"""Nobody says one sentence for ten minutes; such a file is a mistake and would only fill the memory."""


def read_audio(path: Path) -> bytes:
    """Any file libsndfile reads (WAV, FLAC, OGG, MP3; any rate, channels, sample format) as 16 kHz mono PCM.

    Raises AudioError: `audio.missing`, `audio.broken`, `audio.empty`, `audio.silent`, `audio.long`.
    """
    samples, rate = _decoded(path)
    if not len(samples):
        raise AudioError("audio.empty", f"{path.name} holds no sound at all; record it again.")
    heard = resample(_mono(samples), rate, SAMPLE_RATE)
    if _loudest_dbfs(heard) < SILENT_DBFS:
        raise AudioError("audio.silent", f"{path.name} is silent; check that the microphone was on.")
    return to_pcm(heard)


def _decoded(path: Path) -> tuple[Samples, int]:
    if not path.is_file():
        raise AudioError("audio.missing", f"There is no file {path.name}; check the name and the folder.")
    if not path.stat().st_size:
        raise AudioError("audio.empty", f"{path.name} is an empty file; record it again.")
    try:
        with soundfile.SoundFile(path) as file:
            if file.frames > LONGEST_S * file.samplerate:
                raise AudioError("audio.long", f"{path.name} is longer than {LONGEST_S // 60} minutes; cut it.")
            return file.read(dtype="float32", always_2d=True), file.samplerate
    except (soundfile.SoundFileError, OSError, ValueError) as error:
        raise AudioError(
            "audio.broken", f"{path.name} cannot be read as sound; save it as WAV, FLAC, OGG or MP3."
        ) from error


def _mono(samples: Samples) -> Samples:
    """The mean of the channels that carry sound: a dead second channel must not halve the voice.

    Broken floats (NaN, infinity) become silence.
    """
    finite = np.nan_to_num(samples, nan=0.0, posinf=0.0, neginf=0.0)
    levels = [level_dbfs(channel) for channel in finite.T]
    alive = [level > max(levels) - 30 for level in levels]
    mixed: Samples = finite[:, alive].mean(axis=1, dtype=np.float32)
    return mixed


def _loudest_dbfs(samples: Samples) -> float:
    size = SAMPLE_RATE // 50
    return max(level_dbfs(samples[start : start + size]) for start in range(0, len(samples), size))


def write_wav(path: Path, pcm: bytes, sample_rate: int = SAMPLE_RATE) -> None:
    """16-bit mono WAV. Raises AudioError `audio.unwritable` (disk full, folder missing or closed to us)."""
    whole = np.rint(to_samples(pcm) * FULL_SCALE).astype("<i2")
    try:
        soundfile.write(path, whole, sample_rate, subtype="PCM_16", format="WAV")
    except (soundfile.SoundFileError, OSError) as error:
        raise AudioError(
            "audio.unwritable", f"{path.name} cannot be written; check the folder and the space on the disk."
        ) from error
