"""G.711, the sound of the telephone: 8 bits a sample, µ-law in North America and Japan, A-law elsewhere.

Both ways are table look-ups, bit exact with ITU-T G.711 (11/88) as in its reference software (G.191). The tables are
computed once from the definition: a sign, three bits of exponent (segment), four of mantissa (step). As there,
negative numbers are taken by one's complement; other encoders differ in some border values by one step.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

SAMPLE_RATE = 8_000
"""Hz, of every G.711 line."""

_Int16 = npt.NDArray[np.int16]
_Bytes = npt.NDArray[np.uint8]

_ULAW_BIAS = 0x84
"""132: shifts the segments' borders to powers of two (G.711, table 2)."""
_ULAW_CLIP = 32_635
_ALAW_EVEN_BITS = 0x55
"""A-law inverts every other bit on the line, so that silence has no long runs of zeros."""


def _all_samples() -> npt.NDArray[np.int32]:
    """Every 16-bit value in the order of its unsigned bit pattern: index of the encoding tables."""
    return np.arange(65_536, dtype=np.uint16).view(np.int16).astype(np.int32)


def _ulaw_decoding() -> _Int16:
    code = ~np.arange(256, dtype=np.uint8)
    exponent, mantissa = (code >> 4) & 7, (code & 15).astype(np.int32)
    magnitude = (((mantissa << 3) + _ULAW_BIAS) << exponent) - _ULAW_BIAS
    return np.where(code & 0x80, -magnitude, magnitude).astype(np.int16)


def _ulaw_encoding() -> _Bytes:
    samples = _all_samples()
    magnitude = np.minimum(np.where(samples < 0, ~samples, samples), _ULAW_CLIP) + _ULAW_BIAS
    exponent = np.floor(np.log2(magnitude)).astype(np.int32) - 7
    code = np.where(samples < 0, 0x80, 0) | exponent << 4 | (magnitude >> (exponent + 3)) & 15
    table: _Bytes = (~code & 0xFF).astype(np.uint8)
    return table


def _alaw_decoding() -> _Int16:
    code = np.arange(256, dtype=np.uint8) ^ _ALAW_EVEN_BITS
    exponent, mantissa = ((code >> 4) & 7).astype(np.int32), (code & 15).astype(np.int32)
    linear = (mantissa << 4) + 8
    magnitude = np.where(exponent == 0, linear, (linear + 0x100) << np.maximum(exponent - 1, 0))
    return np.where(code & 0x80, magnitude, -magnitude).astype(np.int16)


def _alaw_encoding() -> _Bytes:
    samples = _all_samples() >> 3  # 13 bits
    magnitude = np.where(samples < 0, ~samples, samples)
    exponent = np.maximum(np.floor(np.log2(np.maximum(magnitude, 1))).astype(np.int32) - 4, 0)
    mantissa = (magnitude >> np.maximum(exponent, 1)) & 15
    code = np.where(samples < 0, 0, 0x80) | exponent << 4 | mantissa
    table: _Bytes = (code ^ _ALAW_EVEN_BITS).astype(np.uint8)
    return table


_FROM_ULAW, _TO_ULAW = _ulaw_decoding(), _ulaw_encoding()
_FROM_ALAW, _TO_ALAW = _alaw_decoding(), _alaw_encoding()


def _encode(table: _Bytes, pcm: bytes) -> bytes:
    return bytes(table[np.frombuffer(pcm[: len(pcm) // 2 * 2], dtype="<u2")].tobytes())


def _decode(table: _Int16, encoded: bytes) -> bytes:
    return table[np.frombuffer(encoded, dtype=np.uint8)].astype("<i2").tobytes()


def ulaw_encode(pcm: bytes) -> bytes:
    """16-bit PCM to µ-law (RTP payload type 0)."""
    return _encode(_TO_ULAW, pcm)


def ulaw_decode(encoded: bytes) -> bytes:
    return _decode(_FROM_ULAW, encoded)


def alaw_encode(pcm: bytes) -> bytes:
    """16-bit PCM to A-law (RTP payload type 8)."""
    return _encode(_TO_ALAW, pcm)


def alaw_decode(encoded: bytes) -> bytes:
    return _decode(_FROM_ALAW, encoded)
