"""Was what the callers said understood? Word errors, and the share of sentences that mean the same as was said.

The bot's words for a sentence are compared with the caller's: by words (word error rate), and by what understanding
makes of both: the same intent, and the same dates, times, names and numbers. The second counts: "harbor" for
"harbour" is an error in words and none in meaning.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import jiwer

from bot.app import Centre
from bot.asr.spoken import normalise
from bot.bench.figures import Figure, share
from bot.bench.speech import PAUSE
from bot.config import load_settings
from bot.events import FREE, Hypothesis, Utterance
from bot.nlu.understanding import Interpreter


class Judge:
    """Understands as the measured server does; `home` is the server's, so nothing is learnt anew."""

    def __init__(self, home: Path) -> None:
        centre = Centre(load_settings(home=home))
        centre.load_diary()
        self._interpreter: Interpreter = centre.offices.at("").interpreter
        self._now = dt.datetime.now(centre.timezone)

    def means(self, text: str) -> tuple[str, frozenset[tuple[str, str]]]:
        """Intent and values."""
        understood = self._interpreter.understand(Utterance((Hypothesis(text),)), FREE, self._now)
        values = frozenset((entity.kind, str(entity.value)) for entity in understood.entities)
        return (understood.intent if understood.accepted else ""), values

    def is_right(self, said: str, heard: str) -> bool:
        return said == heard or self.means(said) == self.means(heard)


def spoken(text: str) -> str:
    """A caller's line as it sounds: without pauses and punctuation, figures as words."""
    plain = "".join(c if c.isalnum() or c in "' " else " " for c in text.replace(PAUSE, " "))
    return normalise(plain)


def hearing_figures(heard: Sequence[tuple[str, str]], judge: Judge | None) -> list[Figure]:
    pairs = [(spoken(said), spoken(words)) for said, words in heard]
    if not pairs:
        return []
    errors = jiwer.wer([said for said, _ in pairs], [words for _, words in pairs])
    rows = [Figure("word errors", round(100 * errors, 1), "%", count=len(pairs))]
    if judge:
        right = sum(judge.is_right(said, words) for said, words in pairs)
        rows.append(
            Figure("sentences understood right", share(right, len(pairs)), "%", count=len(pairs), better="higher")
        )
    return rows
