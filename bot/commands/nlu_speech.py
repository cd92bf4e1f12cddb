"""Held-out phrases spoken by the voice, over a telephone, recognised, and understood: beside the same phrases typed.

One model is taught without the sample and without what sounds like it; the sample is the same for the same seed. The
speakers are the voice at other speeds and pitches: this flatters, for real callers differ more from one another.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from bot.asr.recognizer import Ear
from bot.audio.pcm import chunks
from bot.bench.speech import SPEAKERS, say
from bot.clock import utc_now
from bot.content.content import Content
from bot.editing.checking import without
from bot.events import FREE, Hypothesis, Utterance
from bot.nlu.classifier import IntentModel
from bot.nlu.interpreter import EmbeddedInterpreter
from bot.nlu.normalise import normalise
from bot.nlu.understanding import Interpreter
from bot.tts.voice import Voice

FEWEST = 4
"""Phrases an intent needs for one of them to be held out."""
NOTHING = "(not understood)"
LOST = 25
"""Phrases shown."""

Examples = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Spoken:
    """A phrase; what was taken for its intent, typed and spoken, `NOTHING` below the gate; what was heard of it."""

    intent: str
    said: str
    typed: str
    spoken: str
    heard: str


def hold_out_spoken(
    content: Content,
    voice: Voice,
    ear: Ear,
    count: int,
    seed: int = 0,
    learn: Callable[[Examples], IntentModel] = IntentModel.train,
) -> dict[str, Any]:
    """`count` phrases at most. Raises UnderstandingError, VoiceError."""
    sample = chosen(content.examples, count, seed)
    model = learn(without(content.examples, sample))
    interpreter = EmbeddedInterpreter(model, content.vocabulary)
    judged = []
    for number, (intent, phrase) in enumerate(sample):
        heard = hear(ear, say(voice, phrase, SPEAKERS[number % len(SPEAKERS)]).pcm)
        typed = _taken(interpreter, (Hypothesis(phrase),), content)
        spoken = _taken(interpreter, heard, content)
        judged.append(Spoken(intent, phrase, typed, spoken, heard[0].text if heard else ""))
    return report(judged) | {"seed": seed}


def chosen(examples: Examples, count: int, seed: int) -> list[tuple[str, str]]:
    """(intent, phrase), one of every intent before a second of any; at most a quarter of an intent's phrases."""
    chance = random.Random(seed)
    piles = []
    for intent, phrases in sorted(examples.items()):
        if len(phrases) >= FEWEST:
            mixed = chance.sample(sorted(phrases), len(phrases) // FEWEST)
            piles.append([(intent, phrase) for phrase in mixed])
    chance.shuffle(piles)
    rounds = [one for row in zip_longest(*piles) for one in row if one is not None]
    return rounds[:count]


def hear(ear: Ear, pcm: bytes) -> tuple[Hypothesis, ...]:
    recognizer = ear.listen(FREE)
    for chunk in chunks(pcm):
        recognizer.accept(chunk)
    return recognizer.finish()


def report(judged: Sequence[Spoken]) -> dict[str, Any]:
    """Shares of the phrases understood, per intent the numbers, and what speaking lost; the worst intents first."""
    by_intent: dict[str, list[Spoken]] = defaultdict(list)
    for one in judged:
        by_intent[one.intent].append(one)
    rows = [
        {
            "intent": intent,
            "phrases": len(found),
            "typed": sum(one.typed == intent for one in found),
            "spoken": sum(one.spoken == intent for one in found),
        }
        for intent, found in by_intent.items()
    ]
    lost = [one for one in judged if one.spoken != one.intent]
    words = sum(len(normalise(one.said).split()) for one in judged)
    wrong = sum(word_errors(normalise(one.said).split(), normalise(one.heard).split()) for one in judged)
    return {
        "phrases": len(judged),
        "typed": sum(one.typed == one.intent for one in judged) / max(len(judged), 1),
        "spoken": sum(one.spoken == one.intent for one in judged) / max(len(judged), 1),
        "word_errors": wrong / max(words, 1),
        "intents": sorted(rows, key=lambda row: (row["spoken"] / row["phrases"], row["intent"])),
        "lost": [
            {"intent": one.intent, "taken_for": one.spoken, "typed": one.typed, "said": one.said, "heard": one.heard}
            for one in lost[:LOST]
        ],
    }


def word_errors(said: Sequence[str], heard: Sequence[str]) -> int:
    """Words to change, add or leave out to get from one to the other (Levenshtein, 1966)."""
    row = list(range(len(heard) + 1))
    for number, word in enumerate(said, start=1):
        before, row = row, [number]
        for place, other in enumerate(heard):
            row.append(min(before[place] + (word != other), before[place + 1] + 1, row[place] + 1))
    return row[-1]


def _taken(interpreter: Interpreter, heard: tuple[Hypothesis, ...], content: Content) -> str:
    if not heard:
        return NOTHING
    found = interpreter.understand(Utterance(heard), FREE, utc_now().astimezone(content.business.timezone))
    return found.intent if found.accepted else NOTHING
