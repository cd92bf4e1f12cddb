"""Phrases spoken for evaluation, and written down for Rasa: which ones, and what is counted."""

from __future__ import annotations

import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.nlu_export import as_rasa, training_data
from bot.commands.nlu_speech import NOTHING, Spoken, chosen, report, word_errors
from bot.config import PROJECT
from bot.content.content import load_content
from bot.nlu.checking import FEWEST, sampled

EXAMPLES = {
    "book": [f"book {n}" for n in range(12)],
    "move": [f"move {n}" for n in range(8)],
    "faq/x": ["one way", "another"],
}


def test_the_sample_is_the_same_for_the_same_seed_and_another_for_another() -> None:
    assert chosen(EXAMPLES, 4, 1) == chosen(EXAMPLES, 4, 1)
    assert len({tuple(chosen(EXAMPLES, 4, seed)) for seed in range(9)}) > 1


def test_every_intent_comes_before_a_second_phrase_of_any_and_thin_ones_keep_theirs() -> None:
    sample = chosen(EXAMPLES, 2, 0)
    assert sorted(intent for intent, _ in sample) == ["book", "move"]
    whole = chosen(EXAMPLES, 100, 0)
    assert [intent for intent, _ in whole].count("book") == 3
    assert all(intent != "faq/x" for intent, _ in whole), "nothing would be left to learn from"


words = st.lists(st.sampled_from("abc"), max_size=6)


@given(words, words)
def test_word_errors_are_a_distance(said: list[str], heard: list[str]) -> None:
    assert word_errors(said, heard) == word_errors(heard, said)
    assert abs(len(said) - len(heard)) <= word_errors(said, heard) <= max(len(said), len(heard))
    assert (word_errors(said, heard) == 0) == (said == heard)


def test_what_speaking_loses_stands_beside_what_typing_understands() -> None:
    found = report(
        [
            Spoken("book", "book a day", "book", "book", "book a day"),
            Spoken("book", "book a chair", "book", NOTHING, "look at hair"),
            Spoken("move", "move it", "book", "move", "move it"),
        ]
    )
    assert (found["phrases"], round(found["typed"], 2), round(found["spoken"], 2)) == (3, 0.67, 0.67)
    assert found["intents"][0] == {"intent": "book", "phrases": 2, "typed": 2, "spoken": 1}
    assert found["word_errors"] == 3 / 8
    assert [lost["heard"] for lost in found["lost"]] == ["look at hair"]


def test_of_very_many_phrases_every_intent_keeps_the_same_share() -> None:
    assert sampled(EXAMPLES, 100) is EXAMPLES
    many = {"big": [str(n) for n in range(1_000)], "small": ["a", "b"], "middle": [str(n) for n in range(500)]}
    kept = sampled(many, 150)
    assert {intent: len(phrases) for intent, phrases in kept.items()} == {"big": 100, "small": 2, "middle": 50}
    assert len(sampled({"rare": ["x"] * 9, "big": ["y"] * 9_000}, 100)["rare"]) == FEWEST


def test_rasa_gets_the_phrases_of_skills_and_their_intents_and_the_marked_values_of_the_others() -> None:
    root = PROJECT / "nlu_data"
    examples = load_content(root / "lantern_broadband").examples
    files = training_data(root, "lantern_broadband", examples)
    added = {each["intent"]: each["examples"] for each in yaml.safe_load(files["data/added.yml"])["nlu"]}
    assert f"- {examples['donation'][0]}\n" in added["donation"]
    assert "donation" in yaml.safe_load(files["domain.yml"])["intents"]
    assert files["data/nlu.yml"] == (root / "nlu.yml").read_text("utf-8")


def test_phrases_are_written_as_rasa_reads_them() -> None:
    assert yaml.safe_load(as_rasa({"book": ["i'd like: a day", "yes"]}))["nlu"] == [
        {"intent": "book", "examples": "- i'd like: a day\n- yes\n"}
    ]
