"""The fall-back's own process: it says a sentence again that pyttsx3 cut short."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bot.tts.espeak_process import ATTEMPTS, Speaker


class RacingEngine:
    """Leaves the first `spoilt` sentences half said, as pyttsx3 does on a busy computer."""

    def __init__(self, spoilt: int, half: bytes = b"RIFF" * 20, tells: bool = True) -> None:
        self.spoilt, self.half, self.tells = spoilt, half, tells
        self.rates: list[int] = []

    def connect(self, topic: str, callback: Callable[[str, bool], None]) -> None:
        self.finished = callback

    def setProperty(self, name: str, value: int) -> None:
        self.rates.append(value)

    def save_to_file(self, text: str, path: str) -> None:
        self.text, self.path = text, path

    def runAndWait(self) -> None:
        self.spoilt -= 1
        completed = self.spoilt < 0
        Path(self.path).write_bytes(self.text.encode() * 20 if completed else self.half)
        if completed or self.tells:
            self.finished("", completed)


def test_a_sentence_cut_short_is_said_again(tmp_path: Path) -> None:
    path = tmp_path / "speech.wav"
    engine = RacingEngine(spoilt=2)
    assert Speaker(engine, lambda: None).speak("Hello.", 160, str(path))
    assert path.read_bytes() == b"Hello." * 20
    assert engine.rates == [160] * 3


def test_an_empty_recording_is_no_sentence_even_if_it_claims_to_be(tmp_path: Path) -> None:
    assert not Speaker(RacingEngine(spoilt=0), lambda: None).speak("", 160, str(tmp_path / "speech.wav"))


def test_what_never_succeeds_is_given_up(tmp_path: Path) -> None:
    engine = RacingEngine(spoilt=99)
    assert not Speaker(engine, lambda: None).speak("Hello.", 160, str(tmp_path / "speech.wav"))
    assert len(engine.rates) == ATTEMPTS


def test_a_sentence_of_which_nothing_was_told_is_said_again(tmp_path: Path) -> None:
    path = tmp_path / "speech.wav"
    assert Speaker(RacingEngine(spoilt=1, tells=False), lambda: None).speak("Hello.", 160, str(path))
    assert path.read_bytes() == b"Hello." * 20
