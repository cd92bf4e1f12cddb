from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels import audiosocket_wire as wire
from bot.errors import ChannelError
from bot.events import DigitPressed
from tests.fuzzing import mutated

UUID_1 = UUID("40325ec2-5efd-4bd3-805f-53576e581d13")


def read(*pieces):
    reader = wire.FrameReader()
    return [frame for piece in pieces for frame in reader.feed(piece)]


def test_the_bytes_of_the_published_protocol_are_understood():
    assert read(bytes.fromhex("010010") + UUID_1.bytes) == [wire.CallId(UUID_1)]
    assert read(bytes.fromhex("030001") + b"5") == [DigitPressed("5")]
    assert read(bytes.fromhex("100004") + b"\x01\x02\x03\x04") == [wire.Audio(b"\x01\x02\x03\x04", 8_000)]
    assert read(bytes.fromhex("120002") + b"\x01\x02") == [wire.Audio(b"\x01\x02", 16_000)]
    assert read(bytes.fromhex("110002") + b"\x01\x02") == [wire.Audio(b"\x01\x02", 12_000)]
    assert read(bytes.fromhex("000000")) == [wire.HungUp()]
    assert read(bytes.fromhex("ff000104")) == [wire.PeerError(4)]


def test_what_we_send_has_the_published_bytes():
    assert wire.audio(bytes(320)) == bytes.fromhex("100140") + bytes(320)
    assert wire.audio(bytes(640), 16_000) == bytes.fromhex("120280") + bytes(640)
    assert wire.hang_up() == bytes(3)


def test_a_kind_of_tomorrow_is_skipped_and_the_next_frame_read():
    assert read(bytes.fromhex("420002aabb") + wire.digit("#")) == [DigitPressed("#")]


@pytest.mark.parametrize("digit", [b"A", b"\xff", b"", b"12"])
def test_a_digit_that_no_telephone_has_is_left_out(digit):
    assert read(b"\x03" + len(digit).to_bytes(2, "big") + digit) == []


@pytest.mark.parametrize("bad", [bytes.fromhex("10ffff"), bytes.fromhex("01000512345678ff"), b"GET / HTTP/1.1\r\n"])
def test_what_cannot_be_a_frame_is_refused(bad):
    with pytest.raises(ChannelError) as refused:
        read(bad)
    assert refused.value.code == "channel.garbled"


FRAMES = st.one_of(
    st.uuids().map(lambda uuid: (wire.call_id(uuid), wire.CallId(uuid))),
    st.sampled_from("0123456789*#").map(lambda digit: (wire.digit(digit), DigitPressed(digit))),
    st.binary(max_size=640).map(lambda pcm: (wire.audio(pcm), wire.Audio(pcm, 8_000))),
    st.just((wire.hang_up(), wire.HungUp())),
)


@given(st.lists(FRAMES, max_size=12), st.data())
@settings(max_examples=200, deadline=None)
def test_frames_are_the_same_however_the_network_cuts_them(frames, data):
    sent = b"".join(encoded for encoded, _ in frames)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(sent)), max_size=8)))
    pieces = [sent[begin:end] for begin, end in zip([0, *cuts], [*cuts, len(sent)], strict=True)]
    assert read(*pieces) == [frame for _, frame in frames]


@given(st.randoms(use_true_random=True))
@settings(max_examples=200, deadline=None)
def test_a_hundred_thousand_broken_streams_give_frames_or_one_clear_error(random):
    valid = wire.call_id(UUID_1) + wire.digit("4") + wire.audio(bytes(range(16))) + wire.hang_up()
    codes = set()
    for _ in range(500):
        reader = wire.FrameReader()
        try:
            assert all(isinstance(frame, wire.Frame) for frame in reader.feed(mutated(random, valid)))
        except ChannelError as error:
            codes.add(error.code)
        assert reader.waiting <= wire.MAX_AUDIO_BYTES + 200
    assert codes <= {"channel.garbled"}
