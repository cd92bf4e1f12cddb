"""Whole calls through the loop, with engines that are a few lines each: fake the wire, not the logic."""

import threading
import time

from bot import workers
from bot.call import Call
from bot.errors import StoreError
from bot.events import CHUNK_BYTES, AudioChunk, CallerHungUp, DigitPressed, HangUp, Say, Transfer, Utterance
from bot.report import CallReport, Witness, as_json
from bot.run import MOST_WAITING, Engines, Waiting, run_call
from tests.fakes import NOW, EchoVoice, ScriptedChannel, ScriptedConversation, ScriptedEar, broken_ear, is_loud

HELLO = [Say("How can I help?")]
SORRY = [Say("I am sorry.", interruptible=False), Transfer("reception", "a fault", "T1")]


async def carry_out(channel, ear, conversation, voice=None):
    report = CallReport("c1", "scripted", NOW)
    witness = Witness(report, redact=lambda text: text, understood=lambda: ("book", 0.8))

    def observe(item):
        witness.observe(item)
        channel.observe(item)

    engines = Engines(ear, voice or EchoVoice(), conversation, clock=lambda: NOW, apology=b"sorry".ljust(640))
    await run_call(channel, engines, Call(is_loud, lambda text, expect: True), observe)
    return report


async def test_a_whole_call_is_heard_answered_and_written_down():
    channel = ScriptedChannel(1000)
    conversation = ScriptedConversation(HELLO, [Say("Putting you through."), Transfer("billing", "asked", "T7")])
    report = await carry_out(channel, ScriptedEar("my bill"), conversation)
    assert [heard.text for heard in conversation.heard if isinstance(heard, Utterance)] == ["my bill"]
    assert channel.log == ["transfer to billing with T7"]
    assert conversation.log[-1] == "closed"
    assert report.outcome == "escalated"
    assert [(turn.speaker, turn.text) for turn in report.turns] == [
        ("bot", "How can I help?"),
        ("caller", "my bill"),
        ("bot", "Putting you through."),
    ]
    caller, answer = report.turns[1:]
    assert caller.end_ms - caller.start_ms == 1000
    assert (caller.intent, caller.intent_confidence) == ("book", 0.8)
    assert answer.response_ms is not None
    assert answer.response_ms >= 120


async def test_digits_are_answers_too():
    conversation = ScriptedConversation(HELLO, [Say("Goodbye."), HangUp()])
    report = await carry_out(ScriptedChannel("12#"), ScriptedEar(), conversation)
    assert conversation.heard[0].digits == "12"
    assert report.outcome == "completed"
    assert report.turns[1].text == "[keys 12]"


async def test_a_caller_who_hangs_up_is_an_abandoned_call():
    report = await carry_out(ScriptedChannel(), ScriptedEar(), ScriptedConversation(HELLO))
    assert report.outcome == "abandoned"


async def test_a_broken_recogniser_brings_a_person():
    channel = ScriptedChannel(1000)
    conversation = ScriptedConversation(HELLO, failing=SORRY)
    report = await carry_out(channel, ScriptedEar(broken_ear()), conversation)
    assert "hearing.broken" in conversation.log
    assert channel.log == ["transfer to reception with T1"]
    assert channel.played.endswith(b"I am sorry.".ljust(640))
    assert report.outcome == "escalated"


async def test_an_unexpected_surprise_is_named_by_its_part():
    channel = ScriptedChannel(1000)
    conversation = ScriptedConversation(HELLO, failing=SORRY)
    await carry_out(channel, ScriptedEar(RuntimeError("secret words")), conversation)
    assert "ears.broken" in conversation.log


async def test_a_broken_voice_is_replaced_by_the_recorded_apology():
    channel = ScriptedChannel(1000)
    conversation = ScriptedConversation(HELLO, [Say("Fine.")], failing=SORRY)
    await carry_out(channel, ScriptedEar("hello"), conversation, EchoVoice(breaks_at="Fine"))
    assert b"sorry".ljust(640) in channel.played
    assert channel.log == ["transfer to reception with T1"]


