"""The sample vets with a handful of phrases an intent: learnt in seconds, and as real as they are."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.config import PROJECT
from bot.nlu.training_data import read_examples

CONTENT = PROJECT / "nlu_data"
PHRASES = 6
"""An intent."""


def small_business(root: Path) -> Path:
    """A content folder with one business, `vets`, that answers every number."""
    folder = root / "vets"
    folder.mkdir(parents=True)
    (root / "nlu.yml").write_text(as_yaml(read_examples([CONTENT / "nlu.yml"])))
    shutil.copy(CONTENT / "responses.yml", root)
    for name in ("faq.yml", "responses.yml"):
        shutil.copy(CONTENT / "harbour_vets" / name, folder)
    business = (CONTENT / "harbour_vets" / "business.yml").read_text()
    (folder / "business.yml").write_text(business.replace('numbers: ["01632 960555"]', 'numbers: ["*"]'))
    return root


def as_yaml(examples: Mapping[str, Sequence[str]], most: int = PHRASES) -> str:
    lines = ["# Phrases of every business.", 'version: "3.1"', "nlu:"]
    for intent, phrases in examples.items():
        lines += [f"- intent: {intent}", "  examples: |", *(f"    - {phrase}" for phrase in phrases[:most])]
    return "\n".join(lines) + "\n"
