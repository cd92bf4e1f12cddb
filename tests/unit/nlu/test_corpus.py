import hashlib
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from bot.errors import UnderstandingError
from bot.nlu import corpus
from bot.nlu.corpus import MANY, Corpus, normalised

DIMENSIONS = 512


class WordsAsDirections:
    """An encoder: some direction for every word, the same each time."""

    name = "fake"
    dimensions = DIMENSIONS

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return encode(texts)


def encode(texts: Sequence[str]) -> NDArray[np.float32]:
    rows = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
    for row, text in zip(rows, texts, strict=True):
        for word in text.split():
            row[int(hashlib.sha256(word.encode()).hexdigest(), 16) % DIMENSIONS] += 1
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


@pytest.fixture(autouse=True)
def words_without_meaning(monkeypatch: pytest.MonkeyPatch) -> None:
    foreign = ["it rained all day", "who won the match"]
    monkeypatch.setattr(corpus, "strangers", lambda *_: (foreign, encode(foreign)))


def phrases(each: int) -> dict[str, tuple[str, ...]]:
    days = [f"day{number}" for number in range(each)]
    return {
        "book": tuple(f"book me in for {day}" for day in days),
        "cancel": tuple(f"cancel my visit on {day}" for day in days),
    }


def guesses(found: Corpus, weights: NDArray[np.float32]) -> list[int]:
    return (found.rows @ weights).argmax(axis=1).tolist()


def test_phrases_are_told_apart_once_learnt() -> None:
    found = Corpus.of(phrases(6), seed=0, encoder=WordsAsDirections())
    assert guesses(found, found.weights(np.arange(12))) == [0] * 6 + [1] * 6


def test_strangers_speak_for_no_intent() -> None:
    found = Corpus.of(phrases(6), seed=0, encoder=WordsAsDirections())
    weights = found.weights(np.arange(12))
    assert np.ptp(found.foreign @ weights, axis=1).max() < np.ptp(found.rows @ weights, axis=1).min()


def test_copies_with_word_errors_are_learnt_only_where_phrases_are_many() -> None:
    assert len(Corpus.of(phrases(MANY - 1), seed=0, encoder=WordsAsDirections()).misheard) == 0
    assert Corpus.of(phrases(MANY), seed=0, encoder=WordsAsDirections()).misheard_of.tolist() == list(
        range(0, 2 * MANY, 2)
    )


def test_a_phrase_held_out_is_not_learnt_by_way_of_its_copy() -> None:
    found = Corpus.of(phrases(MANY), seed=0, encoder=WordsAsDirections())
    kept = np.arange(MANY // 2, 2 * MANY)
    others = np.flatnonzero(found.misheard_of < MANY // 2)
    garbled = found.misheard.copy()
    garbled[others] = 99.0
    assert (found.weights(kept) == replace(found, misheard=garbled).weights(kept)).all()


def test_phrases_without_anything_to_learn_from_are_refused() -> None:
    found = Corpus.of(phrases(3), seed=0, encoder=WordsAsDirections())
    nothing = replace(found, rows=np.zeros_like(found.rows), foreign=np.zeros_like(found.foreign))
    with pytest.raises(UnderstandingError, match="did not learn"):
        nothing.weights(np.arange(6))


def test_phrases_are_spelt_alike_and_kept_once() -> None:
    assert normalised({"a": ["Hello!", "hello", "..."], "b": ["Bye"]}) == {"a": ("hello",), "b": ("bye",)}


def test_intents_without_words_do_not_count() -> None:
    with pytest.raises(UnderstandingError, match="two intents"):
        normalised({"a": ["hello"], "b": ["?!"]})


def test_with_few_phrases_the_name_of_an_intent_is_one_more() -> None:
    found = normalised({"faq/pet_passport": ["can he travel", "going abroad"], "book": ["one", "two", "three"] * 2})
    assert found["faq/pet_passport"] == ("can he travel", "going abroad", "pet passport")
    assert found["book"] == ("one", "two", "three", "book")


def test_with_enough_phrases_it_is_not() -> None:
    said = ("one", "two", "three", "four", "five")
    assert normalised({"book": said, "move": said})["book"] == said