async def test_a_voice_that_hangs_leaves_nobody_in_silence(monkeypatch):
    monkeypatch.setattr(workers, "VOICE_BUDGET_S", 0.05)
    released = threading.Event()

    class Hangs(EchoVoice):
        def synthesize(self, text, speed=1.0):
            if "Fine" in text:
                released.wait(30)
            yield from super().synthesize(text, speed)

    channel = ScriptedChannel(1000)
    conversation = ScriptedConversation(HELLO, [Say("Fine.")], failing=SORRY)
    try:
        await carry_out(channel, ScriptedEar("hello"), conversation, Hangs())
    finally:
        released.set()
    assert "mouth.slow" in conversation.log
    assert b"sorry".ljust(640) in channel.played
    assert channel.log == ["transfer to reception with T1"]


async def test_when_dialogue_and_database_are_gone_the_caller_still_reaches_the_queue():
    channel = ScriptedChannel(1000)
    gone = StoreError("store.gone", "The database is gone.")
    conversation = ScriptedConversation(HELLO, gone, failing=gone)
    await carry_out(channel, ScriptedEar("hello"), conversation)
    assert b"sorry".ljust(640) in channel.played
    assert channel.log == ["transfer to reception with "]


async def test_the_report_is_plain_data():
    report = await carry_out(ScriptedChannel(), ScriptedEar(), ScriptedConversation(HELLO))
    call = as_json(report)
    assert call["started_at"] == NOW.isoformat()
    assert call["ticket"] is None
    (turn,) = call["turns"]
    assert set(turn) == {"speaker", "text", "start_ms", "end_ms"}  # what is unknown is left out


async def test_a_line_may_deliver_audio_in_pieces_of_any_length():
    class Ragged(ScriptedChannel):
        async def events(self):
            async for event in super().events():
                if isinstance(event, AudioChunk):
                    yield AudioChunk(event.pcm[:101])
                    yield AudioChunk(event.pcm[101:])
                else:
                    yield event

    lengths = set()

    def is_speech(chunk):
        lengths.add(len(chunk.pcm))
        return False

    conversation = ScriptedConversation(HELLO, [Say("Goodbye."), HangUp()])
    channel = Ragged("1#")
    engines = Engines(ScriptedEar(), EchoVoice(), conversation, clock=lambda: NOW)
    await run_call(channel, engines, Call(is_speech, lambda text, expect: True), channel.observe)
    assert lengths == {640}


async def test_a_caller_who_hangs_up_while_something_is_stored_does_not_hide_it():
    """The thread that books runs on; the conversation is closed after it, not beside it."""
    inside, log = threading.Event(), []

    class Booking(ScriptedConversation):
        def hear(self, heard, now):
            inside.set()
            time.sleep(0.2)  # a database at work
            log.append("booked")
            return [Say("You are booked.", interruptible=False)]

        def close(self, now):
            log.append("closed")

    class HangsUp(ScriptedChannel):
        async def events(self):
            async for event in super().events():
                yield event
                if inside.is_set():
                    return

    await carry_out(HangsUp("1#"), ScriptedEar(), Booking(HELLO))
    assert log == ["booked", "closed"]


async def test_a_conversation_that_breaks_while_closing_does_not_break_the_call():
    class Breaks(ScriptedConversation):
        def close(self, now):
            raise RuntimeError("gone")

    report = await carry_out(ScriptedChannel(), ScriptedEar(), Breaks(HELLO))
    assert report.outcome == "abandoned"


async def test_a_call_that_is_far_behind_drops_the_oldest_sound_and_nothing_else():
    waiting = Waiting()
    chunks = [AudioChunk(bytes([number % 256]) * CHUNK_BYTES) for number in range(MOST_WAITING + 20)]
    for event in (DigitPressed("7"), *chunks, CallerHungUp()):
        waiting.put_nowait(event)
    kept = [waiting.get_nowait() for _ in range(waiting.qsize())]
    assert kept == [DigitPressed("7"), *chunks[-MOST_WAITING + 2 :], CallerHungUp()]


async def test_what_is_no_sound_waits_however_much_of_it():
    waiting = Waiting()
    for _ in range(2 * MOST_WAITING):
        waiting.put_nowait(DigitPressed("1"))
    assert waiting.qsize() == 2 * MOST_WAITING
