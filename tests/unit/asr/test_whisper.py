"""What happens around the decoder: words and their times, long audio, and when a second hearing is needed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.asr import voiced
from bot.asr.turnstile import Turnstile
from bot.asr.whisper import LONGEST_PIECE_S, WhisperSession, cut_at_pauses, spoken_words, word_groups
from bot.audio.pcm import Samples
from bot.errors import HearingError
from bot.events import CHUNK_BYTES, SAMPLE_RATE, AnswerKind, AudioChunk, Hypothesis, Word

LOUD = AudioChunk(np.full(CHUNK_BYTES // 2, 8_000, "<i2").tobytes())
SOFT = AudioChunk(np.full(CHUNK_BYTES // 2, 10, "<i2").tobytes())
QUIET = AudioChunk(bytes(CHUNK_BYTES))


class LoudIsVoice:
    def __init__(self, mode: int) -> None:
        self.mode = mode

    def is_speech(self, pcm: bytes, sample_rate: int) -> bool:
        return any(pcm)


class CountingEar:
    def __init__(self) -> None:
        self.turnstile = Turnstile(1)
        self.lengths: list[int] = []

    def transcribe(self, samples: Samples, kind: AnswerKind = "free") -> tuple[Hypothesis, ...]:
        self.lengths.append(len(samples))
        return (Hypothesis(f"hearing {len(self.lengths)}"),)


@pytest.fixture
def ear(monkeypatch: pytest.MonkeyPatch) -> CountingEar:
    monkeypatch.setattr(voiced.webrtcvad, "Vad", LoudIsVoice)
    return CountingEar()


def session(ear: CountingEar, *chunks: AudioChunk) -> WhisperSession:
    heard = WhisperSession(ear)  # type: ignore[arg-type]
    feed(heard, *chunks)
    return heard


def feed(heard: WhisperSession, *chunks: AudioChunk) -> None:
    for chunk in chunks:
        heard.accept(chunk)


def test_a_glimpse_is_reused_when_only_silence_followed(ear: CountingEar) -> None:
    heard = session(ear, *[LOUD] * 10)
    first = heard.glimpse()
    feed(heard, *[QUIET] * 30)
    assert heard.finish() == first
    assert ear.lengths == [10 * CHUNK_BYTES // 2]


def test_all_is_heard_again_when_the_caller_goes_on(ear: CountingEar) -> None:
    heard = session(ear, *[LOUD] * 10)
    heard.glimpse()
    feed(heard, *[QUIET] * 10, *[LOUD] * 10)
    assert heard.finish()[0].text == "hearing 2"
    assert ear.lengths[-1] == 30 * CHUNK_BYTES // 2


def test_a_click_or_breath_after_the_glimpse_is_nothing_new(ear: CountingEar) -> None:
    heard = session(ear, *[LOUD] * 10)
    heard.glimpse()
    feed(heard, QUIET, LOUD, QUIET, LOUD, QUIET, *[SOFT] * 10)
    heard.finish()
    assert len(ear.lengths) == 1


def test_silence_is_never_given_to_the_decoder(ear: CountingEar) -> None:
    assert session(ear, *[QUIET] * 50).finish() == ()
    assert ear.lengths == []


def test_audio_at_another_rate_is_refused(ear: CountingEar) -> None:
    with pytest.raises(HearingError):
        session(ear, AudioChunk(bytes(320), 8_000))


def test_tokens_are_grouped_into_words_by_their_leading_space() -> None:
    assert word_groups([" hy", "gien", "ist", " at", " 2", ":", "30"]) == [[0, 1, 2], [3], [4, 5, 6]]
    assert word_groups(["Yes", "."]) == [[0, 1]]
    assert word_groups([]) == []


def test_spoken_words_share_the_time_of_the_figure_they_came_from() -> None:
    written = (Word("At", 0, 200, 0.9), Word("2:30.", 200, 800, 0.7))
    assert spoken_words("at two thirty", written) == (
        Word("at", 0, 200, 0.9),
        Word("two", 200, 500, 0.7),
        Word("thirty", 500, 800, 0.7),
    )


def test_figures_read_together_are_spread_over_the_whole() -> None:
    written = (Word("12", 0, 500, 0.9), Word("345", 500, 1_000, 0.6))
    words = spoken_words("one two three four five", written)
    assert [(w.start_ms, w.end_ms) for w in words] == [(0, 200), (200, 400), (400, 600), (600, 800), (800, 1_000)]
    assert {w.confidence for w in words} == {0.6}


def test_without_times_there_are_no_words() -> None:
    assert spoken_words("yes", ()) == ()


def test_long_audio_is_cut_in_its_pause() -> None:
    pause_at = 22
    samples = np.full(40 * SAMPLE_RATE, 0.1, np.float32)
    samples[pause_at * SAMPLE_RATE : (pause_at + 1) * SAMPLE_RATE] = 0
    first, second = cut_at_pauses(samples)
    assert pause_at <= len(first) / SAMPLE_RATE <= pause_at + 1
    assert len(first) + len(second) == len(samples)


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 100))
def test_no_piece_is_too_long_and_none_is_lost(seconds: int) -> None:
    samples = np.ones(seconds * SAMPLE_RATE, np.float32)
    pieces = cut_at_pauses(samples)
    assert sum(len(piece) for piece in pieces) == len(samples)
    assert all(len(piece) <= LONGEST_PIECE_S * SAMPLE_RATE for piece in pieces)
