from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.repair import Repair

PHRASES = 5 * ["i want to book an appointment", "cancel my appointment please", "where can i park my car"]
REPAIR = Repair(PHRASES)


def test_a_word_that_sounds_like_one_of_the_phrases_becomes_it() -> None:
    assert REPAIR("i want to buck an appointment") == "i want to book an appointment"
    assert REPAIR("where can i bark my car") == "where can i park my car"


def test_what_is_in_the_phrases_stays_as_it_is() -> None:
    assert all(REPAIR(phrase) == phrase for phrase in PHRASES)


def test_words_that_sound_like_nothing_known_stay() -> None:
    assert REPAIR("the giraffe sings") == "the giraffe sings"


@given(st.lists(st.text("abcdefgh ", min_size=1, max_size=8), max_size=45).map(" ".join))
def test_no_word_is_lost_or_added(text: str) -> None:
    assert len(REPAIR(text).split()) == len(text.split())


def test_a_model_without_phrases_repairs_nothing() -> None:
    assert Repair([])("anything at all") == "anything at all"
