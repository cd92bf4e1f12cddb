from bot.nlu.checking import HeldOut, check_phrases, confusions, scores


def test_a_phrase_in_two_intents_is_an_error_that_names_both() -> None:
    findings = check_phrases({"book": ["Book it!", "b", "c", "d", "e"], "affirm": ["book it", "b2", "c2", "d2", "e2"]})
    assert [finding.level for finding in findings] == ["error"]
    assert "book and of affirm" in findings[0].message


def test_thin_intents_are_warned_of() -> None:
    findings = check_phrases({"book": ["a"], "faq/x": ["b", "c"], "faq/y": ["d"]})
    assert {finding.message.split()[0 if "faq" in finding.message else 1] for finding in findings} == {"book", "faq/y"}


def test_what_was_taken_for_what() -> None:
    judged = [
        HeldOut("cancel it", "cancel", "move", 0.5, True),
        HeldOut("cancel this", "cancel", "move", 0.5, True),
        HeldOut("cancel", "cancel", "cancel", 0.9, True),
        HeldOut("move", "move", "move", 0.9, False),
    ]
    assert confusions(judged) == [("cancel", "move", ("cancel it", "cancel this"))]
    worst = scores(judged)[0]
    assert (worst.intent, worst.recall, worst.precision) == ("cancel", 1 / 3, 1.0)
