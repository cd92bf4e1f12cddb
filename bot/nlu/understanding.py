"""What was understood of an utterance, and the protocol of whoever understands it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from bot.events import Expect, Utterance


@dataclass(frozen=True, slots=True)
class DateMention:
    """A day or a stretch of days; `first == last` for one day. Later readings ("friday": this or next) in `others`."""

    first: dt.date
    last: dt.date
    others: tuple[dt.date, ...] = ()


@dataclass(frozen=True, slots=True)
class TimeMention:
    """A time of day or a stretch; `first == last` for a point. "at two" has 14:00 first, 02:00 among `others`."""

    first: dt.time
    last: dt.time
    others: tuple[dt.time, ...] = ()
    approximate: bool = False
    """True for "around half past two"."""


@dataclass(frozen=True, slots=True)
class Entity:
    """Something named in the text. Kinds and the type of `value`:

    date → DateMention · time → TimeMention · number → int · digits, phone → str of figures · money → Decimal ·
    service, staff, branch (and any other kind of the Vocabulary) → id: str · name → str ("anna smith") ·
    postcode, email, letters → str · birth_date → datetime.date
    """

    kind: str
    value: object
    text: str
    span: tuple[int, int]
    """Character offsets in the utterance's text, end exclusive."""
    confidence: float = 1.0
    others: tuple[object, ...] = ()
    """Other possible values, best first (two people called Anna)."""


@dataclass(frozen=True, slots=True)
class Understanding:
    """`intent` is the best one even when the out-of-scope gate did not `accept` it; "" when there were no words."""

    text: str
    intent: str = ""
    confidence: float = 0.0
    accepted: bool = False
    ranking: tuple[tuple[str, float], ...] = ()
    entities: tuple[Entity, ...] = ()
    alternatives: tuple[str, ...] = ()
    """Two or three intents too close to choose between, best first: worth "did you mean … or …?". Else ()."""

    def all(self, kind: str) -> tuple[Entity, ...]:
        return tuple(entity for entity in self.entities if entity.kind == kind)

    def first(self, kind: str) -> Entity | None:
        found = self.all(kind)
        return found[0] if found else None


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The names a business uses: kind ("service", "staff", "branch", "place") → id → how people say it, lower case."""

    names: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)


class Interpreter(Protocol):
    """Understanding of one business's callers. Pure and quick (≤ 5 ms); thread-safe."""

    def understand(self, utterance: Utterance, expect: Expect, now: dt.datetime) -> Understanding:
        """`now` is aware, in the time zone of the business; `expect` is the question that was open."""
        ...
