"""Which voice speaks: the one the settings name, or the best that can be loaded."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.config import Settings
from bot.errors import VoiceError
from bot.tts.cache import CachedVoice, NamedVoice


def _hibari() -> NamedVoice:
    from bot.tts.hibari import HibariVoice

    return HibariVoice()


def _pyttsx3() -> NamedVoice:
    from bot.tts.pyttsx3 import Pyttsx3Voice

    return Pyttsx3Voice()


VOICES: Mapping[str, Callable[[], NamedVoice]] = {"hibari": _hibari, "pyttsx3": _pyttsx3}
"""Best first."""


def load_voice(settings: Settings, voices: Mapping[str, Callable[[], NamedVoice]] = VOICES) -> tuple[CachedVoice, str]:
    """A voice with its cache in `settings.home`, and a sentence on which it is and why.

    A voice asked for by name is used or refused; `auto` takes the first that loads. Raises VoiceError
    (`voice.missing`) with what to do.
    """
    wanted = [settings.voice] if settings.voice != "auto" else list(voices)
    failures: list[str] = []
    for name in wanted:
        try:
            voice = voices[name]()
        except VoiceError as error:
            failures.append(error.message)
            continue
        words = " ".join([f"The voice is {name}.", *failures])
        return CachedVoice(voice, settings.home / "voice"), words
    raise VoiceError("voice.missing", " ".join([*failures, "Please run make run again, or: frontdesk doctor"]))
