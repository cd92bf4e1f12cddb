"""Checks of a call by reckoning, score cards, lots and trends."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.quality import Spoken, check, spoken_of
from handoff.scoring import (
    FIRST_CARD,
    Candidate,
    CardRefused,
    Question,
    Scored,
    card_as_plain,
    card_from,
    sample,
    score,
    trend,
)

MONDAY = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
CARD = (Question("tone", "Friendly?"), Question("solved", "Solved?", "scale", 3))


def talk(*lines: tuple[str, str], gap_ms: int = 500) -> list[Spoken]:
    """Each line takes two seconds."""
    every = 2_000 + gap_ms
    return [Spoken(who, text, i * every, i * every + 2_000) for i, (who, text) in enumerate(lines)]


GOOD = talk(
    ("agent", "Good morning, this is Maya."),
    ("caller", "I'd like to move my appointment."),
    ("agent", "May I have your date of birth?"),
    ("caller", "The fourth of May."),
    ("agent", "Your appointment is on Tuesday. Shall I move it to Thursday at ten?"),
    ("caller", "Yes please."),
    ("agent", "I've moved it to Thursday."),
)


def test_a_call_by_the_book_passes_every_check() -> None:
    checks = check(GOOD)
    assert (checks.greeted, checks.identified, checks.read_back) == (True, True, True)
    assert checks.failed == 0
    assert checks.longest_silence_ms == 500
    assert checks.silence == pytest.approx(3_000 / 17_000)
    assert checks.caller_share == pytest.approx(3 / 7)


def test_what_there_was_no_occasion_for_is_neither_good_nor_bad() -> None:
    checks = check(talk(("agent", "Hello."), ("caller", "When are you open?"), ("agent", "At nine.")))
    assert (checks.greeted, checks.identified, checks.read_back) == (True, None, None)
    nothing = check([])
    assert (nothing.greeted, nothing.silence, nothing.caller_share) == (None, None, None)


def test_something_personal_told_to_who_was_not_asked_fails() -> None:
    hasty = [GOOD[0], GOOD[1], *talk(("agent", ""), ("agent", ""), ("agent", "Your appointment is on Tuesday."))[2:]]
    assert check(hasty).identified is False
    asked_and_not_answered = talk(("agent", "Your date of birth? Your appointment is on Tuesday."))
    assert check(asked_and_not_answered).identified is False


def test_a_booking_that_nobody_agreed_to_fails() -> None:
    assert check(talk(("caller", "A check-up."), ("agent", "I've booked you in."))).read_back is False
    unanswered = talk(("agent", "Shall I book it?"), ("agent", "You're booked."))
    assert check(unanswered).read_back is False


def test_interruptions_are_told_apart_by_who_interrupts_and_small_overlaps_are_none() -> None:
    lines = [
        Spoken("caller", "a", 0, 2_000),
        Spoken("agent", "b", 1_500, 4_000),
        Spoken("caller", "c", 3_800, 5_000),
        Spoken("agent", "d", 5_000, 9_000),
        Spoken("caller", "e", 7_000, 8_000),
    ]
    checks = check(lines)
    assert (checks.interrupted_caller, checks.interrupted_by_caller) == (1, 1)


def test_keys_are_no_speech_and_turns_come_in_order() -> None:
    turns = [
        {"speaker": "agent", "text": "hello", "start_ms": 900, "end_ms": 1_000},
        {"speaker": "caller", "text": "[keys 1]", "start_ms": 100, "end_ms": 100},
        {"speaker": "caller", "text": "hi", "start_ms": 200, "end_ms": 400},
    ]
    assert [line.text for line in spoken_of(turns)] == ["hi", "hello"]


def test_a_score_is_the_weighted_mean_of_what_applies() -> None:
    assert score(CARD, {"tone": 1, "solved": 5}) == 100
    assert score(CARD, {"tone": 0, "solved": 5}) == 75
    assert score(CARD, {"tone": None, "solved": 3}) == 50
    for answers in ({}, {"tone": None}, {"tone": 2}, {"solved": 0}, {"gone": 1}):
        with pytest.raises(CardRefused):
            score(CARD, answers)


@given(st.lists(st.sampled_from([None, 1, 2, 3, 4, 5]), min_size=1, max_size=5))
def test_better_answers_never_make_a_worse_score(answers: list[int | None]) -> None:
    card = tuple(Question(str(i), "?", "scale", i + 1) for i in range(len(answers)))
    given_answers = {str(i): value for i, value in enumerate(answers)}
    if all(value is None for value in answers):
        return
    worse = score(card, given_answers)
    better = score(card, {key: value and min(5, value + 1) for key, value in given_answers.items()})
    assert 0 <= worse <= better <= 100


def test_a_card_comes_back_as_it_was_and_a_wrong_one_is_refused() -> None:
    assert card_from(card_as_plain(FIRST_CARD)) == FIRST_CARD
    plain = card_as_plain(CARD)
    for wrong in ([], [*plain, plain[0]], [plain[0] | {"text": " "}], [plain[0] | {"weight": 11}]):
        with pytest.raises(CardRefused):
            card_from(wrong)


CALLS = [
    Candidate(f"c{agent}-{day}-{number}", agent, MONDAY + dt.timedelta(days=day), number * 10_000)
    for agent in (1, 2)
    for day in (0, 3, 8)
    for number in range(9)
]


def test_every_colleague_gets_so_many_calls_a_week_from_short_middling_and_long_ones() -> None:
    drawn = sample(CALLS, 3, seed=7)
    assert len(set(drawn)) == len(drawn) == 12
    weeks = Counter((one.agent, one.started_at.isocalendar().week) for one in drawn)
    assert set(weeks.values()) == {3}
    first = [one.length_ms for one in drawn if one.agent == 1 and one.started_at < MONDAY + dt.timedelta(days=7)]
    assert sorted(ms // 30_000 for ms in first) == [0, 1, 2]


@given(st.randoms(use_true_random=False), st.integers(1, 6), st.integers(0, 100))
def test_lots_do_not_depend_on_the_order_of_the_list(shuffle, per_week: int, seed: int) -> None:
    mixed = list(CALLS)
    shuffle.shuffle(mixed)
    assert sample(mixed, per_week, seed) == sample(CALLS, per_week, seed)


def test_another_seed_draws_others_and_few_calls_are_all_drawn() -> None:
    assert sample(CALLS, 3, seed=1) != sample(CALLS, 3, seed=2)
    assert len(sample(CALLS[:2], 5, seed=1)) == 2


def test_the_trend_is_the_mean_of_each_week_by_colleague() -> None:
    day = dt.timedelta(days=1)
    given_scores = [
        Scored("a", 1, 80, MONDAY),
        Scored("b", 1, 60, MONDAY + 6 * day),
        Scored("c", 1, 90, MONDAY + 7 * day),
    ]
    [first, second] = trend(given_scores)[1]
    assert (first.monday, first.score, first.count) == (MONDAY.date(), 70, 2)
    assert second.score == 90
