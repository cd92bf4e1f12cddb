"""Learns where sentences end, from what callers may say: `python -m bot.nlu.ending_learning nlu_data`.

Every phrase is whole, and every beginning of it is not. Where people like to think, before "on", "for", "because",
"and", a beginning counts as much as a whole phrase; elsewhere ("I'd like to book a") less, for that is easily told.
Writes `ending.toml`, the heaviest weights only, in seconds. To be done again when phrases or features change much.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from bot.nlu.background import everyday
from bot.nlu.ending import features
from bot.nlu.normalise import normalise
from bot.nlu.regression import Task, fit
from bot.nlu.training_data import read_examples

TABLE = Path(__file__).with_name("ending.toml")
FILES = ("nlu.yml", "faq.yml")
_PLACES = (
    "on at for because if when with and or but from since until to in by before after about while so as tomorrow today "
    "next this between"
)
THINKING_PLACES = frozenset(_PLACES.split())
"""Before these words people pause, having said what might be all."""
IMPORTANCE, IMPORTANCE_ELSEWHERE = 1.0, 0.15
PENALTY = 20.0
"""Tried on public data sets: 5 and 20 are as good; the larger leaves smaller weights."""
SEEN_IN = 8
"""Beginnings a feature must be in."""
KEPT = 700
"""Weights, the heaviest. With all 2,000 it is not better."""
UNWRITTEN = frozenset(("um", "uh", "er", "erm"))


def beginnings(phrases: Iterable[str]) -> list[tuple[str, bool, float]]:
    """(text, whether it is the whole phrase, importance), each phrase once."""
    found = []
    spoken = (" ".join(word for word in normalise(phrase).split() if word not in UNWRITTEN) for phrase in phrases)
    for phrase in filter(None, dict.fromkeys(spoken)):
        words = phrase.split()
        for length in range(1, len(words)):
            importance = IMPORTANCE if words[length] in THINKING_PLACES else IMPORTANCE_ELSEWHERE
            found.append((" ".join(words[:length]), False, importance))
        found.append((phrase, True, 1.0))
    return found


def learn(phrases: Iterable[str], seen_in: int = SEEN_IN) -> dict[str, float]:
    """Feature → its weight, the heaviest `KEPT`, rounded."""
    cut = beginnings(phrases)
    said = [features(text) for text, _, _ in cut]
    counts = Counter(feature for one in said for feature in one)
    columns = {feature: column for column, feature in enumerate(f for f, n in sorted(counts.items()) if n >= seen_in)}
    rows = np.zeros((len(cut), len(columns)), dtype=np.float32)
    for row, one in enumerate(said):
        rows[row, [columns[feature] for feature in one if feature in columns]] = 1
    whole = np.array([is_whole for _, is_whole, _ in cut], dtype=np.float32)
    importance = np.array([weight for _, _, weight in cut], dtype=np.float32)
    with threadpool_limits(1):
        fitted = fit(Task(rows, np.stack([1 - whole, whole], axis=1), importance, PENALTY))
    weights = {feature: float(fitted[column, 1] - fitted[column, 0]) for feature, column in columns.items()}
    heaviest = sorted(weights, key=lambda feature: -abs(weights[feature]))[:KEPT]
    return {feature: round(weights[feature], 2) for feature in sorted(heaviest) if round(weights[feature], 2)}


def as_toml(weights: dict[str, float]) -> str:
    lines = ["# Log-odds that a sentence ends, by what is seen of it. Written by `python -m bot.nlu.ending_learning`."]
    section = ""
    for feature, weight in weights.items():
        name, _, value = feature.partition(":")
        if name != section:
            lines += ["", f'["{name}"]']
            section = name
        lines.append(f'"{value}" = {weight}')
    return "\n".join(lines) + "\n"


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "nlu_data")
    paths = sorted(path for path in folder.rglob("*.yml") if path.name in FILES)
    phrases = [phrase for said in read_examples(paths).values() for phrase in said]
    weights = learn([*phrases, *everyday()])
    TABLE.write_text(as_toml(weights), encoding="utf-8")
    print(f"{len(phrases)} phrases, {len(weights)} weights")


if __name__ == "__main__":
    main()
