"""Between a line's audio format and ours: decoding, resampling and cutting into 20 ms chunks, both ways.

A line sends what it likes: 10, 20 or 30 ms a frame, a half frame at the end, now and then far too much. Inside, every
chunk is exactly `CHUNK_MS` long.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from bot.audio.g711 import alaw_decode, alaw_encode, ulaw_decode, ulaw_encode
from bot.audio.resample import Resampler
from bot.errors import ChannelError
from bot.events import CHUNK_BYTES, SAMPLE_RATE, AudioChunk

MAX_FRAME_MS: Final = 1_000
"""One message with more sound than this is not a telephone's."""


@dataclass(frozen=True, slots=True)
class LineFormat:
    """What a line speaks: `sample_rate` in Hz, bytes a sample, and the way to and from 16-bit PCM."""

    name: str
    sample_rate: int
    width: int
    encode: Callable[[bytes], bytes] = bytes
    decode: Callable[[bytes], bytes] = bytes

    def size(self, ms: int) -> int:
        """Bytes of `ms` milliseconds."""
        return self.sample_rate * self.width * ms // 1000

    def ms(self, encoded: bytes) -> int:
        return 1000 * len(encoded) // (self.sample_rate * self.width)


ULAW: Final = LineFormat("ulaw", 8_000, 1, ulaw_encode, ulaw_decode)
ALAW: Final = LineFormat("alaw", 8_000, 1, alaw_encode, alaw_decode)
PCM_8K: Final = LineFormat("slin", 8_000, 2)
PCM_16K: Final = LineFormat("slin16", 16_000, 2)

_NAMES: Final[Mapping[str, str]] = {
    "ulaw": "ulaw", "pcmu": "ulaw", "audio/x-mulaw": "ulaw", "mulaw": "ulaw", "g711_ulaw": "ulaw",
    "alaw": "alaw", "pcma": "alaw", "audio/x-alaw": "alaw", "g711_alaw": "alaw",
    "slin": "pcm", "slin16": "pcm", "l16": "pcm", "audio/x-l16": "pcm", "linear16": "pcm", "audio/x-raw": "pcm",
}  # fmt: skip


def line_format(name: str, sample_rate: int) -> LineFormat:
    """The format a carrier names (`audio/x-mulaw`, `PCMA`, `slin16` …). Raises ChannelError `channel.codec`."""
    kind = _NAMES.get(name.lower())
    if kind in ("ulaw", "alaw") and sample_rate == 8_000:
        return ULAW if kind == "ulaw" else ALAW
    if kind == "pcm" and sample_rate in (8_000, 16_000):
        return PCM_8K if sample_rate == 8_000 else PCM_16K
    raise ChannelError(
        "channel.codec", "The line's codec is not known; please offer G.711 or 16-bit PCM at 8 or 16 kHz."
    )


class LineAudio:
    """Both directions of one call."""

    def __init__(self, line: LineFormat) -> None:
        self.line = line
        self._to_us = Resampler(line.sample_rate, SAMPLE_RATE)
        self._to_line = Resampler(SAMPLE_RATE, line.sample_rate)
        self._pending = bytearray()

    def hear(self, encoded: bytes) -> list[AudioChunk]:
        """The whole chunks that `encoded` completes. Raises ChannelError `channel.garbled` when it is far too long."""
        if self.line.ms(encoded) > MAX_FRAME_MS:
            raise ChannelError("channel.garbled", "The line sent more sound in one frame than a telephone has.")
        self._pending += self._to_us.convert(self.line.decode(encoded))
        chunks = []
        while len(self._pending) >= CHUNK_BYTES:
            chunks.append(AudioChunk(bytes(self._pending[:CHUNK_BYTES])))
            del self._pending[:CHUNK_BYTES]
        return chunks

    def speak(self, pcm: bytes) -> bytes:
        """`pcm` of ours as the line wants it, just as long."""
        return self.line.encode(self._to_line.convert(pcm))
