import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.asr.plausible import Written, confidence, is_plausible, runs_in_circles


@pytest.mark.parametrize(
    ("text", "score", "no_speech", "seconds", "because"),
    [
        ("", -0.1, 0.1, 1.0, "no words"),
        ("i don't know what it is", -1.63, 0.91, 3.0, "white noise"),
        ("you", -1.82, 0.98, 0.6, "hum"),
        ("thank you very much", -0.9, 0.45, 1.5, "babble, stock phrase"),
        ("thank you so much for watching", -1.27, 0.44, 3.0, "babble, stock phrase"),
        ("come for any of you", -1.29, 0.63, 1.5, "babble"),
        ("one two three four five six seven eight nine ten eleven", -0.3, 0.1, 0.5, "faster than anyone speaks"),
        ("three " * 40, -0.3, 0.1, 20.0, "runs in circles"),
    ],
)
def test_what_whisper_makes_of_noise_is_dropped(
    text: str, score: float, no_speech: float, seconds: float, because: str
) -> None:
    assert not is_plausible(Written(text.strip(), score, no_speech, seconds)), because


@pytest.mark.parametrize(
    ("text", "score", "no_speech", "seconds"),
    [
        ("thank you", -0.4, 0.2, 0.8),
        ("two", -1.72, 0.63, 0.4),
        ("eight", -0.77, 0.82, 0.4),
        ("four queen of clubs", -0.69, 0.14, 2.0),
        ("i'd like to book an appointment", -0.2, 0.05, 2.2),
    ],
)
def test_what_people_said_is_kept(text: str, score: float, no_speech: float, seconds: float) -> None:
    assert is_plausible(Written(text, score, no_speech, seconds))


def test_a_long_sentence_does_not_run_in_circles() -> None:
    assert not runs_in_circles(
        "please press one to mute or unmute yourself four or six to decrease or increase the conference volume"
    )


@given(st.floats(-20, 0), st.floats(-20, 0))
def test_a_better_score_never_lowers_the_confidence(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert 0 <= confidence(low) <= confidence(high) <= 1
