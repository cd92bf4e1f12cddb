"""Intents with an encoder of their own: minutes of work once, and a model that serves like the quick one.

What serves is the tuned encoder's cosine to each intent's vector, and beside it, with a small say, what sentences are
made of (`surface`). Temperature and gate come from phrases the encoder was not taught: where phrases are many, some
stay out for good; where they are few, a first encoder is taught without a fifth of them, and a second one with all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from bot.errors import UnderstandingError
from bot.models.models import FOLDER, find
from bot.nlu.corpus import ONE, SURFACE_SHARE, Corpus
from bot.nlu.learning import CALIBRATING, FOLDS, VALIDATION_RATE, Judged, Learnt, exact, split
from bot.nlu.minilm import MODEL, TOKENIZER, MiniLm, read_tokenizer, read_weights, tokenize, write_encoder
from bot.nlu.noise import Noise
from bot.nlu.transformer import Transformer
from bot.nlu.tuning import SHARPNESS, Plan, Report, tune

NAME = "tuned"

MANY = 50
"""With so many phrases an intent, those that calibrate can be spared."""

SURFACE_SAY = 0.5
"""Of the surface's scores beside the cosines. Of 0 to 2 tried on held-out phrases; from 1 on clean sentences suffer."""

Phrases = Mapping[str, Sequence[str]]


def learn_tuned(
    phrases: Phrases,
    seed: int,
    out: Path,
    report: Report,
    plan: Plan | None = None,
    threads: int = 1,
    models: Path = FOLDER,
) -> Learnt:
    """From normalised phrases; the encoder is written into `out`, which the intents must be saved into too.

    Raises UnderstandingError when there is nothing to start from, or nothing was learnt.
    """
    source = find(MODEL, models)
    if source is None:
        message = "Tuning starts from a published encoder that is not here; bring it: frontdesk models fetch."
        raise UnderstandingError("understanding.no_encoder", message)
    with threadpool_limits(threads):
        return _Tuning(phrases, seed, source, out, report, plan).learnt()


class _Tuning:
    def __init__(self, phrases: Phrases, seed: int, source: Path, out: Path, report: Report, plan: Plan | None) -> None:
        self.intents = tuple(sorted(phrases))
        self.texts = [text for intent in self.intents for text in phrases[intent]]
        counts = [len(phrases[intent]) for intent in self.intents]
        self.labels = np.repeat(np.arange(len(counts)), counts)
        self.known = exact(phrases)
        self.plan = plan or Plan.for_phrases(len(self.texts), len(self.intents))
        self.seed, self.source, self.out, self.report = seed, source, out, report

    def learnt(self) -> Learnt:
        every = np.arange(len(self.texts))
        many = len(self.texts) >= MANY * len(self.intents)
        folds = split(self.labels, max(FOLDS, len(self.texts) // CALIBRATING), self.seed)
        apart = folds[0] if folds else every[:0]
        first = self._taught(np.setdiff1d(every, apart))
        judged = self._judged(first, apart)
        final = self._with_everything(first) if many or not len(apart) else self._taught(every)
        return judged.calibrate(final)

    def _taught(self, rows: NDArray[np.int64]) -> Learnt:
        transformer = Transformer(read_weights(self.source))
        tokenizer = read_tokenizer(self.source)
        texts, labels = [self.texts[row] for row in rows], self.labels[rows]
        head = tune(
            transformer, lambda said: tokenize(tokenizer, said), texts, labels, self.plan, self.seed, self.report
        )
        if not np.isfinite(head).all():
            message = "The encoder did not learn; check that the phrases of different intents differ."
            raise UnderstandingError("understanding.not_learnt", message)
        write_encoder(transformer.weights, self.source / TOKENIZER, self.out)
        meaning = SHARPNESS * np.ascontiguousarray(head.T)
        return self._with_surface(MiniLm(self.out, NAME), meaning, rows)

    def _with_everything(self, learnt: Learnt) -> Learnt:
        """The encoder as it is; the surface learns the phrases that calibrated too."""
        assert isinstance(learnt.encoder, MiniLm)
        return self._with_surface(learnt.encoder, learnt.meaning_weights, np.arange(len(self.texts)))

    def _with_surface(self, encoder: MiniLm, meaning: NDArray[np.float32], rows: NDArray[np.int64]) -> Learnt:
        chosen = set(rows.tolist())
        phrases = {
            intent: [self.texts[row] for row in np.flatnonzero(self.labels == label) if row in chosen]
            for label, intent in enumerate(self.intents)
        }
        corpus = Corpus.of(phrases, self.seed, encoder)
        weights = corpus.of_surface().weights(np.arange(len(corpus.texts)))
        return Learnt(
            encoder=encoder,
            intents=self.intents,
            exact={text: intent for intent, said in phrases.items() for text in said if text in self.known},
            surface=corpus.surface,
            meaning_weights=meaning,
            surface_weights=SURFACE_SAY * SURFACE_SHARE * weights[:-1],
            bias=SURFACE_SAY * ONE * weights[-1],
        )

    def _judged(self, learnt: Learnt, rows: NDArray[np.int64]) -> Judged:
        texts = [self.texts[row] for row in rows]
        noise = Noise(self.texts, self.seed + 1)
        noisy = [noise(text, VALIDATION_RATE) for text in texts]
        if not texts:
            nothing = np.empty((0, len(self.intents)))
            return Judged(rows, self.labels[rows], nothing, nothing)
        return Judged(rows, self.labels[rows], learnt.scores(texts), learnt.scores(noisy))
