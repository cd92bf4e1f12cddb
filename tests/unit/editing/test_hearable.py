"""Names the recogniser does not know are told, each with something to write instead."""

from bot.content.hearable import unheard
from bot.nlu.understanding import Vocabulary

KNOWN = {"check", "up", "nurse", "philip", "doctor", "the"}


def unknown(phrases):
    return tuple(sorted({word for phrase in phrases for word in phrase.split() if word not in KNOWN}))


def told(*ways: str) -> list[str]:
    return unheard(Vocabulary({"service": {"one": ways}}), unknown, KNOWN)


def test_what_can_be_heard_is_not_mentioned() -> None:
    assert told("check up", "the nurse") == []


def test_a_compound_is_split_into_words_it_knows() -> None:
    [sentence] = told("checkup")
    assert sentence.endswith("write “checkup” as “check up”.")


def test_a_name_is_given_one_that_sounds_like_it() -> None:
    [sentence] = told("doctor fillip")
    assert "“fillip” is no word the recogniser knows" in sentence
    assert sentence.endswith("such as “philip”.")
