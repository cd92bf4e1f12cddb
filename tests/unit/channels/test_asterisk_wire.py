import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels import asterisk_wire as wire
from bot.channels.line_audio import PCM_16K, ULAW
from bot.errors import ChannelError
from bot.events import DigitPressed
from tests.fuzzing import mutated

PLAIN = (
    "MEDIA_START connection_id:m1 channel:WebSocket/m1/0x5 channel_id:17.1 format:ulaw optimal_frame_size:160 ptime:20"
)
JSON = json.dumps(
    {"event": "MEDIA_START", "connection_id": "m1", "channel": "WebSocket/m1/0x5", "channel_id": "17.1",
     "format": "slin16", "optimal_frame_size": 640, "ptime": 20, "channel_variables": {"QUEUE": "billing"}}
)  # fmt: skip


def test_the_start_is_read_in_both_notations():
    assert wire.read(PLAIN) == wire.MediaStart("17.1", ULAW, {}, is_json=False)
    assert wire.read(JSON) == wire.MediaStart("17.1", PCM_16K, {"QUEUE": "billing"}, is_json=True)


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("DTMF_END digit:7 channel_id:17.1", DigitPressed("7")),
        ('{"event":"DTMF_END","channel_id":"17.1","digit":"#"}', DigitPressed("#")),
        ("DTMF_END digit:A channel_id:17.1", None),
        ("MEDIA_XOFF", wire.Flow(may_send=False)),
        ('{"event":"MEDIA_XON","channel_id":"17.1"}', wire.Flow(may_send=True)),
        ("MEDIA_MARK_PROCESSED m3", None),
        ("STATUS channel_id:17.1 queue_length:3", None),
        ("QUEUE_DRAINED", None),
        ("", None),
        ("{}", None),
    ],
)
def test_control_messages_are_read(text, event):
    assert wire.read(text) == event


def test_commands_are_written_in_the_notation_of_the_call():
    assert wire.command("FLUSH_MEDIA", is_json=False) == "FLUSH_MEDIA"
    assert json.loads(wire.command("HANGUP", is_json=True)) == {"command": "HANGUP"}


@pytest.mark.parametrize("text", ["{", "{" * 10_000, "x" * 30_000])
def test_garbage_is_refused(text):
    with pytest.raises(ChannelError) as refused:
        wire.read(text)
    assert refused.value.code == "channel.garbled"


def test_a_codec_that_is_not_ours_is_refused():
    with pytest.raises(ChannelError) as refused:
        wire.read(PLAIN.replace("ulaw", "opus"))
    assert refused.value.code == "channel.codec"


@given(st.randoms(use_true_random=True))
@settings(max_examples=200, deadline=None)
def test_a_hundred_thousand_broken_messages_are_read_or_refused(random):
    codes = set()
    for _ in range(500):
        try:
            read = wire.read(mutated(random, random.choice([PLAIN, JSON, "DTMF_END digit:7 channel_id:17.1"])))
            assert read is None or isinstance(read, wire.FromAsterisk)
        except ChannelError as error:
            codes.add(error.code)
    assert codes <= {"channel.garbled", "channel.codec"}
