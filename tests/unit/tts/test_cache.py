"""What is made once, what is kept where, and what happens when the disk or the voice fails."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.errors import VoiceError
from bot.tts.cache import CachedVoice
from bot.tts.loudness import SENTENCE_GAP


class CountingVoice:
    """Says a sentence as its letters' bytes, and remembers what it was asked for."""

    def __init__(self, name: str = "counting") -> None:
        self.name = name
        self.asked: list[str] = []
        self.broken = False

    def synthesize(self, text: str, speed: float = 1.0) -> Iterator[bytes]:
        self.asked.append(text)
        if self.broken:
            raise VoiceError("voice.failed", "The voice failed.")
        yield text[: len(text) // 2].encode()
        yield text[len(text) // 2 :].encode()


@pytest.fixture
def voice() -> CountingVoice:
    return CountingVoice()


def said(cached: CachedVoice, text: str, speed: float = 1.0) -> bytes:
    return b"".join(cached.synthesize(text, speed))


def test_a_sentence_is_made_once(voice: CountingVoice, tmp_path: Path) -> None:
    cached = CachedVoice(voice, tmp_path)
    assert said(cached, "Hello.") == said(cached, "Hello.") == b"Hello."
    assert voice.asked == ["Hello."]


def test_the_voice_gets_words_for_figures(voice: CountingVoice, tmp_path: Path) -> None:
    said(CachedVoice(voice, tmp_path), "At 14:30.")
    assert voice.asked == ["At half past two in the afternoon."]


def test_a_known_sentence_before_a_new_one_is_there_before_the_voice_is_asked(
    voice: CountingVoice, tmp_path: Path
) -> None:
    cached = CachedVoice(voice, tmp_path)
    cached.render_ahead(["Thank you."])
    voice.asked.clear()
    pieces = cached.synthesize("Thank you. Tuesday it is.")
    assert next(pieces) == b"Thank you."
    assert voice.asked == []
    assert b"".join(pieces) == SENTENCE_GAP + b"Tuesday it is."


def test_another_speed_is_another_sound(voice: CountingVoice, tmp_path: Path) -> None:
    cached = CachedVoice(voice, tmp_path)
    said(cached, "Hello.")
    said(cached, "Hello.", 0.8)
    assert len(voice.asked) == 2


def test_phrases_rendered_ahead_survive_a_restart(voice: CountingVoice, tmp_path: Path) -> None:
    assert CachedVoice(voice, tmp_path).render_ahead(["Hello. How can I help?", "Hello."]) == 2
    again = CountingVoice()
    restarted = CachedVoice(again, tmp_path)
    assert said(restarted, "Hello.") == b"Hello."
    assert restarted.render_ahead(["Hello."]) == 0
    assert again.asked == []


def test_what_one_voice_made_is_not_said_for_another(voice: CountingVoice, tmp_path: Path) -> None:
    CachedVoice(voice, tmp_path).render_ahead(["Hello."])
    other = CountingVoice("another")
    said(CachedVoice(other, tmp_path), "Hello.")
    assert other.asked == ["Hello."]


def test_what_a_caller_is_told_does_not_reach_the_disk(voice: CountingVoice, tmp_path: Path) -> None:
    said(CachedVoice(voice, tmp_path), "You are booked, Mrs Jones.")
    assert list(tmp_path.iterdir()) == []


def test_a_reply_cut_off_in_the_middle_is_not_kept_as_whole(voice: CountingVoice, tmp_path: Path) -> None:
    cached = CachedVoice(voice, tmp_path)
    next(cached.synthesize("Hello there."))
    assert said(cached, "Hello there.") == b"Hello there."


def test_memory_is_bounded_and_keeps_what_was_said_last(voice: CountingVoice, tmp_path: Path) -> None:
    cached = CachedVoice(voice, tmp_path, memory_bytes=12)
    for text in ("First.", "Other.", "First.", "Third."):
        said(cached, text)
    voice.asked.clear()
    said(cached, "First.")
    said(cached, "Other.")
    assert voice.asked == ["Other."]


def test_the_disk_is_bounded_and_half_files_are_swept_away(voice: CountingVoice, tmp_path: Path) -> None:
    (tmp_path / "left-by-a-crash.part").write_bytes(b"half")
    CachedVoice(voice, tmp_path, disk_bytes=12).render_ahead(["First.", "Other.", "Third."])
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 12


def test_a_full_disk_costs_the_disk_cache_and_nothing_else(
    voice: CountingVoice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    cached = CachedVoice(voice, tmp_path)
    assert cached.render_ahead(["Hello."]) == 1
    assert said(cached, "Hello.") == b"Hello."
    assert voice.asked == ["Hello."]
    assert list(tmp_path.iterdir()) == []


def test_a_voice_that_fails_is_reported_in_a_call_and_survived_ahead_of_it(
    voice: CountingVoice, tmp_path: Path
) -> None:
    voice.broken = True
    cached = CachedVoice(voice, tmp_path)
    assert cached.render_ahead(["Hello."]) == 0
    with pytest.raises(VoiceError):
        said(cached, "Hello.")
    voice.broken = False
    assert said(cached, "Hello.") == b"Hello."
