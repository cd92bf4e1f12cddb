"""Soft voices are raised for the ears, and nothing else is touched."""

import numpy as np
import pytest

from bot.asr.levelled import HELD_MS, MOST_DB, RAISED_DBFS, SOFT_DBFS, Levelled
from bot.audio.pcm import level_dbfs, to_pcm, to_samples
from bot.events import CHUNK_MS, SAMPLE_RATE, AudioChunk, Hypothesis

CHUNK = SAMPLE_RATE * CHUNK_MS // 1000


class Notebook:
    def __init__(self) -> None:
        self.chunks: list[AudioChunk] = []

    def accept(self, chunk: AudioChunk) -> str | None:
        self.chunks.append(chunk)
        return f"{len(self.chunks)} heard"

    def glimpse(self) -> tuple[Hypothesis, ...]:
        return (Hypothesis(f"{len(self.chunks)} so far"),)

    def finish(self) -> tuple[Hypothesis, ...]:
        return (Hypothesis(f"{len(self.chunks)} in all"),)


def tone(dbfs: float) -> AudioChunk:
    at = np.arange(CHUNK) / SAMPLE_RATE
    return AudioChunk(to_pcm((2**0.5 * 10 ** (dbfs / 20) * np.sin(2 * np.pi * 400 * at)).astype(np.float32)))


def heard(*chunks: AudioChunk) -> list[AudioChunk]:
    notebook = Notebook()
    levelled = Levelled(notebook)
    for chunk in chunks:
        levelled.accept(chunk)
    levelled.finish()
    return notebook.chunks


def levels(chunks: list[AudioChunk]) -> list[float]:
    return [level_dbfs(to_samples(chunk.pcm)) for chunk in chunks]


def test_a_voice_of_usual_loudness_goes_through_bit_by_bit() -> None:
    chunks = [tone(-60)] * 10 + [tone(-24)] * 20 + [tone(-50)] * 20
    assert heard(*chunks) == chunks


def test_a_soft_voice_is_raised_from_its_first_sound_on() -> None:
    raised = levels(heard(*[tone(-70)] * 10, *[tone(-44)] * 30))
    assert raised[10:] == pytest.approx([RAISED_DBFS] * 30, abs=0.5)
    assert raised[0] == pytest.approx(-46, abs=2)


def test_a_voice_that_gets_louder_is_raised_less() -> None:
    raised = levels(heard(*[tone(-48)] * 30, *[tone(-40)] * 30))
    assert raised[40:] == pytest.approx([RAISED_DBFS] * 20, abs=0.5)


def test_a_voice_that_gets_as_loud_as_usual_is_not_raised_any_more() -> None:
    assert heard(*[tone(-48)] * 30, *[tone(SOFT_DBFS + 3)] * 30)[40:] == [tone(SOFT_DBFS + 3)] * 20


def test_a_room_without_a_voice_is_not_made_deafening() -> None:
    assert max(levels(heard(*[tone(-80)] * 50))) == pytest.approx(-80 + MOST_DB, abs=1)


def test_an_answer_shorter_than_what_is_held_is_heard_whole() -> None:
    chunks = [tone(-24)] * 5
    assert heard(*chunks) == chunks


def test_a_look_hears_all_that_was_said() -> None:
    levelled = Levelled(Notebook())
    for _ in range(3):
        levelled.accept(tone(-24))
    assert levelled.glimpse() == (Hypothesis("3 so far"),)


def test_captions_come_as_soon_as_nothing_is_held_any_more() -> None:
    levelled = Levelled(Notebook())
    words = [levelled.accept(tone(-24)) for _ in range(HELD_MS // CHUNK_MS + 1)]
    assert words[-3:] == [None, "24 heard", "25 heard"]
