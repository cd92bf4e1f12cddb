"""A line that brings nothing while nobody speaks, and one that is only late; looks cost no time here."""

import asyncio

import pytest

from bot.channels.inbox import Inbox
from bot.channels.line_events import GAP_LOOKS, LOOK_MS, LineEvents
from bot.events import CHUNK_BYTES, CHUNK_MS, Answered, AudioChunk, DigitPressed

VOICE = AudioChunk(b"\x01" * CHUNK_BYTES)
SILENCE = AudioChunk(bytes(CHUNK_BYTES))
PER_LOOK = LOOK_MS // CHUNK_MS


async def heard(looks):
    """`looks`: what the line brings before each look; then it is over."""
    inbox, over, script = Inbox(), asyncio.Event(), list(looks)

    async def read():
        await over.wait()

    async def sleep(seconds):
        assert seconds == LOOK_MS / 1000
        if not script:
            over.set()
            await asyncio.Event().wait()
        for event in script.pop(0):
            inbox.put(event)

    return [event async for event in LineEvents(inbox, read, sleep).listen(Answered("", ""))][1:]


async def test_a_line_that_sends_all_the_time_is_left_alone():
    assert await heard([[VOICE] * PER_LOOK] * 5) == [VOICE] * PER_LOOK * 5


async def test_what_a_silent_line_leaves_out_is_silence_just_as_long():
    events = await heard([[VOICE], *[[]] * 10])
    assert events == [VOICE, *[SILENCE] * PER_LOOK * 10]


async def test_a_line_that_is_late_is_waited_for():
    assert await heard([[VOICE], *[[]] * (GAP_LOOKS - 1), [VOICE] * 9]) == [VOICE] * 10


async def test_keys_are_no_sound():
    events = await heard([[DigitPressed("1")]] * GAP_LOOKS)
    assert events.count(SILENCE) == GAP_LOOKS * PER_LOOK
    assert events.count(DigitPressed("1")) == GAP_LOOKS


async def test_after_a_word_the_silence_is_counted_anew():
    looks = [*[[]] * GAP_LOOKS, [VOICE], *[[]] * (GAP_LOOKS - 1)]
    assert await heard(looks) == [*[SILENCE] * GAP_LOOKS * PER_LOOK, VOICE]


@pytest.mark.parametrize("ending", ["stopped", "over"])
async def test_nothing_is_left_over(ending):
    before, over = asyncio.all_tasks(), asyncio.Event()
    line = LineEvents(Inbox(), over.wait)
    listening = asyncio.create_task(anext(line.listen(Answered("", ""))))
    await listening
    await asyncio.sleep(0)
    line.stop() if ending == "stopped" else over.set()
    for _ in range(5):
        await asyncio.sleep(0)
    assert asyncio.all_tasks() <= before
