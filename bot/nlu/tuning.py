"""An encoder taught a business's own phrases: sentences of one intent move together, away from the others.

Loss: cross-entropy over 20·cos(sentence, intent's vector) and half of the supervised contrastive loss (Khosla et al.
2020); AdamW (Loshchilov and Hutter 2019) with a warm-up and a linear way down. Some phrases come with word errors,
more of them in the last passes. The intents' vectors are the head: what serves is the encoder and these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.nlu.noise import Noise
from bot.nlu.transformer import Matrix, Packed, Transformer

SHARPNESS = 20.0
"""Of the cosines, as in the head that serves."""

CONTRAST, CONTRAST_TEMPERATURE = 0.5, 0.1
INTENTS, EACH = 32, 4
"""A batch: so many intents with so many phrases each."""

STEP, HEAD_STEP, DECAY = 1e-4, 1e-3, 0.01
WARM_UP = 0.1
"""Share of all steps."""

NOISY_SHARE, NOISE_RATES = 0.3, (0.05, 0.3)
"""Share of the phrases that come with word errors, and how many."""

MOMENTS = (0.9, 0.999)
LIMIT = 1.0
"""Length of a slope beyond which it is cut."""

Tokenize = Callable[[Sequence[str]], list[list[int]]]
Report = Callable[[int, int, float], None]
"""Step, steps in all, loss."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Passes over all phrases, and how many of them, at the end, have word errors in every phrase."""

    passes: float
    noisy_passes: float

    @classmethod
    def for_phrases(cls, phrases: int, intents: int) -> Plan:
        """Few phrases are seen more often."""
        return cls(2, 1) if phrases >= 50 * intents else cls(8, 2) if phrases >= 20 * intents else cls(10, 2)


def tune(
    transformer: Transformer,
    tokenize: Tokenize,
    texts: Sequence[str],
    labels: NDArray[np.int64],
    plan: Plan,
    seed: int,
    report: Report,
) -> Matrix:
    """Changes the transformer's weights. Returns a unit vector an intent."""
    head = _means(transformer, tokenize, texts, labels)
    steps = max(round((plan.passes + plan.noisy_passes) * len(texts) / (INTENTS * EACH)), 20)
    quiet = round(steps * plan.passes / (plan.passes + plan.noisy_passes))
    noise, random = Noise(texts, seed), np.random.default_rng(seed)
    adam = AdamW()
    batches = _batches(labels, random)
    for step in range(steps):
        rows = next(batches)
        noisy = random.random(len(rows)) < (NOISY_SHARE if step < quiet else 1.0)
        rates = random.uniform(*NOISE_RATES, len(rows))
        said = [
            noise(texts[row], rate) if bad else texts[row] for row, bad, rate in zip(rows, noisy, rates, strict=True)
        ]
        vectors, back = transformer.encode(Packed.of(tokenize(said)))
        loss, by_vectors, by_head = _loss(vectors, head, labels[rows])
        back(by_vectors)
        pace = _pace(step, steps)
        adam.step({**transformer.weights, HEAD_NAME: head}, {**transformer.slopes, HEAD_NAME: by_head}, pace)
        report(step + 1, steps, loss)
    return _unit(head)


HEAD_NAME = "head"


class AdamW:
    """Adam with decay apart from the slope; moves the weights in place."""

    def __init__(self) -> None:
        self._first: dict[str, Matrix] = {}
        self._second: dict[str, Matrix] = {}
        self._steps = 0

    def step(self, weights: dict[str, Matrix], slopes: dict[str, Matrix], pace: float) -> None:
        self._steps += 1
        length = float(np.sqrt(sum(float(np.vdot(slope, slope)) for slope in slopes.values())))
        cut = np.float32(min(1.0, LIMIT / max(length, 1e-12)))
        first, second = MOMENTS
        straight, square = 1 - first**self._steps, 1 - second**self._steps
        for name, slope in slopes.items():
            size = pace * (HEAD_STEP if name == HEAD_NAME else STEP)
            slope = slope * cut
            mean = self._first.setdefault(name, np.zeros_like(slope))
            spread = self._second.setdefault(name, np.zeros_like(slope))
            mean *= np.float32(first)
            mean += np.float32(1 - first) * slope
            spread *= np.float32(second)
            slope *= slope
            slope *= np.float32(1 - second)
            spread += slope
            root = np.sqrt(spread * np.float32(1 / square))
            root += np.float32(1e-8)
            weight = weights[name]
            if weight.ndim > 1 and name != HEAD_NAME:
                weight *= np.float32(1 - size * DECAY)
            weight -= np.float32(size / straight) * mean / root


