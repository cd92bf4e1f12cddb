"""The natural voice: hibari-tts, its model inside the package, half a percent of a core.

It opens every sentence with 0.3 s of near silence, which would be a third of the reply time, and is 5 dB quieter than
other voices: `loudness.finished` mends both.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version

import numpy as np
import soxr

from bot.errors import VoiceError
from bot.events import SAMPLE_RATE
from bot.tts.loudness import SENTENCE_GAP, finished

SEED = 1
"""Of the noise in breathy sounds: the same text always gives the same audio."""


class HibariVoice:
    """Thread-safe: the model runs in any number of threads; everything lazy is loaded when made."""

    def __init__(self) -> None:
        """Raises VoiceError (`voice.missing`) when the package or its model cannot be loaded."""
        try:
            from hibari import Hibari

            self._hibari = Hibari()
            self._hibari("Ready.")
            self.name = f"hibari-{version('hibari-tts')}-{self._hibari.voice}"
        except Exception as error:
            raise VoiceError("voice.missing", f"The voice hibari cannot be loaded ({type(error).__name__}).") from error

    def synthesize(self, text: str, speed: float = 1.0) -> Iterator[bytes]:
        """A piece a sentence, each as soon as it is made. Raises VoiceError (`voice.failed`)."""
        gap = b""
        try:
            for sentence in self._hibari.stream(text, speed=speed, seed=SEED):
                samples = soxr.resample(sentence, self._hibari.sample_rate, SAMPLE_RATE)
                if pcm := finished(np.asarray(samples, np.float32)):
                    yield gap + pcm
                    gap = SENTENCE_GAP
        except Exception as error:
            raise VoiceError("voice.failed", f"The voice hibari failed ({type(error).__name__}).") from error
