"""MiniLM forwards and backwards in numpy: what tuning needs of a deep learning library, without one.

Six layers of a BERT encoder (Devlin et al. 2019), the mean over tokens, unit length. Every step gives its result and
its `back`: a function from the loss's slope by the result to the slope by what came in, which leaves the slopes of the
step's own weights in `slopes` on its way. Tokens of all sentences stand packed below each other, so that no time goes
into padding; only attention spreads them out. Embeddings stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.nlu.minilm_graph import EPSILON, HEAD, HEADS, LAYERS, WIDTH

Matrix = NDArray[np.float32]
Back = Callable[[Matrix], Matrix]

GELU, CUBE = (2 / np.pi) ** 0.5, 0.044715
"""Constants of the hyperbolic tangent that stands for the normal distribution (Hendrycks and Gimpel 2016)."""


@dataclass(frozen=True, slots=True)
class Packed:
    """Sentences as tokens below each other: the token's number, which sentence it is of, its place there."""

    ids: NDArray[np.int64]
    sentence: NDArray[np.int64]
    place: NDArray[np.int64]
    lengths: NDArray[np.int64]

    @classmethod
    def of(cls, sentences: Sequence[Sequence[int]]) -> Packed:
        lengths = np.array([len(ids) for ids in sentences], dtype=np.int64)
        place = np.concatenate([np.arange(length) for length in lengths])
        return cls(
            np.concatenate(sentences).astype(np.int64), np.repeat(np.arange(len(lengths)), lengths), place, lengths
        )


class Transformer:
    """`weights` by their published names, changed in place by whoever tunes; `slopes` are those of the last `back`."""

    def __init__(self, weights: dict[str, Matrix]) -> None:
        self.weights = weights
        self.slopes: dict[str, Matrix] = {}

    def encode(self, packed: Packed) -> tuple[Matrix, Back]:
        """Unit vectors, a row a sentence."""
        state = self._embedded(packed)
        backs = []
        for layer in range(LAYERS):
            state, back = self._layer(f"encoder.layer.{layer}.", state, packed)
            backs.append(back)
        vectors, pooled_back = _pooled(state, packed)

        def back_all(slope: Matrix) -> Matrix:
            slope = pooled_back(slope)
            for back in reversed(backs):
                slope = back(slope)
            return slope

        return vectors, back_all

    def _embedded(self, packed: Packed) -> Matrix:
        names = ("word_embeddings", "position_embeddings", "token_type_embeddings")
        words, places, kinds = (self.weights[f"embeddings.{name}.weight"] for name in names)
        return self._normed("embeddings.LayerNorm.", words[packed.ids] + places[packed.place] + kinds[0])[0]

    def _layer(self, name: str, state: Matrix, packed: Packed) -> tuple[Matrix, Back]:
        mixed, attention_back = self._attention(name + "attention.self.", state, packed)
        attended, dense_back = self._dense(name + "attention.output.dense.", mixed)
        middle, middle_back = self._normed(name + "attention.output.LayerNorm.", attended + state)
        wide, wide_back = self._dense(name + "intermediate.dense.", middle)
        bent, gelu_back = _gelu(wide)
        inner, inner_back = self._dense(name + "output.dense.", bent)
        after, after_back = self._normed(name + "output.LayerNorm.", inner + middle)

        def back(slope: Matrix) -> Matrix:
            slope = after_back(slope)
            slope = middle_back(slope + wide_back(gelu_back(inner_back(slope))))
            return slope + attention_back(dense_back(slope))

        return after, back

    def _attention(self, name: str, state: Matrix, packed: Packed) -> tuple[Matrix, Back]:
        parts = [self._dense(f"{name}{part}.", state) for part in ("query", "key", "value")]
        query, key, value = (_spread(part, packed) for part, _ in parts)
        query *= np.float32(HEAD**-0.5)
        scores = query @ key.swapaxes(2, 3)
        beyond = np.arange(scores.shape[3]) >= packed.lengths[:, None]
        scores += np.where(beyond, np.float32(-1e9), np.float32(0))[:, None, None, :]
        scores -= scores.max(axis=3, keepdims=True)
        shares = np.exp(scores, out=scores)
        shares /= shares.sum(axis=3, keepdims=True)

        def back(slope: Matrix) -> Matrix:
            spread = _spread(slope, packed)
            by_share = spread @ value.swapaxes(2, 3)
            by_share -= (by_share * shares).sum(axis=3, keepdims=True)
            by_share *= shares
            by_query = by_share @ key * np.float32(HEAD**-0.5)
            slopes = by_query, by_share.swapaxes(2, 3) @ query, shares.swapaxes(2, 3) @ spread
            first, second, third = (
                part_back(_gathered(one, packed)) for one, (_, part_back) in zip(slopes, parts, strict=True)
            )
            return first + second + third

        return _gathered(shares @ value, packed), back

    def _dense(self, name: str, state: Matrix) -> tuple[Matrix, Back]:
        weight = self.weights[name + "weight"]

        def back(slope: Matrix) -> Matrix:
            self.slopes[name + "weight"] = slope.T @ state
            self.slopes[name + "bias"] = slope.sum(axis=0)
            return slope @ weight

        return state @ weight.T + self.weights[name + "bias"], back

    def _normed(self, name: str, state: Matrix) -> tuple[Matrix, Back]:
        gain = self.weights[name + "weight"]
        centred = state - state.mean(axis=1, keepdims=True)
        spread = np.sqrt((centred * centred).mean(axis=1, keepdims=True) + np.float32(EPSILON))
        unit = centred / spread

        def back(slope: Matrix) -> Matrix:
            self.slopes[name + "weight"] = (slope * unit).sum(axis=0)
            self.slopes[name + "bias"] = slope.sum(axis=0)
            by_unit = slope * gain
            along = (by_unit * unit).mean(axis=1, keepdims=True)
            result: Matrix = (by_unit - by_unit.mean(axis=1, keepdims=True) - unit * along) / spread
            return result

        return unit * gain + self.weights[name + "bias"], back


