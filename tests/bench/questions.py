"""What a conversation makes of doubt: a choice between close wishes, a second try, answers found from few phrases."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping, Sequence

import numpy as np

from bot.dialogue.guessing import MOST, RIVAL, SURE, TOGETHER
from bot.events import FREE, Hypothesis, Utterance
from bot.nlu.classifier import IntentModel, Prediction
from bot.nlu.interpreter import EmbeddedInterpreter
from bot.nlu.noise import Noise
from bot.nlu.understanding import Understanding, Vocabulary

RATE = 0.1
TRIES = 400
NOW = dt.datetime(2026, 3, 9, 9, 0, tzinfo=dt.UTC)
Examples = Mapping[str, Sequence[str]]
Pairs = Sequence[tuple[str, str]]


def answers_found(every: Examples, phrasings: int, seed: int = 0, asked: int = 1_500) -> dict[str, float]:
    """Every intent an entry with so few phrasings; the others are the questions."""
    chance = random.Random(seed)
    known = {name: tuple(chance.sample(sorted(said), phrasings)) for name, said in every.items()}
    others = [(text, name) for name, said in sorted(every.items()) for text in sorted(said) if text not in known[name]]
    questions = chance.sample(others, min(asked, len(others)))
    guesses = IntentModel.train(known, seed).predict_all([text for text, _ in questions])
    rows = list(zip(guesses, [name for _, name in questions], strict=True))
    return {
        "R@1": _share([guess.intent == name for guess, name in rows]),
        "R@3": _share([name in [one for one, _ in guess.ranking[:3]] for guess, name in rows]),
        "answered": _share([guess.accepted for guess, _ in rows]),
        "wrong_and_answered": _share([guess.accepted and guess.intent != name for guess, name in rows]),
    }


def choices(model: IntentModel, pairs: Pairs, seed: int = 99) -> dict[str, float]:
    """ "Is it about A or B?" at 10 % word errors: how often, is the right one among them, what is still begun wrong.

    As `bot.dialogue.guessing` decides it, had every intent a name to be offered by.
    """
    noise = Noise([text for text, _ in pairs], seed)
    guesses = model.predict_all([noise(text, RATE) for text, _ in pairs])
    offered = [_offered(guess) for guess in guesses]
    rows = list(zip(guesses, offered, [name for _, name in pairs], strict=True))
    asked = [(few, name) for guess, few, name in rows if few and guess.accepted]
    return {
        "asked": _share([bool(few) and guess.accepted for guess, few, _ in rows]),
        "right_among_them": _share([name in few for few, name in asked]),
        "begun_wrong": _share([guess.accepted and not few and guess.intent != name for guess, few, name in rows]),
    }


def second_tries(model: IntentModel, pairs: Pairs, seed: int = 99) -> dict[str, float]:
    """Callers not understood at 10 % word errors say it in other words: taken alone, and together with the first."""
    interpreter, noise = EmbeddedInterpreter(model, Vocabulary()), Noise([text for text, _ in pairs], seed)
    chance, by_intent = random.Random(seed), _by_intent(pairs)
    found: list[tuple[bool, bool, bool, bool]] = []
    for text, name in chance.sample(list(pairs), len(pairs)):
        first = (Hypothesis(noise(text, RATE)),)
        if len(found) == TRIES or interpreter.understand(Utterance(first), FREE, NOW).accepted:
            continue
        again = (Hypothesis(noise(chance.choice(by_intent[name]), RATE)),)
        alone = interpreter.understand(Utterance(again), FREE, NOW)
        both = interpreter.understand(Utterance(again, earlier=first), FREE, NOW)
        found.append((*_judged(alone, name), *_judged(both, name)))
    right, wrong, right_both, wrong_both = (_share(column) for column in zip(*found, strict=True))
    return {"right_alone": right, "wrong_alone": wrong, "right_together": right_both, "wrong_together": wrong_both}


def _offered(guess: Prediction) -> tuple[str, ...]:
    if guess.confidence >= SURE:
        return ()
    close = {name: share for name, share in guess.ranking if share >= RIVAL * guess.confidence}
    return tuple(close) if 2 <= len(close) <= MOST and sum(close.values()) >= TOGETHER else ()


def _judged(said: Understanding, name: str) -> tuple[bool, bool]:
    return said.accepted and said.intent == name, said.accepted and said.intent != name


def _by_intent(pairs: Pairs) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for text, name in pairs:
        found.setdefault(name, []).append(text)
    return found


def _share(values: Sequence[bool]) -> float:
    return round(float(np.mean(values)), 4) if len(values) else 0.0
