"""Intents from example phrases: one linear model over meaning (sentence vectors) and surface (TF-IDF) together.

Learns in seconds, calibrated on held-out phrases, half of them with recognition errors. What is kept on disk are
numbers and words (npz, JSON), no code. To serve it takes numpy and the encoder, nothing else.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bot.errors import UnderstandingError
from bot.nlu.corpus import normalised
from bot.nlu.encoder import Encoder, Universal
from bot.nlu.gate import energy, probabilities
from bot.nlu.learning import Learnt, learn
from bot.nlu.minilm import MiniLm
from bot.nlu.normalise import normalise
from bot.nlu.surface import Surface

if TYPE_CHECKING:
    from bot.nlu.tuning import Report

VERSION = 7
RANKED = 10
"""How many intents a prediction lists."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """`accepted` is the out-of-scope gate; `intent` is the best one all the same, "" for a text without words."""

    intent: str
    confidence: float
    accepted: bool
    ranking: tuple[tuple[str, float], ...]
    energy: float
    likely: tuple[str, ...] = ()
    """Every intent that may be meant, best first; two or three are worth a question."""


NOTHING = Prediction("", 0.0, False, (), float("-inf"))


class IntentModel:
    """Immutable once made; thread-safe."""

    def __init__(self, learnt: Learnt, fingerprint: str) -> None:
        self.intents = learnt.intents
        self.fingerprint = fingerprint
        self.learnt = learnt
        self._exact = {phrase: self.intents.index(intent) for phrase, intent in learnt.exact.items()}

    @classmethod
    def train(cls, examples: Mapping[str, Sequence[str]], seed: int = 0, encoder: Encoder | None = None) -> IntentModel:
        """Learn from intent → phrases, on top of USE if nothing else is given.

        Raises UnderstandingError when there are fewer than two intents.
        """
        return cls(learn(normalised(examples), seed, encoder or Universal()), fingerprint(examples))

    @classmethod
    def tune(cls, examples: Mapping[str, Sequence[str]], out: Path, report: Report, **options: Any) -> IntentModel:
        """The same with an encoder of its own, in minutes; must be saved into `out`, where that lies.

        `options` are those of `tuned.learn_tuned`. Raises UnderstandingError.
        """
        from bot.nlu.tuned import learn_tuned  # late: serving needs none of it

        seed = options.pop("seed", 0)
        return cls(learn_tuned(normalised(examples), seed, out, report, **options), fingerprint(examples))

    def predict(self, text: str) -> Prediction:
        return self.predict_all([text])[0]

    def predict_all(self, texts: Sequence[str]) -> list[Prediction]:
        said = [normalise(text) for text in texts]
        if not said:
            return []
        scores = self.learnt.scores(said)
        return [self._prediction(text, row) if text else NOTHING for text, row in zip(said, scores, strict=True)]

    def predict_heard(self, hypotheses: Sequence[tuple[str, float]]) -> Prediction:
        """One utterance in several readings (text, weight): their scores are averaged."""
        said = [(normalise(text), max(weight, 1e-3)) for text, weight in hypotheses if normalise(text)]
        if not said:
            return NOTHING
        weights = np.array([weight for _, weight in said])
        scores = self.learnt.scores([text for text, _ in said])
        return self._prediction(said[0][0], (weights[:, None] * scores).sum(axis=0) / weights.sum())

    def _prediction(self, text: str, scores: NDArray[np.float64]) -> Prediction:
        shares = probabilities(scores[None], self.learnt.temperature)[0]
        level = float(energy(scores[None])[0])
        known = self._exact.get(text)
        if known is not None:
            shares = np.full(len(shares), 0.01 / max(len(shares) - 1, 1))
            shares[known] = 0.99
        best = np.argsort(-shares, kind="stable")[:RANKED]
        ranking = tuple((self.intents[index], float(shares[index])) for index in best)
        accepted = known is not None or level >= self.learnt.threshold
        likely = tuple(name for name, share in ranking if share >= self.learnt.likely) or ranking[0][:1]
        return Prediction(*ranking[0], accepted, ranking, level, likely)

    def save(self, folder: Path) -> None:
        """Raises UnderstandingError when the folder cannot be written."""
        learnt = self.learnt
        words = {
            "version": VERSION,
            "fingerprint": self.fingerprint,
            "encoder": learnt.encoder.name,
            "intents": learnt.intents,
            "exact": learnt.exact,
            "temperature": learnt.temperature,
            "threshold": learnt.threshold,
            "likely": learnt.likely,
        }
        try:
            folder.mkdir(parents=True, exist_ok=True)
            np.savez(folder / "intents.npz", allow_pickle=False, **learnt.arrays())
            (folder / "intents.json").write_text(json.dumps(words, ensure_ascii=False), encoding="utf-8")
        except OSError as error:
            message = f"The intent model cannot be written to {folder}; check the folder and the space on the disk."
            raise UnderstandingError("understanding.unwritable", message) from error

    @classmethod
    def load(cls, folder: Path) -> IntentModel:
        """Raises UnderstandingError when there is none or it is broken."""
        try:
            words = json.loads((folder / "intents.json").read_text(encoding="utf-8"))
            if words["version"] != VERSION:
                raise ValueError("version")
            with np.load(folder / "intents.npz", allow_pickle=False) as stored:
                arrays = {name: stored[name] for name in stored.files}
            learnt = Learnt(
                encoder=_encoder(words["encoder"], folder),
                intents=tuple(words["intents"]),
                exact=words["exact"],
                surface=Surface(arrays.pop("rarity")),
                temperature=float(words["temperature"]),
                threshold=float(words["threshold"]),
                likely=float(words["likely"]),
                **arrays,
            )
            return cls(learnt, words["fingerprint"])
        except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
            message = f"There is no usable intent model in {folder}; make one with `frontdesk nlu train`."
            raise UnderstandingError("understanding.no_model", message) from error


def _encoder(name: str, folder: Path) -> Encoder:
    """A tuned encoder lies beside the intents."""
    return Universal() if name == Universal.name else MiniLm(folder, name)


def fingerprint(examples: Mapping[str, Sequence[str]]) -> str:
    """The same for the same phrases and the same code version: a stored model with it need not be trained again."""
    content = json.dumps([VERSION, sorted((intent, sorted(said)) for intent, said in examples.items())])
    return hashlib.sha256(content.encode()).hexdigest()[:16]
