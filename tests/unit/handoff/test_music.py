import struct

import pytest

from handoff.music import CHUNK_MS, LOUDNESS, TUNE_MS, hold_music


def samples(at_ms: int) -> tuple[int, ...]:
    return struct.unpack("<320h", hold_music(at_ms))


def test_the_tune_goes_round_without_end_and_never_startles():
    tune = [sample for at_ms in range(0, TUNE_MS, CHUNK_MS) for sample in samples(at_ms)]
    assert LOUDNESS / 2 < max(tune) <= LOUDNESS
    assert hold_music(0) == hold_music(TUNE_MS) == hold_music(7 * TUNE_MS)


@pytest.mark.parametrize("note", range(8))
def test_no_note_clicks_into_the_next(note: int):
    assert abs(samples(note * 600)[0]) <= 5
    assert abs(samples(note * 600 + 580)[-1]) <= 50
