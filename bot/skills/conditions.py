"""Conditions of steps: `when: {fault: [no_internet, slow], restarted: no, amount: more than 50}`; all must hold."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

COMPARISON = re.compile(r"^(more than|less than|at least|at most) (\d+(?:\.\d+)?)$")
HOLDS: Mapping[str, Callable[[Decimal, Decimal], bool]] = {
    "more than": operator.gt, "less than": operator.lt, "at least": operator.ge, "at most": operator.le
}  # fmt: skip
GIVEN, LEFT_OUT = "given", "left out"
"""Whether a slot that may be skipped was filled."""


@dataclass(frozen=True, slots=True)
class Clause:
    """One slot's part: it is one of `values`, is not (`negated`), or compares with `bound`."""

    slot: str
    values: tuple[str, ...] = ()
    negated: bool = False
    comparison: str = ""
    bound: Decimal = Decimal(0)

    def holds(self, value: str | None) -> bool:
        """Of a slot that was never asked (None) nothing holds but "not"."""
        if value is None:
            return self.negated
        if self.values in ((GIVEN,), (LEFT_OUT,)):
            return ((value != "") == (self.values == (GIVEN,))) != self.negated
        if not self.comparison:
            return (value in self.values) != self.negated
        try:
            return HOLDS[self.comparison](Decimal(value), self.bound)
        except InvalidOperation:
            return False

    def __str__(self) -> str:
        if self.comparison:
            return f"{self.comparison} {self.bound.normalize():f}"
        return ("not " if self.negated else "") + " or ".join(self.values).replace("_", " ")


@dataclass(frozen=True, slots=True)
class Condition:
    clauses: tuple[Clause, ...] = ()

    def holds(self, values: Mapping[str, str]) -> bool:
        return all(clause.holds(values.get(clause.slot)) for clause in self.clauses)

    @property
    def slots(self) -> tuple[str, ...]:
        return tuple(clause.slot for clause in self.clauses)


def parse_condition(raw: object) -> Condition:
    """Raises ValueError saying how conditions are written."""
    if isinstance(raw, Condition):
        return raw
    if not isinstance(raw, Mapping):
        raise ValueError("a condition is a group of slots with values, like {restarted: yes}")
    return Condition(tuple(_clause(str(slot), value) for slot, value in raw.items()))


def _clause(slot: str, raw: object) -> Clause:
    values = [raw] if isinstance(raw, str) else raw
    if not isinstance(values, list | tuple) or not values or not all(isinstance(value, str) for value in values):
        raise ValueError(f"“{slot}” needs a value, or a list of values")
    texts = [" ".join(value.split()) for value in values]
    if len(texts) == 1 and (compared := COMPARISON.match(texts[0])):
        return Clause(slot, comparison=compared[1], bound=Decimal(compared[2]))
    negated = [text.startswith("not ") for text in texts]
    if any(negated) and not all(negated):
        raise ValueError(f"“{slot}”: either all values with “not” or none")
    return Clause(slot, tuple(text.removeprefix("not ") for text in texts), negated=all(negated))
