"""A side of a talk cut into lines, with ears and speech detection made of numbers."""

from __future__ import annotations

import asyncio

import pytest

from bot.errors import HearingError
from bot.events import CHUNK_BYTES, AudioChunk, Expect, Hypothesis, Word
from bot.transcript import LONGEST_MS, MAX_BEHIND_MS, Cutter, Scribe

LOUD, QUIET = b"\x01" * CHUNK_BYTES, bytes(CHUNK_BYTES)


def is_speech(chunk: AudioChunk) -> bool:
    return chunk.pcm == LOUD


class CountingEar:
    """Hears how many chunks of speech and of silence there were."""

    def __init__(self) -> None:
        self.chunks: list[bytes] = []

    def listen(self, expect: Expect) -> CountingEar:
        self.chunks = []
        return self

    def accept(self, chunk: AudioChunk) -> str | None:
        self.chunks.append(chunk.pcm)
        return None

    def glimpse(self) -> tuple[Hypothesis, ...]:
        return ()

    def finish(self) -> tuple[Hypothesis, ...]:
        loud = self.chunks.count(LOUD)
        word = Word(str(loud), 0, 20, 0.3)
        return (Hypothesis(f"{loud} of {len(self.chunks)}", 0.9, (word,)),) if loud else ()


def lines_of(ms: list[tuple[bytes, int]]) -> list[str]:
    cutter = Cutter(CountingEar(), is_speech)
    heard = [cutter.take(AudioChunk(pcm)) for pcm, length in ms for _ in range(length // 20)]
    return [hypotheses[0].text for hypotheses in heard if hypotheses]


def test_a_pause_ends_a_line_and_what_came_just_before_belongs_to_it():
    assert lines_of([(QUIET, 1_000), (LOUD, 600), (QUIET, 1_000)]) == ["30 of 76"]


def test_a_breath_ends_no_line_and_a_click_begins_none():
    assert lines_of([(LOUD, 400), (QUIET, 400), (LOUD, 400), (QUIET, 700)]) == ["40 of 95"]
    assert lines_of([(QUIET, 200), (LOUD, 60), (QUIET, 2_000)]) == []


def test_whoever_speaks_without_a_pause_is_written_down_all_the_same():
    assert len(lines_of([(LOUD, 2 * LONGEST_MS + 400)])) == 2


async def test_a_scribe_takes_pieces_of_any_length_and_marks_doubt():
    lines: asyncio.Queue[tuple[str, float, tuple[str, ...]]] = asyncio.Queue()

    async def wrote(text: str, confidence: float, doubtful: tuple[str, ...]) -> None:
        lines.put_nowait((text, confidence, doubtful))

    scribe = Scribe(CountingEar(), is_speech, wrote)
    sound = LOUD * 20 + QUIET * 40
    for begin in range(0, len(sound), 500):
        scribe.hear(sound[begin : begin + 500])
    assert await asyncio.wait_for(lines.get(), 5) == ("20 of 55", 0.9, ("20",))
    scribe.stop()


async def test_ears_that_cannot_keep_up_lose_sound_and_nothing_else():
    async def wrote(text: str, confidence: float, doubtful: tuple[str, ...]) -> None:
        pytest.fail("no time has passed")

    scribe = Scribe(CountingEar(), is_speech, wrote)
    for _ in range(2 * MAX_BEHIND_MS // 20):
        scribe.hear(LOUD)
    assert scribe._chunks.full()
    scribe.stop()


async def test_ears_that_break_end_the_transcript_and_not_the_talk():
    class Broken(CountingEar):
        def listen(self, expect: Expect) -> CountingEar:
            raise HearingError("hearing.failed", "The recogniser failed.")

    async def wrote(text: str, confidence: float, doubtful: tuple[str, ...]) -> None:
        pytest.fail("nothing is heard")

    scribe = Scribe(Broken(), is_speech, wrote)
    scribe.hear(LOUD * 10)
    await asyncio.wait_for(scribe._task, 5)
    scribe.hear(LOUD * 10)
