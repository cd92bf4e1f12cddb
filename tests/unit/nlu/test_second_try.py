"""What was not understood and is said again in other words: both sentences count."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from bot.events import FREE, Hypothesis, Utterance
from bot.nlu.classifier import Prediction
from bot.nlu.interpreter import EmbeddedInterpreter
from bot.nlu.understanding import Understanding, Vocabulary

NOW = dt.datetime(2026, 3, 9, 9, 0, tzinfo=dt.UTC)


class Shares:
    """Averages the shares it was taught; the gate lets pass single sentences that are in `passing`."""

    def __init__(self, taught: dict[str, dict[str, float]], passing: Sequence[str] = ()) -> None:
        self.taught, self.passing = taught, passing

    def predict_heard(self, hypotheses: Sequence[tuple[str, float]]) -> Prediction:
        total = sum(weight for _, weight in hypotheses)
        shares = {"book": 0.0, "move": 0.0, "cancel": 0.0}
        for text, weight in hypotheses:
            for name, share in self.taught.get(text, {}).items():
                shares[name] += share * weight / total
        ranking = tuple(sorted(shares.items(), key=lambda one: -one[1]))
        accepted = len(hypotheses) == 1 and hypotheses[0][0] in self.passing
        return Prediction(*ranking[0], accepted, ranking, 0.0)


def heard(model: Shares, text: str, before: str = "") -> Understanding:
    earlier = (Hypothesis(before, 0.4),) if before else ()
    utterance = Utterance((Hypothesis(text, 0.8),), earlier=earlier)
    return EmbeddedInterpreter(model, Vocabulary()).understand(utterance, FREE, NOW)


def test_both_tries_name_the_intent_together_and_count_alike() -> None:
    model = Shares({"one": {"move": 0.5, "book": 0.1}, "two": {"book": 0.4, "move": 0.3}}, passing=["two"])
    assert heard(model, "two").intent == "book"
    both = heard(model, "two", before="one")
    assert (both.intent, both.accepted) == ("move", True)
    assert round(both.confidence, 3) == 0.4


def test_what_both_agree_on_is_believed_though_each_was_refused() -> None:
    model = Shares({"one": {"move": 0.6, "book": 0.1}, "two": {"move": 0.5, "book": 0.4}})
    assert not heard(model, "two").accepted
    assert heard(model, "two", before="one").accepted


def test_two_refused_sentences_about_different_things_stay_refused() -> None:
    model = Shares({"one": {"book": 0.9}, "two": {"move": 0.6}})
    assert not heard(model, "two", before="one").accepted


def test_agreeing_on_what_is_unlikely_is_no_reason_to_believe_it() -> None:
    model = Shares({"one": {"move": 0.3}, "two": {"move": 0.4}})
    assert not heard(model, "two", before="one").accepted


def test_a_plain_sentence_is_understood_by_itself() -> None:
    model = Shares({"one": {"move": 0.8}, "two": {"book": 0.95}}, passing=["two"])
    assert heard(model, "two", before="one").confidence == 0.95