def _gelu(state: Matrix) -> tuple[Matrix, Back]:
    square = state * state
    bend = np.tanh(np.float32(GELU) * state * (1 + np.float32(CUBE) * square))

    def back(slope: Matrix) -> Matrix:
        rise = np.float32(GELU) * (1 + np.float32(3 * CUBE) * square)
        result: Matrix = slope * np.float32(0.5) * (1 + bend + state * (1 - bend * bend) * rise)
        return result

    return np.float32(0.5) * state * (1 + bend), back


def _pooled(state: Matrix, packed: Packed) -> tuple[Matrix, Back]:
    starts = np.cumsum(packed.lengths) - packed.lengths
    means = np.add.reduceat(state, starts, axis=0) / packed.lengths[:, None].astype(np.float32)
    norms = np.linalg.norm(means, axis=1, keepdims=True)
    vectors = means / norms

    def back(slope: Matrix) -> Matrix:
        by_mean = (slope - vectors * (slope * vectors).sum(axis=1, keepdims=True)) / norms
        result: Matrix = (by_mean / packed.lengths[:, None].astype(np.float32))[packed.sentence]
        return result

    return vectors, back


def _spread(state: Matrix, packed: Packed) -> Matrix:
    """Sentences × heads × places × numbers."""
    full = np.zeros((len(packed.lengths), int(packed.lengths.max()), WIDTH), dtype=state.dtype)
    full[packed.sentence, packed.place] = state
    return np.ascontiguousarray(full.reshape(*full.shape[:2], HEADS, HEAD).transpose(0, 2, 1, 3))


def _gathered(spread: Matrix, packed: Packed) -> Matrix:
    together = spread.transpose(0, 2, 1, 3)
    rows: Matrix = together.reshape(*together.shape[:2], WIDTH)[packed.sentence, packed.place]
    return rows
