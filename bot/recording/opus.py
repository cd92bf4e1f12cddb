"""Stereo sound into an Ogg Opus stream (RFC 6716, RFC 7845), a second at a time: 14 MB an hour."""

from __future__ import annotations

from typing import Final, Protocol

import av
import numpy as np
from numpy.typing import NDArray

from bot.errors import RecordingError
from bot.events import SAMPLE_RATE

BIT_RATE: Final = 32_000
"""For both sides together. Speech at 16 kHz is transparent to most ears from 16 kbit/s a channel (RFC 6716, 2.1.1)."""


class Sink(Protocol):
    def write(self, data: bytes, /) -> int: ...
    def close(self) -> None: ...


class OpusTrack:
    """Raises RecordingError `recording.unwritable` from every method when the disk does not take it."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._container = av.open(sink, "w", format="ogg")
        self._stream = self._container.add_stream("libopus", rate=SAMPLE_RATE, layout="stereo")
        self._stream.bit_rate = BIT_RATE
        self._stream.codec_context.options = {"application": "voip", "compression_level": "3"}
        self._written = 0

    def write(self, sound: NDArray[np.int16]) -> None:
        """(samples, 2), left and right."""
        if not len(sound):
            return
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound).reshape(1, -1), format="s16", layout="stereo")
        frame.sample_rate, frame.pts = SAMPLE_RATE, self._written
        self._written += len(sound)
        self._put(frame)

    def close(self) -> None:
        try:
            self._put(None)
            self._container.close()
            self._sink.close()
        except (OSError, av.FFmpegError) as error:
            raise _unwritable() from error

    def _put(self, frame: av.AudioFrame | None) -> None:
        try:
            for packet in self._stream.encode(frame):
                self._container.mux(packet)
        except (OSError, av.FFmpegError) as error:
            raise _unwritable() from error


def _unwritable() -> RecordingError:
    return RecordingError("recording.unwritable", "The recording cannot be written: please look at the disk's space.")
