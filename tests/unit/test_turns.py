"""Endpointing, barge-in and silence, without a clock."""

import pytest

from bot.turns import TurnEvent, TurnLimits, TurnTaker, is_backchannel


def hear(script, *, bot_is_speaking=False, patience_ms=700, limits=None):
    """`script` is (milliseconds, is_speech) pairs; returns what was noticed, and when."""
    turns, noticed, now = TurnTaker(limits), [], 0
    for ms, is_speech in script:
        for _ in range(ms // 20):
            now += 20
            event = turns.hear(20, is_speech, bot_is_speaking=bot_is_speaking, patience_ms=patience_ms)
            if event:
                noticed.append((event, now))
            if event is TurnEvent.ENDED:
                turns.reset()
    return noticed


def test_speech_then_silence_is_one_turn_with_two_looks_at_its_end():
    assert hear([(1000, False), (1000, True), (1000, False)]) == [
        (TurnEvent.STARTED, 1080),
        (TurnEvent.PAUSED, 2120),
        (TurnEvent.PAUSED, 2260),
        (TurnEvent.ENDED, 2700),
    ]


def test_a_pause_inside_a_sentence_is_glimpsed_but_does_not_end_the_turn():
    noticed = hear([(500, True), (500, False), (500, True), (800, False)])
    assert [event for event, _ in noticed] == [
        TurnEvent.STARTED,
        *[TurnEvent.PAUSED] * 4,
        TurnEvent.ENDED,
    ]


def test_a_patient_question_waits_longer():
    assert hear([(500, True), (2000, False)], patience_ms=1500)[-1] == (TurnEvent.ENDED, 2000)


def test_a_click_is_no_turn_even_when_it_comes_again_and_again():
    assert hear([(40, True), (200, False)] * 10) == []


def test_a_cough_does_not_stop_the_bot_but_a_word_does():
    limits = TurnLimits(barge_in_ms=400)
    assert hear([(300, True), (1000, False)], bot_is_speaking=True, limits=limits) == []
    assert hear([(500, True)], bot_is_speaking=True, limits=limits) == [(TurnEvent.BARGED_IN, 400)]


def test_one_lost_frame_inside_a_word_does_not_start_the_count_again():
    assert hear([(60, True), (20, False), (60, True)])[0][1] == 140


def test_long_silence_is_noticed_once_per_period():
    assert [when for _, when in hear([(13_000, False)])] == [6000, 12000]


def test_no_silence_is_counted_while_the_bot_speaks():
    assert hear([(13_000, False)], bot_is_speaking=True) == []


def test_impossible_limits_are_refused():
    with pytest.raises(ValueError, match="barge_in_ms"):
        TurnLimits(start_ms=300, barge_in_ms=200)


@pytest.mark.parametrize("text", ["mm-hm", "mm hmm", "uh huh", "okay", "i see"])
def test_murmurs_mean_go_on(text):
    assert is_backchannel(text, asks_yes_no=False)


def test_yes_is_an_answer_where_yes_or_no_was_asked():
    assert is_backchannel("yes", asks_yes_no=False)
    assert not is_backchannel("yes", asks_yes_no=True)
    assert not is_backchannel("no wednesday", asks_yes_no=False)
