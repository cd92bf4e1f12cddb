"""Sealed files: what goes in comes out with the key, and with nothing else."""

import base64
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import RecordingError
from bot.recording.sealing import CHUNK_BYTES, MAGIC, SALT_BYTES, TAG_BYTES, Sealed, is_sealed, read_key, unsealed

KEY, OTHER = bytes(range(32)), bytes(32)
HEAD = len(MAGIC) + SALT_BYTES
SIZES = st.integers(0, 3 * CHUNK_BYTES)


class Kept(io.BytesIO):
    def close(self) -> None:
        """A test reads what was written."""


def sealed(*pieces: bytes, closed: bool = True) -> bytes:
    file = Kept()
    writer = Sealed(file, KEY)
    for piece in pieces:
        writer.write(piece)
    if closed:
        writer.close()
    return file.getvalue()


def opened(data: bytes, key: bytes = KEY) -> bytes:
    return b"".join(unsealed(io.BytesIO(data), key))


@given(st.lists(SIZES, max_size=4))
def test_what_was_written_in_any_pieces_is_read(sizes):
    pieces = [bytes([number % 251]) * size for number, size in enumerate(sizes)]
    assert opened(sealed(*pieces)) == b"".join(pieces)


def test_nothing_of_it_lies_there_in_clear():
    data = sealed(b"four one one one" * 2_000)
    assert is_sealed(data)
    assert b"four one" not in data


def test_another_key_opens_nothing():
    with pytest.raises(RecordingError, match="another key"):
        opened(sealed(b"hello"), OTHER)


@given(st.integers(HEAD, HEAD + 2 * CHUNK_BYTES), st.integers(0, 7))
def test_a_changed_bit_is_noticed(at, bit):
    data = bytearray(sealed(b"x" * (3 * CHUNK_BYTES)))
    data[at] ^= 1 << bit
    with pytest.raises(RecordingError):
        opened(bytes(data))


def test_chunks_that_change_places_are_noticed():
    data = sealed(b"a" * CHUNK_BYTES, b"b" * CHUNK_BYTES, b"c")
    whole = CHUNK_BYTES + TAG_BYTES
    first, second, rest = data[HEAD : HEAD + whole], data[HEAD + whole : HEAD + 2 * whole], data[HEAD + 2 * whole :]
    with pytest.raises(RecordingError):
        opened(data[:HEAD] + second + first + rest)


@given(st.integers(HEAD + CHUNK_BYTES + TAG_BYTES, HEAD + 3 * (CHUNK_BYTES + TAG_BYTES)))
def test_a_file_that_was_cut_off_is_read_as_far_as_it_goes(length):
    clear = opened(sealed(b"y" * (3 * CHUNK_BYTES + 10))[:length])
    assert clear == b"y" * ((length - HEAD) // (CHUNK_BYTES + TAG_BYTES) * CHUNK_BYTES)


def test_a_file_that_was_never_closed_is_read_as_far_as_it_goes():
    assert opened(sealed(b"z" * (2 * CHUNK_BYTES + 5), closed=False)) == b"z" * (2 * CHUNK_BYTES)


@pytest.mark.parametrize("text", ["", "short", "!" * 44, base64.b64encode(bytes(31)).decode()])
def test_a_key_that_is_none_says_how_to_make_one(text):
    with pytest.raises(RecordingError, match="openssl rand"):
        read_key(text)


def test_a_key_is_32_bytes_in_base64():
    assert read_key(base64.b64encode(KEY).decode()) == KEY
