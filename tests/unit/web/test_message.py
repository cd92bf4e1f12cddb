"""A message left while waiting, on a line that sends sound all the time; what such a line keeps for its reader."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from bot.events import AudioChunk, DigitPressed, Event
from bot.web.message import PAUSE_MS, record
from bot.web.queue_line import UNREAD, QueueLine
from tests.unit.web.fake_centre import LoudnessDetector, tone

SILENCE = AudioChunk(bytes(640))
SPEECH = AudioChunk(tone(20, 500))
TONE_CHUNKS = 20


class FlowingLine:
    """A `CallerLine` that brings a chunk of silence for each it plays, and once the tone is over `after`."""

    def __init__(self, after: Sequence[Event]) -> None:
        self.after, self.played = after, 0
        self.stretch: QueueLine

    async def play(self, pcm: bytes) -> None:
        self.stretch.hear(SILENCE)
        self.played += 1
        if self.played == TONE_CHUNKS:
            asyncio.get_running_loop().call_soon(self._speak)

    def _speak(self) -> None:
        for event in self.after:
            self.stretch.hear(event)  # type: ignore[arg-type]


def on_the_line(*after: Event) -> QueueLine:
    line = FlowingLine(after)
    line.stretch = QueueLine(line, with_music=False)  # type: ignore[arg-type]
    return line.stretch


@pytest.fixture(autouse=True)
def ears(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.web.message.SpeechDetector", LoudnessDetector)


async def message(stretch: QueueLine) -> bytes:
    async with asyncio.timeout(5):
        return await record(stretch)


async def test_what_came_during_the_prompt_is_neither_message_nor_pause() -> None:
    thinks, speaks = [SILENCE] * 100, [SPEECH] * 50
    stretch = on_the_line(*thinks, *speaks, DigitPressed("#"))
    for _ in range(PAUSE_MS // 20 + 10):
        stretch.hear(SILENCE)
    stretch.hear(DigitPressed("#"))
    assert len(await message(stretch)) == 640 * (100 + 50)


async def test_only_hash_ends_a_message() -> None:
    stretch = on_the_line(*[SPEECH] * 30, DigitPressed("5"), *[SPEECH] * 30, DigitPressed("#"), *[SPEECH] * 30)
    assert len(await message(stretch)) == 640 * 60


async def test_a_long_pause_ends_a_message() -> None:
    stretch = on_the_line(*[SPEECH] * 30, *[SILENCE] * (PAUSE_MS // 20), *[SPEECH] * 30)
    assert len(await message(stretch)) == 640 * (30 + PAUSE_MS // 20)


async def test_silence_alone_is_no_message() -> None:
    assert await message(on_the_line(*[SILENCE] * (PAUSE_MS // 20))) == b""


async def heard(stretch: QueueLine) -> list[Event]:
    _answered, *events = [event async for event in stretch.events()]
    return events


async def test_what_nobody_reads_is_kept_for_seconds_only() -> None:
    stretch = on_the_line()
    stretch.hear(DigitPressed("1"))
    for _ in range(2 * UNREAD):
        stretch.hear(SILENCE)
    stretch.hear(DigitPressed("2"))
    stretch.stop()
    events = await heard(stretch)
    assert len(events) == UNREAD - 1, "and the end of it"
    assert (DigitPressed("1") in events, DigitPressed("2") in events) == (False, True), "the latest count"


async def test_a_stretch_that_is_over_hears_nothing_and_stays_over() -> None:
    stretch = on_the_line()
    stretch.hear(DigitPressed("1"))
    stretch.stop()
    stretch.hear(DigitPressed("2"))
    stretch.stop()
    stretch.forget()
    assert await heard(stretch) == [DigitPressed("1")]
