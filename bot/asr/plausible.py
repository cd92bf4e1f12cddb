"""Is it speech that Whisper wrote down? On noise it writes something all the same; here is how that is told.

Whisper was taught with subtitles and falls back to their stock phrases ("Thank you for watching", "you"), or runs in
circles. Its own signs are the mean log probability of the tokens and the probability of its no-speech token
(Radford et al. 2022, section 4.5). Thresholds from real phrases, digits, white noise, hum, clicks and babble:
noise scored no-speech ≥ 0.90, real speech ≤ 0.85.
"""

from __future__ import annotations

import math
import re
import zlib
from dataclasses import dataclass

NO_SPEECH = 0.88
DOUBTFUL_NO_SPEECH = 0.4
DOUBTFUL_SCORE = -1.2
STOCK_PHRASE_SCORE = -0.75
"""Said by a person, these score better."""
FASTEST_WORDS_PER_S = 7.0
"""Auctioneers manage 5–6; a run-away decoder does 20."""
MOST_COMPRESSIBLE = 2.4
"""Text length over zlib length, the limit of Whisper's own decoder."""
STOCK_PHRASES = re.compile(
    r"(you|bye|bye bye|so|the|oh|thank you|thank you (very|so) much|thanks for watching|"
    r"thank you (so much )?for watching|please subscribe|i'?m sorry|subtitles by .*)( thank you( very much)?)?"
)


@dataclass(frozen=True, slots=True)
class Written:
    """What a decoder wrote for an utterance. `score` is the mean log probability of a token, `no_speech` 0 to 1."""

    text: str
    score: float
    no_speech: float
    seconds: float


def is_plausible(written: Written) -> bool:
    """Whether these may be the caller's words (spoken form)."""
    words = written.text.split()
    return bool(words) and not (
        written.no_speech >= NO_SPEECH
        or (STOCK_PHRASES.fullmatch(written.text) and written.score < STOCK_PHRASE_SCORE)
        or (len(words) > 1 and written.score < DOUBTFUL_SCORE and written.no_speech > DOUBTFUL_NO_SPEECH)
        or len(words) > 3 + FASTEST_WORDS_PER_S * written.seconds
        or runs_in_circles(written.text)
    )


def runs_in_circles(text: str) -> bool:
    encoded = text.encode()
    return len(encoded) > 60 and len(encoded) / len(zlib.compress(encoded)) > MOST_COMPRESSIBLE


CONFIDENCE_AT_ZERO, CONFIDENCE_SLOPE = 2.38, 2.11
"""Logistic fit: how often a whole utterance was right at a mean log probability (189 recordings in the telephone
band; of those said to be 0.85 or surer, 91 % were right)."""


def confidence(score: float) -> float:
    """Probability that all words are right, from the mean log probability of a token."""
    return 1 / (1 + math.exp(-(CONFIDENCE_AT_ZERO + CONFIDENCE_SLOPE * score)))
