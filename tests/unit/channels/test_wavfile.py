"""A caller made of recordings answers after the question, not into it."""

import numpy as np

from bot.call import Call
from bot.channels.wavfile import WavFileChannel
from bot.events import AudioChunk, DigitPressed, HangUp, Listen, Say
from bot.run import Engines, run_call
from tests.fakes import NOW, EchoVoice, ScriptedConversation, ScriptedEar

TONE = (8000 * np.sin(np.arange(16_000 // 2) / 5)).astype("<i2").tobytes()


async def call(*sayings, replies, ear=()):
    channel = WavFileChannel(sayings, caller="+441632960001", called="browser")
    conversation = ScriptedConversation(*replies)
    seen = []

    def observe(item):
        seen.append(item)
        channel.observe(item)

    def is_loud(chunk):
        return bool(np.abs(np.frombuffer(chunk.pcm, "<i2")).max() > 1000)

    engines = Engines(ScriptedEar(*ear), EchoVoice(), conversation, lambda: NOW)
    await run_call(channel, engines, Call(is_loud, lambda text, expect: True), observe)
    return channel, conversation, seen


async def test_each_recording_follows_a_question():
    replies = ([Say("Hello."), Say("What can I do?")], [Say("Which day?")], [Say("Goodbye."), HangUp()])
    channel, conversation, seen = await call(TONE, TONE, replies=replies, ear=("book", "monday"))
    assert [heard.text for heard in conversation.heard] == ["book", "monday"]
    says = [item.text for item in seen if isinstance(item, Say)]
    assert says == ["Hello.", "What can I do?", "Which day?", "Goodbye."]
    first_sound = next(i for i, item in enumerate(seen) if isinstance(item, AudioChunk) and any(item.pcm))
    assert first_sound > seen.index(Say("What can I do?"))
    assert b"Goodbye." in channel.heard


async def test_digits_are_pressed_one_by_one():
    replies = ([Say("Press one."), Listen()], [Say("Goodbye."), HangUp()])
    _, conversation, seen = await call("1#", replies=replies)
    assert [item for item in seen if isinstance(item, DigitPressed)] == [DigitPressed("1"), DigitPressed("#")]
    assert conversation.heard[0].digits == "1"


async def test_the_caller_hangs_up_when_the_recordings_are_used_up():
    _, conversation, _ = await call(replies=([Say("Hello.")],))
    assert conversation.heard == []
    assert conversation.log[-1] == "closed"
