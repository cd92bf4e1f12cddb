"""The recorded apology: what a caller hears when the voice itself fails. Part of the package, needs no engine."""

from __future__ import annotations

import wave
from functools import cache
from pathlib import Path

from bot.errors import VoiceError
from bot.events import SAMPLE_RATE, SAMPLE_WIDTH

TEXT = "I'm sorry, something went wrong on our side. Please stay on the line, I'm putting you through to a person."
PATH = Path(__file__).with_name("apology.wav")


@cache
def apology() -> bytes:
    """PCM at SAMPLE_RATE. Load it at the start, so that a missing file is found then. Raises VoiceError."""
    try:
        with wave.open(str(PATH)) as file:
            if (file.getframerate(), file.getsampwidth(), file.getnchannels()) != (SAMPLE_RATE, SAMPLE_WIDTH, 1):
                raise VoiceError("voice.missing", "bot/tts/apology.wav is not 16-bit mono at 16 kHz.")
            pcm: bytes = file.readframes(file.getnframes())
            return pcm
    except (OSError, wave.Error, EOFError) as error:
        raise VoiceError("voice.missing", "bot/tts/apology.wav is missing: please reinstall Frontdesk.") from error
