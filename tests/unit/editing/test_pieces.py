"""Pieces are cut out of a file and put back; everything else stays as it stood."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.config import PROJECT
from bot.editing.pieces import piece_of, pieces, with_answer, with_phrases, with_piece
from bot.errors import ContentError

FILE = """# The top.
version: "3.1"
nlu:
- intent: faq/parking   # cars
  examples: |
    - is there parking
    # for the van
    - where can i [park](thing)

# Next one.
- intent: faq/dogs
  examples: |
    - can i bring a dog
responses:
  utter_faq/parking:
  - text: >-
      Behind the
      house.
  # about dogs
  utter_faq/dogs:
  - text: "Yes."   # short
"""
SAMPLES = sorted((PROJECT / "nlu_data").glob("*/*.yml")) + sorted((PROJECT / "nlu_data").glob("*.yml"))
words = st.text("abc d'{}:#\"\\-é", min_size=1, max_size=20).filter(lambda text: text.strip(" -#"))


def test_phrases_and_answers_are_found_by_name() -> None:
    assert [(piece.kind, piece.name) for piece in pieces(FILE)] == [
        ("phrases", "faq/parking"),
        ("phrases", "faq/dogs"),
        ("answer", "utter_faq/parking"),
        ("answer", "utter_faq/dogs"),
    ]
    assert piece_of(FILE, "phrases", "faq/parking").text.splitlines()[-1] == "where can i [park](thing)"
    assert piece_of(FILE, "answer", "utter_faq/parking").text == "Behind the house."


def test_other_lines_and_comments_stay_as_they_are() -> None:
    changed = with_piece(FILE, "answer", "utter_faq/parking", "In front.")
    assert changed == FILE.replace("  - text: >-\n      Behind the\n      house.\n", '  - text: "In front."\n')
    changed = with_piece(FILE, "phrases", "faq/dogs", "dogs\n\n- a dog too\n")
    assert changed == FILE.replace("    - can i bring a dog\n", "    - dogs\n    - a dog too\n")


def test_a_phrase_joins_its_intent_once_and_a_new_intent_stands_before_the_answers() -> None:
    once = with_phrases(FILE, "faq/dogs", ["dogs allowed", "dogs allowed"])
    assert piece_of(with_phrases(once, "faq/dogs", ["dogs allowed"]), "phrases", "faq/dogs").text.splitlines() == [
        "can i bring a dog",
        "dogs allowed",
    ]
    made = with_answer(with_phrases(FILE, "faq/cats", ["a cat"]), "utter_faq/cats", 'Say "meow": yes')
    assert piece_of(made, "phrases", "faq/cats").text == "a cat"
    assert piece_of(made, "answer", "utter_faq/cats").text == 'Say "meow": yes'
    assert piece_of(made, "answer", "utter_faq/dogs").text == "Yes."
    assert piece_of(with_phrases("", "book", ["a visit"]), "phrases", "book").text == "a visit"


def test_what_is_gone_is_told_and_broken_yaml_has_no_pieces() -> None:
    with pytest.raises(ContentError, match="open the page again"):
        with_piece(FILE, "answer", "utter_faq/cats", "No.")
    assert pieces("nlu: [") == []
    assert pieces("- a list") == []


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_the_samples_come_back_with_the_same_meaning_when_pieces_are_written_as_they_are(path: Path) -> None:
    text = path.read_text()
    again, found = text, pieces(text)
    for piece in found[:: 1 + len(found) // 20]:
        again = with_piece(again, piece.kind, piece.name, piece.text)
    assert yaml.safe_load(again) == yaml.safe_load(text) or _flat(again) == _flat(text)


def _flat(text: str) -> str:
    """Folded and plain texts are written in quotes then: the same words."""
    return " ".join(str(yaml.safe_load(text)).replace("\\n", " ").split())


@given(st.lists(words, min_size=1, max_size=4))
def test_any_wording_comes_back_as_it_was_written(wordings: list[str]) -> None:
    text = with_piece(FILE, "answer", "utter_faq/dogs", "\n".join(wordings))
    assert piece_of(text, "answer", "utter_faq/dogs").text.splitlines() == [" ".join(one.split()) for one in wordings]
    assert piece_of(text, "answer", "utter_faq/parking").text == "Behind the house."


@pytest.mark.parametrize(
    ("kind", "name", "new"),
    [("answer", "utter_faq/dogs", "fine\n" + "o" * 601), ("phrases", "faq/dogs", "ok\n" + "a" * 201)],
)
def test_what_is_too_long_for_a_telephone_is_refused_with_its_line(kind: str, name: str, new: str) -> None:
    with pytest.raises(ContentError, match=r"Line 2: .* letters") as raised:
        with_piece(FILE, kind, name, new)
    assert raised.value.code == "content.too_long"
