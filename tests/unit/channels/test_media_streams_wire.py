import base64
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.line_audio import ALAW, PCM_8K, PCM_16K, ULAW
from bot.channels.media_streams_wire import (
    DIALECTS,
    JAMBONZ,
    PLIVO,
    TELNYX,
    TWILIO,
    FromCarrier,
    MarkReached,
    Media,
    Started,
    Stopped,
)
from bot.errors import ChannelError
from bot.events import DigitPressed
from tests.fuzzing import mutated

TWILIO_START = """{"event":"start","sequenceNumber":"1","start":{"accountSid":"AC1","streamSid":"MZ1","callSid":"CA1",
"tracks":["inbound"],"mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1},
"customParameters":{"caller":"+15005550006"}},"streamSid":"MZ1"}"""
TELNYX_START = """{"event":"start","sequence_number":"1","stream_id":"32DE","start":{"call_control_id":"v2:T0",
"from":"+13122010094","to":"+13122123456","media_format":{"encoding":"PCMA","sample_rate":8000,"channels":1}}}"""
PLIVO_START = """{"event":"start","sequenceNumber":1,"start":{"callId":"c-1","streamId":"s-1","accountId":"MA",
"tracks":["inbound"],"mediaFormat":{"encoding":"audio/x-l16","sampleRate":16000}},"extra_headers":"a=b"}"""
JAMBONZ_START = """{"callSid":"j-1","from":"+1500","to":"+1600","sampleRate":8000,"mixType":"mono"}"""


@pytest.mark.parametrize(
    ("dialect", "message", "started"),
    [
        (TWILIO, TWILIO_START, Started("MZ1", "CA1", "+15005550006", "", ULAW)),
        (TELNYX, TELNYX_START, Started("32DE", "v2:T0", "+13122010094", "+13122123456", ALAW)),
        (PLIVO, PLIVO_START, Started("s-1", "c-1", "", "", PCM_16K)),
        (JAMBONZ, JAMBONZ_START, Started("j-1", "j-1", "+1500", "+1600", PCM_8K)),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_the_beginning_of_a_call_is_read_in_every_dialect(dialect, message, started):
    assert dialect.read(message) == started


def test_sound_digits_marks_and_the_end_are_read_in_each_carriers_words():
    payload = base64.b64encode(b"\xff\x7f").decode()
    assert TWILIO.read(f'{{"event":"media","media":{{"track":"inbound","chunk":"2","payload":"{payload}"}}}}') == Media(
        b"\xff\x7f", 2
    )
    assert JAMBONZ.read(b"\x01\x02") == Media(b"\x01\x02")
    assert TWILIO.read('{"event":"dtmf","dtmf":{"track":"inbound_track","digit":"1"}}') == DigitPressed("1")
    assert JAMBONZ.read('{"event":"dtmf","dtmf":"2","duration":"1600"}') == DigitPressed("2")
    assert TWILIO.read('{"event":"mark","streamSid":"MZ1","mark":{"name":"m3"}}') == MarkReached("m3")
    assert PLIVO.read('{"event":"playedStream","streamId":"s-1","name":"m3"}') == MarkReached("m3")
    assert JAMBONZ.read('{"type":"mark","data":{"name":"m3","event":"playout"}}') == MarkReached("m3")
    assert TELNYX.read('{"event":"stop","stream_id":"32DE"}') == Stopped()


@pytest.mark.parametrize("message", ['{"event":"connected","protocol":"Call"}', '{"event":"new"}', "{}"])
def test_what_a_call_has_no_use_for_is_left_out(message):
    assert all(dialect.read(message) is None for dialect in DIALECTS.values())


def test_our_own_voice_is_not_taken_for_the_callers():
    assert TELNYX.read('{"event":"media","media":{"track":"outbound","chunk":"2","payload":"/w=="}}') is None


def test_what_we_send_is_in_each_carriers_words():
    assert json.loads(TWILIO.media("MZ1", ULAW, b"\xff")) == {
        "event": "media", "streamSid": "MZ1", "media": {"payload": "/w=="}}  # fmt: skip
    assert json.loads(TELNYX.media("32DE", ULAW, b"\xff")) == {"event": "media", "media": {"payload": "/w=="}}
    assert json.loads(PLIVO.media("s-1", ULAW, b"\xff"))["media"] == {
        "contentType": "audio/x-mulaw", "sampleRate": "8000", "payload": "/w=="}  # fmt: skip
    assert JAMBONZ.media("j-1", PCM_8K, b"\x01\x02") == b"\x01\x02"
    assert [json.loads(dialect.clear("s")) for dialect in (TWILIO, TELNYX, PLIVO, JAMBONZ)] == [
        {"event": "clear", "streamSid": "s"},
        {"event": "clear"},
        {"event": "clearAudio", "streamId": "s"},
        {"type": "killAudio"},
    ]
    assert [json.loads(dialect.mark("s", "m1")) for dialect in (TWILIO, TELNYX, PLIVO, JAMBONZ)] == [
        {"event": "mark", "streamSid": "s", "mark": {"name": "m1"}},
        {"event": "mark", "mark": {"name": "m1"}},
        {"event": "checkpoint", "streamId": "s", "name": "m1"},
        {"type": "mark", "data": {"name": "m1"}},
    ]


@pytest.mark.parametrize(
    "message",
    ["", "hello", "[]", "7", "{", '{"event":"media"}', '{"event":"media","media":{"payload":"%%%"}}',
     '{"event":"media","media":{"payload":7}}', "[" * 50_000, "x" * 200_000, b"\x00"],
    ids=range(11),
)  # fmt: skip
def test_garbage_is_refused_with_a_sentence(message):
    with pytest.raises(ChannelError) as refused:
        TWILIO.read(message)
    assert refused.value.code == "channel.garbled"


def test_a_codec_that_is_not_ours_is_refused():
    with pytest.raises(ChannelError) as refused:
        TELNYX.read(TELNYX_START.replace("PCMA", "OPUS"))
    assert refused.value.code == "channel.codec"


@given(st.randoms(use_true_random=True))
@settings(max_examples=200, deadline=None)
def test_a_hundred_thousand_broken_messages_are_read_or_refused(random):
    valid = [TWILIO_START, TELNYX_START, PLIVO_START, JAMBONZ_START, '{"event":"dtmf","dtmf":{"digit":"1"}}',
             '{"event":"media","media":{"track":"inbound","chunk":"2","payload":"/////w=="}}']  # fmt: skip
    dialects, codes = list(DIALECTS.values()), set()
    for _ in range(500):
        try:
            read = random.choice(dialects).read(mutated(random, random.choice(valid)))
            assert read is None or isinstance(read, FromCarrier)
        except ChannelError as error:
            codes.add(error.code)
    assert codes <= {"channel.garbled", "channel.codec"}