def _loss(vectors: Matrix, head: Matrix, labels: NDArray[np.int64]) -> tuple[float, Matrix, Matrix]:
    """With its slopes by the sentences' vectors and by the intents'."""
    rows = np.arange(len(labels))
    norms = np.linalg.norm(head, axis=1, keepdims=True)
    unit = head / norms
    shares = _softmax(np.float32(SHARPNESS) * (vectors @ unit.T))
    loss = -float(np.log(shares[rows, labels] + 1e-12).mean())
    shares[rows, labels] -= 1
    shares *= np.float32(SHARPNESS / len(rows))
    by_vectors, by_unit = shares @ unit, shares.T @ vectors
    by_head = (by_unit - unit * (by_unit * unit).sum(axis=1, keepdims=True)) / norms
    contrast, by_contrast = _contrast(vectors, labels)
    return loss + CONTRAST * contrast, by_vectors + np.float32(CONTRAST) * by_contrast, by_head


def _contrast(vectors: Matrix, labels: NDArray[np.int64]) -> tuple[float, Matrix]:
    """The supervised contrastive loss and its slope: each sentence picks its own intent's out of the batch."""
    alike = vectors @ vectors.T / np.float32(CONTRAST_TEMPERATURE)
    np.fill_diagonal(alike, -1e9)
    same = (labels[:, None] == labels) & ~np.eye(len(labels), dtype=bool)
    wanted = (same / np.maximum(same.sum(axis=1, keepdims=True), 1)).astype(np.float32)
    shares = _softmax(alike)
    loss = -float((wanted * np.log(shares + 1e-12)).sum(axis=1).mean())
    alone = ~same.any(axis=1)
    shares[alone] = 0
    slope = (shares - wanted) / np.float32(CONTRAST_TEMPERATURE * len(labels))
    by_vectors: Matrix = (slope + slope.T) @ vectors
    return loss, by_vectors


def _batches(labels: NDArray[np.int64], random: np.random.Generator) -> Iterator[NDArray[np.int64]]:
    """Rows of some intents, the same number of each; every intent and every phrase has its turn."""
    intents = np.unique(labels)
    rows = {intent: np.flatnonzero(labels == intent) for intent in intents}
    decks: dict[int, list[int]] = {int(intent): [] for intent in intents}
    queue: list[int] = []
    weights = {int(intent): len(found) for intent, found in rows.items()}
    while True:
        if len(queue) < INTENTS:
            queue += _turns(weights, random)
        picked, queue = queue[:INTENTS], queue[INTENTS:]
        batch: list[int] = []
        for intent in picked:
            for _ in range(EACH):
                if not decks[intent]:
                    decks[intent] = random.permutation(rows[intent]).tolist()
                batch.append(decks[intent].pop())
        yield np.array(batch, dtype=np.int64)


def _turns(weights: dict[int, int], random: np.random.Generator) -> list[int]:
    """Every intent once, those with many phrases up to three times."""
    middle = float(np.median(list(weights.values())))
    turns = [intent for intent, weight in weights.items() for _ in range(min(max(round(weight / middle), 1), 3))]
    return [turns[place] for place in random.permutation(len(turns))]


def _means(
    transformer: Transformer, tokenize: Tokenize, texts: Sequence[str], labels: NDArray[np.int64], block: int = 256
) -> Matrix:
    """Where the intents' vectors start: the mean of their phrases'."""
    tokens = tokenize(texts)
    blocks = (tokens[start : start + block] for start in range(0, len(tokens), block))
    vectors = np.concatenate([transformer.encode(Packed.of(part))[0] for part in blocks])
    return _unit(np.stack([vectors[labels == label].mean(axis=0) for label in range(labels.max() + 1)]))


def _pace(step: int, steps: int) -> float:
    warm = max(round(WARM_UP * steps), 1)
    return (step + 1) / warm if step < warm else (steps - step) / max(steps - warm, 1)


def _softmax(logits: Matrix) -> Matrix:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: Matrix = powers / powers.sum(axis=1, keepdims=True)
    return shares


def _unit(rows: Matrix) -> Matrix:
    unit: Matrix = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    return unit
