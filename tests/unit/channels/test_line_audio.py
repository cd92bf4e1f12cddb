import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.line_audio import ALAW, PCM_8K, PCM_16K, ULAW, LineAudio, line_format
from bot.errors import ChannelError
from bot.events import CHUNK_BYTES


@pytest.mark.parametrize("line", [ULAW, ALAW, PCM_8K, PCM_16K], ids=lambda line: line.name)
def test_a_frame_of_twenty_milliseconds_is_a_chunk_and_a_chunk_is_a_frame(line):
    audio = LineAudio(line)
    assert [len(audio.hear(bytes(line.size(20)))) for _ in range(5)] == [1] * 5
    assert len(audio.speak(bytes(CHUNK_BYTES))) == line.size(20)


@given(st.lists(st.integers(0, 900), max_size=20))
@settings(max_examples=100, deadline=None)
def test_frames_of_any_length_become_whole_chunks(sizes):
    audio = LineAudio(ULAW)
    chunks = [chunk for size in sizes for chunk in audio.hear(bytes(size))]
    assert all(len(chunk.pcm) == CHUNK_BYTES for chunk in chunks)
    assert len(chunks) == sum(sizes) // 160


def test_a_voice_survives_the_way_to_the_telephone_and_back():
    speech = (9_000 * np.sin(2 * np.pi * 500 * np.arange(16_000) / 16_000)).astype("<i2").tobytes()
    there, back = LineAudio(ULAW), LineAudio(ULAW)
    heard = b"".join(chunk.pcm for chunk in back.hear(there.speak(speech[:32_000])))
    levels = [np.sqrt(np.mean(np.frombuffer(pcm[6_400:25_600], "<i2").astype(float) ** 2)) for pcm in (speech, heard)]
    assert levels[1] == pytest.approx(levels[0], rel=0.05)


def test_a_frame_with_more_than_a_second_of_sound_is_refused():
    with pytest.raises(ChannelError) as refused:
        LineAudio(ULAW).hear(bytes(8_100))
    assert refused.value.code == "channel.garbled"


@pytest.mark.parametrize(
    ("name", "rate", "line"),
    [
        ("audio/x-mulaw", 8_000, ULAW),
        ("PCMA", 8_000, ALAW),
        ("slin16", 16_000, PCM_16K),
        ("audio/x-l16", 8_000, PCM_8K),
    ],
)
def test_carriers_names_of_codecs_are_known(name, rate, line):
    assert line_format(name, rate) is line


@pytest.mark.parametrize(("name", "rate"), [("opus", 48_000), ("ulaw", 16_000), ("slin", 7), ("", 8_000)])
def test_a_codec_that_is_not_ours_is_refused(name, rate):
    with pytest.raises(ChannelError) as refused:
        line_format(name, rate)
    assert refused.value.code == "channel.codec"
