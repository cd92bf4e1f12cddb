import tomllib

import pytest

from bot.nlu.ending import ends_here, features, table
from bot.nlu.ending_learning import as_toml, beginnings, learn

PHRASES = [
    f"{ask} {what} {when}".strip()
    for ask in ("i'd like to book", "can i have", "do you have", "could you find me")
    for what in ("a check up", "the cleaning", "a filling", "an appointment")
    for when in ("", "on monday", "for my son", "next week please")
]


def test_every_beginning_of_a_phrase_is_not_whole() -> None:
    cut = beginnings(["Um, book a crown", "book a crown"])
    assert cut == [("book", False, 0.15), ("book a", False, 0.15), ("book a crown", True, 1.0)]


def test_beginnings_before_what_people_think_about_count_more() -> None:
    importance = {text: weight for text, _, weight in beginnings(["book a crown on monday"])}
    assert importance["book a crown"] > importance["book a"]


def test_an_article_at_the_end_is_learnt_to_go_on() -> None:
    weights = learn(PHRASES, seen_in=2)
    assert ends_here("i'd like to book a", weights) < ends_here("i'd like to book a crown", weights)
    assert ends_here("can i have the", weights) < 0 < ends_here("can i have it next week please", weights)


def test_what_was_learnt_is_read_back() -> None:
    weights = learn(PHRASES, seen_in=2)
    sections = tomllib.loads(as_toml(weights))
    assert {f"{name}:{value}": weight for name, of in sections.items() for value, weight in of.items()} == weights


def test_the_table_is_of_these_features() -> None:
    """Features that are renamed have to be learnt anew."""
    known = {feature.partition(":")[0] for feature in features("hello can i book a check up")} | {"with"}
    assert {feature.partition(":")[0] for feature in table()} == known


def test_a_greeting_says_nothing_about_the_end() -> None:
    assert features("good morning when are you open") == features("when are you open")
    assert features("hello") == features("hello hello")


@pytest.mark.parametrize(
    ("whole", "begun"),
    [
        ("how much is a crown", "how much would a"),
        ("what time are you open on monday", "i wanted to ask when"),
        ("i'd like a check up please", "i'd like a check up and"),
        ("can i come tomorrow morning", "can i come"),
    ],
)
def test_whole_sentences_end_sooner_than_begun_ones(whole: str, begun: str) -> None:
    assert ends_here(whole) > ends_here(begun)
