"""How good phrases are before callers find out: what clashes, what is thin, what an unseen phrase is taken for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bot.nlu.corpus import Corpus, normalised
from bot.nlu.encoder import Encoder, Universal
from bot.nlu.gate import energy, fit_temperature, probabilities
from bot.nlu.learning import judge
from bot.nlu.normalise import normalise

FEWEST = 5
"""Phrases an intent should have at least."""

LOPSIDED = 20
"""Times as many phrases as the median intent has: too many."""

MOST_DEEP = 3_000
"""Phrases that are cross-validated at once: most of a minute on two cores, and the time grows with their number."""


@dataclass(frozen=True, slots=True)
class Finding:
    """`level` is "error" (refused) or "warning"."""

    level: str
    message: str


@dataclass(frozen=True, slots=True)
class HeldOut:
    """A phrase judged by a model that had not seen it."""

    text: str
    intent: str
    guess: str
    confidence: float
    accepted: bool


@dataclass(frozen=True, slots=True)
class IntentScore:
    intent: str
    phrases: int
    precision: float
    recall: float
    accepted: float


def check_phrases(examples: Mapping[str, Sequence[str]]) -> list[Finding]:
    """Duplicates across intents, thin and lopsided intents."""
    findings = [_duplicate(phrase, intents) for phrase, intents in _owners(examples).items() if len(intents) > 1]
    middle = float(np.median([len(phrases) for phrases in examples.values()])) if examples else 0
    for intent, phrases in sorted(examples.items()):
        if len(phrases) < FEWEST and not intent.startswith("faq/"):
            found = f"Intent {intent} has {len(phrases)} phrases; write at least {FEWEST}, better fifteen."
            findings.append(Finding("warning", found))
        elif len(phrases) < 2:
            findings.append(Finding("warning", f"{intent} has only one phrasing; write a second."))
        elif len(phrases) > LOPSIDED * middle:
            found = f"Intent {intent} has {len(phrases)} phrases, {LOPSIDED} times the usual; give others more."
            findings.append(Finding("warning", found))
    return findings


def hold_out(examples: Mapping[str, Sequence[str]], seed: int = 0, encoder: Encoder | None = None) -> list[HeldOut]:
    """Cross-validation in five folds: every phrase judged once by a model that learnt from the other four.

    Raises UnderstandingError when there are fewer than two intents. Phrases alone in their intent are left out.
    """
    corpus = Corpus.of(normalised(examples), seed, encoder or Universal())
    judged = judge(corpus, seed)
    if not len(judged.phrases):
        return []
    shares = probabilities(judged.clean, fit_temperature(judged.clean, judged.right))
    levels = energy(judged.clean)
    said = {normalise(text) for texts in examples.values() for text in texts}
    return [
        HeldOut(corpus.texts[row], corpus.intents[right], corpus.intents[guess], float(share[guess]), bool(accepted))
        for row, right, guess, share, accepted in zip(
            judged.phrases, judged.right, shares.argmax(axis=1), shares, levels >= judged.threshold(), strict=True
        )
        if corpus.texts[row] in said
    ]


def sampled(examples: Mapping[str, Sequence[str]], most: int) -> Mapping[str, Sequence[str]]:
    """The same share of every intent's phrases, spread over them, so that there are `most` or few more in all."""
    total = sum(map(len, examples.values()))
    if total <= most:
        return examples
    kept = {}
    for intent, phrases in examples.items():
        count = min(len(phrases), max(FEWEST, round(len(phrases) * most / total)))
        kept[intent] = [phrases[place * len(phrases) // count] for place in range(count)]
    return kept


def scores(judged: Sequence[HeldOut]) -> list[IntentScore]:
    """A row an intent, the weakest recall first."""
    rows = []
    for intent in sorted({one.intent for one in judged}):
        own = [one for one in judged if one.intent == intent]
        named = [one for one in judged if one.guess == intent]
        right = sum(one.guess == intent for one in own)
        accepted = sum(one.accepted for one in own) / len(own)
        rows.append(IntentScore(intent, len(own), right / max(len(named), 1), right / len(own), accepted))
    return sorted(rows, key=lambda row: (row.recall, row.intent))


def confusions(judged: Sequence[HeldOut], least: int = 2) -> list[tuple[str, str, tuple[str, ...]]]:
    """(meant, taken for, phrases), the most frequent first."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for one in judged:
        if one.guess != one.intent:
            found[one.intent, one.guess].append(one.text)
    pairs = [(meant, taken, tuple(texts)) for (meant, taken), texts in found.items() if len(texts) >= least]
    return sorted(pairs, key=lambda pair: (-len(pair[2]), pair[0], pair[1]))


def _owners(examples: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    owners: dict[str, list[str]] = defaultdict(list)
    for intent, phrases in examples.items():
        for phrase in dict.fromkeys(normalise(phrase) for phrase in phrases):
            owners[phrase].append(intent)
    return owners


def _duplicate(phrase: str, intents: Sequence[str]) -> Finding:
    return Finding("error", f"“{phrase}” is a phrase of {' and of '.join(intents)}; keep it in one of them.")
