from bot.channels.inbox import MAX_AUDIO_MS, MAX_OTHERS, Inbox
from bot.events import CHUNK_BYTES, AudioChunk, DigitPressed

QUIET = AudioChunk(bytes(CHUNK_BYTES))


async def emptied(inbox):
    inbox.close()
    return [event async for event in inbox.events()]


async def test_everything_comes_out_in_order_and_then_it_ends():
    inbox = Inbox()
    for event in (QUIET, DigitPressed("1"), QUIET):
        inbox.put(event)
    assert await emptied(inbox) == [QUIET, DigitPressed("1"), QUIET]


async def test_old_sound_is_dropped_when_the_call_is_late_and_digits_are_not():
    inbox = Inbox()
    inbox.put(DigitPressed("7"))
    for _ in range(MAX_AUDIO_MS // 20 + 30):
        inbox.put(QUIET)
    events = await emptied(inbox)
    assert events[0] == DigitPressed("7")
    assert len(events) == 1 + MAX_AUDIO_MS // 20


async def test_a_flood_of_digits_has_an_end():
    inbox = Inbox()
    for _ in range(5_000):
        inbox.put(DigitPressed("1"))
    assert len(await emptied(inbox)) == MAX_OTHERS


async def test_nothing_is_taken_after_the_end():
    inbox = Inbox()
    inbox.close()
    inbox.put(QUIET)
    assert await emptied(inbox) == []
