"""A few seconds out of a recording: the caller's side, where something was said."""

from __future__ import annotations

import datetime as dt
import io

import soundfile

from bot.errors import RecordingError
from bot.recording.files import Files, Stretch
from bot.recording.timeline import LEFT


def caller_between(
    files: Files, call_id: str, started_at: dt.datetime, begin_ms: int, end_ms: int
) -> tuple[bytes, int]:
    """16-bit mono PCM and its rate in Hz; milliseconds of the call, which begin with the first sound of it.

    Raises RecordingError `recording.gone` where nothing was recorded then, and those of `Files.sound`.
    """
    stretches = files.of_call(call_id, started_at)
    if not stretches:
        raise RecordingError("recording.gone", "This call was not recorded, or its recording has been deleted.")
    epoch = stretches[0].began_at
    begin = epoch + dt.timedelta(milliseconds=begin_ms)
    stretch = [one for one in stretches if one.began_at <= begin][-1]
    return _cut(files, stretch, (begin - stretch.began_at).total_seconds(), (end_ms - begin_ms) / 1000)


def _cut(files: Files, stretch: Stretch, offset_s: float, length_s: float) -> tuple[bytes, int]:
    sealed = b"".join(files.sound(stretch))
    try:
        with soundfile.SoundFile(io.BytesIO(sealed)) as file:
            rate = int(file.samplerate)
            file.seek(min(round(offset_s * rate), file.frames))
            samples = file.read(round(length_s * rate), dtype="int16", always_2d=True)
    except (soundfile.SoundFileError, RuntimeError, OSError) as error:
        raise RecordingError("recording.broken", "This recording cannot be read; it may have been cut off.") from error
    if not len(samples):
        raise RecordingError("recording.gone", "Nothing was recorded at that moment of the call.")
    return samples[:, LEFT].astype("<i2").tobytes(), rate
