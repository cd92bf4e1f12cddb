"""Sentences by key, from `responses.yml`. The nth use of a key in a call takes its nth variant: nothing is random."""

from __future__ import annotations

import re
from collections import Counter as Tally
from collections.abc import Mapping

from bot.errors import ContentError


class _Facts(dict[str, str]):
    def __missing__(self, name: str) -> str:
        raise KeyError(name)


class Wording:
    """One per call; counts what it said. `facts` are variables that every sentence may use."""

    def __init__(self, responses: Mapping[str, tuple[str, ...]], facts: Mapping[str, str]) -> None:
        self._responses = responses
        self._facts = dict(facts)
        self._said: Tally[str] = Tally()

    def knows(self, key: str) -> bool:
        return bool(self._responses.get(f"utter_{key}"))

    def text(self, key: str, **values: str) -> str:
        """Raises ContentError naming the key, or the variable nobody supplied."""
        variants = self._responses.get(f"utter_{key}", ())
        if not variants:
            raise ContentError("content.no_response", f"Please add utter_{key} to responses.yml.")
        variant = variants[self._said[key] % len(variants)]
        self._said[key] += 1
        return self.fill(variant, f"utter_{key}", **values)

    def fill(self, template: str, where: str, **values: str) -> str:
        """`{variables}` from `values`, then from the facts of the business; one space between words."""
        try:
            filled = template.format_map(_Facts({**self._facts, **values}))
        except (KeyError, ValueError, IndexError) as error:
            raise ContentError("content.variable", f"Please correct {where}: {error} is no variable it has.") from error
        sentence = re.sub(r" +([?.,:])", r"\1", " ".join(filled.split()))
        return sentence[:1].upper() + sentence[1:]
