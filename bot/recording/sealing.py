"""Files that only the key opens, written and read piece by piece: nothing of a recording lies on the disk in clear.

AES-256-GCM over chunks, each with its number and whether it is the last in its nonce, so that chunks can be neither
changed, swapped nor left out: the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár: Online
Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance, CRYPTO 2015). Every file has a key of its own,
derived from the centre's by HKDF (RFC 5869) with a random salt.
"""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Iterator
from typing import BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.errors import RecordingError

MAGIC: Final = b"FDREC1\0\0"
SALT_BYTES: Final = 16
CHUNK_BYTES: Final = 16_384
"""Clear bytes a chunk: about four seconds of a call; so much is lost at most when the computer stops."""
TAG_BYTES: Final = 16


def read_key(text: str) -> bytes:
    """32 bytes in base64 (`openssl rand -base64 32`). Raises RecordingError `recording.key`."""
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error:
        key = b""
    if len(key) != 32:
        raise RecordingError(
            "recording.key", "The key of the recordings must be 32 bytes in base64; make one: openssl rand -base64 32"
        )
    return key


class Sealed:
    """A file to write to. `close` it: without its last chunk a file counts as cut off."""

    def __init__(self, file: BinaryIO, key: bytes) -> None:
        salt = os.urandom(SALT_BYTES)
        file.write(MAGIC + salt)
        self._file, self._cipher = file, _cipher(key, salt)
        self._pending, self._number = bytearray(), 0

    def write(self, data: bytes) -> int:
        self._pending += data
        while len(self._pending) > CHUNK_BYTES:  # the last chunk is known as such only at the end
            self._seal(bytes(self._pending[:CHUNK_BYTES]), is_last=False)
            del self._pending[:CHUNK_BYTES]
        return len(data)

    def close(self) -> None:
        self._seal(bytes(self._pending), is_last=True)
        self._file.close()

    def _seal(self, chunk: bytes, is_last: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._number, is_last), chunk, MAGIC))
        self._file.flush()
        self._number += 1


def unsealed(file: BinaryIO, key: bytes) -> Iterator[bytes]:
    """The clear pieces in order; a file that was cut off ends where it was cut.

    Raises RecordingError `recording.sealed`: another key, or somebody changed the file.
    """
    head = file.read(len(MAGIC) + SALT_BYTES)
    if head[: len(MAGIC)] != MAGIC or len(head) < len(MAGIC) + SALT_BYTES:
        raise _broken()
    cipher, number = _cipher(key, head[len(MAGIC) :]), 0
    piece = file.read(CHUNK_BYTES + TAG_BYTES)
    while piece:
        following = file.read(CHUNK_BYTES + TAG_BYTES)
        clear = _open(cipher, number, piece, is_last=not following)
        if clear is None:
            return
        yield clear
        piece, number = following, number + 1


def is_sealed(head: bytes) -> bool:
    """By the first bytes of a file."""
    return head.startswith(MAGIC)


def _open(cipher: AESGCM, number: int, piece: bytes, is_last: bool) -> bytes | None:
    """None for the torn end of a file that was cut off."""
    try:
        return cipher.decrypt(_nonce(number, is_last), piece, MAGIC)
    except InvalidTag:
        if not is_last:
            raise _broken() from None
    if len(piece) < CHUNK_BYTES + TAG_BYTES and number > 0:
        return None  # torn in the middle of a chunk
    try:  # cut off exactly between two chunks
        return cipher.decrypt(_nonce(number, False), piece, MAGIC)
    except InvalidTag:
        raise _broken() from None


def _cipher(key: bytes, salt: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, salt, b"frontdesk recording").derive(key))


def _nonce(number: int, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])


def _broken() -> RecordingError:
    return RecordingError("recording.sealed", "This recording cannot be opened: it has another key, or was changed.")
