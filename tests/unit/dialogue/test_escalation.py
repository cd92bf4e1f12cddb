"""When a person should take over."""

from bot.dialogue.escalation import Signs, judge, sounds_angry


def test_a_good_call_has_no_reason() -> None:
    verdict = judge(Signs())
    assert verdict.score == 0
    assert verdict.reasons == ()
    assert not verdict.person


def test_two_strikes_are_survived_and_the_third_is_not() -> None:
    assert not judge(Signs(strikes=1, misunderstood=1)).person
    assert not judge(Signs(strikes=2, misunderstood=2)).person
    third = judge(Signs(strikes=3, misunderstood=3))
    assert third.person
    assert "3 times not understood at the same question" in third.reasons


def test_who_asks_for_a_person_gets_one() -> None:
    verdict = judge(Signs(asked=True))
    assert verdict.score == 1
    assert verdict.reasons[0] == "the caller asked for a person"


def test_anger_shortens_patience() -> None:
    assert not judge(Signs(angry=1)).person
    assert judge(Signs(angry=1, strikes=2, misunderstood=2)).person
    assert judge(Signs(angry=2)).person


def test_many_small_signs_add_up() -> None:
    tired = Signs(strikes=2, misunderstood=5, repeats=3, silences=2, corrections=3, heard=0.3, understood=0.3)
    assert judge(tired).person
    assert len(judge(tired).reasons) == 7


def test_a_bad_line_alone_is_no_reason_to_give_up() -> None:
    assert not judge(Signs(heard=0.1, understood=0.1)).person


def test_more_of_a_sign_never_lowers_the_score() -> None:
    scores = [judge(Signs(strikes=count, misunderstood=count)).score for count in range(6)]
    assert scores == sorted(scores)


def test_angry_words() -> None:
    assert sounds_angry("this is ridiculous")
    assert sounds_angry("you're not listening to me")
    assert not sounds_angry("that would be lovely")
