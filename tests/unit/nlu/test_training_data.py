from bot.nlu.training_data import plain


def test_marks_of_entities_leave_their_words() -> None:
    assert plain("on [tuesday](date) with [doctor shah]{'entity': 'staff'}") == "on tuesday with doctor shah"


def test_a_plain_phrase_stays_as_it_is() -> None:
    assert plain("what  are your hours") == "what are your hours"
