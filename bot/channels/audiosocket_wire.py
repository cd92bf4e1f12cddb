"""The AudioSocket protocol without a socket: bytes to frames and back.

A frame is one byte of kind, two of length (big endian) and the payload. Source: docs.asterisk.org, "AudioSocket", and
`include/asterisk/res_audiosocket.h`. Some old texts give kind 0x11 to 16 kHz; in Asterisk it is 12 kHz.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from bot.errors import ChannelError
from bot.events import DigitPressed

HANG_UP, ID, DIGIT, ERROR = 0x00, 0x01, 0x03, 0xFF
AUDIO_RATES: Final[Mapping[int, int]] = {
    0x10: 8_000, 0x11: 12_000, 0x12: 16_000, 0x13: 24_000, 0x14: 32_000, 0x15: 44_100, 0x16: 48_000,
}  # fmt: skip
"""Kind of an audio frame → Hz; the payload is 16-bit little-endian mono PCM."""

MAX_AUDIO_BYTES: Final = 8_192
"""Longer than any frame Asterisk sends (20 ms at 48 kHz is 1,920 bytes, 60 ms packets exist)."""

_HEADER: Final = struct.Struct(">BH")


@dataclass(frozen=True, slots=True)
class CallId:
    """The first frame: which call this connection carries."""

    uuid: UUID


@dataclass(frozen=True, slots=True)
class Audio:
    pcm: bytes
    sample_rate: int


@dataclass(frozen=True, slots=True)
class HungUp:
    pass


@dataclass(frozen=True, slots=True)
class PeerError:
    """The exchange reports a fault of its own; the code is 1 hang-up, 2 frame, 4 memory, or several added."""

    code: int


Frame = CallId | Audio | DigitPressed | HungUp | PeerError


class FrameReader:
    """Give it what came from the socket, in pieces of any size; it gives the frames that are complete.

    Kinds it does not know are skipped, as the protocol asks of old software. A frame that cannot be right raises
    ChannelError `channel.garbled`: behind it nothing can be trusted.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[Frame]:
        self._buffer += data
        while (frame := self._cut()) is not None:
            kind, payload = frame
            if (read := _read(kind, payload)) is not None:
                yield read

    @property
    def waiting(self) -> int:
        """Bytes of a frame that is not complete yet."""
        return len(self._buffer)

    def _cut(self) -> tuple[int, bytes] | None:
        if len(self._buffer) < _HEADER.size:
            return None
        kind, size = _HEADER.unpack_from(self._buffer)
        if size > MAX_AUDIO_BYTES:
            raise _garbled("a frame longer than any sound")
        end = _HEADER.size + size
        if len(self._buffer) < end:
            return None
        payload = bytes(self._buffer[_HEADER.size : end])
        del self._buffer[:end]
        return kind, payload


def _read(kind: int, payload: bytes) -> Frame | None:
    if kind in AUDIO_RATES:
        return Audio(payload, AUDIO_RATES[kind])
    if kind == HANG_UP:
        return HungUp()
    if kind == ID:
        return _read_id(payload)
    if kind == DIGIT:
        return _read_digit(payload)
    if kind == ERROR:
        return PeerError(payload[0] if payload else 0)
    return None


def _read_id(payload: bytes) -> CallId:
    if len(payload) != 16:
        raise _garbled("a call id that is not 16 bytes")
    return CallId(UUID(bytes=payload))


def _read_digit(payload: bytes) -> DigitPressed | None:
    """A-D exist on military keypads and mean nothing here."""
    text = payload.decode("ascii", "replace")
    return DigitPressed(text) if len(text) == 1 and text in "0123456789*#" else None


def audio(pcm: bytes, sample_rate: int = 8_000) -> bytes:
    """A frame of sound for the exchange, 8 or 16 kHz."""
    kind = next(kind for kind, rate in AUDIO_RATES.items() if rate == sample_rate)
    return _HEADER.pack(kind, len(pcm)) + pcm


def hang_up() -> bytes:
    """The exchange goes on with its dialplan, or hangs up where nothing follows."""
    return _HEADER.pack(HANG_UP, 0)


def call_id(uuid: UUID) -> bytes:
    return _HEADER.pack(ID, 16) + uuid.bytes


def digit(character: str) -> bytes:
    return _HEADER.pack(DIGIT, 1) + character.encode("ascii")


def _garbled(what: str) -> ChannelError:
    return ChannelError("channel.garbled", f"The exchange sent {what}; is something else than Asterisk calling here?")
