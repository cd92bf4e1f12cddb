"""What of a call joins the list of missed phrases, and that nothing personal does."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from bot.editing.grouping import centre_of, grouped
from bot.editing.labelling import teachable
from bot.editing.masking import masked
from bot.editing.missing import missed
from bot.nlu.understanding import Entity, Understanding, Vocabulary

NOW = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
NAMES = Vocabulary({"staff": {"patel": ("doctor patel", "anna patel")}, "service": {"check_up": ("check up",)}})


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("my name is anna smith and i lost my retainer", "my name is [name] and i lost my retainer"),
        ("can you ring oh seven seven double oh nine hundred one two three", "can you ring [number]"),
        ("can doctor patel do a check up on tuesday", "can doctor patel do a check up on [date]"),
        ("i was born on the fourth of may nineteen eighty", "i was born on [date]"),
        ("do you post to se ten nine g b", "do you post to [postcode]"),
        ("smith again", "[name] again"),
        ("i'm looking for my other shoe", "i'm looking for my other shoe"),
    ],
)
def test_names_numbers_days_and_postcodes_are_masked_and_what_is_on_offer_is_not(said: str, kept: str) -> None:
    assert masked(said, NOW, NAMES, ["Anna Smith", "Smith"]) == kept


def turn(speaker: str, text: str) -> dict[str, object]:
    return {"speaker": speaker, "text": text, "start_ms": 100, "end_ms": 900}


def found(*turns: dict[str, object], **heard: Understanding) -> list[tuple[str, str, str]]:
    words = {understood.text: understood for understood in heard.values()}
    return [
        (one.text, one.why, one.answered) for one in missed(turns, words, "vets", "c1", NOW, lambda text: text.upper())
    ]


def test_a_sentence_below_the_gate_is_kept_with_what_the_bot_did() -> None:
    odd = Understanding("sell me a boat", "book", 0.3, False)
    talk = [
        turn("bot", "Hello."),
        turn("caller", "sell me a boat"),
        turn("bot", "Sorry?"),
        turn("bot", "Say it again."),
    ]
    assert found(*talk, odd=odd) == [("SELL ME A BOAT", "below the gate", "SORRY? SAY IT AGAIN.")]


def test_what_the_caller_corrected_is_kept_but_not_the_correction() -> None:
    wrong = Understanding("the other thing please", "cancel", 0.9, True)
    correction = Understanding("no that's wrong", "correct", 0.9, True)
    talk = [turn("caller", wrong.text), turn("bot", "Cancelled."), turn("caller", correction.text)]
    assert found(*talk, wrong=wrong, correction=correction) == [("THE OTHER THING PLEASE", "corrected", "CANCELLED.")]


def test_answers_single_words_and_secrets_are_no_misses() -> None:
    answer = Understanding("the second one then", "inform", 0.2, False, (), (Entity("number", 2, "second", (4, 10)),))
    noise = Understanding("mhm", "", 0.1, False)
    talk = [turn("caller", answer.text), turn("caller", noise.text), turn("caller", "[not recorded]")]
    assert found(*talk, answer=answer, noise=noise) == []


def test_phrases_of_one_meaning_are_one_group_the_largest_first() -> None:
    vectors = np.array([[1, 0, 0], [0, 1, 0], [0.9, 0.436, 0], [0.95, 0.312, 0], [0, 0, 1]], dtype=np.float32)
    groups = grouped(vectors)
    assert [sorted(group) for group in groups] == [[0, 2, 3], [1], [4]]
    assert centre_of(vectors, groups[0]) == 3
    assert grouped(np.empty((0, 3), dtype=np.float32)) == []


def test_a_mask_is_learnt_as_any_value_and_entity_marks_stay() -> None:
    assert teachable("My name is [name], can I come [date]") == "my name is anna, can i come tuesday"
    assert teachable("- can i come [tuesday](date)") == "can i come [tuesday](date)"
