from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu import tuning
from bot.nlu.tuning import EACH, INTENTS, AdamW, Plan

STEP = 1e-4


def unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_the_slopes_of_the_loss_are_those_of_small_steps() -> None:
    random = np.random.default_rng(0)
    vectors, head = unit(random.normal(size=(6, 5))), random.normal(size=(3, 5))
    labels = np.array([0, 0, 1, 1, 2, 0])
    _, by_vectors, by_head = tuning._loss(vectors, head, labels)
    way, turn = random.normal(size=vectors.shape), random.normal(size=head.shape)

    def loss(sign: int) -> float:
        return tuning._loss(vectors + sign * STEP * way, head + sign * STEP * turn, labels)[0]

    expected = float((by_vectors * way).sum() + (by_head * turn).sum())
    assert (loss(1) - loss(-1)) / (2 * STEP) == pytest.approx(expected, rel=1e-3)


def test_a_phrase_alone_of_its_intent_is_not_contrasted() -> None:
    vectors = unit(np.random.default_rng(0).normal(size=(3, 4)))
    loss, slope = tuning._contrast(vectors, np.array([0, 1, 2]))
    assert loss == 0
    assert not slope.any()


@given(st.lists(st.integers(1, 12), min_size=2, max_size=50))
def test_every_intent_and_every_phrase_has_its_turn(sizes: list[int]) -> None:
    labels = np.repeat(np.arange(len(sizes)), sizes)
    batches = tuning._batches(labels, np.random.default_rng(0))
    enough = -(-3 * sum(sizes) * 50 // (INTENTS * EACH))
    seen = Counter(int(row) for _ in range(enough) for row in next(batches))
    assert set(seen) == set(range(len(labels)))


def test_weights_go_down_the_slope_and_the_head_goes_faster() -> None:
    weights = {"layer": np.ones((2, 2), np.float32), tuning.HEAD_NAME: np.ones((2, 2), np.float32)}
    AdamW().step(weights, {name: np.full((2, 2), 0.1, np.float32) for name in weights}, pace=1.0)
    assert (weights["layer"] < 1).all()
    assert (weights[tuning.HEAD_NAME] < weights["layer"]).all()


def test_the_pace_rises_then_falls_to_nothing() -> None:
    paces = [tuning._pace(step, 100) for step in range(100)]
    assert paces.index(max(paces)) == 9
    assert paces[-1] < 0.02
    assert all(0 < pace <= 1 for pace in paces)


def test_few_phrases_are_passed_over_more_often() -> None:
    assert Plan.for_phrases(150, 15).passes > Plan.for_phrases(1_500, 15).passes
