"""The layers backwards, against the slope of the straight line between two points."""

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from bot.nlu.minilm_graph import LAYERS, WIDTH
from bot.nlu.transformer import Packed, Transformer

SENTENCES = [[1, 5, 2], [1, 7, 8, 3, 2], [1, 2]]
STEP = 1e-5


@cache
def weights() -> dict[str, NDArray[np.float64]]:
    """Of a small vocabulary and narrow inner layers, so that it takes a moment."""
    random = np.random.default_rng(0)
    found = {
        "embeddings.word_embeddings.weight": random.normal(size=(10, WIDTH)),
        "embeddings.position_embeddings.weight": random.normal(size=(8, WIDTH)),
        "embeddings.token_type_embeddings.weight": random.normal(size=(2, WIDTH)),
    }
    norms = ["embeddings.LayerNorm."]
    for layer in range(LAYERS):
        name = f"encoder.layer.{layer}."
        norms += [f"{name}attention.output.LayerNorm.", f"{name}output.LayerNorm."]
        dense = [f"attention.self.{part}" for part in ("query", "key", "value")] + ["attention.output.dense"]
        shapes = dict.fromkeys(dense, (WIDTH, WIDTH))
        shapes |= {"intermediate.dense": (64, WIDTH), "output.dense": (WIDTH, 64)}
        for part, shape in shapes.items():
            found[f"{name}{part}.weight"] = random.normal(size=shape) / shape[1] ** 0.5
            found[f"{name}{part}.bias"] = 0.1 * random.normal(size=shape[0])
    for name in norms:
        found[f"{name}weight"] = 1 + 0.1 * random.normal(size=WIDTH)
        found[f"{name}bias"] = 0.1 * random.normal(size=WIDTH)
    return found


def exact(changed: dict[str, NDArray[np.float64]]) -> Transformer:
    """Its numbers of 64 bits, so that small differences are told apart."""
    return Transformer({**weights(), **changed})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "name",
    [
        "encoder.layer.0.attention.self.query.weight",
        "encoder.layer.1.attention.self.key.weight",
        "encoder.layer.2.attention.self.value.bias",
        "encoder.layer.3.attention.output.dense.weight",
        "encoder.layer.4.intermediate.dense.weight",
        "encoder.layer.5.output.LayerNorm.weight",
        "encoder.layer.0.attention.output.LayerNorm.bias",
    ],
)
def test_the_slope_by_any_weight_is_that_of_a_small_step(name: str) -> None:
    random = np.random.default_rng(1)
    packed, whole = Packed.of(SENTENCES), weights()[name]
    pull, way = random.normal(size=(3, WIDTH)), random.normal(size=whole.shape)
    transformer = exact({})
    _, back = transformer.encode(packed)
    back(pull)  # type: ignore[arg-type]
    there, here = (float((exact({name: whole + sign * STEP * way}).encode(packed)[0] * pull).sum()) for sign in (1, -1))
    assert float((transformer.slopes[name] * way).sum()) == pytest.approx((there - here) / (2 * STEP), rel=1e-3)


def test_a_sentence_means_the_same_alone_and_among_longer_ones() -> None:
    together = exact({}).encode(Packed.of(SENTENCES))[0]
    alone = exact({}).encode(Packed.of(SENTENCES[:1]))[0]
    assert np.allclose(together[0], alone[0], atol=1e-5)
    assert np.allclose(np.linalg.norm(together, axis=1), 1)
