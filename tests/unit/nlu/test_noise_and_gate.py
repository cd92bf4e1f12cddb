import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.gate import energy, fit_likely, fit_temperature, fit_threshold, no_idea, probabilities
from bot.nlu.noise import Noise
from bot.nlu.normalise import normalise

TEXTS = ["book a check up", "cancel my appointment", "move my appointment to friday"]


def test_spelling_is_one_for_written_and_heard() -> None:
    assert normalise("What's £50, in Euros?") == "what's fifty in euros"
    assert normalise("room 007") == "room zero zero seven"


@given(st.text(max_size=200))
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


def test_noise_is_repeatable_and_near_its_rate() -> None:
    text = " ".join(TEXTS * 50)
    assert Noise(TEXTS, 3)(text, 0.2) == Noise(TEXTS, 3)(text, 0.2)
    kept = sum(a == b for a, b in zip(text.split(), Noise(TEXTS, 3)(text, 0.0).split(), strict=True))
    assert kept == len(text.split())


def test_noise_never_leaves_nothing() -> None:
    noise = Noise(TEXTS)
    assert all(noise("yes", 1.0) for _ in range(50))


def test_temperature_repairs_overconfidence() -> None:
    right = np.array([0, 1, 0, 1] * 25)
    scores = np.zeros((100, 2))
    scores[np.arange(100), right] = 10.0
    scores[:20] = scores[:20, ::-1]
    shares = probabilities(scores, fit_temperature(scores, right))
    assert abs(shares.max(axis=1).mean() - 0.8) < 0.02


def test_the_gate_keeps_its_share() -> None:
    energies = energy(np.random.default_rng(0).normal(size=(1000, 5)))
    kept = (energies >= fit_threshold(energies)).mean()
    assert abs(kept - 0.95) < 0.005


def test_who_speaks_for_every_intent_alike_speaks_for_none() -> None:
    assert no_idea(5) < energy(np.array([[1.0, 0, 0, 0, 0]]))[0]
    assert no_idea(5) == pytest.approx(energy(np.zeros((1, 5)))[0])


def test_the_right_intent_is_among_the_likely_ones_as_often_as_asked_for() -> None:
    random = np.random.default_rng(0)
    shares, right = random.dirichlet(np.ones(4), 400), random.integers(0, 4, 400)
    least = fit_likely(shares, right)
    assert 0.94 <= (shares[np.arange(400), right] >= least).mean() <= 0.97
