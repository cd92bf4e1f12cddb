"""Tones of keys: what we make, we hear."""

from __future__ import annotations

from bot.audio.dtmf import DtmfDetector
from bot.audio.keys import tones_of


def test_every_key_is_heard_as_itself_and_twice_when_pressed_twice() -> None:
    assert DtmfDetector().hear(tones_of("1234567890*#abcd55")) == "1234567890*#ABCD55"


def test_what_is_no_key_makes_no_sound() -> None:
    assert tones_of("x -ü") == b""
