"""Which voice is taken, and what is said about it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.config import Settings
from bot.errors import VoiceError
from bot.events import SAMPLE_RATE
from bot.tts.apology import apology
from bot.tts.cache import NamedVoice
from bot.tts.voices import load_voice


class Named:
    def __init__(self, name: str) -> None:
        self.name = name

    def synthesize(self, text: str, speed: float = 1.0) -> Iterator[bytes]:
        yield self.name.encode()


def broken() -> NamedVoice:
    raise VoiceError("voice.missing", "The natural one cannot be loaded.")


def test_the_best_voice_that_loads_is_taken(tmp_path: Path) -> None:
    voices = {"hibari": lambda: Named("hibari"), "pyttsx3": lambda: Named("pyttsx3")}
    voice, words = load_voice(Settings(home=tmp_path), voices)
    assert (voice.name, words) == ("hibari", "The voice is hibari.")


def test_the_fall_back_says_why_it_is_there(tmp_path: Path) -> None:
    voice, words = load_voice(Settings(home=tmp_path), {"hibari": broken, "pyttsx3": lambda: Named("pyttsx3")})
    assert voice.name == "pyttsx3"
    assert words == "The voice is pyttsx3. The natural one cannot be loaded."


def test_a_voice_asked_for_by_name_is_used_or_refused(tmp_path: Path) -> None:
    voices = {"hibari": broken, "pyttsx3": lambda: Named("pyttsx3")}
    assert load_voice(Settings(home=tmp_path, voice="pyttsx3"), voices)[0].name == "pyttsx3"
    with pytest.raises(VoiceError, match="frontdesk doctor"):
        load_voice(Settings(home=tmp_path, voice="hibari"), voices)


def test_the_apology_is_some_seconds_of_sound() -> None:
    seconds = len(apology()) / 2 / SAMPLE_RATE
    assert 3 < seconds < 8
    assert any(apology())
