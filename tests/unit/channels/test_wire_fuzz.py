"""Whatever a line sends, its channel gives whole chunks and keys or ends with one clear error, and keeps little of it.

The parsers alone meet a hundred thousand broken inputs each in their own tests; here whole calls do: frames cut,
oversized, repeated and reordered.
"""

import asyncio
import json
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.audio import g711
from bot.audio.dtmf import DtmfDetector
from bot.channels import audiosocket_wire
from bot.channels.asterisk import AsteriskChannel
from bot.channels.audiosocket import AudioSocketChannel
from bot.channels.line_audio import ALAW, PCM_8K, PCM_16K, ULAW, LineAudio
from bot.channels.media_streams import MediaStreamChannel
from bot.channels.media_streams_wire import DIALECTS
from bot.channels.reorder import PATIENCE, RESTART, Reorder
from bot.channels.sip_address import address_of, called_of, user_of
from bot.errors import ChannelError
from bot.events import CHUNK_BYTES, Answered, AudioChunk, DigitPressed
from bot.web.phone_requests import form_of, is_secret
from tests.fuzzing import mutated

ROUNDS = settings(max_examples=100, deadline=None)
RANDOMS = st.randoms(use_true_random=True)

UUID_OF_A_CALL = UUID(bytes=bytes(range(16)))


class Peer:
    """A WebSocket that delivers what it was made with, and then is gone."""

    def __init__(self, messages):
        self._messages = list(messages)

    async def receive(self):
        if not self._messages:
            return {"type": "websocket.disconnect"}
        message = self._messages.pop(0)
        return {"type": "websocket.receive", "text" if isinstance(message, str) else "bytes": message}

    async def send_text(self, data):
        pass

    send_bytes = send_text

    async def close(self, code=1000, reason=None):
        pass


class Writer:
    """The way back of a connection, unused."""

    transport = None

    def close(self):
        pass

    async def wait_closed(self):
        pass


async def events_of(channel):
    """What the call hears; codes of errors in the place of their events."""
    heard = []
    try:
        await channel.open()
        heard = [event async for event in channel.events()]
    except ChannelError as error:
        heard.append(error.code)
    finally:
        await channel.close()
    return heard


def is_sound(heard):
    return all(
        isinstance(event, Answered | DigitPressed)
        or (isinstance(event, AudioChunk) and len(event.pcm) == CHUNK_BYTES)
        or event in ("channel.garbled", "channel.codec", "channel.lost")
        for event in heard
    )


def shuffled(random, frames):
    """Some lost, some twice, some elsewhere, some broken, now and then far too much."""
    order = [frame for frame in frames for _ in range(random.choice((0, 1, 1, 1, 2)))]
    for _ in range(random.randint(0, 4)):
        if len(order) > 1:
            order.insert(random.randrange(len(order)), order.pop(random.randrange(len(order))))
    broken = [mutated(random, frame) if random.random() < 0.2 else frame for frame in order]
    return [*broken, random.choice(frames) * 400] if random.random() < 0.1 else broken


@given(RANDOMS)
@ROUNDS
def test_calls_by_audiosocket(random):
    frames = [audiosocket_wire.audio(bytes(random.choice((0, 1, 320, 640)))) for _ in range(12)]
    frames += [audiosocket_wire.digit("5"), audiosocket_wire.call_id(UUID_OF_A_CALL), audiosocket_wire.hang_up()]

    async def calls():
        for _ in range(20):
            reader = asyncio.StreamReader()
            sent = audiosocket_wire.call_id(UUID_OF_A_CALL) + b"".join(shuffled(random, frames))
            reader.feed_data(sent)
            reader.feed_eof()
            assert is_sound(await events_of(AudioSocketChannel(reader, Writer())))

    asyncio.run(calls())


@given(RANDOMS)
@ROUNDS
def test_calls_by_asterisks_websocket(random):
    start = '{"event":"MEDIA_START","channel_id":"1","format":"slin16"}'
    frames = [bytes(random.choice((0, 1, 640, 641))) for _ in range(12)]
    frames += ["MEDIA_XOFF", "MEDIA_XON", "DTMF_END digit:5 channel_id:1", start]

    async def calls():
        for _ in range(20):
            assert is_sound(await events_of(AsteriskChannel(Peer([start, *shuffled(random, frames)]))))

    asyncio.run(calls())


STARTS = {
    "twilio": {"event": "start", "start": {"streamSid": "M", "mediaFormat": {"encoding": "audio/x-mulaw"}}},
    "telnyx": {"event": "start", "stream_id": "M", "start": {"media_format": {"encoding": "PCMA"}}},
    "plivo": {"event": "start", "start": {"streamId": "M", "mediaFormat": {"encoding": "audio/x-l16"}}},
    "jambonz": {"callSid": "M", "sampleRate": 16_000},
}


