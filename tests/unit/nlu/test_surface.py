import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.surface import COLUMNS, Surface, features

TEXTS = ["book a check up", "cancel my appointment", "move my appointment to friday"]


def likeness(one: str, other: str) -> float:
    rows = Surface.fit(TEXTS).transform([one, other])
    return float(rows[0] @ rows[1])


@given(st.text(alphabet="abcdefgh '", max_size=60))
def test_every_sentence_with_words_has_unit_length(text: str) -> None:
    columns, values = Surface.fit(TEXTS).row(text)
    assert np.linalg.norm(values) == pytest.approx(1.0 if text.split() else 0.0, abs=1e-5)
    assert ((columns >= 0) & (columns < COLUMNS)).all()


def test_the_same_text_gives_the_same_features_in_every_process() -> None:
    words, pieces, sounds = features("no no")
    assert words == (2290916647, 2290916647, 4238134947)
    assert len(pieces) == 2 * (3 + 2 + 1 + 1) - 2 * 1 + 2 * 1
    assert len(sounds) == 3


def test_a_word_heard_wrongly_still_sounds_alike() -> None:
    assert likeness("my appointment", "my appointmint") > likeness("my appointment", "my telephone")


def test_rare_words_say_more_than_common_ones() -> None:
    assert likeness("my friday", "friday") > likeness("my friday", "my")


def test_strange_words_leave_less_for_the_known_ones() -> None:
    assert likeness("my appointment", "my appointment zebra zeppelin") < likeness("my appointment", "my appointment")


def test_rows_add_up_what_shares_a_column() -> None:
    surface = Surface.fit(TEXTS)
    columns, values = surface.row("book my appointment")
    dense = surface.transform(["book my appointment"])[0]
    assert dense.sum() == pytest.approx(values.sum(), abs=1e-5)
    assert set(np.flatnonzero(dense)) <= set(columns)
