"""Who is calling: name, date of birth and postcode as badly heard as telephones make them, against everyone on file.

Each answer, with all its hypotheses, is compared with every customer: names by letters and by sound, postcodes by
letters, birth dates by day, month and year. Similarities become log-likelihood ratios (Fellegi & Sunter 1969, "A Theory
for Record Linkage"), are added up over the questions, and one customer must stand out of all others to be named.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from bot.nlu.birth_dates import read_birth_date
from bot.nlu.dates import find_dates
from bot.nlu.normalise import sound
from bot.nlu.numbers import digit_string, figures
from bot.nlu.spelling import characters

Similarity = NDArray[np.float32]
"""0-1, a value a customer."""

READINGS = 6
"""Hypotheses of an answer that are looked at."""

SLOPES: Mapping[str, tuple[float, float, float, float]] = {
    "name": (24.0, 0.68, -3.0, 8.0),
    "postcode": (22.0, 0.62, -3.0, 9.0),
    "dob": (14.0, 0.5, -3.0, 8.0),
}
"""Item → slope, similarity that says nothing, least and greatest log-likelihood ratio (nats)."""

SURE = 0.97
"""Posterior from which a customer is named."""

LEAST_ANSWERS = 2
"""A name alone never tells who is calling, however rare it is."""

STRANGER = 0.1
"""How likely, relative to one customer on file, a caller is that nobody on file is; times their number."""


@dataclass(frozen=True, slots=True)
class Register:
    """Everyone on file, in columns."""

    ids: tuple[str, ...]
    names: tuple[str, ...]
    births: tuple[dt.date | None, ...]
    postcodes: tuple[str, ...]
    letters: tuple[str, ...]
    sounds: tuple[str, ...]
    codes: tuple[str, ...]
    parts: NDArray[np.int64]
    """Day, month and year of birth; 0 where unknown."""
    dates: tuple[str, ...]
    """DDMMYYYY."""

    @classmethod
    def of(cls, records: Iterable[Mapping[str, str]]) -> Register:
        """From rows with name, dob (ISO), postcode and an id (`customer_id`, `scenario_id` or `id`)."""
        rows = list(records)
        names = tuple(row.get("name", "") for row in rows)
        births = tuple(_iso(row.get("dob", "")) for row in rows)
        postcodes = tuple(row.get("postcode", "").upper() for row in rows)
        parts = [(day.day, day.month, day.year) if day else (0, 0, 0) for day in births]
        return cls(
            ids=tuple(row.get("customer_id") or row.get("scenario_id") or row.get("id", "") for row in rows),
            names=names,
            births=births,
            postcodes=postcodes,
            letters=tuple(_letters(name) for name in names),
            sounds=tuple(_sounds(name) for name in names),
            codes=tuple(code.replace(" ", "").lower() for code in postcodes),
            parts=np.array(parts, dtype=np.int64).reshape(len(rows), 3),
            dates=tuple(f"{day:%d%m%Y}" if day else "" for day in births),
        )

    def similarity(self, item: str, nbest: Sequence[str], today: dt.date) -> Similarity:
        """How well each customer fits what was heard for `item` (name, dob or postcode), best hypothesis counting."""
        best = np.zeros(len(self.ids), dtype=np.float32)
        compare = {"name": self._names, "postcode": self._postcodes, "dob": self._births}[item]
        for rank, text in enumerate(nbest[:READINGS]):
            best = np.maximum(best, compare(text, today) * (1 - 0.01 * rank))
        return best

    def value(self, item: str, row: int) -> str:
        birth = self.births[row]
        return {"name": self.names[row], "postcode": self.postcodes[row], "dob": birth.isoformat() if birth else ""}[
            item
        ]

    def _names(self, text: str, _today: dt.date) -> Similarity:
        plain, spelled = _letters(text), re.sub(r"\d", "", characters(text))
        found = _ratios(plain, self.letters)
        if len(spelled) >= 3:
            found = np.maximum(found, _ratios(spelled, self.letters))
        sounding: Similarity = 0.5 * (_ratios(_sounds(text), self.sounds) + found)
        near: Similarity = np.maximum(found, 0.98 * sounding)
        return near

    def _postcodes(self, text: str, _today: dt.date) -> Similarity:
        code = characters(text)
        if len(code) < 2:
            return np.zeros(len(self.ids), dtype=np.float32)
        alike = _ratios(code, self.codes)
        return np.maximum(alike, _ratios(code.replace("o", "0"), self.codes))

    def _births(self, text: str, today: dt.date) -> Similarity:
        said = _date_parts(text, today)
        same = (self.parts == np.array([part or -1 for part in said])) @ np.array([0.3, 0.3, 0.4])
        digits = digit_string(text)
        if len(digits) >= 5 and not all(said):
            same = np.maximum(same, 0.92 * _ratios(digits, self.dates))
        near: Similarity = same.astype(np.float32)
        return near


@dataclass(slots=True)
class Evidence:
    """What one caller said so far: item → the best similarity of each customer over all attempts."""

    heard: dict[str, Similarity] = field(default_factory=dict)

    def add(self, item: str, similarity: Similarity) -> None:
        before = self.heard.get(item)
        self.heard[item] = similarity if before is None else np.maximum(before, similarity)

    def agreeing(self, row: int) -> int:
        """How many of the answers speak for this customer."""
        return sum(float(similarity[row]) > SLOPES[item][1] for item, similarity in self.heard.items())

    def posterior(self, customers: int) -> tuple[int, float]:
        """The likeliest customer (row) and how probable they are, strangers considered."""
        total = np.zeros(customers)
        for item, similarity in self.heard.items():
            slope, neutral, least, greatest = SLOPES[item]
            total += np.clip(slope * (similarity - neutral), least, greatest)
        best = int(total.argmax())
        shares = np.exp(total - total[best])
        stranger = STRANGER * customers * np.exp(-total[best])
        return best, float(1 / (shares.sum() + stranger))


class Callers:
    """Callers of one register, each with what they said so far. Not thread-safe: one per call or per file."""

    def __init__(self, register: Register, today: dt.date) -> None:
        self._register = register
        self._today = today
        self._evidence: dict[str, Evidence] = defaultdict(Evidence)

    def hear(self, dialogue_id: str, turn: int, item: str, nbest: Sequence[str]) -> dict[str, Any]:
        """`customer_id` is None until one stands out; `value` is what this answer most likely said."""
        evidence = self._evidence[dialogue_id]
        similarity = self._register.similarity(item, nbest, self._today)
        evidence.add(item, similarity)
        row, sure = evidence.posterior(len(self._register.ids))
        customer = self._register.ids[row] if sure >= SURE and evidence.agreeing(row) >= LEAST_ANSWERS else None
        value = self._value(item, nbest, similarity, row if sure >= 0.5 else None)
        return {
            "dialogue_id": dialogue_id,
            "turn": turn,
            "value": value,
            "customer_id": customer,
            "confidence": round(sure, 4),
        }

    def _value(self, item: str, nbest: Sequence[str], similarity: Similarity, row: int | None) -> str:
        """The likely customer's own, else the nearest on file, else as it was heard."""
        nearest = int(similarity.argmax())
        if row is not None and similarity[row] >= similarity[nearest] - 0.25:
            return self._register.value(item, row)
        if item == "dob":
            dates = (read_birth_date(text, self._today) for text in nbest[:READINGS])
            return next((day.isoformat() for day in dates if day), "")
        if similarity[nearest] >= 0.8:
            return self._register.value(item, nearest)
        first = nbest[0] if nbest else ""
        return characters(first).upper() if item == "postcode" else first


def _date_parts(text: str, today: dt.date) -> tuple[int, int, int]:
    """Day, month, year as far as they were said; 0 for what was not."""
    if day := read_birth_date(text, today):
        return day.day, day.month, day.year
    said = figures(text)
    years = re.findall(r"\b(?:19|20) ?\d\d\b", said.text)
    year = int(years[-1].replace(" ", "")) if years else 0
    for mention in find_dates(said, today, "back"):
        first, last = mention.value.first, mention.value.last
        if first == last:
            return first.day, first.month, year
        if first.month == last.month:
            return 0, first.month, year
    return 0, 0, year


def _ratios(text: str, choices: Sequence[str]) -> Similarity:
    found: Similarity = process.cdist([text], choices, scorer=fuzz.ratio, dtype=np.float32)[0] / 100
    return found


def _letters(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalpha())


def _sounds(name: str) -> str:
    return "".join(sound(word) for word in re.findall(r"[^\W\d_]+", name.lower()))


def _iso(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None
