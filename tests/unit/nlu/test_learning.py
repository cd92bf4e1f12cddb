from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from bot.nlu import background
from bot.nlu.learning import Judged, split


@given(st.lists(st.integers(0, 6), min_size=1, max_size=80), st.integers(2, 6))
def test_every_phrase_with_company_is_held_out_once(labels: list[int], folds: int) -> None:
    found = split(np.array(labels), folds, seed=0)
    dealt = sorted(int(row) for rows in found for row in rows)
    assert dealt == [row for row, label in enumerate(labels) if labels.count(label) >= 2]


def test_folds_hold_a_like_share_of_every_intent() -> None:
    labels = np.repeat(np.arange(4), 10)
    for rows in split(labels, 5, seed=3):
        assert np.bincount(labels[rows]).tolist() == [2, 2, 2, 2]


def test_no_intent_loses_all_its_phrases_to_one_fold() -> None:
    labels = np.array([0, 0, 1, 1, 1, 2, 2])
    for rows in split(labels, 5, seed=0):
        assert all((labels[rows] == label).sum() < (labels == label).sum() for label in range(3))


def test_what_was_misunderstood_has_no_say_in_the_gate() -> None:
    clean = np.full((100, 2), -8.0)
    clean[np.arange(100), 0] = 10.0
    muddled = np.concatenate([clean[:60], np.tile([-9.0, -8.0], (40, 1))])
    right = np.zeros(100, dtype=np.int64)
    judged = Judged(np.arange(100), right, clean, muddled)
    assert judged.threshold() == pytest.approx(10.0, abs=0.01)


class Two:
    """An encoder that knows two sentences."""

    name = "fake"
    dimensions = 2

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.array([VECTORS[text] for text in texts], dtype=np.float32)


VECTORS = {"our own words": (1.0, 0.0), "someone else's": (0.0, 1.0)}


@pytest.fixture
def two_sentences(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "everyday", lambda: list(VECTORS))


@pytest.mark.usefixtures("two_sentences")
def test_background_that_is_a_business_s_own_talk_is_left_out() -> None:
    phrases = np.array([[0.99, 0.141], [0.9, 0.436], [0.8, 0.6]], dtype=np.float32)
    sentences, vectors = background.strangers(Two(), phrases)
    assert sentences == ["someone else's"]
    assert vectors.tolist() == [[0.0, 1.0]]


def test_background_sentences_are_many_distinct_and_as_heard() -> None:
    sentences = background.everyday()
    assert len(sentences) == len(set(sentences)) > 200
    assert all(2 <= len(sentence.split()) <= 16 for sentence in sentences if sentence != "surprise me")