@pytest.mark.parametrize("carrier", DIALECTS)
@given(random=RANDOMS)
@ROUNDS
def test_calls_by_carriers(carrier, random):
    start = json.dumps(STARTS[carrier])
    numbers = (json.dumps({"event": "media", "media": {"chunk": str(n), "payload": "/w==" * 53}}) for n in range(12))
    frames = [bytes(640)] * 12 if carrier == "jambonz" else list(numbers)
    frames += ['{"event":"dtmf","dtmf":{"digit":"5"}}', '{"event":"mark","mark":{"name":"m1"}}', '{"event":"stop"}']

    async def calls():
        for _ in range(20):
            socket = Peer([start, *shuffled(random, frames)])
            assert is_sound(await events_of(MediaStreamChannel(socket, DIALECTS[carrier])))

    asyncio.run(calls())


@given(st.lists(st.integers(0, 10 * RESTART), max_size=60))
@settings(max_examples=1_000, deadline=None)
def test_whatever_the_count_nothing_piles_up_and_each_comes_once_until_it_starts_again(numbers):
    order, out = Reorder(), []
    for number in numbers:
        frames = list(order.put(number, str(number).encode()))
        assert len(order._waiting) <= PATIENCE
        assert frames == sorted(frames, key=int)
        out += frames
    assert len(out) <= len(numbers)


@pytest.mark.parametrize("line", [ULAW, ALAW, PCM_8K, PCM_16K], ids=lambda line: line.name)
@given(pieces=st.lists(st.binary(max_size=700), max_size=20))
@settings(max_examples=500, deadline=None)
def test_any_bytes_are_sound_in_whole_chunks(line, pieces):
    audio = LineAudio(line)
    chunks = [chunk for piece in pieces for chunk in audio.hear(piece)]
    assert all(len(chunk.pcm) == CHUNK_BYTES for chunk in chunks)
    assert len(chunks) <= sum(map(len, pieces)) // line.size(20) + 1


@given(st.binary(max_size=400))
@settings(max_examples=2_000, deadline=None)
def test_any_bytes_are_g711_and_any_samples_become_it(data):
    for encode, decode in ((g711.ulaw_encode, g711.ulaw_decode), (g711.alaw_encode, g711.alaw_decode)):
        assert len(decode(data)) == 2 * len(data)
        assert len(encode(data)) == len(data) // 2
        assert decode(encode(decode(data))) == decode(data)


@given(st.lists(st.binary(max_size=800), max_size=12))
@settings(max_examples=500, deadline=None)
def test_any_samples_are_listened_to_for_keys_and_little_of_them_is_kept(pieces):
    detector = DtmfDetector()
    assert set("".join(map(detector.hear, pieces))) <= set("0123456789*#ABCD")
    assert len(detector._samples) <= 320


ADDRESSES = (
    '"Front <desk>" <sip:+441632960001@carrier.example:5060;transport=udp?x=%41>;tag=1',
    "sips:anna%20b@host",
    "sip:%00%0d%0a@host",
    "tel:+15550100;phone-context=example.com",
    "<sip:201@[2001:db8::1]:5060>",
)


@given(RANDOMS)
@settings(max_examples=200, deadline=None)
def test_a_hundred_thousand_broken_addresses_name_somebody_in_plain_text_or_nobody(random):
    for _ in range(500):
        address = mutated(random, random.choice(ADDRESSES))
        for user in (user_of(address), called_of({"To": address})):
            assert len(user) <= 100
            assert not user or user.isprintable()
        assert not set(address_of(address, "pbx")) & set('\r\n <>"')


FORMS = (
    (b"From=%2B441632960001&To=%2B441632960100&CallSid=CA1&x=%00%ff", "application/x-www-form-urlencoded"),
    (b'{"from":"+1500","to":"+1600","token":"a","n":{"x":[1,2]},"u":"\\ud800"}', "application/json"),
)


class Request:
    def __init__(self, body, kind):
        self.headers = {"content-type": kind}
        self._body = body

    async def stream(self):
        yield self._body


@given(RANDOMS)
@ROUNDS
def test_ten_thousand_broken_forms_are_fields_or_nothing(random):
    async def forms():
        for _ in range(100):
            body, kind = random.choice(FORMS)
            form = await form_of(Request(mutated(random, body), kind))
            assert all(isinstance(name, str) and isinstance(value, str) for name, value in form)
            assert not any(is_secret(value, "the-password") for _, value in form)

    asyncio.run(forms())


@pytest.mark.parametrize("caller", ["\x00+15550100", "+1555\ud8000100", "+15550100\r\nX: y"])
def test_what_no_database_takes_is_left_out_of_who_calls(caller):
    start = {"event": "start", "start": {"customParameters": {"caller": caller}}}
    read = DIALECTS["twilio"].read(json.dumps(start))
    assert read.caller.isprintable()
    assert read.caller.startswith("+1555")
    read.caller.encode()
